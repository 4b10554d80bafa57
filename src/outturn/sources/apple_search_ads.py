"""Apple Search Ads: the reports of its pages, and the tables that its API lands.

Clicks are taps; what is claimed are installs, which are no purchases: by tap, by view, and in total, which is the sum
of both and never added to them. Spend is in whole units of the currency beside it, or of the lines above a report,
which state the zone and the period, too. A report of campaigns has a `Start Date` and an `End Date` that are the
campaign's own: they are no days of the report. Its total is the row that names no campaign.

The API's table of keywords has the same columns as that of campaigns, an `id` among them. It is one of keywords where
the history of keywords, named in the same command, knows one of its ids, or where the file's own name says so.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from outturn.sources.claimed import NOT_VALUED, Claim, claims_of_spend
from outturn.sources.dates import days_of
from outturn.sources.source import SPEND_TOTALS, Cell, Kind, Layout, Preamble, Relation, Source
from outturn.sources.total_rows import blank
from outturn.sources.zone_names import zone_names

if TYPE_CHECKING:
    from collections.abc import Sequence

    from outturn.sources.dates import Order

_STATED = re.compile(r"\W*(start date|end date|time zone)\W*?\s*[:,;\t]\s*\W*(.*?)\W*", re.IGNORECASE)


def _above(lines: Sequence[str], order: Order) -> Preamble:
    """The zone and the period that the lines above a report state, each on its own line.

    >>> _above(['"Start Date: 02 Feb 2026"', '"End Date: 08 Feb 2026"', "Time Zone: UTC"], "").period
    (datetime.date(2026, 2, 2), datetime.date(2026, 2, 8))
    """
    stated = {match[1].lower(): match[2] for line in lines if (match := _STATED.fullmatch(line.strip()))}
    texts = [stated[name] for name in ("start date", "end date") if stated.get(name)]
    days = days_of(texts, given=order)
    first, last = (days.get(stated.get(name, "")) for name in ("start date", "end date"))
    zone = stated.get("time zone", "")
    return Preamble(
        zone=zone if zone in zone_names() else "",
        period=(first, last) if first and last and first <= last else None,
    )


_CAMPAIGN = ("Campaign Name", "Campaign ID")
_AD_GROUP = ("Ad Group Name", "Ad Group ID")
_AD = ("Ad Name", "Ad ID")
_KEYWORD = ("Keyword", "Keyword ID")
_SEARCH_TERM = ("Search Term",)
_REPORT = (
    Cell("account_id", Kind.ACCOUNT, ("Org ID", "Account ID")),
    Cell("account_name", Kind.TEXT, ("Account Name", "Org Name")),
    Cell("date_day", Kind.DAY, ("Date", "Day")),
    Cell("currency", Kind.CURRENCY, ("Currency",)),
    Cell("impressions", Kind.COUNT, ("Impressions",), required=True),
    # Nobody else's word: it tells a report from other platforms'.
    Cell("clicks", Kind.COUNT, ("Taps",), required=True),
    Cell("spend_micros", Kind.MONEY, ("Spend", "Spend ({currency})"), required=True),
    Cell("tap_installs", Kind.SHARE, ("Installs (Tap-Through)",)),
    Cell("view_installs", Kind.SHARE, ("Installs (View-Through)",)),
    Cell("installs", Kind.SHARE, ("Installs (Total)", "Installs", "Conversions")),
)
_CLAIMS = claims_of_spend(
    *(
        Claim("install", seen, conversions=cell, value=NOT_VALUED)
        for seen, cell in (("all", "installs"), ("click", "tap_installs"), ("view", "view_installs"))
    )
)
_HIERARCHY = {"campaign": _CAMPAIGN, "ad_group": _AD_GROUP, "ad": _AD}


def _report(level: str, own: tuple[str, ...] = (), without: tuple[str, ...] = ()) -> Layout:
    """A report of one level, which is told by either of its name and id; levels above may stand beside it."""
    cells = [
        cell
        for part, (name, native) in _HIERARCHY.items()
        if not {name, native} & set(without)
        for cell in (Cell(f"{part}_name", Kind.TEXT, (name,)), Cell(f"{part}_id", Kind.ID, (native,)))
    ]
    if own:
        cells.insert(0, Cell("reported", Kind.TEXT, own, required=True))
    unnamed = blank("first_text", *(f"{cell.name}_text" for cell in cells))
    return Layout(
        f"{level}_report",
        (*cells, *_REPORT),
        table="ad_spend",
        outputs={"claims": _CLAIMS},
        without=without,
        total=unnamed if own else "COALESCE(TRIM(first_text) = '', FALSE)",
        totals=SPEND_TOTALS,
        level=level,
        preamble=_above,
    )


_REPORTS = (
    _report("account", without=(*_CAMPAIGN, *_AD_GROUP, *_AD, *_KEYWORD, *_SEARCH_TERM)),
    _report("campaign", _CAMPAIGN, without=(*_AD_GROUP, *_AD, *_KEYWORD, *_SEARCH_TERM)),
    _report("ad_group", _AD_GROUP, without=(*_AD, *_KEYWORD, *_SEARCH_TERM)),
    _report("ad", _AD, without=(*_KEYWORD, *_SEARCH_TERM)),
    _report("keyword", _KEYWORD, without=(*_AD, *_SEARCH_TERM)),
    _report("search_term", _SEARCH_TERM, without=_AD),
)

_FIGURES = (
    Cell("date_day", Kind.DAY, ("date",), required=True),
    Cell("currency", Kind.CURRENCY, ("local_spend_currency",), required=True),
    Cell("impressions", Kind.COUNT, ("impressions",), required=True),
    Cell("clicks", Kind.COUNT, ("taps",), required=True),
    Cell("spend_micros", Kind.MONEY, ("local_spend_amount",), required=True),
    Cell("tap_installs", Kind.SHARE, ("tap_installs",)),
    Cell("view_installs", Kind.SHARE, ("view_installs",)),
    Cell("installs", Kind.SHARE, ("conversions", "total_installs")),
)
_CAMPAIGN_ID = Cell("campaign_id", Kind.ID, ("campaign_id",), required=True)
_AD_GROUP_ID = Cell("ad_group_id", Kind.ID, ("ad_group_id",), required=True, filled=True)
_KEYWORDS = "keywords"
_OF_KEYWORDS = (
    f"(EXISTS (SELECT 1 FROM parsed AS rows_of_it JOIN {_KEYWORDS} ON rows_of_it.campaign_id = keyword_id) "  # noqa: S608
    "OR contains(LOWER(getvariable('file')), 'keyword'))"
)
_BY_ID = {
    "campaign_id": f"CASE WHEN level = 'keyword' THEN (SELECT MAX(of_campaign) FROM {_KEYWORDS} "  # noqa: S608
    "WHERE keyword_id = settled.campaign_id) ELSE campaign_id END",
    "ad_group_id": f"CASE WHEN level = 'keyword' THEN (SELECT MAX(of_ad_group) FROM {_KEYWORDS} "  # noqa: S608
    "WHERE keyword_id = settled.campaign_id) END",
}


def _table(
    name: str,
    level: str,
    *cells: Cell,
    without: tuple[str, ...] = (),
    fills: dict[str, str] | None = None,
    leans: tuple[str, ...] = (),
) -> Layout:
    return Layout(
        name,
        (*cells, *_FIGURES),
        table="ad_spend",
        outputs={"claims": _CLAIMS},
        without=without,
        totals=SPEND_TOTALS,
        level=level,
        number=".",
        fills=fills or {},
        leans=leans,
        turn=1 if leans else 0,
    )


_TABLES = (
    _table(
        "campaign_or_keyword_table",
        f"CASE WHEN {_OF_KEYWORDS} THEN 'keyword' ELSE 'campaign' END",
        Cell("campaign_id", Kind.ID, ("id",), required=True, filled=True),
        without=("ad_group_id", "ad_id", "search_term_text"),
        fills=_BY_ID,
        leans=(_KEYWORDS,),
    ),
    _table(
        "ad_group_table",
        "ad_group",
        _AD_GROUP_ID,
        Cell("campaign_id", Kind.ID, ("campaign_id",)),
        without=("ad_id", "search_term_text"),
    ),
    _table(
        "ad_table", "ad", Cell("ad_id", Kind.ID, ("ad_id",), required=True, filled=True), _AD_GROUP_ID, _CAMPAIGN_ID
    ),
    _table(
        "search_term_table",
        "search_term",
        # What few searched for is not said; its spend counts all the same.
        Cell("search_term", Kind.TEXT, ("search_term_text",), required=True),
        _AD_GROUP_ID,
        _CAMPAIGN_ID,
    ),
)

_ID = Cell("id", Kind.ID, ("id",), required=True, filled=True)
_NAME = Cell("name", Kind.TEXT, ("name",), required=True)
_UPDATED = Cell("updated_at", Kind.VERSION, ("modification_time",), required=True)


def _history(name: str, level: str, *cells: Cell, marks: tuple[str, ...]) -> Layout:
    return Layout(
        name,
        (_ID, _NAME, _UPDATED, *cells),
        table="ad_entities",
        constants={"level": f"'{level}'"},
        marks=marks,
    )


_HISTORIES = (
    Layout(
        "organization",
        (
            Cell("account_id", Kind.ACCOUNT, ("id",), required=True, filled=True),
            _NAME,
            Cell("currency", Kind.CURRENCY, ("currency",), required=True),
            Cell("time_zone", Kind.ZONE, ("time_zone",), required=True),
        ),
        table="accounts",
        marks=("payment_model", "role_names"),
    ),
    _history(
        "campaign_history",
        "campaign",
        Cell("account_id", Kind.ACCOUNT, ("organization_id", "org_id"), required=True),
        marks=("adam_id",),
    ),
    _history(
        "ad_group_history",
        "ad_group",
        Cell("parent_id", Kind.ID, ("campaign_id",), required=True),
        Cell("account_id", Kind.ACCOUNT, ("organization_id", "org_id"), required=True),
        marks=("default_cpc_bid_amount",),
    ),
    _history(
        "ad_history",
        "ad",
        Cell("parent_id", Kind.ID, ("ad_group_id",), required=True),
        Cell("account_id", Kind.ACCOUNT, ("organization_id", "org_id"), required=True),
        marks=("creative_type",),
    ),
    # Keywords have no spend of their own; they say whose the table of keywords is.
    Layout(
        "keyword_history",
        (
            _ID,
            _UPDATED,
            Cell("ad_group_id", Kind.ID, ("ad_group_id",), required=True),
            Cell("campaign_id", Kind.ID, ("campaign_id",), required=True),
        ),
        marks=("bid_amount", "match_type", "text"),
        lends={
            _KEYWORDS: "SELECT id AS keyword_id, arg_max(campaign_id, updated_at) AS of_campaign, "
            "arg_max(ad_group_id, updated_at) AS of_ad_group FROM accepted GROUP BY id"
        },
    ),
)

SOURCE = Source(
    name="apple-search-ads",
    title="Apple Search Ads",
    platform="apple_search_ads",
    layouts=(*_REPORTS, *_TABLES, *_HISTORIES),
    clicks="taps",
    notes="Choose daily granularity for a report: without it a row covers the period above the table. Name the history "
    "of keywords beside the table of keywords in one command, or leave `keyword` in that file's name. Installs are "
    "claims of their own kind: they meet no sale of a ledger.",
    relations={_KEYWORDS: Relation("keyword_id VARCHAR, of_campaign VARCHAR, of_ad_group VARCHAR")},
)
