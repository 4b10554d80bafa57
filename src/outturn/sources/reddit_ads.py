"""Reddit Ads: the tables that its API lands, and a guess at what Ads Manager exports.

Days are UTC. Spend is in micros of the account's currency; `cpc` and `ecpm` beside it are not read. Claims come from
the tables of conversions alone, never from the reports: by event, by click or view, and by the windows day, week and
month, as Reddit names them. A month's claims hold the week's, and those the day's: windows are never added.
`total_value` is in whole units and stands under the account's own window. A country's rows are the same spend once
more.

No export out of Ads Manager was seen: the layout `guessed_export` follows the names of the API's fields. Check the sums
of the first file that you import against what Ads Manager shows.
"""

from __future__ import annotations

from outturn.sources.claimed import CLAIM_COLUMNS
from outturn.sources.source import SPEND_TOTALS, Cell, Kind, Layout, Source
from outturn.sources.total_rows import blank

_ACCOUNT = Cell("account_id", Kind.ACCOUNT, ("account_id",), required=True, filled=True)
_DAY = Cell("date_day", Kind.DAY, ("date",), required=True)
_IDS = ("campaign_id", "ad_group_id", "ad_id")


def _entity(level: str) -> tuple[Cell, ...]:
    """The cell that says what a row is of; an account's row says it by its account."""
    return () if level == "account" else (Cell(f"{level}_id", Kind.ID, (f"{level}_id",), required=True, filled=True),)


def _others(level: str) -> tuple[str, ...]:
    return (*(name for name in _IDS if name != f"{level}_id"), "country")


def _report(level: str) -> Layout:
    return Layout(
        f"{level}_report",
        (
            _ACCOUNT,
            *_entity(level),
            _DAY,
            Cell("currency", Kind.CURRENCY, ("currency",)),
            Cell("impressions", Kind.COUNT, ("impressions",), required=True),
            Cell("clicks", Kind.COUNT, ("clicks",), required=True),
            Cell("spend_micros", Kind.MICROS, ("spend",), required=True),
            Cell("video_starts", Kind.COUNT, ("video_started",)),
            Cell("completed_views", Kind.COUNT, ("video_watched_100_percent",)),
        ),
        table="ad_spend",
        marks=("ecpm", "comments_page_views"),
        without=_others(level),
        totals=SPEND_TOTALS,
        level=level,
        number=".",
    )


_COUNTED = {
    f"{seen}_{window}": f"{seen}_through_conversion_attribution_window_{window}"
    for seen in ("click", "view")
    for window in ("day", "week", "month")
}
_STRUCTS = ", ".join(
    [
        *(
            f"{{'seen': '{name.split('_')[0]}', 'span': '{name.split('_')[1]}_{name.split('_')[0]}', 'n': {name}, "
            "'micros': NULL::BIGINT}"
            for name in _COUNTED
        ),
        "{'seen': 'all', 'span': 'default', 'n': NULL::DOUBLE, 'micros': value_micros}",
    ]
)
_CLAIMS = f"""
    SELECT {CLAIM_COLUMNS}, conversion_action, claim.seen AS click_or_view, claim.span AS attribution_window,
        'unknown' AS date_basis, CASE WHEN claim.micros IS NOT NULL THEN currency END AS currency,
        claim.n AS claimed_conversions, claim.micros AS claimed_value_micros
    FROM (SELECT {CLAIM_COLUMNS}, conversion_action, currency, UNNEST([{_STRUCTS}]) AS claim FROM accepted)
    WHERE COALESCE(claim.n, claim.micros) IS NOT NULL
"""  # noqa: S608


def _conversions(level: str) -> Layout:
    return Layout(
        f"{level}_conversions",
        (
            _ACCOUNT,
            *_entity(level),
            _DAY,
            Cell("currency", Kind.CURRENCY, ("currency",)),
            Cell("conversion_action", Kind.TEXT, ("event_name",), required=True, filled=True),
            *(Cell(name, Kind.SHARE, (header,), required=True) for name, header in _COUNTED.items()),
            Cell("value_micros", Kind.MONEY, ("total_value",), required=True),
        ),
        outputs={"claims": _CLAIMS},
        without=_others(level),
        level=level,
        number=".",
    )


