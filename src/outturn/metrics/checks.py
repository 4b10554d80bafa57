"""What the figures cannot show by themselves: levels that disagree, and claims that no total is made of."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from outturn.domain.money import decimal_text
from outturn.metrics.table import plain
from outturn.store.sql import load

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from outturn.store.engine import Engine

_CLAIM = (
    "platform", "account_id", "conversion_action", "click_or_view", "attribution_window", "date_basis",
    "claimed_conversions",
)  # fmt: skip
_SEVERAL_LEVELS = """
SELECT COUNT(*) FROM (
    SELECT 1 AS one FROM ad_lines GROUP BY date_day, platform, account_id HAVING MIN(depth) < MAX(depth)
) AS days
"""
_EXAMPLES, _ACCOUNTS = 20, 3
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


def levels_told(engine: Engine) -> dict[str, Any]:
    """What a build says of levels that disagree: how many there are, the first of them, and a sentence for people.

    Args:
        engine: One that `channel_day.prepare_channel_day` has seen.
    """
    (several,) = engine.rows(_SEVERAL_LEVELS)
    found = level_disagreements(engine) if several[0] else ()
    return {"levels_disagree": len(found), "examples": [plain(one) for one in found[:_EXAMPLES]], "says": _said(found)}


def _said(found: Sequence[Mapping[str, Any]]) -> str:
    if not found:
        return ""
    first = found[0]
    days = len({one["date_day"] for one in found})
    accounts = sorted({f"{one['platform']} {one['account_id']}" for one in found})
    named = ", ".join(accounts[:_ACCOUNTS]) + (
        f" and {len(accounts) - _ACCOUNTS} more" if len(accounts) > _ACCOUNTS else ""
    )
    coarser, _and, finer = first["levels"].partition(" and ")
    return (
        f"Levels of {named} disagree on {days} {'day' if days == 1 else 'days'}, first on {first['date_day']}: "
        f"{coarser} says {_amount(first, 'coarser')}, {finer} {_amount(first, 'finer')}. "
        "Figures follow the coarser one."
    )


def _amount(one: Mapping[str, Any], side: str) -> str:
    """The spend where that is what differs, else what does."""
    if one["coarser"] != one["finer"]:
        return "no spend" if one[side] is None else f"{one[side]} {one['currency']}"
    figure = next(name for name in ("impressions", "clicks") if one[f"coarser_{name}"] != one[f"finer_{name}"])
    return f"{one[f'{side}_{figure}'] or 0:,} {figure}"


def claims_apart(engine: Engine) -> tuple[Mapping[str, Any], ...]:
    """The kinds of claims of accounts whose platform tells them apart: they overlap, so no KPI adds them up.

    Args:
        engine: Knows `claims`.
    """
    return tuple(dict(zip(_CLAIM, row, strict=True)) for row in engine.rows(load(__package__, "claims_apart")))
