"""KPIs at any grain: the engine sums, Python divides."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Literal, cast, get_args

from outturn.attribution.models import names as model_names
from outturn.domain.errors import MissingRates, UnknownName
from outturn.domain.money import decimal_text
from outturn.domain.time import Days
from outturn.metrics.dimensions import Grain, Key, last_day_of
from outturn.metrics.kpis import kpis_named
from outturn.metrics.measures import ORDER_KINDS, STAGE_KINDS, Origin
from outturn.metrics.ratios import kpi_value
from outturn.metrics.table import KpiTable
from outturn.store.sql import load

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

    from outturn.domain.goals import Goal
    from outturn.domain.settings import Settings
    from outturn.metrics.kpis import Kpi
    from outturn.metrics.ratios import Sum
    from outturn.store.engine import Engine

DateBasis = Literal["conversion_day", "cash_day"]

_FIGURES = ("impressions", "clicks", "visits", "video_starts", "completed_views", "engagements", "spend", "costs", "claimed_conversions")
_SALES = ("conversions", "kept_conversions", "revenue", "margin", "refunded", "new_customers", "new_customer_revenue")
_SHOWN_DAYS = 5  # of those that an error names per currency


@dataclass(slots=True)
class Cell:
    """The sums of one row while they come together."""

    sums: dict[str, Sum] = field(default_factory=dict)
    campaign: tuple[str | None, str | None] = (None, None)


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked, checked."""

    grain: Grain
    goal: Goal
    model: str
    basis: DateBasis
    days: Days
    kpis: tuple[Kpi, ...]
    settings: Settings

    @classmethod
    def of(  # noqa: PLR0913 - one question, spelt out
        cls,
        settings: Settings,
        *,
        by: Sequence[str],
        goal: str | None,
        model: str | None,
        days: Days,
        basis: str,
        kpi: Sequence[str],
    ) -> Question:
        """Check names; what is not named is the settings'."""
        if basis not in get_args(DateBasis):
            raise UnknownName("date basis", basis, get_args(DateBasis))
        model = model or str(settings["attribution.model"])
        if model not in model_names():
            raise UnknownName("attribution model", model, model_names())
        return cls(Grain.of(by), settings.goal(goal), model, cast("DateBasis", basis), days, kpis_named(list(kpi)), settings)

    @property
    def span(self) -> dict[str, object]:
        """The first and last day as parameters."""
        return {"first_day": self.days.first or date.min, "last_day": self.days.last or date.max}

    def needs(self, *origins: Origin) -> bool:
        """Whether a KPI asked for is summed from one of these."""
        return any(measure.origin in origins for kpi in self.kpis if kpi.known for measure in kpi.measures)


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
    unconverted: Collection[tuple[str, date]] = (),
) -> KpiTable:
    """Work out KPIs.

    Args:
        engine: Knows `channel_day`, `credits`, `conversions` and `places` of one build, and the facts `outcomes` (for
            stages without a goal of their own) and `ad_spend` (for period rows).
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
        unconverted: Currency and day of sales that the build left out for want of a rate.

    Raises:
        UnknownName: A dimension, goal, model, basis or KPI that does not exist.
        UsageError: Dimensions that exclude each other.
        MissingRates: Money of the span cannot be converted; names currencies and days.
    """
    question = Question.of(settings, by=by, goal=goal, model=model, days=days, basis=basis, kpi=kpi)
    cells: dict[Key, Cell] = {} if question.grain.by else {Key(): Cell()}
    zones: set[str] = set()
    if question.needs(Origin.DAY):
        zones |= _add_figures(engine, question, cells)
    if question.needs(Origin.SALES):
        _refuse_missing_rates(question, [sale for sale in unconverted if sale[1] in days])
        _add_sales(engine, question, cells)
        zones |= {settings.time_zone} if zones else set()
    if question.needs(Origin.STAGES, Origin.COHORT):
        _add_stages(engine, question, cells)
    if question.needs(Origin.DAY, Origin.SALES):
        _fill_in_zeros(engine, question, cells)
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
        tuple(sorted(zones)) if len(zones) > 1 else (),
    )


