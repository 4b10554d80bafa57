"""The sums of every row of a KPI table, from the statements that the question needs."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any

from outturn.domain.errors import MissingRates
from outturn.metrics.dimensions import Key, last_day_of
from outturn.metrics.measures import ORDER_KINDS, STAGE_KINDS, Origin
from outturn.store.sql import load

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from outturn.domain.goals import Goal
    from outturn.metrics.question import Question
    from outturn.metrics.ratios import Sum
    from outturn.store.engine import Engine

_Campaign = tuple[str | None, str | None]  # its id and name
_FIGURES = (
    "impressions",
    "clicks",
    "visits",
    "video_starts",
    "completed_views",
    "engagements",
    "spend",
    "costs",
    "claimed_conversions",
)
_SALES = ("conversions", "kept_conversions", "revenue", "margin", "refunded", "new_customers", "new_customer_revenue")
_SHOWN_DAYS = 5  # of those that an error names per currency


@dataclass(slots=True)
class Cell:
    """The sums of one row while they come together."""

    sums: dict[str, Sum] = field(default_factory=dict)
    campaign: _Campaign = (None, None)


def add_figures(engine: Engine, question: Question, cells: dict[Key, Cell]) -> set[str]:
    """Add what platforms and tracking report; returns the time zones whose days are summed."""
    grain = question.grain
    parameters = {
        "level": grain.level,
        "by_ad_group": grain.below_campaign,
        "by_ad": grain.level == "ad",
        **question.span,
        **grain.flags,
    }
    zones: set[str] = set()
    missing = False
    for row in engine.rows(load(__package__, "figures"), parameters):
        cell = _cell(cells, row)
        zones.update(zone for text in row[9:11] if text for zone in text.split(","))
        cell.sums.update(zip(_FIGURES, row[11:-1], strict=True))
        missing = missing or row[-1] == 1
    measures = [measure for kpi in question.kpis for measure in kpi.measures]
    if missing and any(measure.money and measure.origin is Origin.DAY for measure in measures):
        refuse_missing_rates(question, engine.rows(load(__package__, "missing_rates"), question.span))
    return zones


def add_sales(engine: Engine, question: Question, cells: dict[Key, Cell]) -> None:
    """Add what the goal counts: credited where the grain is by source, else the ledger's."""
    if question.grain.below_campaign:
        return
    for key, campaign, values in _sales(engine, question, question.goal):
        cell = cells.setdefault(key, Cell())
        cell.campaign = _known(cell.campaign, campaign)
        cell.sums.update(zip(_SALES, values, strict=True))


def _sales(engine: Engine, question: Question, goal: Goal) -> Iterable[tuple[Key, _Campaign, tuple[Sum, ...]]]:
    """A goal's sums per cell: credited where the grain is by source, else the ledger's."""
    parameters = {"goal": goal.id, "basis": question.basis, **question.span}
    if not question.grain.by_source:
        statement = load(__package__, "ledger")
        for day, *values in engine.rows(statement, {**parameters, "by_time": question.grain.time}):
            yield Key(day=day), (None, None), tuple(values)
        return
    flags = question.grain.flags
    for row in engine.rows(load(__package__, "credited"), {**parameters, "model": question.model, **flags}):
        yield Key(*row[:7]), row[7:9], row[9:]


def add_stages(engine: Engine, question: Question, cells: dict[Key, Cell]) -> None:
    """Add leads, qualified leads, opportunities, and the leads that became customers."""
    grain = question.grain
    if grain.below_campaign:
        return
    goals = {kind: question.goal_of(kind) for kind in STAGE_KINDS.values()}
    for measure, kind in STAGE_KINDS.items():
        goal = goals[kind]
        if goal is None:
            continue
        for key, campaign, values in _sales(engine, question, goal):
            cell = cells.setdefault(key, Cell())
            cell.campaign = _known(cell.campaign, campaign)
            cell.sums[measure] = values[0]
        _fill(cells, question, (measure,), _coverage(engine, question, goal)["sales"])
    if grain.by_source:
        return
    if not all(goals.values()):
        _add_stages_without_goals(engine, question, cells, {kind for kind, goal in goals.items() if goal is None})
    lead_goal = goals["lead"]
    if lead_goal is not None:
        _add_cohort(engine, question, cells, lead_goal)


