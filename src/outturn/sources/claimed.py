"""A platform's own claims beside its spend: one row of `claims` per spend row that claims anything."""

from __future__ import annotations

from outturn.sources.source import Cell, Kind

CLAIM_COLUMNS = (
    "line, platform, account_id, date_day, period_start, period_end, level, "
    "campaign_id, campaign_name, ad_group_id, ad_id"
)


def claim_cells(conversions: tuple[str, ...], value: tuple[str, ...]) -> tuple[Cell, ...]:
    """The cells of a spend layout that hold what the platform claims, by the headers that they bear."""
    return (
        Cell("claimed_conversions", Kind.SHARE, conversions),
        Cell("claimed_value_micros", Kind.MONEY, value),
    )


def claims_of_spend(
    *,
    action: str = "all",
    click_or_view: str = "all",
    window: str = "default",
    date_basis: str = "unknown",
    conversions: str = "claimed_conversions",
    value: str = "claimed_value_micros",
) -> str:
    """The SELECT that gives `claims` of a spend layout: one row where its line claims anything.

    Args:
        action: As the platform names it; all: not told apart.
        click_or_view: click, view or all.
        window: Such as 7d_click.
        date_basis: impression or conversion.
        conversions: SQL over `accepted` for how many; NULL: not said.
        value: SQL over `accepted` for their value in micros; NULL: not said.
    """
    return (
        f"SELECT {CLAIM_COLUMNS}, '{action}' AS conversion_action, '{click_or_view}' AS click_or_view, "  # noqa: S608
        f"'{window}' AS attribution_window, '{date_basis}' AS date_basis, "
        f"CASE WHEN {value} IS NOT NULL THEN currency END AS currency, {conversions} AS claimed_conversions, "
        f"{value} AS claimed_value_micros "
        f"FROM accepted WHERE {conversions} IS NOT NULL OR {value} IS NOT NULL"
    )
