"""MNTN (connected TV): the days of creatives and of segments, as connectors land its tables.

Nobody clicks on a television: there are no clicks, and what MNTN claims it claims by views. `visits` are visits that
MNTN verified, `conversions` and `order_value` sales that it claims. `tv_spend` is the part of `spend` that ran on TV
and is never added to it. Creatives and segments are two cuts of the same delivery: creatives are kept as ads, segments
as ad groups, so that no figure adds them up. Rows that the connector marks as deleted are left out.
"""

from __future__ import annotations

from outturn.sources.claimed import NOT_VALUED, Claim, claims_of_spend
from outturn.sources.source import Cell, Kind, Layout, Source, Total

_FIGURES = (
    Cell("date_day", Kind.DAY, ("day",), required=True),
    Cell("deleted", Kind.TEXT, ("_fivetran_deleted",)),
    Cell("account_id", Kind.ACCOUNT, ("advertiser_id",)),
    Cell("currency", Kind.CURRENCY, ("currency",)),
    Cell("impressions", Kind.COUNT, ("impressions",), required=True),
    Cell("visits", Kind.COUNT, ("visits",), required=True),
    Cell("spend_micros", Kind.MONEY, ("spend",), required=True),
    Cell("claimed_conversions", Kind.SHARE, ("conversions",), required=True),
    Cell("claimed_value_micros", Kind.MONEY, ("order_value",), required=True),
)
_TOTALS = (
    Total("impressions", "impressions"),
    Total("clicks", "CAST(NULL AS BIGINT)"),
    Total("spend", "spend_micros", money=True),
    Total("visits", "visits"),
)
_CLAIMS = claims_of_spend(
    Claim("purchase", "view"),
    Claim("verified_visit", "view", conversions="CAST(visits AS DOUBLE)", value=NOT_VALUED),
)
# `false` and all else that begins before a t is told apart at little cost.
_DELETED = (
    "CASE WHEN deleted_text >= 'A' AND deleted_text < 'T' OR deleted_text >= 'a' AND deleted_text < 't' THEN FALSE "
    "ELSE LOWER(TRIM(deleted_text)) IN ('true', 't', '1') END"
)


def _days(name: str, level: str, *cells: Cell, marks: tuple[str, ...], totals: tuple[Total, ...] = ()) -> Layout:
    return Layout(
        name,
        (
            Cell(f"{level}_id", Kind.ID, ("id",), required=True, filled=True),
            Cell(f"{level}_name", Kind.TEXT, ("name",), required=True),
            *_FIGURES,
            *cells,
        ),
        table="ad_spend",
        outputs={"claims": _CLAIMS},
        marks=marks,
        deleted=_DELETED,
        totals=(*_TOTALS, *totals),
        level=level,
        number=".",
    )


SOURCE = Source(
    name="mntn",
    title="MNTN",
    platform="mntn",
    layouts=(
        _days(
            "creative",
            "ad",
            Cell("tv_spend_micros", Kind.MONEY, ("tv_spend",), required=True),
            marks=("size",),
            totals=(Total("tv_spend", "tv_spend_micros", money=True),),
        ),
        _days("segment", "ad_group", marks=("site_visitor",)),
    ),
    currency="USD",
    notes="The tables state no currency: without --currency they are taken for US dollars, and the import says so. "
    "They name no campaign either: below the platform, spend is by creative or by segment. What MNTN's own pages let a "
    "person download was not seen.",
)
