"""Questions to the figures of one build, pinned for as long as the question takes."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING, Any

from outturn.domain.errors import MissingRates, WorkspaceError
from outturn.domain.goals import Goal
from outturn.domain.time import Days, instant_of
from outturn.metrics.query import facts_read
from outturn.metrics.query import kpis as query_kpis
from outturn.store.builds import Build, Builds
from outturn.store.engine import Engine, open_engine

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

    from outturn.metrics.table import KpiTable
    from outturn.store.workspace import Workspace

_SHOWN_DAYS = 5  # of those that an error names


@dataclass(frozen=True, slots=True)
class Reading:
    """A build that stays what it is while it is read.

    Attributes:
        engine: Knows the build's tables.
        build: With what its steps found.
    """

    workspace: Workspace
    engine: Engine
    build: Build

    def name_facts(self, only: Collection[str]) -> None:
        """Name fact tables too, as they were when the build read them."""
        from outturn.store.facts import Facts  # noqa: PLC0415 - most figures need no facts, nor Delta

        as_of = instant_of(self.build.figures["facts_before_micros"])
        Facts(self.workspace.lake).expose(self.engine, as_of=as_of, only=only, known=self.build.files)

    @property
    def unconverted(self) -> list[tuple[str, date]]:
        """Currency and day of sales that wait for an exchange rate."""
        missing = self.build.figures["found"]["conversions"]["missing_rates"]
        return [(one["currency"], date.fromisoformat(one["date_day"])) for one in missing]

    def goal(self, asked: Goal) -> Goal:
        """The goal as the build counted it, which may have another lookback than the settings have by now.

        Raises:
            WorkspaceError: It was added or changed since, so that the build's conversions are not its own.
        """
        built = next((one for one in self.build.figures["goals"] if one["id"] == asked.id), None)
        if built is not None:
            counted = Goal.from_table(asked.id, {name: value for name, value in built.items() if name != "id"})
            if replace(counted, lookback_days=asked.lookback_days) == asked:
                return counted
        raise WorkspaceError(
            f"The goal {asked.id} was {'changed' if built else 'added'} in outturn.toml since the figures were worked "
            "out. Work them out anew: outturn build"
        )

    def refuse_older(self, tables: Collection[str]) -> None:
        """Refuse a build that lacks tables, or whose days are not the business's any more.

        Raises:
            WorkspaceError: Another version of Outturn made it, or the zone was changed since.
        """
        lacking = sorted(set(tables) - set(self.build.files))
        zone = self.build.figures.get("time_zone", self.workspace.settings.time_zone)
        if lacking:
            reason = f"Another version of Outturn worked out the figures, without {', '.join(lacking)}"
        elif zone != self.workspace.settings.time_zone:
            reason = f"The figures were worked out for days of {zone}, and outturn.toml has another time_zone by now"
        else:
            return
        raise WorkspaceError(f"{reason}. Work them out anew: outturn build")

    def refuse_unconverted(self, days: Days) -> None:
        """Refuse to credit the sales of some days while there are any that could not be converted.

        Raises:
            MissingRates: With their currencies and days.
        """
        missing = sorted({f"{currency} on {day}" for currency, day in self.unconverted if day in days})
        if missing:
            raise MissingRates(
                f"Sales wait for an exchange rate at most 7 days old: {', '.join(missing[:_SHOWN_DAYS])}"
                f"{f' and {len(missing) - _SHOWN_DAYS} more' if len(missing) > _SHOWN_DAYS else ''}. "
                "Import the ECB's reference rates: outturn import eurofxref-hist.csv"
            )


@contextmanager
def reading(workspace: Workspace, build: Build | None = None) -> Iterator[Reading]:
    """Open a build's tables, by default the published one's.

    Raises:
        WorkspaceError: Nothing has been built yet.
    """
    pinned = build or Builds(workspace.lake).current()
    engine = open_engine(workspace.settings)
    try:
        pinned.expose(engine)
        yield Reading(workspace, engine, pinned)
    finally:
        engine.close()


def kpis(
    workspace: Workspace,
    by: Sequence[str] = (),
    *,
    days: Days = Days(),  # noqa: B008 - frozen
    build: Build | None = None,
    **options: Any,
) -> KpiTable:
    """KPIs of one build; see `metrics.query.kpis` for `by` and the options.

    Raises:
        MissingRates: Money of the asked days could not be converted.
    """
    with reading(workspace, build) as open_build:
        period_rows = open_build.build.figures["period_rows"] > 0
        subscribed = open_build.build.figures.get("subscription_rows", 1) > 0
        facts = {
            *facts_read(workspace.settings, by=by, kpi=options.get("kpi", ()), subscribed=subscribed),
            *(["ad_spend"] if period_rows else []),
        }
        if facts:
            open_build.name_facts(facts)
        return query_kpis(
            open_build.engine,
            workspace.settings,
            by=by,
            days=days,
            period_rows=period_rows,
            subscribed=subscribed,
            unconverted=open_build.unconverted,
            **options,
        )


def unjoined(workspace: Workspace) -> list[dict[str, Any]]:
    """Evidence of ads that joined no campaign of the platform's own files, most touches first."""
    found: list[dict[str, Any]] = Builds(workspace.lake).current().figures["found"]["touches"]["unjoined"]
    return found
