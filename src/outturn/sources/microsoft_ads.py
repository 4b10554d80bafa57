"""Microsoft Advertising (Bing): reports as downloaded, and the tables that its API lands.

A report has lines above its header (title, range, zone, row count) and a copyright line below, unless it is the
newer, bare form. Its days are in the account's zone, which the line `Time Zone` states in Microsoft's own words.
`Gregorian date` is written month first. API rows repeat per device, network and match type: they are summed.
`conversions_qualified` replaces `conversions`; `all_conversions` holds the same ones again and is not read.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from outturn.sources.claimed import NOT_VALUED, Claim, claim_cells, claims_of_spend
from outturn.sources.dates import days_of, range_of
from outturn.sources.microsoft_zones import zone_named, zone_sql
from outturn.sources.source import SPEND_TOTALS, Cell, Kind, Layout, Preamble, Source
from outturn.sources.total_rows import LABELLED

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from outturn.sources.dates import Order

_ZONE_LINE = re.compile(r'^\s*"?(?:Time zone|Zona horaria|Zeitzone|Fuseau horaire|Tijdzone)\s*:\s*(.*?)"?\s*$', re.I)
_TIME_LINE = re.compile(r'^\s*"?([^":]{4,40}):\s*([\d./-]{8,10})\s*,\s*([\d./-]{8,10})"?\s*$')
_ENGLISH = "report time"


def _preamble(lines: Sequence[str], order: Order) -> Preamble:
    """The zone that is named above the header, and the range of a report without days."""
    zones = [zone_named(found[1]) for line in lines if (found := _ZONE_LINE.match(line))]
    ranges = [found for line in lines if (found := _TIME_LINE.match(line))]
    period = _range(ranges[0][1], ranges[0][2], ranges[0][3], order) if ranges else range_of(lines, order=order)
    return Preamble(next(filter(None, zones), ""), period)


def _range(label: str, first: str, last: str, order: Order) -> tuple[date, date] | None:
    """A range in figures: month first in English, else as the file's own days, or as the figures settle it.

    Raises:
        FileRefused: AMBIGUOUS_DATE.
    """
    days = days_of([first, last], given="month-first" if label.strip().lower() == _ENGLISH else order)
    start, end = days[first], days[last]
    return (start, end) if start and end and start <= end else None


_CAMPAIGN = Cell("campaign_name", Kind.TEXT, ("Campaign name", "CampaignName", "Campaign", "Nombre de la campaña",
    "Kampagnenname", "Nom de la campagne", "Campagnenaam", "Nome campagna"), required=True)  # fmt: skip
_AD_GROUP = (
    "Ad group", "Ad group name", "AdGroupName", "Grupo de anuncios", "Anzeigengruppe", "Groupe d'annonces",
    "Advertentiegroep",
)  # fmt: skip
_AD_ID = ("Ad ID", "AdId", "Id. de anuncio", "Anzeigen-ID")
_KEYWORD = ("Keyword", "Palabra clave", "Schlüsselwort", "Mot clé", "Trefwoord")
_SEARCH_TERM = ("Search term", "Search query", "SearchQuery", "Término de búsqueda", "Suchbegriff")
_SPEND = Cell(
    "spend_micros", Kind.MONEY, ("Spend", "Gasto", "Ausgaben", "Dépenses", "Uitgaven", "Spesa"), required=True
)
_REPORT = (
    Cell("account_id", Kind.ACCOUNT, ("Account ID", "AccountId", "Account number", "AccountNumber", "Id. de la cuenta",
        "Número de cuenta", "Konto-ID", "Kontonummer", "ID de compte", "Numéro de compte")),
    Cell("account_name", Kind.TEXT, ("Account name", "AccountName", "Account", "Nombre de la cuenta", "Kontoname",
        "Nom du compte", "Accountnaam")),
    Cell("date_day", Kind.DAY, ("Gregorian date", "TimePeriod", "Day", "Date", "Fecha gregoriana", "Fecha", "Día",
        "Gregorianisches Datum", "Datum", "Tag", "Date grégorienne", "Jour"),
        usual_dates={"Gregorian date": "month-first", "TimePeriod": "month-first", "Day": "month-first"}),
    Cell("campaign_id", Kind.ID, ("Campaign ID", "CampaignId", "Id. de campaña", "Id. de la campaña", "Kampagnen-ID",
        "ID de campagne")),
    Cell("ad_group_id", Kind.ID, ("Ad group ID", "AdGroupId", "Id. de grupo de anuncios", "Anzeigengruppen-ID")),
    Cell("campaign_type", Kind.TEXT, ("Campaign type", "CampaignType", "Tipo de campaña", "Kampagnentyp")),
    Cell("currency", Kind.CURRENCY, ("Currency code", "CurrencyCode", "Currency", "Código de moneda", "Währungscode",
        "Code devise", "Valutacode")),
    Cell("impressions", Kind.COUNT, ("Impressions", "Impr.", "Impresiones", "Impressionen", "Vertoningen"),
        required=True),
    Cell("clicks", Kind.COUNT, ("Clicks", "Clics", "Klicks", "Klikken"), required=True),
    *claim_cells(
        ("Conversions (qualified)", "ConversionsQualified", "Conversions", "Conv.", "Conversiones", "Conversies"),
        ("Revenue", "Ingresos", "Umsatz", "Revenu", "Chiffre d'affaires", "Omzet"),
    ),
    Cell("view_claims", Kind.SHARE, ("View-through conversions", "ViewThroughConversions")),
)  # fmt: skip
_REPORT_CLAIMS = claims_of_spend(Claim(), Claim(click_or_view="view", conversions="view_claims", value=NOT_VALUED))
# Campaign, spend, impressions and clicks are everybody's words: one of these has to stand beside them.
_OWN = (
    "Gregorian date", "TimePeriod", "Account number", "AccountNumber", "Account name", "AccountName", "Account ID",
    "AccountId", "Currency code", "CurrencyCode", "Average CPC", "AverageCpc", "Fecha gregoriana", "Id. de la cuenta",
    "Nombre de la cuenta", "Número de cuenta", "Código de moneda", "Gregorianisches Datum", "Kontonummer", "Kontoname",
    "Währungscode", "Date grégorienne", "Numéro de compte", "Nom du compte", "Accountnaam", "Valutacode",
)  # fmt: skip
_TELLING = Cell("told_by", Kind.TEXT, _OWN, required=True)


def _report(level: str, *cells: Cell, without: tuple[str, ...] = ()) -> Layout:
    return Layout(
        f"{level}_report",
        (_CAMPAIGN, *cells, *_REPORT, _SPEND, _TELLING),
        table="ad_spend",
        outputs={"claims": _REPORT_CLAIMS},
        without=without,
        total=LABELLED,
        totals=SPEND_TOTALS,
        level=level,
        preamble=_preamble,
    )


_REPORTS = (
    _report("campaign", without=(*_AD_GROUP, *_AD_ID, *_KEYWORD, *_SEARCH_TERM)),
    _report(
        "ad_group",
        Cell("ad_group_name", Kind.TEXT, _AD_GROUP, required=True),
        without=(*_AD_ID, *_KEYWORD, *_SEARCH_TERM),
    ),
    _report(
        "ad",
        Cell("ad_group_name", Kind.TEXT, _AD_GROUP),
        Cell("ad_id", Kind.ID, _AD_ID, required=True),
        Cell("ad_name", Kind.TEXT, ("Ad title", "Title part 1", "Ad name")),
        without=(*_KEYWORD, *_SEARCH_TERM),
    ),
    _report(
        "keyword",
        Cell("ad_group_name", Kind.TEXT, _AD_GROUP),
        Cell("keyword", Kind.TEXT, _KEYWORD, required=True),
        without=_SEARCH_TERM,
    ),
    _report(
        "search_term",
        Cell("ad_group_name", Kind.TEXT, _AD_GROUP),
        Cell("search_term", Kind.TEXT, _SEARCH_TERM, required=True),
    ),
    Layout(
        "account_report",
        (*_REPORT, _SPEND, _TELLING),
        table="ad_spend",
        outputs={"claims": _REPORT_CLAIMS},
        without=(*_CAMPAIGN.headers, *_AD_GROUP, *_AD_ID, *_KEYWORD, *_SEARCH_TERM),
        total=LABELLED,
        totals=SPEND_TOTALS,
        level="account",
        preamble=_preamble,
    ),
)

_STATS = (
    Cell("account_id", Kind.ACCOUNT, ("account_id",), required=True, filled=True),
    Cell("date_day", Kind.DAY, ("date",), required=True),
    Cell("currency", Kind.CURRENCY, ("currency_code",)),
    Cell("impressions", Kind.COUNT, ("impressions",), required=True),
    Cell("clicks", Kind.COUNT, ("clicks",), required=True),
    Cell("spend_micros", Kind.MONEY, ("spend",), required=True),
    Cell("qualified_conversions", Kind.SHARE, ("conversions_qualified",)),
    *claim_cells(("conversions",), ("revenue",)),
)
_CAMPAIGN_ID = Cell("campaign_id", Kind.ID, ("campaign_id",), required=True)
_AD_GROUP_ID = Cell("ad_group_id", Kind.ID, ("ad_group_id",), required=True)
_DIMENSIONS = ("device_os", "delivered_match_type", "top_vs_other")


def _stats(level: str, *cells: Cell, name: str = "", without: tuple[str, ...] = ()) -> Layout:
    return Layout(
        f"{name or level}_performance_daily_report",
        (*cells, *_STATS),
        table="ad_spend",
        outputs={"claims": claims_of_spend(Claim(conversions="COALESCE(qualified_conversions, claimed_conversions)"))},
        marks=_DIMENSIONS,
        without=without,
        totals=SPEND_TOTALS,
        level=level,
        number=".",
    )


_STATS_TABLES = (
    _stats("account", without=("campaign_id", "ad_group_id")),
    _stats("campaign", _CAMPAIGN_ID, without=("ad_group_id",)),
    _stats("ad_group", _AD_GROUP_ID, _CAMPAIGN_ID, without=("ad_id",)),
    _stats(
        "ad",
        Cell("ad_id", Kind.ID, ("ad_id",), required=True),
        _AD_GROUP_ID,
        _CAMPAIGN_ID,
        without=("keyword_id", "search_query"),
    ),
    _stats(
        "keyword",
        Cell("keyword_id", Kind.ID, ("keyword_id",), required=True),
        Cell("ad_id", Kind.ID, ("ad_id",)),
        _AD_GROUP_ID,
        _CAMPAIGN_ID,
        without=("search_query",),
    ),
    _stats(
        "search_term",
        Cell("search_term", Kind.TEXT, ("search_query",), required=True),
        Cell("ad_id", Kind.ID, ("ad_id",)),
        _AD_GROUP_ID,
        _CAMPAIGN_ID,
        name="search",
    ),
    # The same spend once more, split by where people are: nothing to add.
    Layout(
        "geographic_performance_daily_report",
        (Cell("country", Kind.TEXT, ("country",), required=True),),
        marks=(*_DIMENSIONS, "account_id", "campaign_id", "ad_group_id", "date", "clicks", "impressions", "spend"),
    ),
)

_ID = Cell("id", Kind.ID, ("id",), required=True, filled=True)
_NAME = Cell("name", Kind.TEXT, ("name",), required=True)
_UPDATED = Cell("updated_at", Kind.VERSION, ("modified_time",), required=True)
_HISTORIES = (
    Layout(
        "account_history",
        (
            Cell("account_id", Kind.ACCOUNT, ("id",), required=True, filled=True),
            _NAME,
            Cell("currency", Kind.CURRENCY, ("currency_code",), required=True),
            Cell("zone_name", Kind.TEXT, ("time_zone",), required=True),
            Cell("updated_at", Kind.VERSION, ("last_modified_time",), required=True),
        ),
        table="accounts",
        constants={"time_zone": zone_sql("zone_name")},
    ),
    Layout(
        "campaign_history",
        (
            _ID,
            _NAME,
            Cell("account_id", Kind.ACCOUNT, ("account_id",), required=True),
            Cell("type", Kind.TEXT, ("type",), required=True),
            _UPDATED,
        ),
        table="ad_entities",
        constants={"level": "'campaign'"},
        marks=("time_zone",),
    ),
    Layout(
        "ad_group_history",
        (_ID, _NAME, Cell("parent_id", Kind.ID, ("campaign_id",), required=True), _UPDATED),
        table="ad_entities",
        constants={"level": "'ad_group'"},
        marks=("start_date", "end_date"),
    ),
    Layout(
        "ad_history",
        (
            _ID,
            Cell("name", Kind.TEXT, ("title_part_1", "title")),
            Cell("parent_id", Kind.ID, ("ad_group_id",), required=True),
            Cell("type", Kind.TEXT, ("type",)),
            Cell("final_url", Kind.TEXT, ("final_url",), required=True),
            _UPDATED,
        ),
        table="ad_entities",
        constants={"level": "'ad'"},
    ),
    # Keywords earn nothing of their own here: their spend stands in the keywords' report.
    Layout("keyword_history", (_ID,), marks=("name", "modified_time", "ad_group_id", "match_type", "status")),
)

SOURCE = Source(
    name="microsoft-ads",
    title="Microsoft Ads",
    platform="microsoft_ads",
    layouts=(*_REPORTS, *_STATS_TABLES, *_HISTORIES),
    clicks="Clicks: what Microsoft bills",
    account_forms=("[0-9]+", "(?=.*[A-Za-z])[A-Za-z0-9]+"),
    notes="A report may state an account's number instead of its id. The campaigns that both name tell what belongs "
    "together, or the account's name: what came first is kept, and the import says so. A report without campaign ids "
    "is told by the account's name alone: import the table of accounts before it, or download with Account ID.",
)
