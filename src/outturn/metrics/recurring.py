"""Monthly recurring revenue: what all subscriptions bring a month, as it stands at the end of a row's days."""

from __future__ import annotations

from bisect import bisect_right
from datetime import date, timedelta
from itertools import accumulate
from typing import TYPE_CHECKING

from outturn.metrics.dimensions import Key, last_day_of
from outturn.metrics.sums import Cell, refuse_missing_rates
from outturn.store.sql import load

if TYPE_CHECKING:
    from collections.abc import Iterator

    from outturn.domain.settings import Settings
    from outturn.metrics.question import Question
    from outturn.store.engine import Engine

# The facts that it is worked out from.
FACTS_OF_SUBSCRIPTIONS = ("outcomes", "fx_rates")


def add_recurring(engine: Engine, question: Question, cells: dict[Key, Cell]) -> None:
    """Add monthly recurring revenue to every row from the first subscription on.

    It is no sum of the row's days, but of all days before it too. A row has it as of its last day, which of a week or
    month that has not ended yet, or of no days at all, is the last one asked for.
    """
    if question.grain.by_source:
        return
    name_recurring(engine, question.settings)
    last = question.days.last or date.max
    refuse_missing_rates(question, engine.rows(load(__package__, "recurring_unrated"), {"last_day": last}))
    moves = engine.rows(load(__package__, "recurring_days"), {"last_day": last})
    if not moves:
        return
    days = [day for day, _moved, _unknown in moves]
    values = list(accumulate(moved or 0 for _day, moved, _unknown in moves))
    unknown = list(accumulate(unknown for _day, _moved, unknown in moves))
    for key in [*cells, *(Key(day=day) for day in _rows_between(question, days[0], days[-1]))]:
        ends = min(last_day_of(key.day, question.grain.time), last) if key.day else last
        place = bisect_right(days, ends) - 1
        if place >= 0:
            cell = cells.setdefault(key, Cell())
            cell.sums["recurring_revenue"] = None if unknown[place] else values[place]


def name_recurring(engine: Engine, settings: Settings) -> None:
    """Name the table `recurring` on an engine that knows the facts."""
    engine.table("recurring_moves", load(__package__, "recurring_moves"), {"zone": settings.time_zone})
    engine.table(
        "rated_days", "SELECT DISTINCT rate_day AS date_day, currency FROM recurring_moves WHERE currency IS NOT NULL"
    )
    ours = {"currency": settings.currency}
    engine.table("sale_rates", load("outturn.store", "sale_rates"), ours)
    engine.table("recurring", load(__package__, "recurring"), ours)


def _rows_between(question: Question, first: date, last: date) -> Iterator[date]:
    """The first days of the rows of a table by time, from the first movement to the last one, inside the question."""
    time = question.grain.time
    if not time:
        return
    day = max(first, question.days.first or first)
    if time == "week":
        day -= timedelta(days=day.weekday())
    elif time == "month":
        day = day.replace(day=1)
    while day <= last:
        yield day
        day = last_day_of(day, time) + timedelta(days=1)
