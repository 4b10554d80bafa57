"""One check asked of a small world that was typed by hand."""

from __future__ import annotations

from typing import TYPE_CHECKING

from outturn.audit.audit import lines_of
from outturn.audit.needs import name_step, steps_for
from outturn.audit.registry import checks

if TYPE_CHECKING:
    from tests.metrics.conftest import World

PARAMETERS = {"zone": "UTC", "currency": "EUR", "net": True, "goal": "sale", "lookback_days": 30}


def found(world: World, name: str) -> dict[tuple[str | None, ...], tuple[int, int]]:
    """By the words that tell a check's places apart: rows found, and rows that could have been."""
    world.build()
    check = checks()[name]
    for step in steps_for((name,)):
        name_step(world.engine, step, PARAMETERS)
    if check.prepare:
        check.prepare(world.engine, PARAMETERS)
    name_step(world.engine, name, PARAMETERS, as_name=lines_of(name))
    keys = ", ".join(check.where)
    rows = world.engine.rows(
        f"SELECT {keys}, CAST(SUM(found) AS BIGINT), CAST(SUM(seen) AS BIGINT) FROM {lines_of(name)} GROUP BY {keys}"
    )
    return {tuple(row[: len(check.where)]): (row[-2], row[-1]) for row in rows}
