"""Snapchat Ads: Ads Manager exports, and the hourly tables that its API lands.

Clicks are swipe-ups. An export's row covers `Start Time` to `End Time` in the account's zone: a day, an hour of one, or
a week, which is kept as a period. On the night on which clocks go back an hour stands twice, and both rows count.
Tables out of the API count micros, and their hours are UTC: each belongs to the day of the account's zone in which it
begins, so that such a day has 23, 24 or 25 of them; as long as no table and no flag says the account's zone, days are
UTC and said to be. An ad squad is an ad group. Ads whose parents were deleted keep their spend. Claims within the
default windows are neither told apart by click and view nor added up over actions; a claimed value that is no whole
number of micros is not known.
"""

from __future__ import annotations

from outturn.sources.claimed import CLAIM_COLUMNS, Claim, claim_cells, claims_of_spend
from outturn.sources.source import SPEND_TOTALS, Cell, Check, Kind, Layout, Relation, Source

_AD_SQUAD = ("Ad Set Name", "Ad Squad Name")
_AD = ("Ad Name", "Creative Name")
_MIDNIGHT = r"'[ T]0?0:00(:00(\.0+)?)?\s*$'"
_EXPORT = (
    Cell("account_id", Kind.ACCOUNT, ("Ad Account ID", "Account ID")),
    Cell("account_name", Kind.TEXT, ("Ad Account Name", "Account Name")),
    Cell("period_start", Kind.DAY, ("Start Time", "Start Date")),
    Cell("period_end", Kind.DAY, ("End Time", "End Date")),
    Cell("date_day", Kind.DAY, ("Date", "Day")),
    Cell("campaign_id", Kind.ID, ("Campaign ID",)),
    Cell("ad_group_id", Kind.ID, ("Ad Set ID", "Ad Squad ID")),
    Cell("currency", Kind.CURRENCY, ("Currency",)),
    Cell("time_zone", Kind.ZONE, ("Time zone", "Timezone")),
    # Others have impressions; paid ones are told apart here alone.
    Cell("impressions", Kind.COUNT, ("Paid Impressions",), required=True),
    Cell("clicks", Kind.COUNT, ("Swipe Ups", "Swipe-Ups", "Clicks")),
    Cell(
        "spend_micros",
        Kind.MONEY,
        ("Spend", "Amount Spent", "Spend ({currency})", "Amount Spent ({currency})"),
        required=True,
    ),
    *claim_cells(("Purchases",), ("Purchases Value", "Purchase Value")),
)


def _export(level: str, *cells: Cell, without: tuple[str, ...] = ()) -> Layout:
    return Layout(
        f"{level}_export",
        (*_EXPORT, *cells),
        table="ad_spend",
        outputs={"claims": claims_of_spend(Claim("purchase"))},
        without=without,
        # Whether the day that begins with such a midnight is covered, the row does not say.
        checks=(
            Check(
                "NO_DAY",
                f"period_end > period_start AND regexp_matches(period_end_text, {_MIDNIGHT})",
                "ends at a midnight, so that its last day is unclear: export it with ends such as 23:59:59",
            ),
        ),
        totals=SPEND_TOTALS,
        level=level,
    )


_CAMPAIGN = "campaign_name", Kind.TEXT, ("Campaign Name",)
_EXPORTS = (
    _export("account", without=("Campaign Name", *_AD_SQUAD, *_AD)),
    _export("campaign", Cell(*_CAMPAIGN, required=True), without=(*_AD_SQUAD, *_AD)),
    _export("ad_group", Cell(*_CAMPAIGN), Cell("ad_group_name", Kind.TEXT, _AD_SQUAD, required=True), without=_AD),
    _export(
        "ad",
        Cell(*_CAMPAIGN),
        Cell("ad_group_name", Kind.TEXT, _AD_SQUAD),
        Cell("ad_name", Kind.TEXT, _AD, required=True),
        Cell("ad_id", Kind.ID, ("Ad ID",)),
    ),
)

