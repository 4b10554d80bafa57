"""Files of large imports lack the columns that no row of theirs has; nobody who reads them sees it."""

from __future__ import annotations

from contextlib import closing
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from outturn.domain.settings import Settings
from outturn.store.engine import ENGINES, open_engine
from outturn.store.facts import Facts, ImportRecord, Rewrite, Selected, new_import_id

if TYPE_CHECKING:
    from pathlib import Path

AT = datetime(2026, 3, 1, tzinfo=UTC)
KEY = b"anna" * 8
ROWS = """
    SELECT range AS line, 'e' || range AS event_id, 'touches' AS source, 'page' AS type, 'file' AS trust,
        make_timestamptz(1772000000000000) AS occurred_at, make_timestamptz(1772000000000000) AS received_at,
        CASE WHEN range = 2 THEN 'annaannaannaannaannaannaannaanna'::BLOB END AS user_key
    FROM range(1, 4)
"""


def record(number: int) -> ImportRecord:
    at = AT + timedelta(minutes=number)
    return ImportRecord(
        import_id=new_import_id(at, 0), state_at=at, file="touches.csv", sha256="", source="touches", layout="touches",
        verdict="accept", rows_read=3, accepted=3, refused=0, ignored=0,
    )  # fmt: skip


@pytest.fixture
def facts(tmp_path: Path) -> Facts:
    """A narrow file of three events, and a wide one of one."""
    facts = Facts(tmp_path / "lake")
    with duckdb.connect() as connection:
        connection.execute("SET TimeZone = 'UTC'")
        facts.load(record(1), {"events": Selected(connection, ROWS, narrow=True)})
    wide = pa.table({"line": [1], "event_id": ["w"], "source": ["tag"], "type": ["page"], "trust": ["public"],
                     "occurred_at": [AT], "received_at": [AT], "url": ["https://lamps.example/"]})  # fmt: skip
    facts.load(record(2), {"events": wide})
    return facts


def files(tmp_path: Path) -> dict[str, int]:
    """How many columns each file of events has."""
    return {file.name: len(pq.read_schema(file)) for file in sorted((tmp_path / "lake" / "events").glob("*.parquet"))}


def current(facts: Facts, engine: str = "duckdb") -> list[dict[str, Any]]:
    with closing(open_engine(Settings({**Settings().values, "engine.name": engine}))) as opened:
        facts.expose(opened, only=("events",))
        found: list[dict[str, Any]] = opened.query("SELECT * FROM events ORDER BY event_id").to_pylist()
        return found


@pytest.mark.parametrize(
    "name", [pytest.param(name, marks=[pytest.mark.spark] if name == "spark" else []) for name in ENGINES]
)
def test_columns_that_a_file_lacks_are_empty(facts: Facts, tmp_path: Path, name: str) -> None:
    narrow, wide = files(tmp_path).values()
    assert (narrow, narrow < wide) == (9, True)
    rows = current(facts, name)
    assert [(row["event_id"], row["url"], row["user_key"], len(row)) for row in rows] == [
        ("e1", None, None, wide), ("e2", None, KEY, wide), ("e3", None, None, wide),
        ("w", "https://lamps.example/", None, wide),
    ]  # fmt: skip


def test_whoever_is_erased_from_a_narrow_file_leaves_a_wide_one(facts: Facts, tmp_path: Path) -> None:
    wide = max(files(tmp_path).values())
    # By a column that the file lacks, too.
    erased = Rewrite(drop="user_key = $key OR email_key = $key", parameters={"key": KEY})
    assert facts.rewrite("events", erased) == 1
    assert set(files(tmp_path).values()) == {wide}
    assert [row["event_id"] for row in current(facts)] == ["e1", "e3", "w"]


def test_narrow_and_wide_files_are_merged_into_a_wide_one(facts: Facts, tmp_path: Path) -> None:
    with duckdb.connect() as connection:
        connection.execute("SET TimeZone = 'UTC'")
        for number in range(3, 12):
            facts.load(record(number), {"events": Selected(connection, ROWS, narrow=number % 2 == 0)})
    before, wide = current(facts), max(files(tmp_path).values())
    now = datetime.now(UTC)  # noqa: TID251 - Delta compares with the machine's own clock
    assert facts.keep_up(now)["events"] == 11
    facts.vacuum()
    assert list(files(tmp_path).values()) == [wide]
    assert current(facts) == before