def period_only(engine: Engine) -> tuple[Mapping[str, Any], ...]:
    """Imported figures that cover a period without naming days; money as billed."""
    names = ("platform", "account_id", "period_start", "period_end", "level", "campaign", "currency", "impressions", "clicks")
    return tuple(
        {
            **dict(zip(names, row, strict=False)),
            "spend": None if row[9] is None else Decimal(decimal_text(row[9], row[6])),
        }
        for row in engine.rows(load(__package__, "period_only"))
    )


def _add_figures(engine: Engine, question: Question, cells: dict[Key, Cell]) -> set[str]:
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
    if missing and any(measure.money and measure.origin is Origin.DAY for kpi in question.kpis for measure in kpi.measures):
        _refuse_missing_rates(question, engine.rows(load(__package__, "missing_rates"), question.span))
    return zones


def _add_sales(engine: Engine, question: Question, cells: dict[Key, Cell]) -> None:
    if question.grain.below_campaign:
        return
    for key, campaign, values in _sales(engine, question, question.goal):
        cell = cells.setdefault(key, Cell())
        cell.campaign = _known(cell.campaign, campaign)
        cell.sums.update(zip(_SALES, values, strict=True))


def _sales(
    engine: Engine, question: Question, goal: Goal
) -> Iterable[tuple[Key, tuple[str | None, str | None], tuple[Sum, ...]]]:
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


def _add_stages(engine: Engine, question: Question, cells: dict[Key, Cell]) -> None:
    grain = question.grain
    if grain.below_campaign:
        return
    goals = {kind: _goal_of(question.settings, kind) for kind in STAGE_KINDS.values()}
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


def _fill_in_zeros(engine: Engine, question: Question, cells: dict[Key, Cell]) -> None:
    """Where tracking or the ledger covers a cell's days, finding nothing means 0; elsewhere it means unknown."""
    covered = _coverage(engine, question, question.goal)
    _fill(cells, question, ("visits",), covered["visits"])
    if not question.grain.below_campaign:
        _fill(cells, question, _SALES, covered["sales"])


def _coverage(engine: Engine, question: Question, goal: Goal) -> dict[str, tuple[date | None, date | None]]:
    statement = load(__package__, "coverage")
    return {what: (first, last) for what, first, last in engine.rows(statement, {"goal": goal.id, "basis": question.basis})}


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


def _row(question: Question, key: Key, cell: Cell) -> dict[str, Any]:
    sums = cell.sums
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


def _cell(cells: dict[Key, Cell], row: tuple[Any, ...]) -> Cell:
    cell = cells.setdefault(Key(*row[:7]), Cell())
    cell.campaign = _known(cell.campaign, row[7:9])
    return cell


def _known(first: tuple[str | None, str | None], second: tuple[str | None, str | None]) -> tuple[str | None, str | None]:
    return first[0] or second[0], first[1] or second[1]


def _sorted(grain: Grain, cells: Mapping[Key, Cell]) -> list[Key]:
    """By the columns in the order asked for; what has no name of its own, such as `(none)`, comes last."""

    def place(key: Key) -> tuple[tuple[bool, str], ...]:
        labels = {**key.labels(cells[key].campaign), "campaign_id": key.campaign_key}
        texts = [str(labels[column] or "") for column in grain.columns]
        return tuple((text.startswith("("), text) for text in texts)

    return sorted(cells, key=place)


def _goal_of(settings: Settings, kind: str) -> Goal | None:
    return next((goal for goal in settings.goals if goal.kinds == (kind,)), None)


def _refuse_missing_rates(question: Question, missing: Iterable[tuple[Any, ...]]) -> None:
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
