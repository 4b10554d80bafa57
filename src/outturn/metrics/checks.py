"""What the figures cannot show by themselves: levels that disagree, and claims that no total is made of."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from outturn.domain.money import decimal_text
from outturn.store.sql import load

if TYPE_CHECKING:
    from collections.abc import Mapping

    from outturn.store.engine import Engine

_CLAIM = (
    "platform", "account_id", "conversion_action", "click_or_view", "attribution_window", "date_basis",
    "claimed_conversions",
)  # fmt: skip
_LEVELS = {1: "account", 2: "campaign", 3: "ad_group", 4: "ad"}


def level_disagreements(engine: Engine) -> tuple[Mapping[str, Any], ...]:
    """Where what a finer level adds up to is not what the coarser one says.

    Args:
        engine: One that `channel_day.prepare_channel_day` has seen.

    Returns:
        Per day, account and coarser entity: `coarser` and `finer` as billed, with their impressions and clicks; None
        where that side has no such row. Neither is right by itself: figures follow the coarser one.
    """
    found = []
    statement = load(__package__, "level_disagreements")
    for day, platform, account, currency, campaign, group, grain, *sums in engine.rows(statement):
        money = [None if micros is None else Decimal(decimal_text(micros, currency)) for micros in sums[:2]]
        found.append(
            {
                "date_day": day,
                "platform": platform,
                "account_id": account,
                "campaign_key": campaign,
                "ad_group_id": group,
                "levels": f"{_LEVELS[grain - 1]} and {_LEVELS[grain]}",
                "currency": currency,
                "coarser": money[0],
                "finer": money[1],
                "coarser_impressions": sums[2],
                "finer_impressions": sums[3],
                "coarser_clicks": sums[4],
                "finer_clicks": sums[5],
            }
        )
    return tuple(found)


def claims_apart(engine: Engine) -> tuple[Mapping[str, Any], ...]:
    """The kinds of claims of accounts whose platform tells them apart: they overlap, so no KPI adds them up.

    Args:
        engine: Knows `claims`.
    """
    return tuple(dict(zip(_CLAIM, row, strict=True)) for row in engine.rows(load(__package__, "claims_apart")))
