"""Questions to the totals: what each model credits to each channel or campaign, with its interval."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TypeAlias

from outturn.attribution.models import known
from outturn.store.sql import load

if TYPE_CHECKING:
    from collections.abc import Sequence

    from outturn.store.engine import Engine

NONE = "(none)"
By: TypeAlias = Literal["channel", "campaign"]


@dataclass(frozen=True, slots=True)
class Total:
    """What one model credits to one channel or campaign.

    Attributes:
        platform: By campaign; empty without an ad platform, and by channel, as the two after it.
        campaign_key: The campaign's id, `name:<name>`, or empty.
        people: How many have converted with a share in it; each nobody known is one.
        conversions: Fractions of conversions; refunds take none back.
        conversions_ci_low: None where the data are too thin to say, as the other bounds.
        kept_conversions: Those that were not wholly refunded.
        revenue_micros: On the revenue basis, refunds deducted.
        removal_effect: What share of all conversions would be lost without it, 0 to 1; None for a model without.
    """

    channel: str
    platform: str = ""
    account_id: str = ""
    campaign_key: str = ""
    campaign_id: str | None = None
    campaign_name: str | None = None
    people: int = 0
    conversions: float = 0.0
    conversions_ci_low: float | None = None
    conversions_ci_high: float | None = None
    kept_conversions: float = 0.0
    revenue_micros: int = 0
    revenue_ci_low_micros: int | None = None
    revenue_ci_high_micros: int | None = None
    removal_effect: float | None = None

    @property
    def key(self) -> tuple[str, str, str, str]:
        """What tells it from the same model's others."""
        return self.channel, self.platform, self.account_id, self.campaign_key

    def nothing(self) -> Total:
        """The same channel or campaign without any credit."""
        return Total(*self.key, self.campaign_id, self.campaign_name)


def totals_by(engine: Engine, goal: str, models: Sequence[str], *, by: By = "channel") -> dict[str, list[Total]]:
    """Each asked model's credit of one goal.

    Args:
        engine: Knows `credit_totals`; after `credits.recredit`, those of another question.
        goal: Its id.
        models: Their names, or `all`.
        by: Channel or campaign.

    Returns:
        By model in the asked order the same channels or campaigns, sorted: all that some asked model credits, and
        `(none)`. A model's rows add up to the goal's ledger.
    """
    found: dict[str, dict[tuple[str, str, str, str], Total]] = {model: {} for model in known(models)}
    for model, *figures in engine.rows(load(__package__, "totals"), {"goal": goal, "by": by}):
        if model in found:
            total = Total(*figures)
            found[model][total.key] = total
    unearned = {total.key: total.nothing() for rows in found.values() for total in rows.values()}
    unearned.setdefault(Total(NONE).key, Total(NONE))
    return {model: [rows.get(key, unearned[key]) for key in sorted(unearned)] for model, rows in found.items()}
