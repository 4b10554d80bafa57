"""A build: the steps from facts to figures on one screen, published together or not at all."""

from __future__ import annotations

import time
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from outturn.attribution.credits import write_credits
from outturn.domain.time import end_of_day, micros_of
from outturn.journeys.campaigns import build_campaigns
from outturn.journeys.companies import build_companies
from outturn.journeys.consents import build_consents
from outturn.journeys.context import JourneyContext
from outturn.journeys.conversions import build_conversions
from outturn.journeys.erasure import BLANKED_OUTCOME_COLUMNS
from outturn.journeys.people import build_people
from outturn.journeys.touches import build_touches
from outturn.metrics.channel_day import build_channel_day
from outturn.metrics.checks import levels_told
from outturn.metrics.hits import build_hits
from outturn.metrics.told_outcomes import build_told_outcomes
from outturn.store.book import Book
from outturn.store.builds import AS_OF_PREFIX, Build, Builds
from outturn.store.engine import Engine, open_engine
from outturn.store.facts import GIVEN_UP, Facts, Rewrite
from outturn.store.tables import IDENTITY_COLUMNS, TABLES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from datetime import date, datetime

    from outturn.domain.goals import Goal
    from outturn.domain.settings import Settings
    from outturn.store.workspace import Workspace


@dataclass(frozen=True, slots=True)
class Bench:
    """What every step works on: an engine that knows the facts, the settings, and the build that grows."""

    engine: Engine
    settings: Settings
    build: Build
    found: dict[str, Any] = field(default_factory=dict)

    def publish(
        self, name: str, statement: str, parameters: Mapping[str, object] | None = None, *, order: Sequence[str] = ()
    ) -> None:
        """Write a statement's rows as a table of the build, and name them for the steps that follow."""
        table = TABLES[name]
        files = self.engine.write(
            statement, self.build.folder / name, parameters=parameters or {}, order=order, table=table
        )
        self.adopt(name, files)

    def adopt(self, name: str, files: list[Any]) -> None:
        """Make files that a step has written a table of the build."""
        self.build.files[name] = files
        self.engine.relation(name, [str(file) for file in files], TABLES[name])


def _given_up(bench: Bench) -> None:
    for name in GIVEN_UP.values():
        bench.publish(name, f"SELECT * FROM {name}", order=TABLES[name].names)  # noqa: S608


def _people(bench: Bench) -> None:
    bench.found["people"] = asdict(build_people(bench.engine, JourneyContext.of(bench.settings), bench.publish))


def _consents(bench: Bench) -> None:
    bench.found["consents"] = build_consents(bench.engine, bench.publish)


def _campaigns(bench: Bench) -> None:
    build_campaigns(bench.engine, JourneyContext.of(bench.settings), bench.publish)


def _touches(bench: Bench) -> None:
    found = asdict(build_touches(bench.engine, JourneyContext.of(bench.settings), bench.publish))
    for listed in ("unjoined", "unassigned"):
        found[listed] = [one._asdict() for one in found[listed]]
    bench.found["touches"] = found


def _companies(bench: Bench) -> None:
    bench.found["companies"] = asdict(build_companies(bench.engine, JourneyContext.of(bench.settings), bench.publish))


def _conversions(bench: Bench) -> None:
    found = build_conversions(bench.engine, JourneyContext.of(bench.settings), bench.publish)
    bench.found["conversions"] = asdict(found)


def _credits(bench: Bench) -> None:
    files, nulls = write_credits(bench.engine, bench.build.folder, bench.settings.goals)
    for name, written in files.items():
        bench.adopt(name, written)
    bench.found["credits"] = {goal: counts._asdict() for goal, counts in nulls.items()}


def _channel_day(bench: Bench) -> None:
    settings = bench.settings
    build_channel_day(bench.engine, bench.publish, currency=settings.currency, time_zone=settings.time_zone)
    bench.found["channel_day"] = levels_told(bench.engine)


def _hits(bench: Bench) -> None:
    build_hits(bench.engine, bench.publish, time_zone=bench.settings.time_zone)


def _told_outcomes(bench: Bench) -> None:
    build_told_outcomes(bench.publish, time_zone=bench.settings.time_zone)


STEPS: tuple[tuple[str, Callable[[Bench], None]], ...] = (
    ("given_up", _given_up),
    ("people", _people),
    ("consents", _consents),
    ("campaigns", _campaigns),
    ("touches", _touches),
    ("companies", _companies),
    ("conversions", _conversions),
    ("credits", _credits),
    ("channel_day", _channel_day),
    ("hits", _hits),
    ("told_outcomes", _told_outcomes),
)
"""In this order, each reads what those before it have published."""


def build(workspace: Workspace, *, now: datetime, progress: Callable[[str], None] = lambda _what: None) -> Build:
    """Build every derived table from the current facts and publish them.

    Args:
        workspace: Locked while it is built; a second build is refused at once.
        now: Names the build.
        progress: Told which step runs.
    """
    with workspace.lock():
        return build_locked(workspace, now=now, progress=progress)


