"""Goals that count nothing, less than they name, or companies by the person: said by the build, for they look right."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from outturn.domain.goals import ACCOUNT_LOOKBACK_DAYS
from outturn.store.sql import load

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from outturn.domain.goals import Goal
    from outturn.store.engine import Engine

_SHOWN = 12  # of what there is instead


@dataclass(frozen=True, slots=True)
class IdleGoal:
    """A goal to look at: `says` tells what it names that no import holds, and what there is instead."""

    goal: str
    says: str


class _Held(NamedTuple):
    system: str
    kind: str
    stage: str
    status: str
    outcomes: int


def idle_goals(engine: Engine, goals: Sequence[Goal]) -> tuple[IdleGoal, ...]:
    """Which goals count nothing, which of their stages nothing entered, and what they leave out for want of a date.

    And, in a workspace without any goal of companies, which of them count deals of companies.

    A ledger without any outcome is no goal's fault: only goals that name a system or stages are told then.

    Args:
        engine: Knows `outcomes` and the steps up to `sales`.
        goals: All goals of the workspace.
    """
    held = [_Held(*row) for row in engine.rows(load(__package__, "held"))]
    counting = {goal for (goal,) in engine.rows("SELECT DISTINCT goal FROM sales")}
    undated = dict(engine.rows(load(__package__, "undated")))
    by_company = any(goal.per == "account" for goal in goals)
    companies = {} if by_company else dict(engine.rows(load(__package__, "company_deals")))
    told = (
        (
            goal,
            _undated(undated[goal.id])
            if goal.id in undated
            else _idleness(goal, held, counts=goal.id in counting) or _of_companies(goal, companies.get(goal.id, 0)),
        )
        for goal in goals
    )
    return tuple(IdleGoal(goal.id, f"Goal {goal.id!r} {says}") for goal, says in told if says)


def _idleness(goal: Goal, held: Sequence[_Held], *, counts: bool) -> str:
    """What is wrong with a goal, as the end of a sentence; empty: nothing."""
    if not held and not goal.system and not goal.stages:
        return ""
    own = [one for one in held if goal.system in (None, one.system)]
    of_kind = [one for one in own if one.kind in goal.kinds]
    among = f" of {goal.system}" if goal.system else ""
    if not own:
        where = f"outcomes of the system {goal.system!r}" if goal.system else "outcomes"
        return f"counts nothing: no import holds {where}. {_there_are('systems', (one.system for one in held))}"
    if not of_kind:
        kinds = " or ".join(goal.kinds)
        return f"counts nothing: no outcome{among} is of kind {kinds}. {_there_are('kinds', (one.kind for one in own))}"
    return _missing_stages(goal, of_kind, among) or ("" if counts else _does_not_stand(goal, of_kind, among))


def _undated(deals: int) -> str:
    return (
        f"leaves out {deals:,} whose date no import holds. Import the history of the deals' stages, or an export with "
        f"the dates on which they were entered and closed."
    )


def _of_companies(goal: Goal, deals: int) -> str:
    if not deals:
        return ""
    return (
        f"credits {deals:,} deals of companies to the touches of one contact, {goal.lookback_days} days back. Where "
        f'companies buy, write per = "account" under [goals.{goal.id}] and take its lookback_days out: then it takes '
        f"those of all their people, {ACCOUNT_LOOKBACK_DAYS} days back."
    )


def _missing_stages(goal: Goal, of_kind: Sequence[_Held], among: str) -> str:
    stages = {one.stage.strip().lower() for one in of_kind}
    missing = [stage for stage in goal.stages if stage.strip().lower() not in stages]
    if not missing:
        return ""
    lost = "counts nothing: no" if len(missing) == len(goal.stages) else "counts less than it names: no"
    named = " or ".join(map(repr, missing))
    return f"{lost} deal{among} entered the stage {named}. {_there_are('stages', (one.stage for one in of_kind))}"


def _does_not_stand(goal: Goal, of_kind: Sequence[_Held], among: str) -> str:
    if any(one.status in goal.statuses for one in of_kind):
        return f"counts nothing: no outcome{among} of its kinds stands, as when deals were opened again."
    statuses = " or ".join(goal.statuses)
    said = _there_are("statuses", (one.status for one in of_kind))
    return f"counts nothing: no outcome{among} of its kinds has the status {statuses}. {said}"


def _there_are(what: str, names: Iterable[str]) -> str:
    known = sorted({name for name in names if name})
    if not known:
        return f"There are no {what}."
    more = f" and {len(known) - _SHOWN} more" if len(known) > _SHOWN else ""
    return f"There are the {what} {', '.join(known[:_SHOWN])}{more}."
