"""One sale once: which system's outcomes each goal counts, and what the others merely corroborate."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from outturn.domain.errors import Refusal
from outturn.store.sql import load

if TYPE_CHECKING:
    from collections.abc import Sequence

    from outturn.domain.goals import Goal
    from outturn.store.engine import Engine


@dataclass(frozen=True, slots=True)
class Holding:
    """What one system holds of one goal: how many outcomes, between which ISO days; none: it holds refunds alone."""

    system: str
    tracker: bool
    outcomes: int
    first_day: str
    last_day: str

    def meets(self, other: Holding) -> bool:
        """Whether the two hold outcomes of common days."""
        return self.first_day <= other.last_day and other.first_day <= self.last_day

    def __str__(self) -> str:
        return f"{self.system} ({self.outcomes:,} outcomes, {self.first_day} to {self.last_day})"


def systems_of_record(engine: Engine, goals: Sequence[Goal], *, time_zone: str) -> dict[str, tuple[str, ...]]:
    """By goal, the systems whose outcomes count; several only where they follow each other in time.

    The named system; else the only shop, CRM, payment or generic source; else, where only trackers saw
    anything, the one that saw most.

    Args:
        engine: Knows `counted` and `outcomes`.
        goals: All goals of the workspace.
        time_zone: Its calendar gives the days that messages name.

    Raises:
        Refusal: Two booked systems hold outcomes of the same days that do not all match.
    """
    rows = engine.rows(load(__package__, "ledger_systems"), {"zone": time_zone})
    held: dict[str | None, list[Holding]] = {}
    for goal, system, tracker, outcomes, first_day, last_day in rows:
        holding = Holding(system, bool(tracker), outcomes, first_day or "", last_day or "")
        held.setdefault(goal, []).append(holding)
    refunding = held.get(None, [])
    return {
        goal.id: (goal.system,) if goal.system else _record(engine, goal, held.get(goal.id, refunding))
        for goal in goals
    }


def _record(engine: Engine, goal: Goal, holdings: Sequence[Holding]) -> tuple[str, ...]:
    largest_first = sorted(holdings, key=lambda holding: (-holding.outcomes, holding.system))
    booked = [holding for holding in largest_first if not holding.tracker]
    if not booked:
        return tuple(holding.system for holding in largest_first[:1])
    records: list[Holding] = []
    for holding in booked:
        rivals = [record for record in records if record.meets(holding)]
        if any(_unmatched(engine, goal, record=rival, other=holding) == 0 for rival in rivals):
            continue
        for rival in rivals:
            unmatched = _unmatched(engine, goal, record=holding, other=rival)
            if unmatched:
                raise _two_records(goal, rival, holding, _unmatched(engine, goal, record=rival, other=holding))
            records.remove(rival)
        records.append(holding)
    return tuple(sorted(record.system for record in records))


def _unmatched(engine: Engine, goal: Goal, *, record: Holding, other: Holding) -> int:
    parameters = {"goal": goal.id, "record": record.system, "other": other.system}
    ((count,),) = engine.rows(load(__package__, "uncorroborated"), parameters)
    return int(count)


def _two_records(goal: Goal, record: Holding, other: Holding, unmatched: int) -> Refusal:
    return Refusal(
        f"Goal {goal.id!r} would count sales twice: {record} and {other} cover the same days, and {unmatched:,} "
        f"outcomes of {other.system} match none of {record.system} by order, payment or deal id. "
        f'Name the system of record: under [goals.{goal.id}] write system = "{record.system}" or "{other.system}".'
    )
