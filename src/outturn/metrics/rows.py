"""The source rows behind one figure: what was imported, in which file, on which line."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from outturn.attribution.rules import weights_of
from outturn.domain.errors import UsageError
from outturn.domain.money import decimal_text
from outturn.domain.time import MICROS_PER_DAY, Days, instant_of
from outturn.metrics.cells import CellFilter
from outturn.metrics.channel_day import name_channels
from outturn.metrics.dimensions import Grain
from outturn.metrics.kpis import kpis_named
from outturn.metrics.measures import STAGE_KINDS, Origin, costs, spend_and_costs, visits
from outturn.metrics.measures import claimed_conversions as claimed
from outturn.metrics.question import goal_of
from outturn.metrics.recurring import name_recurring
from outturn.metrics.stages import sale_goal_of
from outturn.store.sql import load

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from outturn.domain.goals import Goal
    from outturn.domain.settings import Settings
    from outturn.metrics.measures import Measure
    from outturn.store.engine import Engine

Row = dict[str, Any]

_AD = (
    "file", "import_id", "line", "adds", "date_day", "platform", "account_id", "channel", "campaign_key", "ad_group_id",
    "ad_id", "time_zone", "currency", "spend", "impressions", "clicks", "video_starts", "completed_views",
    "engagements",
)  # fmt: skip
_VISIT = (
    "file", "import_id", "line", "date_day", "occurred_at", "touch_id", "touch_kind", "channel", "platform",
    "account_id", "campaign_key", "ad_group_id", "ad_id",
)  # fmt: skip
_COST = ("file", "import_id", "line", "date_day", "channel", "kind", "campaign_id", "currency", "cost", "note")
_CLAIM = (
    "file", "import_id", "line", "date_day", "platform", "account_id", "channel", "campaign_key", "conversion_action",
    "click_or_view", "attribution_window", "claimed_conversions",
)  # fmt: skip
_SALE = (
    "file", "import_id", "line", "date_day", "outcome_id", "parent_outcome_id", "kind", "counts", "kept", "value",
    "margin", "new_customer", "currency", "gross",
)  # fmt: skip
_DEAL = (
    "file", "import_id", "line", "date_day", "outcome_id", "kind", "stage", "stage_at", "currency", "gross", "amount",
    "probability", "expected",
)  # fmt: skip
_RECURRING = ("file", "import_id", "line", "date_day", "outcome_id", "kind", "currency", "gross", "moved")
_STAGE = ("file", "import_id", "line", "date_day", "outcome_id", "kind", "stage")
_WON_LEAD = ("file", "import_id", "line", "date_day", "outcome_id", "kind", "sale_id")
_PLACE = ("channel", "platform", "account_id", "campaign_key", "campaign_name")


@dataclass(frozen=True, slots=True)
class _Asked:
    engine: Engine
    settings: Settings
    cell: CellFilter
    goal: Goal
    model: str
    basis: str


def rows(  # noqa: PLR0913 - one question, spelt out
    engine: Engine,
    settings: Settings,
    *,
    kpi: str,
    by: Sequence[str] = (),
    where: Mapping[str, str | None] | None = None,
    days: Days = Days(),  # noqa: B008 - frozen
    goal: str | None = None,
    model: str | None = None,
    basis: str = "conversion_day",
) -> dict[str, list[Row]]:
    """Open one figure of `query.kpis` down to its source rows.

    Args:
        engine: Knows the build's tables and the facts ad_spend, claims, costs, events, outcomes and imports.
        settings: The workspace's.
        kpi: Whose figure it is; a ratio opens to the rows of all its sums.
        by: The dimensions of the table.
        where: The values of the row's columns; columns that are left out are not narrowed.
        days: As asked of the table.
        goal: As asked of the table.
        model: As asked of the table.
        basis: As asked of the table.

    Returns:
        By measure, its rows. `adds` of spend is -1 for rows that are taken off: the parts of a whole whose rest the
        cell is. `credit` of a sale or deal is the share that the cell has in it, 0 to 1; the whole sale is `value`.

    Raises:
        UnknownName: A KPI, dimension, column, goal or model that does not exist.
        UsageError: A KPI that nothing feeds yet.
    """
    (found,) = kpis_named([kpi])
    if not found.known:
        raise UsageError(f"{found.title} has no source yet, so there are no rows behind it.")
    cell = CellFilter.of(Grain.of(by), where or {}, days)
    named = model or str(settings["attribution.model"])
    asked = _Asked(engine, settings, cell, settings.goal(goal), named, basis)
    return {measure.name: _rows_of(asked, measure) for measure in dict.fromkeys(found.measures)}


def _rows_of(asked: _Asked, measure: Measure) -> list[Row]:
    if measure.origin is Origin.SALES:
        return _sales(asked, asked.goal)
    if measure.origin is Origin.STAGES:
        return _stages(asked, STAGE_KINDS[measure.name])
    if measure == spend_and_costs:
        return [*_spend(asked), *_costs(asked)]
    if measure.origin is Origin.LAGS:
        return _deals(asked, led=True)
    opens = {
        Origin.DEALS: _deals, Origin.COHORT: _won_leads, Origin.RECURRING: _recurring,
        Origin.DAY: {visits: _visits, claimed: _claims, costs: _costs}.get(measure, _spend),
    }  # fmt: skip
    return opens[measure.origin](asked)


def _spend(asked: _Asked) -> list[Row]:
    name_channels(asked.engine)
    asked.engine.table("ad_lines", load(__package__, "ad_lines"))
    parameters = {"grain": asked.cell.depth, **asked.cell.span, **asked.cell.filters()}
    found = _named(_AD, asked.engine.rows(load(__package__, "spend_rows"), parameters))
    return [{**row, "spend": _money(row["spend"], row["currency"])} for row in found]


def _visits(asked: _Asked) -> list[Row]:
    parameters = {"zone": asked.settings.time_zone, **asked.cell.span, **asked.cell.filters()}
    found = _named(_VISIT, asked.engine.rows(load(__package__, "visit_rows"), parameters))
    return [{**row, "occurred_at": instant_of(row["occurred_at"])} for row in found]


def _costs(asked: _Asked) -> list[Row]:
    name_channels(asked.engine)
    parameters = {**asked.cell.span, **asked.cell.filters("channel", "platform", "account_id", "campaign")}
    found = _named(_COST, asked.engine.rows(load(__package__, "cost_rows"), parameters))
    return [{**row, "cost": _money(row["cost"], row["currency"])} for row in found]


def _claims(asked: _Asked) -> list[Row]:
    name_channels(asked.engine)
    asked.engine.table("total_claims", load(__package__, "total_claims"))
    parameters = {**asked.cell.span, **asked.cell.filters("channel", "platform", "account_id", "campaign")}
    return _named(_CLAIM, asked.engine.rows(load(__package__, "claim_rows"), parameters))


def _sales(asked: _Asked, goal: Goal) -> list[Row]:
    if asked.cell.grain.below_campaign:
        return []
    parameters = {"goal": goal.id, "basis": asked.basis, **asked.cell.span}
    found = _named(_SALE, asked.engine.rows(load(__package__, "sale_rows"), parameters))
    if goal.kinds == ("opportunity",):
        # It holds what the deal is expected to bring, which is opened as the pipeline.
        found = [{**row, "margin": None} for row in found]
    return _credited(asked, goal, found, ("value", "margin"))


def _stages(asked: _Asked, kind: str) -> list[Row]:
    goal = goal_of(asked.settings, kind)
    if goal is not None:
        return _sales(asked, goal)
    if asked.cell.grain.by_source:
        return []
    parameters = {"kind": kind, "zone": asked.settings.time_zone, **asked.cell.span}
    return _named(_STAGE, asked.engine.rows(load(__package__, "stage_rows"), parameters))


def _deals(asked: _Asked, *, led: bool = False) -> list[Row]:
    goal = goal_of(asked.settings, "opportunity")
    if asked.cell.grain.below_campaign or (asked.cell.grain.by_source and goal is None):
        return []
    found = _named(_DEAL, asked.engine.rows(load(__package__, "deal_rows"), asked.cell.span))
    counted = "SELECT outcome_id FROM conversions WHERE goal = $goal AND (lead_at IS NOT NULL OR NOT $led)"
    asking = {"goal": goal.id if goal else "", "led": led}
    counts = None if goal is None else {outcome_id for (outcome_id,) in asked.engine.rows(counted, asking)}
    deals = [
        {**row, "stage_at": None if row["stage_at"] is None else instant_of(row["stage_at"])}
        for row in found
        if counts is None or row["outcome_id"] in counts
    ]
    return _credited(asked, goal, deals, ("amount", "expected"))


def _recurring(asked: _Asked) -> list[Row]:
    if asked.cell.grain.by_source:
        return []
    name_recurring(asked.engine, asked.settings)
    last = {"last_day": asked.cell.span["last_day"]}
    found = _named(_RECURRING, asked.engine.rows(load(__package__, "recurring_rows"), last))
    ours = asked.settings.currency
    return [
        {**row, "gross": _money(row["gross"], row["currency"] or ours), "moved": _money(row["moved"], ours)}
        for row in found
    ]


def _won_leads(asked: _Asked) -> list[Row]:
    lead_goal, sale_goal = goal_of(asked.settings, "lead"), sale_goal_of(asked.settings, asked.goal)
    if asked.cell.grain.by_source or lead_goal is None or sale_goal is None:
        return []
    parameters = {"lead_goal": lead_goal.id, "sale_goal": sale_goal.id, **asked.cell.span}
    return _named(_WON_LEAD, asked.engine.rows(load(__package__, "cohort_rows"), parameters))


def _credited(asked: _Asked, goal: Goal | None, found: list[Row], amounts: Sequence[str]) -> list[Row]:
    """The rows that the cell has a part in, with that part and their amounts as money."""
    narrowed = goal is not None and any(asked.cell.texts.values())
    shares = _shares(asked, goal) if goal is not None and narrowed else None
    shown = []
    for row in found:
        credit = 1.0 if shares is None else shares.get(row["outcome_id"], _credit_of_none(asked.cell))
        if credit:
            money = {name: _money(row[name], asked.settings.currency) for name in amounts}
            gross = row["gross"] if row["currency"] is None else _money(row["gross"], row["currency"])
            shown.append({**row, **money, "gross": gross, "credit": credit})
    return shown


def _credit_of_none(cell: CellFilter) -> float:
    """What the cell has of a sale without touches: all of it in the row `(none)`, else nothing."""
    return float(all(text in {"", "(none)"} for text in cell.texts.values()))


def _shares(asked: _Asked, goal: Goal) -> dict[str, float]:
    """By conversion that has touches, the share of its credit that lies in the cell."""
    lookback = {"lookback_micros": goal.lookback_days * MICROS_PER_DAY}
    parameters = {"goal": goal.id, "basis": asked.basis, **asked.cell.span, **lookback}
    journeys: dict[str, list[tuple[Any, ...]]] = defaultdict(list)
    for row in asked.engine.rows(load(__package__, "journey_rows"), parameters):
        journeys[row[0]].append(row)
    return {outcome_id: _share(asked, touches) for outcome_id, touches in journeys.items()}


def _share(asked: _Asked, touches: Sequence[tuple[Any, ...]]) -> float:
    converted, lead, opportunity = touches[0][1:4]
    begin = touches[0][4]  # days are counted from here, so that no microsecond is lost in a float

    def days_after(micros: int | None) -> float | None:
        return None if micros is None else (micros - begin) / MICROS_PER_DAY

    weights = weights_of(
        asked.model,
        days=[(touch[4] - begin) / MICROS_PER_DAY for touch in touches],
        channels=[touch[5] for touch in touches],
        converted=days_after(converted),
        lead=days_after(lead),
        opportunity=days_after(opportunity),
    )
    places = [{name: value or "" for name, value in zip(_PLACE, touch[5:], strict=True)} for touch in touches]
    return float(sum(weight for weight, place in zip(weights, places, strict=True) if asked.cell.holds(place)))


def _named(names: Sequence[str], found: Iterable[tuple[Any, ...]]) -> list[Row]:
    return [dict(zip(names, row, strict=True)) for row in found]


def _money(micros: int | None, currency: str) -> Decimal | None:
    return None if micros is None else Decimal(decimal_text(micros, currency))
