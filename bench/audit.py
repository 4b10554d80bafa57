"""The whole audit over ten million events against a bare scan of the facts, in seconds of the processor.

python -m bench.audit --events 1000000     smaller

A simulated market is imported and built, then copied until its events are as many: each copy has people, orders,
clicks and ids of its own, and lies in one of nine times six weeks, so that days are a year's; rows lie by time, as
imports bring them. Spend and claims are copied once for each time.

In the simulated market every fortieth event is an order, and as many are leads that a CRM follows through its stages.
Shops have fewer, so of five copies one is whole, and of the other four only those have come who looked at pages and
went: one event in 140 is an order. The market as it is, the dense one, is measured as well.

Names of the facts are made as a reader makes them, so that all is measured that `outturn audit` does, but for opening
the workspace. What a build works out once, for it and for others, is measured by itself: rows out of date, sums of hits
and visits, events that tell of an order or a lead, outcomes in order.
"""

from __future__ import annotations

import argparse
import shutil
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from bench.measured import Ratio, alternating, hand_over, peak_memory_mb
from outturn import api
from outturn.audit.audit import audit, tables_read
from outturn.audit.registry import checks
from outturn.metrics.hits import HIT_ORDERS, build_hits
from outturn.metrics.told_outcomes import build_told_outcomes
from outturn.pipeline.read import reading
from outturn.store.engine import open_engine
from outturn.store.fact_tables import CLICK_ID_COLUMNS
from outturn.store.facts import GIVEN_UP, Facts
from outturn.store.lake import Lake
from outturn.store.tables import FACTS, TABLES, Type
from tests.audit.world import DAYS, Market

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from outturn.domain.settings import Settings
    from outturn.pipeline.read import Reading
    from outturn.store.engine import Engine
    from outturn.store.tables import Column

EVENTS = 10_000_000
RUNS = 3
PEOPLE = 30_000
TIMES = 9
WHOLE = 5
"""Of so many copies one is whole."""
_IDS = ("event_id", "touch_id", "outcome_id", "parent_outcome_id", "order_id", "deal_id", "payment_id", "deal_key")
_NUMBERS = ("person_id", "company_id")


@dataclass(frozen=True)
class Copies:
    """Facts in a lake of their own, and the derived tables of them."""

    settings: Settings
    lake: Path
    derived: dict[str, list[str]]

    def expose(self, engine: Engine) -> None:
        """Name everything, as a reader of a build does."""
        for name, files in self.derived.items():
            engine.relation(name, files, TABLES[name])
        Facts(self.lake).expose(engine, only=tables_read(checks())[0], known=self.derived)


def copied(folder: Path, opened: Reading, name: str, copies: int, whole: int) -> list[Path]:
    """A table's rows, of facts all that were ever loaded, copied into one Parquet file for each time."""
    table = TABLES[name]
    own = {column.name for column in table.columns if column.name in (*_IDS, *_NUMBERS) or column.type is Type.KEY}
    dated = any(column.type is Type.DAY for column in table.columns) and name != "fx_rates"
    number = copies if own else min(copies, TIMES) if dated else 1
    columns = ", ".join(
        f"{_copied(column) if own or dated else column.name} AS {column.name}" for column in table.columns
    )
    rows = f"{name}_rows" if table.kind == "fact" else name
    kept = f"copy % {whole} = 0 OR {_QUIET.get(name, 'FALSE')}" if own else "TRUE"
    files = []
    for first in range(min(number, TIMES)):
        copy = f"(SELECT UNNEST(RANGE({first}, {number}, {TIMES})) AS copy) AS copies"
        statement = f"SELECT {columns} FROM {rows}, {copy} WHERE {kept}"
        (written,) = opened.engine.write(statement, folder / name, table=table)
        files.append(written.rename(written.with_stem(f"time-{first}")))
    return files


_BUSY = "SELECT anonymous_key FROM events WHERE (type <> 'page' OR user_key IS NOT NULL) AND anonymous_key IS NOT NULL"
_QUIET_EVENTS = f"SELECT event_id, anonymous_key FROM events WHERE anonymous_key NOT IN ({_BUSY})"
_QUIET = {
    "events": "event_id IN (SELECT event_id FROM quiet_events)",
    "touches": "touch_id IN (SELECT event_id FROM quiet_events)",
    "people": "identifier IN (SELECT anonymous_key FROM quiet_events)",
    "consents": "person_key IN (SELECT person_key FROM people, quiet_events WHERE identifier = anonymous_key)",
}
"""What those who only looked at pages have left."""


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


