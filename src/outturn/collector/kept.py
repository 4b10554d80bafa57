"""Segments that are in the lake: packed, kept for `[journal] keep_days`, rewritten when somebody is to be forgotten.

Their records keep their numbers for good: an import says how many of them it has read, and a load of the same records
anew goes by that. What is taken out leaves `journal.NOTHING` in its place.
"""

from __future__ import annotations

import gzip
import io
import os
import zlib
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from outturn.collector import journal, links, message_erasure, messages, outcomes, pixels, postbacks, records
from outturn.collector.journal import NOTHING, Damage
from outturn.store.workspace import sync_folder

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from datetime import datetime
    from pathlib import Path

    from outturn.collector.forgotten import Forgotten
    from outturn.collector.journal import Segment
    from outturn.collector.records import Record

ERASURES: Mapping[type[Any], Callable[[Any, Forgotten], Record | None]] = {
    messages.Messages: message_erasure.without,
    links.Click: links.without,
    pixels.Pixel: pixels.without,
    postbacks.Postback: postbacks.without,
    outcomes.Outcomes: outcomes.without,
}
"""By kind of record: what of it stays when somebody is forgotten; None: nothing."""

_FOLDER = "kept"
_UNREADABLE = (OSError, EOFError, zlib.error)


def kept(stream: Path) -> list[Path]:
    """A stream's packed segments, oldest first."""
    return sorted((stream / _FOLDER).glob("*.seg.gz"))


def content_of(stream: Path, sequence: int) -> bytes | None:
    """What a segment holds, wherever it lies; None: it is not there any more, or damaged."""
    name = f"{sequence:08d}.seg"
    try:
        return (stream / name).read_bytes()
    except FileNotFoundError:
        pass
    try:
        return unpacked(stream / _FOLDER / f"{name}.gz")
    except FileNotFoundError:
        return None


def unpacked(path: Path) -> bytes | None:
    """What a packed segment holds; None: the disk has damaged it."""
    try:
        return gzip.decompress(path.read_bytes())
    except FileNotFoundError:
        raise
    except _UNREADABLE:
        return None


def pack(segment: Segment, forgotten: Forgotten | None, between_writes: Callable[[str], None]) -> None:
    """Compress a segment that is in the lake to its end.

    Args:
        segment: Finished.
        forgotten: All who asked to be; None: nobody. What came of them since does not stay either.
        between_writes: Called after every step that lasts.
    """
    content = segment.path.read_bytes()
    if forgotten is not None:
        content, _ = content_without(content, forgotten)
    folder = segment.path.parent / _FOLDER
    folder.mkdir(mode=0o700, exist_ok=True)
    _put(folder / f"{segment.path.name}.gz", content, lambda: between_writes("packed"))
    between_writes("kept")
    segment.path.unlink()
    sync_folder(segment.path.parent)


def forget(root: Path, person: Forgotten, between_writes: Callable[[str], None] = lambda _name: None) -> int:
    """Rewrite every packed segment that knows a person.

    Args:
        root: The workspace's `journal` folder.
        person: Whom.
        between_writes: Called after every step that lasts.

    Returns:
        How many records were changed or taken out.
    """
    changed = 0
    for stream in journal.streams(root):
        for path in kept(stream):
            content = unpacked(path)
            if content is None:
                # Nobody can tell whom it knows, and nobody can load it again: its rows are in the lake.
                path.unlink()
                continue
            left, records_changed = content_without(content, person)
            if left != content:
                _put(path, left, lambda: between_writes("erased"), modified_at=path.stat().st_mtime_ns)
                between_writes("forgotten")
                changed += records_changed
    return changed


def content_without(content: bytes, person: Forgotten) -> tuple[bytes, int]:
    """A segment's bytes without a person, each record in its place, and how many records that took.

    Bytes that are no record are left out: nobody can tell whom they know.
    """
    frames = []
    changed = 0
    for one in journal.frames(content):
        if isinstance(one, Damage):
            continue
        record = one.record
        if record:
            found = records.decode(record)
            left = ERASURES[type(found)](found, person)
            if left is not found:
                changed += 1
                record = NOTHING if left is None else records.encode(left)
        frames.append(journal.frame(record))
    return b"".join(frames), changed


def delete_old(root: Path, *, now: datetime, keep_days: int) -> None:
    """Delete what has been kept for as long as it should be."""
    oldest = (now - timedelta(days=keep_days)).timestamp()
    for path in _all(root):
        if path.stat().st_mtime < oldest:
            path.unlink()


def _all(root: Path) -> Iterator[Path]:
    for stream in journal.streams(root):
        yield from (stream / _FOLDER).glob("*")


def _put(path: Path, content: bytes, before_it_counts: Callable[[], None], *, modified_at: int | None = None) -> None:
    """Put a packed segment in place whole or not at all."""
    buffer = io.BytesIO()
    with gzip.GzipFile(fileobj=buffer, mode="wb", compresslevel=6, mtime=0) as archive:
        archive.write(content)
    temporary = path.with_suffix(".part")
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(buffer.getvalue())
        file.flush()
        os.fsync(file.fileno())
    if modified_at is not None:
        # Its days count from when it was packed.
        os.utime(temporary, ns=(modified_at, modified_at))
    before_it_counts()
    temporary.replace(path)
    sync_folder(path.parent)
