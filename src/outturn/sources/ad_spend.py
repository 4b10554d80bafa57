"""The generic table of advertising spend: any platform's days, in our own columns."""

from __future__ import annotations

from outturn.sources.claimed import claim_cells, claims_of_spend
from outturn.sources.source import SPEND_TOTALS, Cell, Kind, Layout, Source

_CELLS = (
    Cell("date_day", Kind.DAY, ("date_day",), required=True),
    Cell("platform", Kind.TEXT, ("platform",), required=True, filled=True),
    Cell("spend_micros", Kind.MONEY, ("spend",), required=True, filled=True),
    Cell("currency", Kind.CURRENCY, ("currency",)),
    Cell("account_id", Kind.ACCOUNT, ("account_id",)),
    Cell("account_name", Kind.TEXT, ("account_name",)),
    Cell("campaign_id", Kind.ID, ("campaign_id",)),
    Cell("ad_group_id", Kind.ID, ("ad_group_id",)),
    Cell("ad_group_name", Kind.TEXT, ("ad_group_name",)),
    Cell("ad_id", Kind.ID, ("ad_id",)),
    Cell("ad_name", Kind.TEXT, ("ad_name",)),
    Cell("impressions", Kind.COUNT, ("impressions",)),
    Cell("clicks", Kind.COUNT, ("clicks",)),
    Cell("video_starts", Kind.COUNT, ("video_views", "video_starts")),
    Cell("completed_views", Kind.COUNT, ("completed_views",)),
    Cell("engagements", Kind.COUNT, ("engagements",)),
    Cell("time_zone", Kind.ZONE, ("time_zone",)),
    *claim_cells(("claimed_conversions",), ("claimed_value",)),
)
# The finest part of the hierarchy that the row names.
_LEVEL = (
    "CASE WHEN COALESCE(ad_id, ad_name) IS NOT NULL THEN 'ad' WHEN COALESCE(ad_group_id, ad_group_name) IS NOT NULL "
    "THEN 'ad_group' "
    "WHEN COALESCE(campaign_id, campaign_name) IS NOT NULL THEN 'campaign' ELSE 'account' END"
)


def _layout(name: str, *cells: Cell) -> Layout:
    return Layout(
        name,
        (*cells, *_CELLS),
        table="ad_spend",
        outputs={"claims": claims_of_spend()},
        totals=SPEND_TOTALS,
        level=_LEVEL,
    )


SOURCE = Source(
    name="ad-spend",
    title="Generic ad spend",
    platform="",
    layouts=(
        _layout(
            "by_channel",
            Cell("stated_channel", Kind.TEXT, ("channel",), required=True, filled=True),
            Cell("campaign_name", Kind.TEXT, ("campaign_name",)),
        ),
        _layout(
            "by_campaign",
            Cell("campaign_name", Kind.TEXT, ("campaign_name",), required=True),
            Cell("stated_channel", Kind.TEXT, ("channel",)),
        ),
    ),
    clicks="whatever the file's author counts",
    notes="A row without a currency takes --currency or its account's. Rows of one level per file restate each other "
    "by day.",
)
