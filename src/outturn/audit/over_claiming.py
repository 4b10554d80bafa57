"""Over-claiming: a platform counts more conversions than the ledger has that it can have brought."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from outturn.audit.check import Check
from outturn.audit.claim_actions import comparable
from outturn.audit.claim_windows import name_windows
from outturn.audit.needs import name_step

if TYPE_CHECKING:
    from collections.abc import Mapping

    from outturn.store.engine import Engine


def name_comparable(engine: Engine, parameters: Mapping[str, Any]) -> None:
    """Name the claims that are of clicks, at least in part, and of the goal's kinds as far as their actions say."""
    name_step(engine, "claim_kinds", parameters)
    kinds = engine.rows(
        "SELECT * FROM claim_kinds WHERE click_or_view <> 'view' "
        "ORDER BY platform, conversion_action, click_or_view, attribution_window, date_basis"
    )
    mine = [row for row in kinds if comparable(row[1], parameters["goal_kinds"])]
    name_windows(engine, list(enumerate(mine)))


CHECK = Check(
    name="over_claiming",
    title="Platforms that claim more than the ledger can support",
    means=(
        "The platform claims more conversions than there are with a click or visit of it inside its window, beyond "
        "what is normal (1.5 times of clicks, 2.5 times where views are among them) and beyond all conversions that "
        "nobody was seen to bring. Its return on ad spend is wrong by as much, and its bidding learns from sales that "
        "never were. The count is the claims that nothing supports; which of them, nobody can say, so no money is told."
    ),
    fix=(
        "Look at the conversion actions that the report counts: two tags for one sale, page views or baskets counted "
        "as purchases, every instead of one per click, other goals among them. Import the report by conversion action "
        "and by click and view, so that like is held against like."
    ),
    where=("platform", "subject"),
    opens="claims",
    normal_share=0.05,
    least=20,
    critical_share=0.5,
    sure_share=0.7,
    prepare=name_comparable,
)