def copies_of(folder: Path, market: Path, events: int, whole: int) -> Copies:
    """A simulated market, copied until there are so many events; of `whole` copies one is whole."""
    workspace = api.open(market / "workspace").workspace
    _, asked = tables_read(checks())
    lake = Lake(folder / "lake")
    with reading(workspace) as opened:
        opened.name_facts(FACTS)
        opened.engine.table("quiet_events", _QUIET_EVENTS)
        counts = "SELECT (SELECT COUNT(*) FROM events), (SELECT COUNT(*) FROM quiet_events)"
        ((of_whole, of_quiet),) = opened.engine.rows(counts)
        copies = -(-events * whole // (of_whole + (whole - 1) * of_quiet))
        for name in FACTS:
            lake.append(TABLES[name], copied(folder / "lake", opened, name, copies, whole))
        derived = {
            name: [str(file) for file in copied(folder / "derived", opened, name, copies, whole)]
            for name in asked - {*HIT_ORDERS, *GIVEN_UP.values(), "told_outcomes"}
        }
    return Copies(workspace.settings, folder / "lake", derived)


def summed(engine: Engine, copies: Copies, folder: Path) -> dict[str, list[str]]:
    """What a build works out for the audit: rows that are out of date, sums of hits and visits, outcomes in order."""
    made: dict[str, list[str]] = {}
    zone = copies.settings.time_zone

    def publish(name: str, statement: str, parameters: Mapping[str, object], *, order: Sequence[str]) -> None:
        files = engine.write(statement, folder / name, parameters=parameters, order=order, table=TABLES[name])
        made[name] = [str(file) for file in files]

    engine.relation("touches", copies.derived["touches"], TABLES["touches"])
    Facts(copies.lake).expose(engine, only=GIVEN_UP)
    for name in GIVEN_UP.values():
        publish(name, f"SELECT * FROM {name}", {}, order=TABLES[name].names)
    build_hits(engine, publish, time_zone=zone)
    build_told_outcomes(publish, time_zone=zone)
    return made


def scanned(engine: Engine) -> None:
    """Read every column of the facts once, as they lie, and do nothing with it."""
    for name in FACTS:
        columns = ", ".join(f"MIN({column.name})" for column in TABLES[name].columns)
        engine.query(f"SELECT {columns} FROM {name}_rows")


def main() -> None:
    """Measure and hand over."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--events", type=int, default=EVENTS)
    asked = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="outturn-bench-"))
    try:
        market = Market.play(folder / "market", seed=7, people=PEOPLE).folder
        hand_over(
            [
                *measured(copies_of(folder / "shop", market, asked.events, WHOLE), folder / "shop", "The whole audit"),
                *measured(copies_of(folder / "dense", market, asked.events, 1), folder / "dense", "The same, dense"),
            ]
        )
    finally:
        shutil.rmtree(folder)


def measured(copies: Copies, folder: Path, what: str) -> list[Ratio]:
    """All checks and claims as `outturn audit` asks them, and beside them what a build has worked out for them."""
    settings = copies.settings
    engine = open_engine(settings)

    def built() -> None:
        copies.derived.update(summed(engine, copies, folder / "sums"))

    def asked() -> None:
        copies.expose(engine)
        audit(engine, settings, checks=checks(), goal=settings.goal())

    def bare() -> None:
        scanned(engine)

    built()
    Facts(copies.lake).expose(engine, known=copies.derived)
    asked()
    sums = alternating(built, bare, runs=RUNS, clock=time.process_time)
    whole = alternating(asked, bare, runs=RUNS, clock=time.process_time)
    sizes = ", ".join(
        f"{engine.rows(f'SELECT COUNT(*) FROM {name}')[0][0]:,} {name}" for name in ("events", "outcomes", "touches")
    )
    engine.close()
    note = f"{len(checks())} checks and the claims; {sizes}; seconds of processor, peak {peak_memory_mb():,.0f} MB"
    scan = "all columns of the facts, scanned"
    return [
        Ratio(what, whole[0], scan, whole[1], "<= 3.00", note),
        Ratio(f"{what}: what a build has worked out for it", sums[0], scan, sums[1]),
    ]


if __name__ == "__main__":
    main()