def _add_stages_without_goals(engine: Engine, question: Question, cells: dict[Key, Cell], kinds: set[str]) -> None:
    parameters = {"zone": question.settings.time_zone, "by_time": question.grain.time, **question.span}
    names = {kind: measure for measure, kind in STAGE_KINDS.items()}
    seen: set[str] = set()
    for kind, day, entries in engine.rows(load(__package__, "stages"), parameters):
        if kind in kinds:
            seen.add(names[kind])
            if entries:
                cells.setdefault(Key(day=day), Cell()).sums[names[kind]] = entries
    for cell in cells.values():
        for measure in seen:
            cell.sums.setdefault(measure, 0)


def _add_cohort(engine: Engine, question: Question, cells: dict[Key, Cell], lead_goal: Goal) -> None:
    goals = (question.goal, *question.settings.goals)
    sale_goal = next((goal for goal in goals if ORDER_KINDS.issuperset(goal.kinds)), None)
    if sale_goal is None:
        return
    parameters = {"lead_goal": lead_goal.id, "sale_goal": sale_goal.id, "by_time": question.grain.time, **question.span}
    for day, won_leads in engine.rows(load(__package__, "cohort"), parameters):
        cells.setdefault(Key(day=day), Cell()).sums["won_leads"] = won_leads


def fill_in_zeros(engine: Engine, question: Question, cells: dict[Key, Cell]) -> None:
    """Where tracking or the ledger covers a cell's days, finding nothing means 0; elsewhere it means unknown."""
    covered = _coverage(engine, question, question.goal)
    _fill(cells, question, ("visits",), covered["visits"])
    if not question.grain.below_campaign:
        _fill(cells, question, _SALES, covered["sales"])


def _coverage(engine: Engine, question: Question, goal: Goal) -> dict[str, tuple[date | None, date | None]]:
    found = engine.rows(load(__package__, "coverage"), {"goal": goal.id, "basis": question.basis})
    return {what: (first, last) for what, first, last in found}


def _fill(
    cells: dict[Key, Cell], question: Question, measures: Sequence[str], covered: tuple[date | None, date | None]
) -> None:
    first, last = covered
    if first is None or last is None:
        return
    for key, cell in cells.items():
        begins = key.day or question.days.first or date.min
        ends = last_day_of(key.day, question.grain.time) if key.day else question.days.last or date.max
        if begins <= last and first <= ends:
            for measure in measures:
                if measure not in cell.sums or (measure == "visits" and cell.sums[measure] is None):
                    cell.sums[measure] = 0


def _cell(cells: dict[Key, Cell], row: tuple[Any, ...]) -> Cell:
    cell = cells.setdefault(Key(*row[:7]), Cell())
    cell.campaign = _known(cell.campaign, row[7:9])
    return cell


def _known(first: _Campaign, second: _Campaign) -> _Campaign:
    return first[0] or second[0], first[1] or second[1]


def refuse_missing_rates(question: Question, missing: Iterable[tuple[Any, ...]]) -> None:
    """Raise `MissingRates` where there are any (currency, day), and name them."""
    days: dict[str, list[str]] = {}
    for currency, day in sorted(missing):
        days.setdefault(currency, []).append(day.isoformat())
    if not days:
        return
    named = "; ".join(f"{currency} on {_listed(some)}" for currency, some in days.items())
    raise MissingRates(
        f"No exchange rate at most 7 days old into {question.settings.currency}: {named}. "
        f"Import the European Central Bank's reference rates for these days: outturn import eurofxref-hist.csv"
    )


def _listed(days: Sequence[str]) -> str:
    more = len(days) - _SHOWN_DAYS
    return ", ".join(days[:_SHOWN_DAYS]) + (f" and {more} more days" if more > 0 else "")
