"""What each import changed of what was known before it, worked out from the facts: nothing is kept for it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from outturn.store.sql import load

if TYPE_CHECKING:
    from outturn.store.engine import Engine

# Each reads those before it.
_STEPS = {"ad_spend": ("spend_lives", "spend_changes"), "claims": ("claim_changes",), "outcomes": ("outcome_changes",)}


def name_changes(engine: Engine, table: str, *, zone: str = "") -> None:
    """Name `spend_changes`, `claim_changes` or `outcome_changes`: what every loaded import restated of a fact table.

    Args:
        engine: Knows the table by `Facts.expose`.
        table: `ad_spend`, `claims` or `outcomes`.
        zone: Of outcomes: the zone of their days.
    """
    for step in _STEPS[table]:
        engine.table(step, load("outturn.store", step), {"zone": zone} if table == "outcomes" else {})
