"""Amazon Ads: the console's reports on sponsored ads, and the tables that its API lands.

Sales are attributed within a window that the column's name says: 7 days after a click for Sponsored Products, 14 days
for Sponsored Brands and Display, where `(Click)` columns leave out what was only viewed. An API table states several
windows over the same sales: they are alternatives, never added. A report with the unit Daily has `Date`, else a row
covers `Start Date` to `End Date`. `Last Year Spend` and its like are not read. `Advertised SKU Units` are in every
report: a report on products is told by `Advertised ASIN` itself. Campaigns belong to a profile, which is the account.
"""

from __future__ import annotations

from outturn.sources.claimed import Claim, claims_of_spend
from outturn.sources.source import SPEND_TOTALS, Cell, Kind, Layout, Source


def _claims(windows: dict[str, tuple[str, str, str]]) -> str:
    """One claim per window of a row; by its name: click or view, the cell of orders, the cell of sales."""
    return claims_of_spend(
        *(
            Claim("purchase", click_or_view, window, conversions=orders, value=sales)
            for window, (click_or_view, orders, sales) in windows.items()
        )
    )


_AD_GROUP = ("Ad Group Name", "Anzeigengruppenname", "Name der Anzeigengruppe")
_TARGETING = ("Targeting", "Keyword")
_SEARCH_TERM = ("Customer Search Term", "Suchbegriff eines Kunden")
_PRODUCT = ("Advertised ASIN", "Beworbene ASIN")
_REPORT = (
    Cell("campaign_name", Kind.TEXT, ("Campaign Name", "Kampagnenname"), required=True),
    # Nobody else's word: it tells a report from other platforms'. Sales stand in for it where the language hides it.
    Cell(
        "acos",
        Kind.TEXT,
        (
            "Total Advertising Cost of Sales (ACOS)",
            "Advertising Cost of Sales (ACOS)",
            "Total Advertising Cost of Sales (ACOS) - (Click)",
            "7 Day Total Sales",
            "14 Day Total Sales",
            "14 Day Total Sales - (Click)",
            "7 Tage, Verkäufe gesamt",
            "14 Tage, Verkäufe gesamt",
        ),
        required=True,
    ),
    Cell("account_id", Kind.ACCOUNT, ("Profile ID", "Account ID")),
    Cell("account_name", Kind.TEXT, ("Account name",)),
    Cell("date_day", Kind.DAY, ("Date", "Datum")),
    Cell("period_start", Kind.DAY, ("Start Date", "Startdatum")),
    Cell("period_end", Kind.DAY, ("End Date", "Enddatum")),
    Cell("campaign_id", Kind.ID, ("Campaign ID", "Kampagnen-ID")),
    Cell("ad_group_id", Kind.ID, ("Ad Group ID", "Anzeigengruppen-ID")),
    Cell("campaign_type", Kind.TEXT, ("Program Type", "Ad product", "Programmtyp")),
    Cell("currency", Kind.CURRENCY, ("Currency", "Währung")),
    Cell("impressions", Kind.COUNT, ("Impressions", "Impressionen"), required=True),
    Cell("clicks", Kind.COUNT, ("Clicks", "Klicks"), required=True),
    Cell("spend_micros", Kind.MONEY, ("Spend", "Spend ({currency})", "Ausgaben"), required=True),
    Cell("orders_7d", Kind.SHARE, ("7 Day Total Orders (#)", "7 Tage, Bestellungen gesamt")),
    Cell("sales_7d", Kind.MONEY, ("7 Day Total Sales", "7 Tage, Verkäufe gesamt")),
    Cell("orders_14d", Kind.SHARE, ("14 Day Total Orders (#)", "14 Tage, Bestellungen gesamt")),
    Cell("sales_14d", Kind.MONEY, ("14 Day Total Sales", "14 Tage, Verkäufe gesamt")),
    Cell("orders_14d_click", Kind.SHARE, ("14 Day Total Orders (#) - (Click)",)),
    Cell("sales_14d_click", Kind.MONEY, ("14 Day Total Sales - (Click)",)),
)
_REPORT_CLAIMS = _claims(
    {
        "7d_click": ("click", "orders_7d", "sales_7d"),
        "14d": ("all", "orders_14d", "sales_14d"),
        "14d_click": ("click", "orders_14d_click", "sales_14d_click"),
    }
)


def _report(name: str, level: str, *cells: Cell, without: tuple[str, ...] = ()) -> Layout:
    return Layout(
        f"{name}_report",
        (*cells, *_REPORT),
        table="ad_spend",
        outputs={"claims": _REPORT_CLAIMS},
        without=without,
        totals=SPEND_TOTALS,
        level=level,
    )


_AD_GROUP_CELL = Cell("ad_group_name", Kind.TEXT, _AD_GROUP)
# A report by placement is one of campaigns: its rows add up to theirs.
_REPORTS = (
    _report("campaign", "campaign", without=(*_AD_GROUP, *_TARGETING, *_SEARCH_TERM, *_PRODUCT)),
    _report(
        "ad_group",
        "ad_group",
        Cell("ad_group_name", Kind.TEXT, _AD_GROUP, required=True),
        without=(*_TARGETING, *_SEARCH_TERM, *_PRODUCT),
    ),
    _report(
        "product",
        "ad",
        _AD_GROUP_CELL,
        Cell("ad_id", Kind.ID, ("Ad ID",)),
        Cell("ad_name", Kind.TEXT, _PRODUCT, required=True),
        without=(*_TARGETING, *_SEARCH_TERM),
    ),
    _report(
        "targeting",
        "keyword",
        _AD_GROUP_CELL,
        Cell("targeting", Kind.TEXT, _TARGETING, required=True),
        without=_SEARCH_TERM,
    ),
    _report("search_term", "search_term", _AD_GROUP_CELL, Cell("search_term", Kind.TEXT, _SEARCH_TERM, required=True)),
)

