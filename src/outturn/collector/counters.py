"""How much a worker has answered and kept, in memory that every worker reads: `/metrics` adds them up."""

from __future__ import annotations

import mmap
import os
from struct import Struct
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

CLASSES = ("1xx", "2xx", "3xx", "4xx", "5xx")
_KEPT = len(CLASSES)
_SLOTS = _KEPT + 1
_WHOLE = Struct(f"<{_SLOTS}q")


class Counters:
    """The counts of one stream, kept over restarts; written by its worker alone.

    Args:
        stream: The stream's folder.
    """

    def __init__(self, stream: Path) -> None:
        descriptor = os.open(stream / "counts", os.O_RDWR | os.O_CREAT, 0o600)
        try:
            os.ftruncate(descriptor, _WHOLE.size)
            self._slots = memoryview(mmap.mmap(descriptor, _WHOLE.size)).cast("q")
        finally:
            os.close(descriptor)

    def answered(self, status: int) -> None:
        """Count an answer by the first digit of its status."""
        self._slots[status // 100 - 1] += 1

    def kept(self) -> None:
        """Count a record that is on the disk."""
        self._slots[_KEPT] += 1


def read(stream: Path) -> dict[str, int]:
    """A stream's counts: `1xx` to `5xx` and `kept`; all 0 where its worker has written none."""
    try:
        content = (stream / "counts").read_bytes()
    except FileNotFoundError:
        content = b""
    values = _WHOLE.unpack(content.ljust(_WHOLE.size, b"\0")[: _WHOLE.size])
    return dict(zip((*CLASSES, "kept"), values, strict=True))