_LEVELS = ("account", "campaign", "ad_group", "ad")
_COUNTRY = Cell("country", Kind.TEXT, ("country",), required=True)
_TABLES = (
    *map(_report, _LEVELS),
    *map(_conversions, _LEVELS),
    Layout(
        "campaign_country_report",
        (_COUNTRY,),
        marks=("account_id", "campaign_id", "date", "region", "spend", "impressions", "clicks"),
        without=("ad_id",),
    ),
    Layout(
        "campaign_country_conversions_report",
        (_COUNTRY,),
        marks=("account_id", "campaign_id", "date", "event_name", _COUNTED["click_month"], _COUNTED["view_month"]),
    ),
)

_ID = Cell("id", Kind.ID, ("id",), required=True, filled=True)
_NAME = Cell("name", Kind.TEXT, ("name",), required=True)
_SYNCED = Cell("updated_at", Kind.VERSION, ("_fivetran_synced",), required=True)
_ENTITY = (_ID, _NAME, _SYNCED, Cell("account_id", Kind.ACCOUNT, ("account_id",), required=True))
_STATUS = ("configured_status", "effective_status")


def _named(level: str, *cells: Cell, marks: tuple[str, ...] = (), without: tuple[str, ...] = ()) -> Layout:
    return Layout(
        level,
        (*_ENTITY, *cells),
        table="ad_entities",
        constants={"level": f"'{level}'"},
        marks=(*_STATUS, *marks),
        without=without,
    )


_NAMES = (
    # An account of the business has the same columns.
    Layout(
        "account",
        (
            Cell("account_id", Kind.ACCOUNT, ("id",), required=True, filled=True),
            Cell("name", Kind.TEXT, ("name",)),
            Cell("currency", Kind.CURRENCY, ("currency",), required=True),
            Cell("time_zone", Kind.ZONE, ("time_zone_id",), required=True),
            _SYNCED,
        ),
        table="accounts",
        marks=("click_attribution_window", "view_attribution_window"),
    ),
    _named("campaign", marks=("objective",), without=("campaign_id",)),
    _named("ad_group", Cell("parent_id", Kind.ID, ("campaign_id",), required=True), without=("ad_group_id",)),
    _named(
        "ad",
        Cell("parent_id", Kind.ID, ("ad_group_id",), required=True),
        Cell("final_url", Kind.TEXT, ("click_url",), required=True),
    ),
)

_GUESSED = (
    Cell("account_id", Kind.ACCOUNT, ("Account ID",)),
    Cell("account_name", Kind.TEXT, ("Account Name",)),
    Cell("date_day", Kind.DAY, ("Date", "Day")),
    Cell("campaign_name", Kind.TEXT, ("Campaign Name",), required=True),
    Cell("campaign_id", Kind.ID, ("Campaign ID",)),
    Cell("currency", Kind.CURRENCY, ("Currency",)),
    Cell("impressions", Kind.COUNT, ("Impressions",), required=True),
    Cell("clicks", Kind.COUNT, ("Clicks",), required=True),
    Cell("spend_micros", Kind.MONEY, ("Amount Spent ({currency})", "Amount Spent"), required=True),
    # Nobody else's word: it tells the file from Meta's.
    Cell("ecpm", Kind.TEXT, ("eCPM ({currency})", "eCPM"), required=True),
)

SOURCE = Source(
    name="reddit-ads",
    title="Reddit Ads",
    platform="reddit_ads",
    layouts=(
        Layout(
            "guessed_export",
            _GUESSED,
            table="ad_spend",
            without=("Ad Group Name", "Ad Name"),
            total=blank("campaign_name_text"),
            totals=SPEND_TOTALS,
            level="campaign",
        ),
        *_TABLES,
        *_NAMES,
    ),
    clicks="Clicks: what Reddit bills",
    zone="UTC",
    notes="The tables that connectors land are read as they are. What Ads Manager lets a person download is a guess.",
)
