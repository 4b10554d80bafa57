"""What a question adds up that is not alike: days of several zones, amounts of several currencies."""

from __future__ import annotations

from typing import TYPE_CHECKING

from outturn.domain.mixes import Mixes
from outturn.metrics.measures import Origin, claimed_conversions, costs, spend, spend_and_costs, visits
from outturn.store.sql import load

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from outturn.metrics.question import Question
    from outturn.store.engine import Engine


def mixed(engine: Engine, question: Question) -> Mixes:
    """The zones and currencies of all figures that a question is answered with.

    Args:
        engine: Knows `channel_day`, `conversions` and `deals`.
        question: Sales, deals and visits lie on the business's days, spend on its account's.
    """
    measures = {measure for kpi in question.kpis if kpi.known for measure in kpi.measures}
    ours = any(measure.origin is not Origin.DAY or measure == visits for measure in measures)
    paid = {spend, spend_and_costs} & measures
    asked = {
        "visits": visits in measures,
        "spend": bool(paid),
        "costs": bool({costs, spend_and_costs} & measures),
        "claims": claimed_conversions in measures,
        "reach": any(
            measure.origin is Origin.DAY and measure not in {visits, costs, claimed_conversions, *paid}
            for measure in measures
        ),
        "sales": any(measure.origin is Origin.SALES and measure.money for measure in measures),
        "deals": any(measure.origin is Origin.DEALS and measure.money for measure in measures),
    }
    parameters = {
        "level": question.grain.level, "goal": question.goal.id, "basis": question.basis, **question.span, **asked
    }  # fmt: skip
    rows = engine.rows(load(__package__, "mixed"), parameters)
    zones = {zone for text, _ in rows if text for zone in text.split(",")}
    if zones and ours:
        zones.add(question.settings.time_zone)
    return Mixes.of(zones, (currency for _, currency in rows))


def mixed_rows(opened: Mapping[str, Iterable[Mapping[str, object]]], zone: str) -> Mixes:
    """The zones and currencies of a figure's source rows.

    Args:
        opened: By measure, rows of `rows.rows`.
        zone: The business's, of the days of all but spend, claims and other costs.
    """
    zones: set[str] = set()
    currencies: set[str] = set()
    for measure, rows in opened.items():
        for row in rows:
            currencies.add(str(row.get("currency") or ""))
            if "time_zone" in row:
                zones.add(str(row["time_zone"]))
            elif measure not in {claimed_conversions.name, costs.name, spend_and_costs.name}:
                zones.add(zone)
    return Mixes.of(zones, currencies)