_ACTIONS = {
    "conversion_purchases": "purchase", "conversion_add_billing": "add_billing", "conversion_add_cart": "add_cart",
    "conversion_app_opens": "app_open", "conversion_level_completes": "level_complete",
    "conversion_page_views": "page_view", "conversion_save": "save", "conversion_searches": "search",
    "conversion_sign_ups": "sign_up", "conversion_start_checkout": "start_checkout",
    "conversion_view_content": "view_content",
}  # fmt: skip
# Whole micros, as digits: a fraction of one is not rounded.
_VALUE = (
    r"CASE WHEN regexp_full_match(purchases_value, '[0-9]+(\.0*)?') "
    "THEN TRY_CAST(split_part(purchases_value, '.', 1) AS BIGINT) END"
)
_STRUCTS = ", ".join(
    f"{{'action': '{action}', 'conversions': {column}, 'micros': {_VALUE if action == 'purchase' else 'NULL::BIGINT'}}}"
    for column, action in _ACTIONS.items()
)
# An action that nobody took is no claim; that nothing was bought is one.
_CLAIMS = f"""
    SELECT {CLAIM_COLUMNS}, claim.action AS conversion_action, 'all' AS click_or_view, 'default' AS attribution_window,
        'unknown' AS date_basis, CASE WHEN claim.micros IS NOT NULL THEN currency END AS currency,
        claim.conversions AS claimed_conversions, claim.micros AS claimed_value_micros
    FROM (SELECT {CLAIM_COLUMNS}, currency, UNNEST([{_STRUCTS}]) AS claim FROM accepted)
    WHERE claim.conversions <> 0
        OR (claim.action = 'purchase' AND COALESCE(claim.conversions, claim.micros) IS NOT NULL)
"""  # noqa: S608


def _hourly(level: str, header: str) -> Layout:
    return Layout(
        f"{header.removesuffix('_id')}_hourly_report",
        (
            Cell(f"{level}_id", Kind.ID, (header,), required=True, filled=True),
            Cell("hour", Kind.AT, ("date", "date_hour"), required=True, filled=True),
            Cell("impressions", Kind.COUNT, ("impressions",), required=True),
            Cell("clicks", Kind.COUNT, ("swipes",), required=True),
            Cell("spend_micros", Kind.MICROS, ("spend",), required=True),
            Cell("video_starts", Kind.COUNT, ("video_views",)),
            Cell("completed_views", Kind.COUNT, ("view_completion",)),
            Cell("purchases_value", Kind.TEXT, ("conversion_purchases_value",)),
            *(Cell(column, Kind.SHARE, (column,)) for column in _ACTIONS),
        ),
        table="ad_spend",
        outputs={"claims": _CLAIMS},
        without=("country", "region"),
        totals=SPEND_TOTALS,
        level=level,
        number=".",
        day="CAST(timezone(time_zone, hour) AS DATE)",
        zone="UTC",
    )


_SPLIT = ("campaign_id", "date", "swipes", "spend", "attachment_quartile_1", "screen_time_millis")
_TABLES = (
    _hourly("campaign", "campaign_id"),
    _hourly("ad_group", "ad_squad_id"),
    _hourly("ad", "ad_id"),
    # The same spend once more, split by where people are: nothing to add.
    Layout("campaign_geo_country_report", (Cell("country", Kind.TEXT, ("country",), required=True),), marks=_SPLIT),
    Layout("campaign_geo_region_report", (Cell("region", Kind.TEXT, ("region",), required=True),), marks=_SPLIT),
)

_SYNCED = "2026-09-01 10:00:00.000"
_LOOKS = "[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}"
_UUID = "40ba77bb-289d-41d9-85bf-83f485908a5c"
_ID = Cell("id", Kind.ID, ("id",), required=True, filled=True)
_NAME = Cell("name", Kind.TEXT, ("name",), required=True)
_UPDATED = Cell("updated_at", Kind.VERSION, ("updated_at", "_fivetran_synced"), required=True)


def _known(id_cell: str) -> Check:
    """These tables have few columns, and other systems' tables have them too: whose they are, the ids tell."""
    return Check(
        "WRONG_PLATFORM",
        f"NOT regexp_full_match({id_cell}, '{_LOOKS}')",
        "has an id that is none of Snapchat's: name the source that it comes from with --as",
    )


