"""How much one sender may ask for: token buckets, counted in the worker that answers."""

from __future__ import annotations

from typing import NamedTuple

_BURST_SECONDS = 10
_MICROS = 1_000_000
_FORGET_AT = 50_000
"""Senders that are remembered; beyond it those that have been silent are forgotten."""


class Bucket:
    """Tokens by sender: each request takes one, and they come back at a steady rate.

    Args:
        per_second: At which they come back; 0: any number is allowed.
    """

    def __init__(self, per_second: float, burst: float | None = None) -> None:
        self._per_micro = per_second / _MICROS
        self._burst = per_second * _BURST_SECONDS if burst is None else burst
        self._left: dict[str, list[float]] = {}

    def take(self, sender: str, at: int) -> bool:
        """Whether the sender may ask once more.

        Args:
            sender: Whoever is counted.
            at: UTC microseconds.
        """
        if not self._per_micro:
            return True
        bucket = self._left.get(sender)
        if bucket is None:
            if len(self._left) >= _FORGET_AT:
                self._forget(at)
            bucket = self._left[sender] = [self._burst, at]
        left, before = bucket
        if at > before:
            left = min(self._burst, left + (at - before) * self._per_micro)
        allowed = left >= 1
        bucket[:] = (left - 1 if allowed else left, at)
        return allowed

    def _forget(self, at: int) -> None:
        full_after = self._burst / self._per_micro
        self._left = {who: bucket for who, bucket in self._left.items() if at - bucket[1] < full_after}
        if len(self._left) >= _FORGET_AT:
            self._left.clear()


class Limits(NamedTuple):
    """The buckets of one worker.

    Attributes:
        keys: By key id.
        networks: By the cut address of whoever uses a public key, a link or a pixel.
        refused: By key id: refused messages that are kept to be looked at.
    """

    keys: Bucket = Bucket(0)
    networks: Bucket = Bucket(0)
    refused: Bucket = Bucket(0)

    @classmethod
    def of(cls, *, key_rate: int, address_rate: int, refused_per_minute: int) -> Limits:
        """Fresh buckets."""
        return cls(
            Bucket(key_rate),
            Bucket(address_rate),
            Bucket(refused_per_minute / 60, burst=refused_per_minute),
        )
