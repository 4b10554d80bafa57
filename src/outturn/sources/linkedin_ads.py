"""LinkedIn Ads: Campaign Manager exports, and the tables that its API lands.

LinkedIn's campaign group is a campaign here and its campaign an ad group. Exports of 2026 say so themselves (Campaign,
Ad Set); older ones say Campaign Group and Campaign: the header tells which. Days are UTC for every account. Without
the daily breakdown an export bears the first day of its range in every row: that is booked as a total of the range.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from outturn.sources.claimed import NOT_VALUED, Claim, claim_cells, claims_of_spend
from outturn.sources.dates import days_of
from outturn.sources.source import SPEND_TOTALS, Cell, Kind, Layout, Preamble, Source
from outturn.sources.total_rows import LABELLED

if TYPE_CHECKING:
    from collections.abc import Sequence

    from outturn.sources.dates import Order


def _preamble(lines: Sequence[str], order: Order) -> Preamble:
    """The range between the report's start and end, which stand on a line each, in this order.

    Raises:
        FileRefused: AMBIGUOUS_DATE.
    """
    texts = [re.sub(r"^[^:\d]*:", "", line).strip().strip('"').strip() for line in lines]
    read = days_of(texts, given=order)
    days = [day for text in texts if (day := read[text])]
    return Preamble(period=(days[0], days[1]) if len(days) > 1 and days[0] <= days[1] else None)


_CAMPAIGN = ("Campaign Name", "Campagnenaam", "Kampagnenname", "Nom de la campagne", "Nombre de la campaña",
    "Nome da campanha")  # fmt: skip
_CAMPAIGN_ID = ("Campaign ID", "Campagne-ID", "Kampagnen-ID", "ID de la campagne", "ID de campaña")
_AD_SET = ("Ad Set Name", "Naam van advertentieset", "Name der Anzeigengruppe", "Nom de l'ensemble de publicités",
    "Nombre del conjunto de anuncios")  # fmt: skip
_AD_SET_ID = ("Ad Set ID", "Advertentieset-ID", "Anzeigengruppen-ID")
_GROUP = ("Campaign Group Name", "Naam campagnegroep", "Campagnegroepnaam", "Kampagnengruppenname",
    "Nom du groupe de campagnes", "Nombre del grupo de campañas", "Nome do grupo de campanhas")  # fmt: skip
_GROUP_ID = ("Campaign Group ID", "Campagnegroep-id", "Kampagnengruppen-ID")
_AD = ("Ad Name", "Creative Name", "Advertentienaam", "Name der Anzeige", "Nom de la publicité", "Nombre del anuncio")
_AD_ID = ("Ad ID", "Creative ID", "Advertentie-ID", "Anzeigen-ID")
_REPORT = (
    Cell("account_id", Kind.ACCOUNT, ("Account ID",)),
    Cell("account_name", Kind.TEXT, ("Account Name", "Accountnaam", "Kontoname", "Nom du compte",
        "Nombre de la cuenta", "Nome da conta")),
    Cell("date_day", Kind.DAY, ("Start Date (in UTC)", "Start Date", "Date (in UTC)", "Begindatum (in UTC)",
        "Startdatum (in UTC)", "Begindatum", "Startdatum", "Date de début (en UTC)", "Fecha de inicio (en UTC)",
        "Data de início (em UTC)"),
        required=True, usual_dates={"Start Date (in UTC)": "month-first", "Date (in UTC)": "month-first",
            "Begindatum (in UTC)": "day-first"}),
    Cell("currency", Kind.CURRENCY, ("Currency", "Valuta", "Währung", "Devise", "Divisa", "Moneda", "Moeda")),
    Cell("campaign_type", Kind.TEXT, ("Ad Set Objective", "Doelstelling van advertentieset",
        "Campaign Objective", "Campaign Type")),
    Cell("impressions", Kind.COUNT, ("Impressions", "Weergaven", "Vertoningen", "Impressionen", "Impresiones",
        "Impressões"), required=True),
    Cell("clicks", Kind.COUNT, ("Clicks", "Klikken", "Klicks", "Clics", "Cliques")),
    Cell("spend_micros", Kind.MONEY, ("Total Spent", "Total Spent ({currency})", "Totaal besteed", "Totaal uitgegeven",
        "Gesamtausgaben", "Total dépensé", "Montant total dépensé", "Total gastado", "Total gasto"), required=True),
    Cell("video_starts", Kind.COUNT, ("Video Starts", "Video Plays")),
    Cell("completed_views", Kind.COUNT, ("Video Completions",)),
    Cell("engagements", Kind.COUNT, ("Total Engagements", "Aantal interacties")),
    *claim_cells(
        ("Conversions", "Total Conversions", "Conversies", "Konversionen", "Conversiones", "Conversões"),
        ("Total Conversion Value", "Conversion Value"),
    ),
    Cell("click_claims", Kind.SHARE, ("Post-Click Conversions", "Click Conversions", "Click-Through Conversions")),
    Cell("view_claims", Kind.SHARE, ("View-Through Conversions", "Post-View Conversions", "View Conversions")),
    Cell("lead_claims", Kind.SHARE, ("Leads",)),
)  # fmt: skip
# The parts stand beside the whole and are never added to it.
_CLAIMS = claims_of_spend(
    Claim(),
    Claim(click_or_view="click", conversions="click_claims", value=NOT_VALUED),
    Claim(click_or_view="view", conversions="view_claims", value=NOT_VALUED),
    Claim("lead", conversions="lead_claims", value=NOT_VALUED),
)


def _named(name: str, headers: tuple[str, ...], *, required: bool = True) -> Cell:
    return Cell(name, Kind.ID if name.endswith("_id") else Kind.TEXT, headers, required=required)


def _report(name: str, level: str, *cells: Cell, without: tuple[str, ...] = ()) -> Layout:
    return Layout(
        name,
        (*cells, *_REPORT),
        table="ad_spend",
        outputs={"claims": _CLAIMS},
        without=without,
        total=LABELLED,
        totals=SPEND_TOTALS,
        level=level,
        preamble=_preamble,
        may_be_period=True,
    )


_NEW = (_named("campaign_name", _CAMPAIGN), _named("campaign_id", _CAMPAIGN_ID, required=False))
_OLD = (_named("campaign_name", _GROUP), _named("campaign_id", _GROUP_ID, required=False))
_ADS = (
    _named("ad_id", _AD_ID, required=False),
    _named("ad_name", _AD, required=False),
    Cell("told_by", Kind.TEXT, (*_AD_ID, *_AD), required=True),
)
_REPORTS = (
    _report("campaign_report", "campaign", *_NEW, without=(*_GROUP, *_AD_SET, *_AD_ID, *_AD)),
    _report(
        "ad_set_report",
        "ad_group",
        *_NEW,
        _named("ad_group_name", _AD_SET),
        _named("ad_group_id", _AD_SET_ID, required=False),
        without=(*_AD_ID, *_AD),
    ),
    _report(
        "ad_report",
        "ad",
        *_NEW,
        _named("ad_group_name", _AD_SET, required=False),
        _named("ad_group_id", _AD_SET_ID, required=False),
        *_ADS,
        without=_GROUP,
    ),
    _report("campaign_group_report", "campaign", *_OLD, without=(*_CAMPAIGN, *_CAMPAIGN_ID, *_AD_ID, *_AD)),
    _report(
        "older_campaign_report",
        "ad_group",
        *_OLD,
        _named("ad_group_name", _CAMPAIGN),
        _named("ad_group_id", _CAMPAIGN_ID, required=False),
        without=(*_AD_SET, *_AD_ID, *_AD),
    ),
    _report(
        "older_ad_report",
        "ad",
        *_OLD,
        _named("ad_group_name", _CAMPAIGN, required=False),
        _named("ad_group_id", _CAMPAIGN_ID, required=False),
        *_ADS,
        without=_AD_SET,
    ),
)

_STATS = (
    Cell("date_day", Kind.DAY, ("day",), required=True),
    Cell("impressions", Kind.COUNT, ("impressions",), required=True),
    Cell("clicks", Kind.COUNT, ("clicks",), required=True),
    Cell("spend_micros", Kind.MONEY, ("cost_in_local_currency",), required=True),
    Cell("video_starts", Kind.COUNT, ("video_starts",)),
    Cell("completed_views", Kind.COUNT, ("video_completions",)),
    Cell("engagements", Kind.COUNT, ("total_engagements",)),
    *claim_cells(("external_website_conversions",), ("conversion_value_in_local_currency",)),
    Cell("click_claims", Kind.SHARE, ("external_website_post_click_conversions",)),
    Cell("view_claims", Kind.SHARE, ("external_website_post_view_conversions",)),
    Cell("lead_claims", Kind.SHARE, ("one_click_leads",)),
)


def _stats(name: str, level: str, cell: Cell) -> Layout:
    return Layout(
        name,
        (cell, *_STATS),
        table="ad_spend",
        outputs={"claims": _CLAIMS},
        totals=SPEND_TOTALS,
        level=level,
        number=".",
    )


_ID = Cell("id", Kind.ID, ("id",), required=True, filled=True)
_NAME = Cell("name", Kind.TEXT, ("name",), required=True)
_ACCOUNT = Cell("account_id", Kind.ACCOUNT, ("account_id",), required=True)
_UPDATED = Cell("updated_at", Kind.VERSION, ("last_modified_time", "last_modified_at"), required=True)
_MONTHLY = ("campaign_id", "month", "clicks", "impressions", "cost_in_local_currency", "cost_in_usd")
_TABLES = (
    _stats("ad_analytics_by_campaign", "ad_group", Cell("ad_group_id", Kind.ID, ("campaign_id",), required=True)),
    _stats("ad_analytics_by_creative", "ad", Cell("ad_id", Kind.ID, ("creative_id",), required=True)),
    # The same months once more, split by where people are: nothing to add.
    Layout("monthly_ad_analytics_by_member_country", (Cell("place", Kind.TEXT, ("member_country",), required=True),),
        marks=_MONTHLY),
    Layout("monthly_ad_analytics_by_member_region", (Cell("place", Kind.TEXT, ("member_region",), required=True),),
        marks=_MONTHLY),
    Layout("geo", (_ID, Cell("value", Kind.TEXT, ("value",), required=True)), marks=("_fivetran_synced",),
        without=("name", "key", "type", "ad_group_id", "order_id", "deal_id", "contact_id")),
    Layout(
        "ad_account_history",
        (
            Cell("account_id", Kind.ACCOUNT, ("id",), required=True, filled=True),
            _NAME,
            Cell("currency", Kind.CURRENCY, ("currency",), required=True),
            _UPDATED,
        ),
        table="accounts",
        constants={"time_zone": "'UTC'"},
        marks=("created_time",),
    ),
    Layout(
        "ad_campaign_group_history",
        (_ID, _NAME, _ACCOUNT, _UPDATED),
        table="ad_entities",
        constants={"level": "'campaign'"},
        marks=("created_time",),
        without=("campaign_group_id",),
    ),
    Layout(
        "ad_campaign_history",
        (
            _ID,
            _NAME,
            _ACCOUNT,
            Cell("parent_id", Kind.ID, ("campaign_group_id",), required=True),
            Cell("type", Kind.TEXT, ("objective_type", "type")),
            _UPDATED,
        ),
        table="ad_entities",
        constants={"level": "'ad_group'"},
        marks=("created_time",),
    ),
    Layout(
        "ad_creative_history",
        (
            _ID,
            Cell("name", Kind.TEXT, ("name",)),
            Cell("parent_id", Kind.ID, ("campaign_id",), required=True),
            Cell("click_uri", Kind.TEXT, ("click_uri",), required=True),
            Cell("text_page", Kind.TEXT, ("text_ad_landing_page",)),
            Cell("spotlight_page", Kind.TEXT, ("spotlight_landing_page",)),
            Cell("modified_at", Kind.VERSION, ("last_modified_at", "last_modified_time"), required=True),
            Cell("created_at", Kind.VERSION, ("created_time", "created_at")),
        ),
        table="ad_entities",
        constants={
            "level": "'ad'",
            "final_url": "COALESCE(click_uri, text_page, spotlight_page)",
            "updated_at": "COALESCE(modified_at, created_at)",
        },
    ),
)  # fmt: skip

SOURCE = Source(
    name="linkedin-ads",
    title="LinkedIn Ads",
    platform="linkedin_ads",
    layouts=(*_REPORTS, *_TABLES),
    clicks="Clicks: all that LinkedIn charges, those on the company's name and logo too",
    zone="UTC",
    notes="Export with the daily time breakdown. An analytics table names only LinkedIn's campaign or creative: import "
    "the campaigns' history with it, which says whose account they are.",
)
