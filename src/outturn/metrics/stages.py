"""The way to a sale: leads, qualified leads, opportunities and what these are expected to bring."""

from __future__ import annotations

from typing import TYPE_CHECKING

from outturn.domain.time import MICROS_PER_DAY
from outturn.metrics.dimensions import Key
from outturn.metrics.measures import ORDER_KINDS, STAGE_KINDS, lag_days, pipeline
from outturn.metrics.sums import SALES, Cell, coverage, fill, known_campaign, refuse_missing_rates, sales_of
from outturn.store.sql import load

if TYPE_CHECKING:
    from collections.abc import Mapping

    from outturn.domain.goals import Goal
    from outturn.domain.settings import Settings
    from outturn.metrics.question import Question
    from outturn.store.engine import Engine

# What a goal's sales are among the sums, where it counts nothing but openings of deals.
_OPENINGS = {"opportunities": "conversions", "pipeline": "margin"}


def add_stages(engine: Engine, question: Question, cells: dict[Key, Cell]) -> None:
    """Add leads, qualified leads, and the leads that became customers."""
    grain = question.grain
    if grain.below_campaign:
        return
    goals = {kind: question.goal_of(kind) for kind in STAGE_KINDS.values()}
    for measure, kind in STAGE_KINDS.items():
        goal = goals[kind]
        if goal is not None:
            _add_goal(engine, question, cells, goal, {measure: "conversions"})
    if grain.by_source:
        return
    if not all(goals.values()):
        _add_stages_without_goals(engine, question, cells, {kind for kind, goal in goals.items() if goal is None})
    lead_goal, sale_goal = goals["lead"], sale_goal_of(question.settings, question.goal)
    if lead_goal is not None and sale_goal is not None:
        _add_cohort(engine, question, cells, lead_goal, sale_goal)


def add_deals(engine: Engine, question: Question, cells: dict[Key, Cell]) -> None:
    """Add opportunities by the day of their opening, and the pipeline that they are."""
    grain, goal = question.grain, question.goal_of("opportunity")
    if grain.below_campaign or (grain.by_source and goal is None):
        return
    asked = {measure for kpi in question.kpis for measure in kpi.measures}
    if pipeline in asked:
        refuse_missing_rates(question, engine.rows(load(__package__, "unrated_deals"), question.span))
    if goal is None:
        _add_deals_without_goal(engine, question, cells)
        return
    _add_goal(engine, question, cells, goal, _OPENINGS)
    if lag_days in asked and not grain.by_source:
        parameters = {"goal": goal.id, "by_time": grain.time, **question.span}
        for day, micros, deals in engine.rows(load(__package__, "opening_lags"), parameters):
            cells.setdefault(Key(day=day), Cell()).sums.update(lag_days=micros / MICROS_PER_DAY, led_deals=deals)


def sale_goal_of(settings: Settings, asked: Goal) -> Goal | None:
    """The goal whose sales make a lead a customer: the one asked for if it counts orders, else the first that does."""
    return next((goal for goal in (asked, *settings.goals) if ORDER_KINDS.issuperset(goal.kinds)), None)


def _add_goal(
    engine: Engine, question: Question, cells: dict[Key, Cell], goal: Goal, measures: Mapping[str, str]
) -> None:
    """Add some of a goal's sums under other names; where its ledger looks, finding nothing means 0."""
    for key, campaign, values in sales_of(engine, question, goal):
        cell = cells.setdefault(key, Cell())
        cell.campaign = known_campaign(cell.campaign, campaign)
        sums = dict(zip(SALES, values, strict=True))
        cell.sums.update({measure: sums[name] for measure, name in measures.items()})
    fill(cells, question, tuple(measures), coverage(engine, question, goal)["sales"])


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


def _add_deals_without_goal(engine: Engine, question: Question, cells: dict[Key, Cell]) -> None:
    found = engine.rows(load(__package__, "openings"), {"by_time": question.grain.time, **question.span})
    for day, opportunities, expected in found:
        if opportunities:
            cells.setdefault(Key(day=day), Cell()).sums.update(opportunities=opportunities, pipeline=expected)
    for cell in cells.values() if found else ():
        cell.sums.setdefault("opportunities", 0)
        cell.sums.setdefault("pipeline", 0)


def _add_cohort(engine: Engine, question: Question, cells: dict[Key, Cell], lead_goal: Goal, sale_goal: Goal) -> None:
    parameters = {"lead_goal": lead_goal.id, "sale_goal": sale_goal.id, "by_time": question.grain.time, **question.span}
    for day, won_leads in engine.rows(load(__package__, "cohort"), parameters):
        cells.setdefault(Key(day=day), Cell()).sums["won_leads"] = won_leads
