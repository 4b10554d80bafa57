"""From the journal to the lake: every record that was acknowledged, exactly once.

A load reads each stream from where the last one ended, makes rows of its records and appends them as
one import, whose commit says up to where the stream has been read. A crash before that commit leaves
rows that nobody sees; after it, nothing is read twice. Only then is a finished segment packed away.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from outturn.collector import journal, kept, records
from outturn.collector.journal import Damage
from outturn.collector.place import Rows
from outturn.collector.reading import Lake, rows_of
from outturn.store.facts import Facts, ImportRecord, new_import_id
from outturn.store.tables import TABLES, Type

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from datetime import datetime
    from pathlib import Path

    from outturn.collector.journal import Segment
    from outturn.store.tables import Table
    from outturn.store.workspace import Workspace

SOURCE = "collector"
"""Of its imports."""

_OFFSET_BITS = 32
_MB = 1024 * 1024
_ARROW = {
    Type.TEXT: pa.string(), Type.COUNT: pa.int64(), Type.SMALL: pa.int32(), Type.MICROS: pa.int64(),
    Type.SHARE: pa.float64(), Type.FLAG: pa.bool_(), Type.DAY: pa.date32(), Type.AT: pa.timestamp("us", tz="UTC"),
    Type.KEY: pa.binary(),
}  # fmt: skip


@dataclass(slots=True)
class Loaded:
    """What a load brought.

    Attributes:
        imports: Their ids.
        records: Of the journal.
        damaged: (segment, bytes) that the disk has changed: whole records around them were loaded.
    """

    imports: list[str] = field(default_factory=list)
    records: int = 0
    events: int = 0
    outcomes: int = 0
    costs: int = 0
    refused: int = 0
    damaged: list[tuple[str, int]] = field(default_factory=list)

    def add(self, import_id: str, records: int, rows: Rows) -> None:
        """One import more."""
        self.imports.append(import_id)
        self.records += records
        self.events += len(rows.events)
        self.outcomes += len(rows.outcomes)
        self.costs += len(rows.costs)
        self.refused += len(rows.refused)


@dataclass(slots=True)
class _Portion:
    """What is loaded in one commit: some of one stream's records."""

    stream: Path
    records: list[records.Record]
    position: int
    digest: str
    damaged: list[tuple[str, int]]
    parts: Counter[int]


def load(
    workspace: Workspace,
    *,
    now: Callable[[], datetime],
    between_writes: Callable[[str], None] = lambda _name: None,
) -> Loaded:
    """Bring into the lake all that the journal holds now.

    Args:
        workspace: Whose journal.
        now: The clock.
        between_writes: Called with a name after every step that lasts: where tests pull the plug.

    Raises:
        WorkspaceError: Another command is writing to the workspace.
    """
    with workspace.lock():
        return load_locked(workspace, now=now, between_writes=between_writes)


def load_locked(
    workspace: Workspace,
    *,
    now: Callable[[], datetime],
    between_writes: Callable[[str], None] = lambda _name: None,
) -> Loaded:
    """As `load`, for whoever holds the workspace's lock already."""
    loaded = Loaded()
    facts = Facts(workspace.lake, between_writes=between_writes)
    limit = workspace.settings["journal.load_mb"] * _MB
    for stream in journal.streams(workspace.journal):
        # What comes while it loads is the next load's, or a busy collector would never let this one end.
        there = [(segment, segment.path.stat().st_size) for segment in journal.segments(stream)]
        while portion := _next_portion(stream, facts, there, limit=limit):
            _append(portion, workspace, facts, facts.after_all(now()), loaded)
        _pack_away(stream, workspace, facts, between_writes)
    kept.delete_old(workspace.journal, now=now(), keep_days=workspace.settings["journal.keep_days"])
    return loaded


def _next_portion(stream: Path, facts: Facts, there: Sequence[tuple[Segment, int]], *, limit: int) -> _Portion | None:
    done = facts.stream_offset(stream_id(stream))
    found: list[records.Record] = []
    damaged: list[tuple[str, int]] = []
    digest = hashlib.sha256()
    parts: Counter[int] = Counter()
    position, size = done, 0
    for segment, segment_bytes in there:
        start = start_in(segment, done)
        if start is None:
            continue
        content = segment.path.read_bytes()[:segment_bytes]
        for one in journal.frames(content, start):
            if isinstance(one, Damage):
                damaged.append((f"{stream.name}/{segment.path.name}", one.end - one.start))
                continue
            found.append(records.decode(one.record))
            parts[segment.sequence] += 1
            digest.update(one.record)
            position = segment.sequence << _OFFSET_BITS | one.end
            size += len(one.record)
            if size >= limit:
                return _Portion(stream, found, position, digest.hexdigest(), damaged, parts)
    return _Portion(stream, found, position, digest.hexdigest(), damaged, parts) if found else None


