"""Questions to the credits: what each model credits to each channel or campaign."""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import date
from typing import TYPE_CHECKING, Literal

from outturn.attribution.models import known
from outturn.store.sql import load

if TYPE_CHECKING:
    from collections.abc import Sequence

    from outturn.store.engine import Engine

NONE = "(none)"
By = Literal["channel", "campaign"]
Basis = Literal["conversion_day", "cash_day"]


@dataclass(frozen=True, slots=True)
class Credited:
    """What one model credits to one channel or campaign.

    Attributes:
        platform: None by channel, as the four after it; empty without an ad platform.
        campaign_key: The campaign's id, `name:<name>`, or empty.
        conversions: Fractions of conversions; refunds take none back.
        kept_conversions: Those that were not wholly refunded.
        revenue_micros: On the revenue basis, refunds deducted.
        margin_micros: None: not known for some of the conversions.
        refunded_micros: At least 0.
        new_customers: None: for some conversions it cannot be told.
        new_customer_revenue_micros: None likewise.
    """

    channel: str
    platform: str | None = None
    account_id: str | None = None
    campaign_key: str | None = None
    campaign_id: str | None = None
    campaign_name: str | None = None
    conversions: float = 0.0
    kept_conversions: float = 0.0
    revenue_micros: int = 0
    margin_micros: int | None = 0
    refunded_micros: int = 0
    new_customers: float | None = 0.0
    new_customer_revenue_micros: int | None = 0

    @property
    def key(self) -> tuple[str, str, str, str]:
        """What tells it from the same model's others."""
        return self.channel, self.platform or "", self.account_id or "", self.campaign_key or ""


def credit_by(  # noqa: PLR0913 (one question, spelt out)
    engine: Engine,
    goal: str,
    models: Sequence[str],
    *,
    by: By = "channel",
    basis: Basis = "conversion_day",
    first_day: date = date.min,
    last_day: date = date.max,
) -> dict[str, list[Credited]]:
    """Each asked model's credit of one goal, over the days from `first_day` to `last_day`, both included.

    Args:
        engine: Knows `credits` and `places`; after `credits.recredit`, those with another lookback.
        goal: Its id.
        models: Their names, or `all`.
        by: Channel or campaign.
        basis: Which day counts for a refund: its sale's, or its own.
        first_day: In business days.
        last_day: In business days.

    Returns:
        By model in the asked order the same channels or campaigns, sorted: all that some asked model
        credits, and `(none)`. A model's rows add up to the goal's ledger.
    """
    asked = known(models)
    parameters = {"goal": goal, "by": by, "basis": basis, "first_day": first_day, "last_day": last_day}
    found: dict[str, dict[tuple[str, str, str, str], Credited]] = {model: {} for model in asked}
    for model, *figures in engine.rows(load(__package__, "credited"), parameters):
        if model in found:
            credited = Credited(*figures)
            found[model][credited.key] = credited
    none = Credited(NONE) if by == "channel" else Credited(NONE, "", "", "")
    unearned = {none.key: none} | {key: _nothing(row) for rows in found.values() for key, row in rows.items()}
    return {model: [rows.get(key, unearned[key]) for key in sorted(unearned)] for model, rows in found.items()}


def _nothing(credited: Credited) -> Credited:
    """The same channel or campaign without any credit."""
    named = {field.name: getattr(credited, field.name) for field in fields(credited)[:6]}
    return Credited(**named)
