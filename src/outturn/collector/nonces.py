"""Nonces that were seen: what was signed once is not taken again, for as long as its signature is."""

from __future__ import annotations

from collections import deque


class Nonces:
    """The nonces of one worker's last minutes.

    A request that goes to another worker is not known here. What it brings stands under ids of its own, so it changes
    nothing there either; the nonce spares the work and the doubt.

    Args:
        keep_micros: How long a nonce is remembered, at least as long as anything signed with it is taken.
    """

    def __init__(self, keep_micros: int) -> None:
        self._keep = keep_micros
        self._seen: set[str] = set()
        self._by_time: deque[tuple[int, str]] = deque()

    def __len__(self) -> int:
        """How many are remembered."""
        return len(self._seen)

    def first(self, nonce: str, at: int) -> bool:
        """Whether this is the first time; from now on it is not.

        Args:
            nonce: With whose it is.
            at: UTC microseconds, never less than before.
        """
        while self._by_time and self._by_time[0][0] < at - self._keep:
            self._seen.discard(self._by_time.popleft()[1])
        if nonce in self._seen:
            return False
        self._seen.add(nonce)
        self._by_time.append((at, nonce))
        return True
