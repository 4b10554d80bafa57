"""The journal: what was received, on the disk before anybody is told that it was.

A **stream** is one worker's folder of segments. A **segment** is a file of frames that is only ever
appended to; a frame is a mark, the length and the CRC-32C of its record, and the record. A worker
opens a new segment whenever it starts and after every failed write, so that bytes after a torn tail
are never mistaken for a record, and no offset ever means two things.

```
journal/
  00/                  stream 0: held by one worker through `lock`
    lock               and the number of the last segment
    00000001.seg       written to the end
    00000002.seg       being written
    finish             now and then: the number of a segment that its worker is asked to finish
    kept/00000000.seg.gz   in the lake, kept for `[journal] keep_days`
```
"""

from __future__ import annotations

import fcntl
import os
import time
from contextlib import suppress
from dataclasses import dataclass
from struct import Struct
from typing import TYPE_CHECKING

import crc32c

from outturn.domain.errors import OutturnError
from outturn.store.workspace import sync_folder, write_durably

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

_MARK = b"OTJ1"
_HEAD = Struct("<4sII")
SEGMENT_BYTES = 64 * 1024 * 1024
RECORD_BYTES = 4 * 1024 * 1024
"""No record is longer, so that a damaged length cannot ask for gigabytes."""
NOTHING = b""
"""What stands for a record of somebody who was forgotten: the records after it keep their numbers."""

_FINISH = "finish"
_LOOK_SECONDS = 0.05


class JournalFailed(OutturnError):
    """A write did not reach the disk: nothing of it is kept, and whoever waits for it is told so."""


@dataclass(frozen=True, slots=True)
class Frame:
    """One record as it lies in a segment.

    Attributes:
        end: Offset of the byte after it: where a reader goes on.
    """

    end: int
    record: bytes


@dataclass(frozen=True, slots=True)
class Damage:
    """Bytes of a segment that are no record, with whole ones after them: the disk has changed them.

    Attributes:
        start: Offset of the first such byte.
        end: Offset of the next whole frame.
    """

    start: int
    end: int


def frame(record: bytes) -> bytes:
    """A record with its mark, length and checksum."""
    return _HEAD.pack(_MARK, len(record), crc32c.crc32c(record)) + record


def frames(content: bytes, start: int = 0) -> Iterator[Frame | Damage]:
    """The whole records of a segment from an offset on.

    What follows the last whole record (a write that was torn, or one that is under way) is left out:
    nobody was told that it was kept.
    """
    at = start
    while at < len(content):
        found = _frame_at(content, at)
        if found is None:
            after = _next_frame(content, at + 1)
            if after is None:
                return
            yield Damage(at, after)
            at = after
            continue
        yield found
        at = found.end


def _frame_at(content: bytes, at: int) -> Frame | None:
    if len(content) - at < _HEAD.size:
        return None
    mark, length, checksum = _HEAD.unpack_from(content, at)
    end = at + _HEAD.size + length
    if mark != _MARK or length > RECORD_BYTES or end > len(content):
        return None
    record = content[at + _HEAD.size : end]
    return Frame(end, record) if crc32c.crc32c(record) == checksum else None


def _next_frame(content: bytes, at: int) -> int | None:
    while (at := content.find(_MARK, at)) >= 0:
        if _frame_at(content, at) is not None:
            return at
        at += 1
    return None


@dataclass(frozen=True, slots=True)
class Segment:
    """One file of a stream.

    Attributes:
        sequence: Rises by one from segment to segment of the stream.
        finished: Nobody appends to it any more.
    """

    path: Path
    sequence: int
    finished: bool


def streams(root: Path) -> list[Path]:
    """The folders of all streams, in their order; none where no worker ever ran."""
    return sorted(path for path in root.glob("[0-9]*") if path.is_dir()) if root.is_dir() else []


def segments(stream: Path) -> list[Segment]:
    """The stream's segments that are not in the lake yet, oldest first; all but the last are finished."""
    held = _held(stream)  # Asked before the files are listed: a worker that starts now writes a new one.
    paths = sorted(stream.glob("*.seg"))
    return [
        Segment(path, int(path.stem), finished=not held or position < len(paths) - 1)
        for position, path in enumerate(paths)
    ]


def held_bytes(root: Path) -> int:
    """How much lies in segments that are not packed away: a folder `journal`, or one stream of it."""
    total = 0
    for path in (*root.glob("*.seg"), *root.glob("*/*.seg")):
        with suppress(FileNotFoundError):  # It was packed away just now.
            total += path.stat().st_size
    return total


