"""Who is told what is being done, and how far it is: a bar on a terminal, nobody by default."""

from __future__ import annotations

from typing import Protocol


class Progress(Protocol):
    """Told often; whoever shows it decides how often."""

    def __call__(self, what: str, share: float | None = None, /) -> None:
        """Hear what is being done now.

        Args:
            what: A few words, without a full stop.
            share: How much of it is done, 0 to 1; None: nobody knows.
        """


def silent(_what: str, _share: float | None = None, /) -> None:
    """The progress of nobody watching."""