_DAYS = (1, 7, 14, 30)
_FIGURES = (
    Cell("date_day", Kind.DAY, ("date",), required=True),
    Cell("account_id", Kind.ACCOUNT, ("profile_id",)),
    Cell("currency", Kind.CURRENCY, ("campaign_budget_currency_code",)),
    Cell("impressions", Kind.COUNT, ("impressions",), required=True),
    Cell("clicks", Kind.COUNT, ("clicks",), required=True),
    Cell("spend_micros", Kind.MONEY, ("cost",), required=True),
    *(Cell(f"orders_{days}d", Kind.SHARE, (f"purchases_{days}_d",)) for days in _DAYS),
    *(Cell(f"sales_{days}d", Kind.MONEY, (f"sales_{days}_d",)) for days in _DAYS),
)
_API_CLAIMS = _claims({f"{days}d_click": ("click", f"orders_{days}d", f"sales_{days}d") for days in _DAYS})
_CAMPAIGN_ID = Cell("campaign_id", Kind.ID, ("campaign_id",), required=True, filled=True)
_AD_GROUP_ID = Cell("ad_group_id", Kind.ID, ("ad_group_id",), required=True, filled=True)


def _table(name: str, level: str, *cells: Cell, marks: tuple[str, ...] = (), without: tuple[str, ...] = ()) -> Layout:
    return Layout(
        name,
        (*cells, *_FIGURES),
        table="ad_spend",
        outputs={"claims": _API_CLAIMS},
        marks=marks,
        without=without,
        totals=SPEND_TOTALS,
        level=level,
        number=".",
    )


_TABLES = (
    _table(
        "campaign_level_report",
        "campaign",
        _CAMPAIGN_ID,
        marks=("campaign_bidding_strategy",),
        without=("ad_group_id", "ad_id", "keyword_id", "search_term"),
    ),
    _table(
        "ad_group_level_report",
        "ad_group",
        _AD_GROUP_ID,
        Cell("campaign_id", Kind.ID, ("campaign_id",)),
        marks=("campaign_bidding_strategy",),
        without=("ad_id", "keyword_id", "search_term"),
    ),
    _table(
        "advertised_product_report",
        "ad",
        Cell("ad_id", Kind.ID, ("ad_id",), required=True, filled=True),
        _AD_GROUP_ID,
        _CAMPAIGN_ID,
        Cell("ad_name", Kind.TEXT, ("advertised_asin",), required=True),
    ),
    _table(
        "targeting_keyword_report",
        "keyword",
        Cell("keyword_id", Kind.ID, ("keyword_id",), required=True),
        _AD_GROUP_ID,
        _CAMPAIGN_ID,
        marks=("targeting",),
        without=("search_term",),
    ),
    _table(
        "search_term_ad_keyword_report",
        "search_term",
        Cell("search_term", Kind.TEXT, ("search_term",), required=True),
        _AD_GROUP_ID,
        _CAMPAIGN_ID,
        marks=("keyword_id", "targeting"),
    ),
)

_ID = Cell("id", Kind.ID, ("id",), required=True, filled=True)
_NAME = Cell("name", Kind.TEXT, ("name",), required=True)
_UPDATED = Cell("updated_at", Kind.VERSION, ("last_updated_date",), required=True)
_HISTORIES = (
    Layout(
        "profile",
        (
            Cell("account_id", Kind.ACCOUNT, ("id",), required=True, filled=True),
            Cell("name", Kind.TEXT, ("account_name",), required=True),
            Cell("currency", Kind.CURRENCY, ("currency_code",), required=True),
            Cell("time_zone", Kind.ZONE, ("timezone",), required=True),
            Cell("updated_at", Kind.VERSION, ("_fivetran_synced",)),
        ),
        table="accounts",
        marks=("account_marketplace_string_id",),
    ),
    Layout(
        "campaign_history",
        (
            _ID,
            _NAME,
            Cell("account_id", Kind.ACCOUNT, ("profile_id",), required=True),
            _UPDATED,
        ),
        table="ad_entities",
        constants={"level": "'campaign'"},
        marks=("bidding_strategy", "portfolio_id"),
    ),
    Layout(
        "ad_group_history",
        (_ID, _NAME, Cell("parent_id", Kind.ID, ("campaign_id",), required=True), _UPDATED),
        table="ad_entities",
        constants={"level": "'ad_group'"},
        marks=("default_bid",),
    ),
    Layout(
        "product_ad_history",
        (
            _ID,
            Cell("name", Kind.TEXT, ("asin",), required=True),
            Cell("parent_id", Kind.ID, ("ad_group_id",), required=True),
            _UPDATED,
        ),
        table="ad_entities",
        constants={"level": "'ad'"},
        marks=("sku",),
    ),
    # Keywords and portfolios have no spend of their own.
    Layout("keyword_history", (_ID, _UPDATED), marks=("ad_group_id", "keyword_text", "native_language_keyword")),
    Layout("portfolio_history", (_ID, _NAME, _UPDATED), marks=("budget_policy", "in_budget", "profile_id")),
)

SOURCE = Source(
    name="amazon-ads",
    title="Amazon Ads",
    platform="amazon_ads",
    layouts=(*_REPORTS, *_TABLES, *_HISTORIES),
    clicks="Clicks: what Amazon bills",
    notes="Days are in the profile's zone, which a report does not state: import the profile's table, or pass "
    "--time-zone. Ask for the report with the unit Daily. Reports on Sponsored Products, Brands and Display of one "
    "account are files of one level each: import the second one with --partial. Headers are known in English and, "
    "as far as examples show them, in German.",
)