def start_in(segment: Segment, done: int) -> int | None:
    """Where to go on in a segment; None: it was read to its end."""
    sequence, offset = divmod(done, 1 << _OFFSET_BITS)
    if segment.sequence < sequence:
        return None
    return offset if segment.sequence == sequence else 0


def _append(portion: _Portion, workspace: Workspace, facts: Facts, at: datetime, loaded: Loaded) -> None:
    place = Lake(workspace, facts)
    rows = gathered(portion.records, place)
    import_id = new_import_id(at, int(portion.stream.name))
    name = f"journal/{portion.stream.name}"
    summary = {
        "records": len(portion.records),
        "damaged": portion.damaged,
        # Stream, segment, and how many of its records after those that earlier imports have read.
        "parts": [[portion.stream.name, sequence, count] for sequence, count in portion.parts.items()],
    }
    record = import_of(rows, import_id, at, file=name, sha256=portion.digest, summary=summary)
    facts.load(record, tables_of(rows, name), stream=(stream_id(portion.stream), portion.position))
    loaded.add(import_id, len(portion.records), rows)
    loaded.damaged += portion.damaged


def import_of(
    rows: Rows, import_id: str, at: datetime, *, file: str, sha256: str, summary: dict[str, Any]
) -> ImportRecord:
    """What an import of the journal says of itself."""
    accepted = len(rows.events) + len(rows.outcomes) + len(rows.costs)
    return ImportRecord(
        import_id=import_id,
        state_at=at,
        file=file,
        sha256=sha256,
        source=SOURCE,
        layout="journal",
        verdict="accept",
        rows_read=accepted + len(rows.refused),
        accepted=accepted,
        refused=len(rows.refused),
        ignored=0,
        summary=summary,
    )


def tables_of(rows: Rows, file: str) -> dict[str, pa.Table]:
    """The rows by fact table, numbered."""
    found = {"events": rows.events, "outcomes": rows.outcomes, "costs": rows.costs, "refused_rows": rows.refused}
    return {name: _numbered(name, some, file) for name, some in found.items() if some}


def gathered(found: Iterable[records.Record], place: Lake) -> Rows:
    """The rows of these records, which stand from now on."""
    events: list[dict[str, Any]] = []
    outcomes: list[dict[str, Any]] = []
    costs: list[dict[str, Any]] = []
    refused: list[dict[str, Any]] = []
    for record in found:
        rows = rows_of(record, place)
        place.remember(rows.outcomes)
        events.extend(map(place.without_the_forgotten, rows.events))
        outcomes.extend(map(place.without_the_forgotten, rows.outcomes))
        costs.extend(rows.costs)
        refused.extend(rows.refused)
    return Rows(events, outcomes, costs, refused)


def _numbered(name: str, rows: list[dict[str, Any]] | Any, file: str) -> pa.Table:
    table: Table = TABLES[name]
    fields = pa.schema([(column.name, _ARROW[column.type]) for column in table.columns if column.name != "import_id"])
    given = {name for row in rows for name in row} | {"line"} | ({"file"} if name == "refused_rows" else set())
    schema = pa.schema([one for one in fields if one.name in given])
    unknown = given - set(fields.names)
    if unknown:
        raise ValueError(f"{name} has no column {', '.join(sorted(unknown))}")
    numbered = [{"line": number, "file": file, **row} for number, row in enumerate(rows, start=1)]
    return pa.Table.from_pylist(numbered, schema=schema)


def _pack_away(stream: Path, workspace: Workspace, facts: Facts, between_writes: Callable[[str], None]) -> None:
    """Compress the segments that are in the lake to their end."""
    place = None
    for segment in _loaded_whole(stream, facts.stream_offset(stream_id(stream))):
        place = place or Lake(workspace, facts)
        kept.pack(segment, place.forgotten, between_writes)


def _loaded_whole(stream: Path, done: int) -> Iterator[Segment]:
    for segment in journal.segments(stream):
        start = start_in(segment, done)
        if not segment.finished:
            continue
        if start is None or next(journal.frames(segment.path.read_bytes(), start), None) is None:
            yield segment


def stream_id(stream: Path) -> str:
    """Under which the lake keeps up to where a stream was read."""
    return f"collector-{stream.name}"
