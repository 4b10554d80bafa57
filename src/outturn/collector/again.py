"""The journal's records loaded anew: what a mistake in making rows has spoilt is mended, and every record counts once.

What an import read is known by its summary: from which segments, how many records. An import all of whose segments are
still kept is taken back, and its records are loaded in its place, in one commit; imports that follow each other
directly become one. A new import takes the place of the old ones in the order of imports too, so that what came later
still restates what came before. An import whose segments are gone stays as it is.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Any, NamedTuple

from outturn.collector import kept, records
from outturn.collector.journal import Damage, frames
from outturn.collector.load import SOURCE, Loaded, gathered, import_of, load_locked, tables_of
from outturn.collector.place import Rows
from outturn.collector.reading import Lake
from outturn.domain.time import micros_of
from outturn.store.facts import Facts

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from datetime import datetime
    from pathlib import Path

    from outturn.store.facts import ImportRecord
    from outturn.store.workspace import Workspace

_MB = 1024 * 1024


class _Part(NamedTuple):
    """Records of one segment that one import has read."""

    stream: str
    sequence: int
    first: int
    records: int


class _Anew(NamedTuple):
    """Where one run of imports is loaded anew.

    Attributes:
        place: As it was before the run.
        refused_since: What was refused before this is not kept any more, UTC microseconds.
    """

    facts: Facts
    place: Lake
    segments: _Segments
    at: datetime
    refused_since: int


@dataclass(slots=True)
class LoadedAgain(Loaded):
    """What a load of the same records anew brought.

    Attributes:
        replaced: How many imports were taken back for it.
        left: Imports that stay as they are: a segment that they read is gone.
    """

    replaced: int = 0
    left: list[str] = field(default_factory=list)


def load_again(
    workspace: Workspace,
    *,
    now: Callable[[], datetime],
    between_writes: Callable[[str], None] = lambda _name: None,
) -> LoadedAgain:
    """Load what is new, then everything else that the journal still keeps once more.

    Args:
        workspace: Whose journal.
        now: The clock.
        between_writes: Called with a name after every step that lasts: where tests pull the plug.

    Raises:
        WorkspaceError: Another command is writing to the workspace.
    """
    with workspace.lock():
        load_locked(workspace, now=now, between_writes=between_writes)
        facts = Facts(workspace.lake, between_writes=between_writes)
        history = facts.history()
        standing = [one for one in history if one.state == "loaded"]
        segments = _Segments(workspace.journal)
        parts = _parts(history, segments)
        again = LoadedAgain(
            left=[one.import_id for one in standing if one.source == SOURCE and one.import_id not in parts]
        )
        limit = workspace.settings["journal.load_mb"] * _MB
        for run in _runs(standing, parts, segments, limit):
            later = {one.import_id for one in standing if one.import_id >= run[0].import_id}
            at = facts.after_all(now())
            refused_since = micros_of(at - timedelta(days=workspace.settings["privacy.refused_days"]))
            anew = _Anew(facts, Lake(workspace, facts, without=later), segments, at, refused_since)
            _replace(run, [part for one in run for part in parts[one.import_id]], anew, again)
    return again


def _parts(history: Sequence[ImportRecord], segments: _Segments) -> dict[str, list[_Part]]:
    """By import, what it has read, of those imports all of whose segments hold it still."""
    replaced = {import_id for one in history for import_id in one.summary.get("instead_of", ())}
    read: Counter[tuple[str, int]] = Counter()
    found: dict[str, list[_Part]] = {}
    for one in history:
        # What was taken back by hand stays so, and has read its records all the same.
        if one.source != SOURCE or one.import_id in replaced:
            continue
        found[one.import_id] = []
        for stream, sequence, count in one.summary.get("parts", ()):
            found[one.import_id].append(_Part(stream, sequence, read[stream, sequence], count))
            read[stream, sequence] += count
    held = {segment for segment, count in read.items() if segments.count(*segment) >= count}
    return {
        import_id: some
        for import_id, some in found.items()
        if some and all((part.stream, part.sequence) in held for part in some)
    }


def _runs(
    standing: Sequence[ImportRecord], parts: dict[str, list[_Part]], segments: _Segments, limit: int
) -> Iterator[list[ImportRecord]]:
    """Imports that can be loaded anew, those together that follow each other with no other import between."""
    run: list[ImportRecord] = []
    size = 0
    for one in standing:
        given = sum(segments.size(part) for part in parts.get(one.import_id, ()))
        if run and (one.import_id not in parts or size + given > limit):
            yield run
            run, size = [], 0
        if one.import_id in parts:
            run.append(one)
            size += given
    if run:
        yield run


def _replace(run: Sequence[ImportRecord], read: Sequence[_Part], anew: _Anew, again: LoadedAgain) -> None:
    """One commit: these imports are undone, and their records stand anew in their place."""
    found = [record for part in read for record in anew.segments.records(part)]
    rows = _rows(found, anew)
    summary = {
        "records": len(found),
        "damaged": [],
        "parts": [[part.stream, part.sequence, part.records] for part in read],
        "instead_of": [one.import_id for one in run],
    }
    streams = {part.stream for part in read}
    file = f"journal/{streams.pop()}" if len(streams) == 1 else "journal"
    digest = hashlib.sha256(b"".join(found)).hexdigest()
    record = import_of(rows, _next_id(run[-1].import_id), anew.at, file=file, sha256=digest, summary=summary)
    anew.facts.load(record, tables_of(rows, file), instead_of=run)
    again.add(record.import_id, len(found), rows)
    again.replaced += len(run)


def _rows(found: Sequence[bytes], anew: _Anew) -> Rows:
    """The records' rows, without what was refused longer ago than it is kept."""
    events: list[dict[str, Any]] = []
    outcomes: list[dict[str, Any]] = []
    costs: list[dict[str, Any]] = []
    refused: list[dict[str, Any]] = []
    for content in found:
        record = records.decode(content)
        rows = gathered([record], anew.place)
        events.extend(rows.events)
        outcomes.extend(rows.outcomes)
        costs.extend(rows.costs)
        if record.received_at >= anew.refused_since:
            refused.extend(rows.refused)
    return Rows(events, outcomes, costs, refused)


def _next_id(import_id: str) -> str:
    """An id that sorts right after this one: `...-0000`, `...-0000r001`, `...-0000r002`."""
    first, _, times = import_id.partition("r")
    return f"{first}r{int(times or 0) + 1:03d}"


class _Segments:
    """The records of the segments that are kept; of each stream the one that was asked for last stays at hand."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._at_hand: dict[str, tuple[int, list[bytes]]] = {}

    def count(self, stream: str, sequence: int) -> int:
        """How many records a segment holds, taken-out ones too; 0 where it is gone."""
        return len(self._all(stream, sequence))

    def size(self, part: _Part) -> int:
        """In bytes."""
        return sum(map(len, self.records(part)))

    def records(self, part: _Part) -> list[bytes]:
        """Those of a part, without those that were taken out."""
        found = self._all(part.stream, part.sequence)[part.first : part.first + part.records]
        return [record for record in found if record]

    def _all(self, stream: str, sequence: int) -> list[bytes]:
        if stream not in self._at_hand or self._at_hand[stream][0] != sequence:
            content = kept.content_of(self._root / stream, sequence) or b""
            found = [one.record for one in frames(content) if not isinstance(one, Damage)]
            self._at_hand[stream] = sequence, found
        return self._at_hand[stream][1]
