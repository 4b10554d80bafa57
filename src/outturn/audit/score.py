"""The score: how much of the spend, and of the revenue, can be followed from click to closed revenue."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from outturn.store.engine import Engine

STEPS = ("revenue_parts", "spend_parts")


@dataclass(frozen=True, slots=True)
class Score:
    """Shares of money, in micros of the workspace's currency, and the one number that they give.

    Attributes:
        revenue: Of the goal's conversions, refunds not deducted.
        revenue_parts: How far it can be followed; the parts add up to `revenue`.
        spend: Of ad platforms, as far as it could be converted.
        spend_parts: The parts add up to `spend`.
    """

    revenue: int
    revenue_parts: dict[str, int]
    spend: int
    spend_parts: dict[str, int]

    @property
    def revenue_share(self) -> float | None:
        """The share of revenue with a touch in its lookback; None: no revenue."""
        return self.revenue_parts["traced"] / self.revenue if self.revenue > 0 else None

    @property
    def spend_share(self) -> float | None:
        """The share of spend whose clicks arrived as visits of their campaign; None: no spend."""
        return self.spend_parts["traced"] / self.spend if self.spend > 0 else None

    @property
    def score(self) -> float | None:
        """0 to 100, with one decimal: the mean of both shares, of the one that there is; None: neither."""
        shares = [share for share in (self.revenue_share, self.spend_share) if share is not None]
        return round(100 * sum(shares) / len(shares), 1) if shares else None


REVENUE_PARTS = {
    "traced": "a touch in the lookback before it",
    "person_without_touch": "the buyer is known, but no touch of theirs lies in the lookback",
    "nobody_known": "nothing in its row names a buyer whom anything else names",
}
SPEND_PARTS = {
    "traced": "of a campaign's clicks, those that arrived as its visits; all of it where clicks are not told",
    "clicks_without_visit": "clicks that did not arrive as visits of their campaign",
    "no_campaign": "billed above campaigns: no visit could be told to be its own",
}


def score_of(engine: Engine) -> Score:
    """The score of one build.

    Args:
        engine: Knows `revenue_parts` and `spend_parts`, this room's steps.
    """
    revenue = dict.fromkeys(REVENUE_PARTS, 0)
    spend = dict.fromkeys(SPEND_PARTS, 0)
    for part, micros in engine.rows("SELECT part, micros FROM revenue_parts"):
        revenue[part] += micros
    for traced, lost, unnamed in engine.rows("SELECT traced_micros, lost_micros, unnamed_micros FROM spend_parts"):
        spend["traced"] += traced
        spend["clicks_without_visit"] += lost
        spend["no_campaign"] += unnamed
    return Score(sum(revenue.values()), revenue, sum(spend.values()), spend)
