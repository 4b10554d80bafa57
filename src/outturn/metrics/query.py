"""KPIs at any grain: the engine sums, Python divides."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from outturn.domain.money import decimal_text
from outturn.domain.time import Days
from outturn.metrics.dimensions import Grain, Key
from outturn.metrics.kpis import kpis_named
from outturn.metrics.measures import ORDER_KINDS, STAGE_KINDS, Origin
from outturn.metrics.mixed import mixed
from outturn.metrics.question import Question, goal_of
from outturn.metrics.ratios import kpi_value
from outturn.metrics.recurring import FACTS_OF_SUBSCRIPTIONS, add_recurring
from outturn.metrics.stages import add_deals, add_stages
from outturn.metrics.sums import Cell, add_figures, add_sales, fill_in_zeros, refuse_missing_rates
from outturn.metrics.table import KpiTable
from outturn.store.sql import load

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence
    from datetime import date

    from outturn.domain.settings import Settings
    from outturn.store.engine import Engine

_PERIOD = (
    "platform", "account_id", "period_start", "period_end", "level", "campaign", "currency", "impressions", "clicks"
)  # fmt: skip


def kpis(  # noqa: PLR0913 - one question, spelt out
    engine: Engine,
    settings: Settings,
    *,
    by: Sequence[str] = (),
    goal: str | None = None,
    model: str | None = None,
    days: Days = Days(),  # noqa: B008 - frozen
    basis: str = "conversion_day",
    kpi: Sequence[str] = (),
    period_rows: bool = True,
    subscribed: bool = True,
    unconverted: Collection[tuple[str, date]] = (),
) -> KpiTable:
    """Work out KPIs.

    Args:
        engine: Knows `channel_day`, `credits`, `conversions`, `deals` and `places` of one build, and the facts
            `outcomes` (for leads without a goal of their own), those of subscriptions, and `ad_spend` (for period
            rows).
        settings: The workspace's.
        by: Dimensions of `DIMENSIONS`; none: one row for everything. By channel, platform, account or campaign, sales
            are credited under the model and what no touch led to is the row `(none)`; by time alone they are the
            ledger's. Below campaign, figures of sales are NULL.
        goal: None: the first one of the settings.
        model: None: the settings'.
        days: Spend by its own day, sales by the day that `basis` says.
        basis: `conversion_day`: refunds on their sale's day; `cash_day`: on their own.
        kpi: Ids; none: all of them.
        period_rows: False: the caller knows that no import holds figures of periods without days.
        subscribed: False: the caller knows that no import holds subscriptions.
        unconverted: Currency and day of sales that the build left out for want of a rate.

    Raises:
        UnknownName: A dimension, goal, model, basis or KPI that does not exist.
        UsageError: Dimensions that exclude each other.
        MissingRates: Money of the span cannot be converted; names currencies and days.
    """
    question = Question.of(settings, by=by, goal=goal, model=model, days=days, basis=basis, kpi=kpi)
    cells: dict[Key, Cell] = {} if question.grain.by else {Key(): Cell()}
    if question.needs(Origin.DAY):
        add_figures(engine, question, cells)
    if question.needs(Origin.SALES):
        refuse_missing_rates(question, [sale for sale in unconverted if sale[1] in days])
        add_sales(engine, question, cells)
    if question.needs(Origin.STAGES, Origin.COHORT):
        add_stages(engine, question, cells)
    if question.needs(Origin.DEALS, Origin.LAGS):
        add_deals(engine, question, cells)
    if subscribed and question.needs(Origin.RECURRING):
        add_recurring(engine, question, cells)
    if question.needs(Origin.DAY, Origin.SALES):
        fill_in_zeros(engine, question, cells)
    return KpiTable(
        settings.currency,
        question.goal.id,
        question.model,
        str(settings["revenue.basis"]),
        basis,
        question.grain.columns,
        question.kpis,
        tuple(_row(question, key, cells[key]) for key in _sorted(question.grain, cells)),
        period_only(engine) if period_rows else (),
        mixed(engine, question),
    )


def facts_read(
    settings: Settings, *, by: Sequence[str] = (), kpi: Sequence[str] = (), subscribed: bool = True
) -> tuple[str, ...]:
    """The fact tables that `kpis` reads beside the build's own, but for `ad_spend` where `period_rows` are asked for.

    So the way to a figure by channel need not look at what is current.
    """
    if Grain.of(by).by_source:
        return ()
    origins = {measure.origin for one in kpis_named(kpi) for measure in one.measures}
    told = all(goal_of(settings, kind) for kind in STAGE_KINDS.values())
    return (
        *(("outcomes",) if Origin.STAGES in origins and not told else ()),
        *(FACTS_OF_SUBSCRIPTIONS if Origin.RECURRING in origins and subscribed else ()),
    )


def period_only(engine: Engine) -> tuple[Mapping[str, Any], ...]:
    """Imported figures that cover a period without naming days; money as billed."""
    return tuple(
        {
            **dict(zip(_PERIOD, row, strict=False)),
            "spend": None if row[9] is None else Decimal(decimal_text(row[9], row[6])),
        }
        for row in engine.rows(load(__package__, "period_only"))
    )


def _row(question: Question, key: Key, cell: Cell) -> dict[str, Any]:
    sums = cell.sums
    if question.goal.kinds == ("opportunity",):
        # What stands there is what the deals are expected to bring: no margin yet.
        sums["margin"] = None
    if ORDER_KINDS.issuperset(question.goal.kinds):
        sums["orders"] = sums.get("conversions")
    revenue, refunded = sums.get("revenue"), sums.get("refunded")
    if revenue is not None and refunded is not None:
        sums["sold"] = revenue + refunded
    spend, costs = sums.get("spend"), sums.get("costs")
    if spend is not None or costs is not None:
        sums["spend_and_costs"] = (spend or 0) + (costs or 0)
    labels = key.labels(cell.campaign)
    row: dict[str, Any] = {column: labels[column] for column in question.grain.columns}
    for kpi in question.kpis:
        hidden = kpi.whole and question.grain.by_source
        row[kpi.id] = None if hidden else kpi_value(kpi, sums, question.settings.currency)
    return row


def _sorted(grain: Grain, cells: Mapping[Key, Cell]) -> list[Key]:
    """By the columns in the order asked for; what has no name of its own, such as `(none)`, comes last."""

    def place(key: Key) -> tuple[tuple[bool, str], ...]:
        labels = {**key.labels(cells[key].campaign), "campaign_id": key.campaign_key}
        texts = [str(labels[column] or "") for column in grain.columns]
        return tuple((text.startswith("("), text) for text in texts)

    return sorted(cells, key=place)
