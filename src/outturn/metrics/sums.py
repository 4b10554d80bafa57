"""The sums of every row of a KPI table, from the statements that the question needs."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any

from outturn.domain.errors import MissingRates
from outturn.metrics.dimensions import Key, last_day_of
from outturn.metrics.measures import Origin
from outturn.store.sql import load

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from outturn.domain.goals import Goal
    from outturn.metrics.question import Question
    from outturn.metrics.ratios import Sum
    from outturn.store.engine import Engine

Campaign = tuple[str | None, str | None]  # its id and name
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
SALES = ("conversions", "kept_conversions", "revenue", "margin", "refunded", "new_customers", "new_customer_revenue")
_SHOWN_DAYS = 5  # of those that an error names per currency


@dataclass(slots=True)
class Cell:
    """The sums of one row while they come together."""

    sums: dict[str, Sum] = field(default_factory=dict)
    campaign: Campaign = (None, None)


def add_figures(engine: Engine, question: Question, cells: dict[Key, Cell]) -> None:
    """Add what platforms and tracking report."""
    grain = question.grain
    parameters = {
        "level": grain.level,
        "by_ad_group": grain.below_campaign,
        "by_ad": grain.level == "ad",
        **question.span,
        **grain.flags,
    }
    missing = False
    for row in engine.rows(load(__package__, "figures"), parameters):
        cell = _cell(cells, row)
        cell.sums.update(zip(_FIGURES, row[9:-1], strict=True))
        missing = missing or row[-1] == 1
    measures = [measure for kpi in question.kpis for measure in kpi.measures]
    if missing and any(measure.money and measure.origin is Origin.DAY for measure in measures):
        refuse_missing_rates(question, engine.rows(load(__package__, "missing_rates"), question.span))


def add_sales(engine: Engine, question: Question, cells: dict[Key, Cell]) -> None:
    """Add what the goal counts: credited where the grain is by source, else the ledger's."""
    if question.grain.below_campaign:
        return
    for key, campaign, values in sales_of(engine, question, question.goal):
        cell = cells.setdefault(key, Cell())
        cell.campaign = known_campaign(cell.campaign, campaign)
        cell.sums.update(zip(SALES, values, strict=True))


def sales_of(engine: Engine, question: Question, goal: Goal) -> Iterable[tuple[Key, Campaign, tuple[Sum, ...]]]:
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


def fill_in_zeros(engine: Engine, question: Question, cells: dict[Key, Cell]) -> None:
    """Where tracking or the ledger covers a cell's days, finding nothing means 0; elsewhere it means unknown."""
    covered = coverage(engine, question, question.goal)
    fill(cells, question, ("visits",), covered["visits"])
    if not question.grain.below_campaign:
        fill(cells, question, SALES, covered["sales"])


def coverage(engine: Engine, question: Question, goal: Goal) -> dict[str, tuple[date | None, date | None]]:
    """First and last day on which tracking (`visits`) and a goal's ledger (`sales`) say anything."""
    found = engine.rows(load(__package__, "coverage"), {"goal": goal.id, "basis": question.basis})
    return {what: (first, last) for what, first, last in found}


def fill(
    cells: dict[Key, Cell], question: Question, measures: Sequence[str], covered: tuple[date | None, date | None]
) -> None:
    """Where a cell's days are covered, sums that nothing was found for are 0."""
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
    cell.campaign = known_campaign(cell.campaign, row[7:9])
    return cell


def known_campaign(first: Campaign, second: Campaign) -> Campaign:
    """A campaign's id and name, from whichever sums know them."""
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