def _history(name: str, level: str, *cells: Cell, sample: tuple[str, str], marks: tuple[str, ...] = ()) -> Layout:
    columns, values = sample
    return Layout(
        name,
        (_ID, _NAME, _UPDATED, *cells),
        table="ad_entities",
        constants={"level": f"'{level}'"},
        marks=marks,
        looks={"id": _LOOKS},
        checks=(_known("id"),),
        sample=f"id,{columns},name,_fivetran_synced\n{_UUID},{values},Snap Autumn,{_SYNCED}\n",
    )


def _parent(name: str, header: str) -> Cell:
    return Cell(name, Kind.ID, (header,), required=True)


_URL_TAGS = "url_tags_of_creatives"
_TAGS = """
    SELECT creative_id, string_agg(key || '=' || COALESCE(value, ''), '&' ORDER BY line) AS url_tags
    FROM accepted
    WHERE updated_at IS NOT DISTINCT FROM (
        SELECT MAX(updated_at) FROM accepted AS later WHERE later.creative_id = accepted.creative_id
    )
    GROUP BY creative_id
"""
_HISTORIES = (
    Layout(
        "ad_account_history",
        (
            Cell("account_id", Kind.ACCOUNT, ("id",), required=True, filled=True),
            _NAME,
            Cell("currency", Kind.CURRENCY, ("currency",)),
            Cell("time_zone", Kind.ZONE, ("timezone",)),
            _UPDATED,
        ),
        table="accounts",
        without=("ad_account_id", "campaign_id", "ad_squad_id", "account_id"),
        looks={"account_id": _LOOKS},
        checks=(_known("account_id"),),
        sample=f"id,name,currency,timezone,_fivetran_synced\n{_UUID},Shop,EUR,Europe/Madrid,{_SYNCED}\n",
    ),
    _history("campaign_history", "campaign", _parent("account_id", "ad_account_id"), sample=("ad_account_id", _UUID)),
    _history("ad_squad_history", "ad_group", _parent("parent_id", "campaign_id"), sample=("campaign_id", _UUID)),
    _history(
        "ad_history",
        "ad",
        _parent("parent_id", "ad_squad_id"),
        sample=("ad_squad_id,creative_id", f"{_UUID},{_UUID}"),
        marks=("creative_id",),
    ),
    Layout(
        "creative_history",
        (
            _ID,
            _NAME,
            _UPDATED,
            Cell("account_id", Kind.ACCOUNT, ("ad_account_id",), required=True),
            Cell("final_url", Kind.TEXT, ("web_view_url",), required=True),
        ),
        outputs={
            "ad_entities": "SELECT accepted.*, 'snapchat_ads' AS platform, 'creative' AS level, url_tags "  # noqa: S608
            f"FROM accepted LEFT JOIN {_URL_TAGS} ON id = creative_id"
        },
        turn=1,
        leans=(_URL_TAGS,),
        misses=(_URL_TAGS,),
    ),
    # A table of tags alone says nothing; it lends them to the creatives of the same command.
    Layout(
        "creative_url_tag_history",
        (
            Cell("creative_id", Kind.ID, ("creative_id",), required=True, filled=True),
            Cell("key", Kind.TEXT, ("key",), required=True, filled=True),
            Cell("value", Kind.TEXT, ("value",), required=True),
            Cell("updated_at", Kind.VERSION, ("updated_at",), required=True),
        ),
        lends={_URL_TAGS: _TAGS},
    ),
)

SOURCE = Source(
    name="snapchat-ads",
    title="Snapchat Ads",
    platform="snapchat_ads",
    layouts=(*_EXPORTS, *_TABLES, *_HISTORIES),
    clicks="swipe-ups",
    notes="An export states neither currency nor zone, unless the account's table does. Import hourly tables in whole "
    "days of the account's zone: a later file restates each day that it touches. Name the tags' table beside the "
    "creatives' in one command. The order of an export's columns, and its names beyond those here, were not seen in a "
    "real file.",
    relations={
        _URL_TAGS: Relation(
            "creative_id VARCHAR, url_tags VARCHAR",
            "the creatives have no url tags: name creative_url_tag_history in the same command",
        )
    },
)
