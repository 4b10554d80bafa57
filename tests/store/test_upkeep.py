"""Upkeep merges files and shortens logs; not a row, an import or a stream's offset changes by it."""

from __future__ import annotations

from contextlib import closing
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from outturn.store.engine import open_engine
from outturn.store.facts import Facts, ImportRecord, new_import_id
from outturn.store.upkeep import READERS_NEED

if TYPE_CHECKING:
    from pathlib import Path

AT = datetime(2026, 3, 1, tzinfo=UTC)


def load(facts: Facts, number: int) -> None:
    at = AT + timedelta(minutes=number)
    record = ImportRecord(
        import_id=new_import_id(at, 0), state_at=at, file="journal/00", sha256="", source="collector",
        layout="journal", verdict="accept", rows_read=1, accepted=1, refused=0, ignored=0,
    )  # fmt: skip
    rows = pa.table({"line": [1], "event_id": [f"e{number % 17}"], "source": ["tag"], "type": ["page"],
                     "trust": ["public"], "occurred_at": [at], "received_at": [at]})  # fmt: skip
    facts.load(record, {"events": rows}, stream=("collector-00", number + 1))


def current(facts: Facts) -> list[dict[str, Any]]:
    with closing(open_engine()) as engine:
        facts.expose(engine, only=("events",))
        found: list[dict[str, Any]] = engine.query("SELECT * FROM events ORDER BY event_id").to_pylist()
        return found


def test_many_small_imports_become_one_file_and_stay_what_they_are(tmp_path: Path) -> None:
    facts = Facts(tmp_path / "lake")
    for number in range(20):
        load(facts, number)
    facts.undo(new_import_id(AT, 0), AT + timedelta(hours=1))
    before, history = current(facts), facts.history()
    events = tmp_path / "lake" / "events"
    now = datetime.now(UTC)  # noqa: TID251 - Delta compares with the machine's own clock
    assert facts.keep_up(now) == {"events": 20, "imports": 21}
    assert (current(facts), facts.history()) == (before, history)
    assert facts.stream_offset("collector-00") == 20
    assert len(list(events.glob("*.parquet"))) == 21, "a reader of the list before still finds its files"
    assert list((events / "_delta_log").glob("*.checkpoint.parquet"))
    load(facts, 20)  # Sweeps: the merged file is nobody's orphan.
    assert len(current(facts)) == len(before)
    assert facts.stream_offset("collector-00") == 21


def test_what_was_merged_away_goes_when_no_reader_needs_it(tmp_path: Path) -> None:
    facts = Facts(tmp_path / "lake")
    for number in range(8):
        load(facts, number)
    now = datetime.now(UTC)  # noqa: TID251 - Delta compares with the machine's own clock
    facts.keep_up(now - READERS_NEED - timedelta(hours=1))
    assert len(list((tmp_path / "lake" / "events").glob("*.parquet"))) == 1
    assert len(current(facts)) == 8


def test_few_files_are_left_as_they_are(tmp_path: Path) -> None:
    facts = Facts(tmp_path / "lake")
    for number in range(3):
        load(facts, number)
    assert facts.keep_up(AT) == {}
    assert len(current(facts)) == 3
