"""What they did: every outcome that a goal counts, once, at its value, and every refund that restates one.

The parts add up: sales and refunds of a goal sum to its system of record's ledger on the same basis, to the micro,
and refunds of a whole sale take back exactly what it gave.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pyarrow as pa

from outturn.journeys.idle import IdleGoal, idle_goals
from outturn.journeys.record import systems_of_record
from outturn.store.sql import load

if TYPE_CHECKING:
    from collections.abc import Sequence

    from outturn.domain.goals import Goal
    from outturn.journeys.context import JourneyContext, Publish
    from outturn.store.engine import Engine


@dataclass(frozen=True, slots=True)
class MissingRate:
    """Outcomes that wait for an exchange rate: `currency` on the day of sale `date_day` (ISO)."""

    currency: str
    date_day: str
    outcomes: int


@dataclass(frozen=True, slots=True)
class ConversionsFound:
    """What the step found.

    Attributes:
        systems: By goal, the systems of record; empty: no outcome counts.
        missing_rates: What was left out for want of a rate. Figures that should hold it must not be shown as whole.
        orphan_refunds: Refunds whose sale is not in the ledger: outcome ids, the first 100.
        undated_refunds: How many refunds took their sale's date.
        idle_goals: Goals that count nothing, or name a stage that nothing entered.
    """

    systems: dict[str, tuple[str, ...]]
    missing_rates: tuple[MissingRate, ...]
    orphan_refunds: tuple[str, ...]
    undated_refunds: int
    idle_goals: tuple[IdleGoal, ...] = ()


def build_conversions(engine: Engine, context: JourneyContext, publish: Publish) -> ConversionsFound:
    """Publish `deals` and `conversions`.

    Args:
        engine: Knows `outcomes` and `fx_rates`, and what `build_people` and `build_companies` named.
        context: Goals, currency, zone, revenue basis, days of history.
        publish: Receives both tables.

    Raises:
        Refusal: A goal has two systems of record.
    """
    _name_goals(engine, context.goals)
    engine.table("undone", load(__package__, "undone"))
    engine.view("standing", load(__package__, "standing"))
    engine.table("counted", load(__package__, "counted"))
    systems = systems_of_record(engine, context.goals, time_zone=context.time_zone)
    engine.register("goal_systems", _pairs("goal", "system", systems))
    valuation = {"zone": context.time_zone, "net": context.revenue_basis == "net"}
    for step in ("sales", "refunds", "orphan_refunds", "dealt"):
        engine.table(step, load(__package__, step), valuation)
    engine.view("rated_days", load(__package__, "rated_days"))
    engine.table("sale_rates", load("outturn.store", "sale_rates"), {"currency": context.currency})
    engine.table("milestones", load(__package__, "milestones"))
    engine.table("newness", load(__package__, "newness"), {"history_days": context.history_days})
    engine.table("valued", load(__package__, "valued"), {"currency": context.currency})
    publish("deals", load(__package__, "deals"), {"currency": context.currency}, order=("deal_key",))
    publish(
        "conversions",
        load(__package__, "conversions"),
        order=("bucket", "person_id", "occurred_at", "outcome_id", "goal"),
    )
    return ConversionsFound(systems, missing_rates(engine), *_flagged(engine), idle_goals(engine, context.goals))


def missing_rates(engine: Engine) -> tuple[MissingRate, ...]:
    """What `build_conversions` left out for want of a rate, by currency and day of sale."""
    return tuple(MissingRate(*row) for row in engine.rows(load(__package__, "missing_rates")))


def _flagged(engine: Engine) -> tuple[tuple[str, ...], int]:
    orphans = engine.rows(
        "SELECT DISTINCT outcome_id FROM valued WHERE flags LIKE 'orphan_refund%' ORDER BY outcome_id LIMIT 100"
    )
    ((undated,),) = engine.rows("SELECT COUNT(DISTINCT outcome_id) FROM valued WHERE flags LIKE '%refund_undated'")
    return tuple(outcome_id for (outcome_id,) in orphans), int(undated)


def _name_goals(engine: Engine, goals: Sequence[Goal]) -> None:
    engine.register("goal_kinds", _pairs("goal", "kind", {goal.id: goal.kinds for goal in goals}))
    engine.register("goal_statuses", _pairs("goal", "status", {goal.id: goal.statuses for goal in goals}))
    engine.register("goal_stages", _pairs("goal", "stage", {goal.id: goal.stages for goal in goals}))
    engine.register(
        "goal_rules",
        pa.table(
            {
                "goal": pa.array([goal.id for goal in goals], pa.string()),
                "only_first": pa.array([goal.count == "one" for goal in goals], pa.bool_()),
                "per_account": pa.array([goal.per == "account" for goal in goals], pa.bool_()),
                "by_stage": pa.array([bool(goal.stages) for goal in goals], pa.bool_()),
                "of_openings": pa.array([goal.kinds == ("opportunity",) for goal in goals], pa.bool_()),
            }
        ),
    )


def _pairs(key: str, member: str, members: dict[str, tuple[str, ...]]) -> pa.Table:
    rows = [(owner, value) for owner, values in members.items() for value in values]
    return pa.table(
        {
            key: pa.array([owner for owner, _ in rows], pa.string()),
            member: pa.array([value for _, value in rows], pa.string()),
        }
    )
