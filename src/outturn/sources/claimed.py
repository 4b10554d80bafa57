"""A platform's own claims beside its spend: a row of `claims` for each kind of claim that a spend row makes."""

from __future__ import annotations

from typing import NamedTuple

from outturn.sources.source import Cell, Kind

CLAIM_COLUMNS = (
    "line, platform, account_id, date_day, period_start, period_end, level, "
    "campaign_id, campaign_name, ad_group_id, ad_id"
)
NOT_COUNTED, NOT_VALUED = "CAST(NULL AS DOUBLE)", "CAST(NULL AS BIGINT)"
"""What a claim says that states no count, or no value."""


class Claim(NamedTuple):
    """One kind of claim.

    Attributes:
        action: As the platform names it; all: not told apart.
        click_or_view: click, view or all.
        window: Such as 7d_click.
        date_basis: impression or conversion.
        conversions: SQL over `accepted` for how many; NULL: not said.
        value: SQL over `accepted` for their value in micros; NULL: not said.
    """

    action: str = "all"
    click_or_view: str = "all"
    window: str = "default"
    date_basis: str = "unknown"
    conversions: str = "claimed_conversions"
    value: str = "claimed_value_micros"


_TOLD_APART = ("conversion_action", "click_or_view", "attribution_window", "date_basis")


def claim_cells(conversions: tuple[str, ...], value: tuple[str, ...]) -> tuple[Cell, ...]:
    """The cells of a spend layout that hold what the platform claims, by the headers that they bear."""
    return (
        Cell("claimed_conversions", Kind.SHARE, conversions),
        Cell("claimed_value_micros", Kind.MONEY, value),
    )


def claims_of_spend(*claims: Claim, columns: str = CLAIM_COLUMNS, blank_too: bool = False) -> str:
    """The SELECT that gives `claims` of a spend layout: of each line a row for each claim that it makes.

    Args:
        claims: What a line may claim; none named: one claim, not told apart.
        columns: Those that say whose claim it is; SQL over `accepted`.
        blank_too: A line makes every claim, be it one of neither count nor value.
    """
    claims = claims or (Claim(),)
    # Facts take about 0.04 s for a million texts that are one of a few, and a tenth of it where their type says so.
    among = [", ".join(f"'{text}'" for text in sorted(set(texts))) for texts in list(zip(*claims, strict=True))[:4]]
    return " UNION ALL ".join(
        f"SELECT {columns}, "  # noqa: S608
        + ", ".join(
            f"CAST('{text}' AS ENUM ({texts})) AS {name}"
            for name, text, texts in zip(_TOLD_APART, claim[:4], among, strict=True)
        )
        + f", CASE WHEN {claim.value} IS NOT NULL THEN currency END AS currency, {claim.conversions} AS "
        f"claimed_conversions, {claim.value} AS claimed_value_micros FROM accepted"
        + ("" if blank_too else f" WHERE {claim.conversions} IS NOT NULL OR {claim.value} IS NOT NULL")
        for claim in claims
    )
