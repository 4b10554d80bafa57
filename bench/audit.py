"""The whole audit over ten million events against a bare scan of the facts, in seconds of the processor.

python -m bench.audit --events 1000000     smaller

A simulated market is imported and built, then copied until its events are as many: each copy has people, orders,
clicks and ids of its own, and lies in one of nine times six weeks, so that days are a year's. Orders, conversions and
touches are copied as often as events, spend and claims once for each time.
"""

from __future__ import annotations

import argparse
import shutil
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

from bench.measured import Ratio, alternating, hand_over, peak_memory_mb
from outturn import api
from outturn import audit as room
from outturn.audit.audit import audit, facts_read
from outturn.audit.needs import tables_for
from outturn.audit.registry import checks
from outturn.pipeline.read import reading
from outturn.store.engine import open_engine
from outturn.store.fact_tables import CLICK_ID_COLUMNS
from outturn.store.sql import load
from outturn.store.tables import TABLES, Type
from tests.audit.world import DAYS, Market

if TYPE_CHECKING:
    from collections.abc import Iterable

    from outturn.pipeline.read import Reading
    from outturn.store.engine import Engine
    from outturn.store.tables import Column

EVENTS = 10_000_000
RUNS = 3
PEOPLE = 30_000
TIMES = 9
_IDS = ("event_id", "touch_id", "outcome_id", "parent_outcome_id", "order_id", "deal_id", "payment_id", "deal_key")
_NUMBERS = ("person_id", "company_id")


def copied(folder: Path, opened: Reading, name: str, copies: int) -> list[str]:
    """A table's rows, copied, as one Parquet file."""
    table = TABLES[name]
    own = {column.name for column in table.columns if column.name in (*_IDS, *_NUMBERS) or column.type is Type.KEY}
    dated = {column.name for column in table.columns if column.type is Type.DAY}
    number = copies if own else min(copies, TIMES) if dated and name != "fx_rates" else 1
    columns = ", ".join(f"{_copied(column)} AS {column.name}" for column in table.columns)
    statement = f"SELECT {columns} FROM {name}, (SELECT UNNEST(RANGE({number})) AS copy) AS copies"
    return [str(file) for file in opened.engine.write(statement, folder / name, table=table)]


def _copied(column: Column) -> str:
    name = column.name
    if name in _NUMBERS:
        return f"CASE WHEN {name} < 0 THEN {name} ELSE {name} + copy * 1000000 END"
    if name in _IDS:
        return f"{name} || ':' || copy"
    if name in CLICK_ID_COLUMNS:
        return f"CASE WHEN {name} <> '' THEN {name} || copy ELSE {name} END"
    of_type = {
        Type.AT: f"{name} + copy % {TIMES} * INTERVAL {DAYS} DAY",
        Type.DAY: f"{name} + CAST(copy % {TIMES} * {DAYS} AS INTEGER)",
        Type.KEY: f"{name} || ENCODE(':' || copy)",
    }
    named = {"url": "CASE WHEN url LIKE '%clid=%' THEN url || copy ELSE url END"}
    return named.get(name) or of_type.get(column.type, name)


def scanned(engine: Engine, names: Iterable[str]) -> None:
    """Read every column of the facts once, and do nothing with it."""
    for name in names:
        columns = ", ".join(f"MIN({column.name})" for column in TABLES[name].columns)
        engine.query(f"SELECT {columns} FROM {name}")


def main() -> None:
    """Measure and hand over."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--events", type=int, default=EVENTS)
    asked = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="outturn-bench-"))
    try:
        hand_over(measured(folder, asked.events))
    finally:
        shutil.rmtree(folder)


def measured(folder: Path, events: int) -> list[Ratio]:
    """All checks and claims over facts as they lie, and over current facts, the repeated events found first."""
    workspace = api.open(Market.play(folder / "market", seed=7, people=PEOPLE).folder / "workspace").workspace
    _, derived = tables_for(file.stem for file in Path(room.__file__).parent.glob("*.sql"))
    facts = facts_read(checks())
    engine = open_engine(workspace.settings)
    with reading(workspace) as opened:
        opened.name_facts(facts)
        ((few,),) = opened.engine.rows("SELECT COUNT(*) FROM events")
        files = {name: copied(folder / "copies", opened, name, -(-events // few)) for name in (*facts, *derived)}
        engine.register("loaded_imports", opened.engine.query("SELECT * FROM loaded_imports"))
    for name, lying in files.items():
        engine.relation(name, lying, TABLES[name])
    sizes = ", ".join(
        f"{engine.rows(f'SELECT COUNT(*) FROM {name}')[0][0]:,} {name}" for name in ("events", "outcomes", "touches")
    )

    def asked() -> None:
        audit(engine, workspace.settings, checks=checks(), goal=workspace.settings.goal())

    def asked_of_current() -> None:
        engine.table("events_repeated", load("outturn.store", "events_repeated"))
        asked()

    asked()
    lying = alternating(asked, lambda: scanned(engine, facts), runs=RUNS, clock=time.process_time)
    note = f"{len(checks())} checks and the claims; {sizes}; seconds of processor, peak {peak_memory_mb():,.0f} MB"
    engine.relation("events_rows", files["events"], TABLES["events"])
    engine.table("events_repeated", load("outturn.store", "events_repeated"))
    engine.view("events", load("outturn.store", "current_events"))
    current = alternating(asked_of_current, lambda: scanned(engine, facts), runs=RUNS, clock=time.process_time)
    engine.close()
    bare = "all columns of the facts, scanned"
    return [
        Ratio("The whole audit", lying[0], bare, lying[1], "<= 3.00", note),
        Ratio("The same, events that came twice found first", current[0], f"{bare}, once each", current[1]),
    ]


if __name__ == "__main__":
    main()