def _held(stream: Path) -> bool:
    try:
        with (stream / "lock").open("rb") as file:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except FileNotFoundError:
        return False
    except BlockingIOError:
        return True
    return False


def finish(root: Path, *, seconds: float) -> list[Path]:
    """Have every stream finish the segment that it is writing.

    Args:
        root: The workspace's `journal` folder.
        seconds: How long to wait for the workers; each looks four times a second.

    Returns:
        The segments that are being written still, since their workers did not answer.
    """
    asked = {}
    for stream in streams(root):
        for segment in segments(stream):
            if not segment.finished and segment.path.stat().st_size:
                write_durably(stream / _FINISH, str(segment.sequence).encode())
                asked[stream] = segment
    until = time.monotonic() + seconds
    while (waiting := [one.path for stream, one in asked.items() if one in segments(stream)]) and (
        time.monotonic() < until
    ):
        time.sleep(_LOOK_SECONDS)
    return waiting


class Journal:
    """The writing end of one stream; one thread at a time writes."""

    def __init__(self, root: Path) -> None:
        """Take the first stream that nobody holds; it is given back when the process ends.

        Args:
            root: The workspace's `journal` folder; made where it is missing.
        """
        root.mkdir(mode=0o700, exist_ok=True)
        self.stream, self._lock = _taken(root)
        self._descriptor: int | None = None
        self._size = 0
        self._sequence = max(_last_sequence(self._lock), *map(_sequence, _all_segments(self.stream)), 0)

    @property
    def name(self) -> str:
        """The stream's name, such as 00."""
        return self.stream.name

    def append(self, framed: Iterable[bytes]) -> None:
        """Put frames on the disk, all of them or none.

        Raises:
            JournalFailed: The disk is full or broken. What was written before stays; the next
                append begins a new segment.
        """
        content = b"".join(framed)
        try:
            if self._descriptor is None or self._size + len(content) > SEGMENT_BYTES:
                self._begin()
            self._write(content)
        except OSError as error:
            self._abandon()
            raise JournalFailed(f"{self.stream} cannot be written: {error.strerror or error}") from error
        self._size += len(content)

    def finish_if_asked(self) -> None:
        """Finish the segment and begin the next, if another command waits for that: see `finish`.

        Raises:
            JournalFailed: The next one cannot be begun yet.
        """
        asked = self.stream / _FINISH
        if not os.path.exists(asked):  # noqa: PTH110 - asked before every write
            return
        number = asked.read_text()
        try:
            if self._size and number.isdigit() and int(number) >= self._sequence:
                self._begin()
        except OSError as error:
            self._abandon()
            raise JournalFailed(f"{self.stream} cannot be written: {error.strerror or error}") from error
        asked.unlink(missing_ok=True)

    def close(self) -> None:
        """Finish the segment and give the stream back."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None
        os.close(self._lock)

    def _begin(self) -> None:
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None
        path = self.stream / f"{self._sequence + 1:08d}.seg"
        self._descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_APPEND, 0o600)
        self._sequence += 1
        self._size = 0
        # What is loaded goes in the end, but its numbers must never come again: the lake knows up to which it has read.
        os.pwrite(self._lock, f"{self._sequence:08d}".encode(), 0)
        os.fsync(self._lock)
        sync_folder(self.stream)

    def _write(self, content: bytes) -> None:
        descriptor = self._descriptor
        assert descriptor is not None  # noqa: S101 - `append` has opened it
        left = memoryview(content)
        while left:
            left = left[os.write(descriptor, left) :]
        os.fdatasync(descriptor)

    def _abandon(self) -> None:
        """Cut off what was written in part and never write here again: a failed sync has lost track of the pages."""
        if self._descriptor is None:
            return
        descriptor, self._descriptor = self._descriptor, None
        try:
            os.ftruncate(descriptor, self._size)
            os.fsync(descriptor)
        except OSError:
            pass  # Its frames may be loaded though nobody was told: the client sends them again, and an id counts once.
        finally:
            os.close(descriptor)


def _taken(root: Path) -> tuple[Path, int]:
    number = 0
    while True:
        stream = root / f"{number:02d}"
        stream.mkdir(mode=0o700, exist_ok=True)
        descriptor = os.open(stream / "lock", os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(descriptor)
            number += 1
            continue
        sync_folder(root)
        return stream, descriptor


def _last_sequence(lock: int) -> int:
    written = os.pread(lock, 20, 0)
    return int(written) if written.isdigit() else 0


def _all_segments(stream: Path) -> list[Path]:
    return [*stream.glob("*.seg"), *stream.glob("kept/*.seg.gz")]


def _sequence(path: Path) -> int:
    return int(path.name.split(".", 1)[0])