def build_locked(workspace: Workspace, *, now: datetime, progress: Callable[[str], None] = lambda _what: None) -> Build:
    """As `build`, for a caller that holds the workspace's lock already."""
    _drop_old_refused_rows(workspace, now)
    builds = Builds(workspace.lake)
    made = builds.begin(f"b{now:%Y%m%dT%H%M%S%f}")
    try:
        _run(workspace, made, before=now + timedelta(microseconds=1), progress=progress)
        builds.publish(made, now=now)
    except BaseException:
        builds.discard(made)
        raise
    return made


def _drop_old_refused_rows(workspace: Workspace, now: datetime) -> None:
    """They were kept to be looked at; what they hold of people is not kept for longer than the settings say."""
    before = now - timedelta(days=workspace.settings["privacy.refused_days"])
    Facts(workspace.lake).rewrite("refused_rows", Rewrite("refused_at < $before", parameters={"before": before}))


@contextmanager
def build_as_of(workspace: Workspace, day: date, *, now: datetime) -> Iterator[Build]:
    """A build of what was known at the end of a day, deleted when the caller is done with it.

    Args:
        workspace: Its published build stays as it is.
        day: Imports (and undoings) after this day, in the workspace's zone, have not happened.
        now: Names the temporary build.
    """
    builds = Builds(workspace.lake)
    made = builds.begin(f"{AS_OF_PREFIX}{now:%Y%m%dT%H%M%S%f}")
    try:
        _run(workspace, made, before=end_of_day(day, workspace.settings.time_zone))
        yield made
    finally:
        builds.discard(made)


def _run(
    workspace: Workspace,
    made: Build,
    *,
    before: datetime,
    progress: Callable[[str], None] = lambda _what: None,
) -> None:
    started = time.perf_counter()
    facts = Facts(workspace.lake)
    engine = open_engine(workspace.settings)
    try:
        facts.expose(engine, as_of=before)
        _leave_out_forgotten(engine, workspace)
        bench = Bench(engine, workspace.settings, made)
        seconds: dict[str, float] = {}
        for name, step in STEPS:
            progress(f"Building {name}")
            began = time.perf_counter()
            step(bench)
            seconds[name] = round(time.perf_counter() - began, 3)
        ((touches,),) = engine.rows("SELECT COUNT(*) FROM touches")
        ((conversions,),) = engine.rows("SELECT COUNT(*) FROM conversions WHERE counts = 1")
        people = bench.found["people"]["people"]
        ((subscription_rows,),) = engine.rows(
            "SELECT COUNT(*) FROM outcomes WHERE kind IN ('subscription_start', 'expansion', 'contraction', 'churn')"
        )
        ((period_rows,),) = engine.rows("SELECT COUNT(*) FROM ad_spend WHERE date_day IS NULL")
    finally:
        engine.close()
    history = facts.history(as_of=before)
    made.facts = max((f"{record.import_id} {record.state}" for record in history), default="")
    made.figures = {
        "build_id": made.build_id,
        "touches": touches,
        "conversions": conversions,
        "people": people,
        "seconds": round(time.perf_counter() - started, 3),
        "steps": seconds,
        "period_rows": period_rows,
        "subscription_rows": subscription_rows,
        "goals": [_as_table(goal) for goal in workspace.settings.goals],
        "facts_before_micros": micros_of(before),
        "time_zone": workspace.settings.time_zone,
        "found": bench.found,
    }


def _as_table(goal: Goal) -> dict[str, Any]:
    """What `Goal.from_table` takes, and the id."""
    return {name: value for name, value in asdict(goal).items() if value is not None}


def _leave_out_forgotten(engine: Engine, workspace: Workspace) -> None:
    """Hide whoever asked to be forgotten: only a `forget` that was cut short has left anything to hide."""
    book = Book(workspace.book)
    suppressed = book.suppressed()
    book.close()
    if not suppressed:
        return
    engine.register("suppressed_keys", pa.table({"identifier": pa.array(sorted(suppressed), pa.binary())}))
    forgotten = " OR ".join(
        f"{column} IN (SELECT identifier FROM suppressed_keys)"  # noqa: S608 - our own columns
        for column in IDENTITY_COLUMNS
    )
    kept = {
        "events": f"SELECT * FROM events WHERE NOT COALESCE({forgotten}, FALSE)",  # noqa: S608
        "outcomes": f"SELECT {_blanked('outcomes', forgotten)} FROM outcomes",  # noqa: S608
    }
    for name, statement in kept.items():
        ((rows,),) = engine.rows(f"SELECT COUNT(*) FROM {name} WHERE {forgotten}")  # noqa: S608
        if rows:
            # A table that reads the view which it replaces would lose it on the way.
            engine.table(f"{name}_remembered", statement)
            engine.view(name, f"SELECT * FROM {name}_remembered")  # noqa: S608


def _blanked(name: str, forgotten: str) -> str:
    return ", ".join(
        f"CASE WHEN {forgotten} THEN NULL ELSE {column} END AS {column}"
        if column in BLANKED_OUTCOME_COLUMNS
        else column
        for column in TABLES[name].names
    )
