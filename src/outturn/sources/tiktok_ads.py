"""TikTok Ads: Ads Manager exports, and the tables that its API lands.

Clicks are `Clicks (destination)`, not `Clicks (all)`. An export states its currency only where the header of its cost
does, or where a column does. Complete payments are the purchases that TikTok claims; the API's `conversion` counts
whatever each campaign aims at. API rows are hours in UTC: they fall on the account's day once its zone is known, else
on the UTC day.
"""

from __future__ import annotations

from outturn.domain.currencies import MINOR_DIGITS
from outturn.sources.claimed import NOT_COUNTED, NOT_VALUED, Claim, claim_cells, claims_of_spend
from outturn.sources.export_levels import levels_of
from outturn.sources.source import SPEND_TOTALS, Cell, Kind, Layout, Source
from outturn.sources.total_rows import LABELLED

_CAMPAIGN = ("Campaign name", "Campaign", "Kampagnenname", "Nom de la campagne", "Nombre de la campaña",
    "Campagnenaam")  # fmt: skip
_AD_GROUP = ("Ad group name", "Ad group", "Anzeigengruppenname", "Nom du groupe de publicités",
    "Nombre del grupo de anuncios", "Naam advertentiegroep")  # fmt: skip
_AD = ("Ad name", "Ad", "Anzeigenname", "Nom de la publicité", "Nombre del anuncio", "Advertentienaam")
_AD_ID = ("Ad ID", "Anzeigen-ID")
_REPORT = (
    Cell("account_id", Kind.ACCOUNT, ("Account ID", "Advertiser ID", "Ad account ID")),
    Cell("account_name", Kind.TEXT, ("Account name", "Advertiser name", "Ad account name")),
    Cell("date_day", Kind.DAY, ("By Day", "Date", "Day", "Stat Time", "Stat time (day)", "Datum", "Tag", "Jour", "Día",
        "Fecha", "Dag")),
    Cell("campaign_id", Kind.ID, ("Campaign ID", "Kampagnen-ID")),
    Cell("ad_group_id", Kind.ID, ("Ad group ID", "Anzeigengruppen-ID")),
    Cell("campaign_type", Kind.TEXT, ("Advertising objective", "Objective", "Campaign type")),
    Cell("currency", Kind.CURRENCY, ("Currency", "Währung", "Devise", "Divisa", "Moneda", "Valuta")),
    Cell("time_zone", Kind.ZONE, ("Time zone",)),
    Cell("impressions", Kind.COUNT, ("Impressions", "Impression", "Impressionen", "Impresiones", "Weergaven"),
        required=True),
    Cell("clicks", Kind.COUNT, ("Clicks (destination)", "Destination clicks", "Klicks (Ziel)",
        "Clics (destination)", "Clics (destino)", "Klikken (bestemming)")),
    Cell("spend_micros", Kind.MONEY, ("Cost", "Cost ({currency})", "Spend", "Total cost", "Total cost ({currency})",
        "Kosten", "Coût", "Coste", "Costo"), required=True),
    Cell("video_starts", Kind.COUNT, ("Video views",)),
    Cell("completed_views", Kind.COUNT, ("Video views at 100%",)),
    *claim_cells(
        ("Complete payment", "Purchases", "Complete payments", "Website purchases"),
        ("Total complete payment value", "Complete payment value", "Purchase value", "Total purchase value",
            "Complete payment value ({currency})"),
    ),
    Cell("all_claims", Kind.SHARE, ("Conversions",)),
    # Campaign, cost and impressions are everybody's words: one of these has to stand beside them.
    Cell("told_by", Kind.TEXT, ("Clicks (destination)", "Destination clicks", "CPC (destination)", "CTR (destination)",
        "Clicks (all)", "By Day", "Stat Time", "Total complete payment value", "Total complete payment ROAS",
        "2-second video views", "6-second video views", "Klicks (Ziel)", "Clics (destino)", "Klikken (bestemming)"),
        required=True),
)  # fmt: skip


def _report(level: str, *cells: Cell, without: tuple[str, ...] = ()) -> Layout:
    return Layout(
        f"{level}_report",
        (Cell("campaign_name", Kind.TEXT, _CAMPAIGN, required=True), *cells, *_REPORT),
        table="ad_spend",
        outputs={
            "claims": claims_of_spend(Claim("purchase"), Claim(conversions="all_claims", value=NOT_VALUED)),
        },
        without=without,
        total=LABELLED,
        totals=SPEND_TOTALS,
        level=level,
    )


_REPORTS = levels_of(_report, ad_group=_AD_GROUP, ad=_AD, ad_id=_AD_ID)

_HOURLY = (
    Cell("began_at", Kind.AT, ("stat_time_hour",), required=True, filled=True),
    Cell("impressions", Kind.COUNT, ("impressions",), required=True),
    Cell("clicks", Kind.COUNT, ("clicks",), required=True),
    Cell("spend_micros", Kind.MONEY, ("spend",), required=True),
    Cell("video_starts", Kind.COUNT, ("video_play_actions",)),
    Cell("completed_views", Kind.COUNT, ("video_views_p_100",)),
    *claim_cells(("conversion",), ("total_purchase_value",)),
)
# The value is that of purchases, the count is of whatever the campaign aims at: one is not the other's.
_HOURLY_CLAIMS = claims_of_spend(Claim(value=NOT_VALUED), Claim("purchase", conversions=NOT_COUNTED))


def _hourly(level: str, name: str) -> Layout:
    return Layout(
        f"{name}_report_hourly",
        (Cell(f"{level}_id", Kind.ID, (f"{name}_id",), required=True, filled=True), *_HOURLY),
        table="ad_spend",
        outputs={"claims": _HOURLY_CLAIMS},
        totals=SPEND_TOTALS,
        level=level,
        number=".",
        zone="UTC",
        day="CAST(timezone(time_zone, began_at) AS DATE)",
    )


_UPDATED = Cell("updated_at", Kind.VERSION, ("updated_at",), required=True)
_ACCOUNT = Cell("account_id", Kind.ACCOUNT, ("advertiser_id",), required=True)


def _id(name: str) -> Cell:
    return Cell("id", Kind.ID, (name,), required=True, filled=True)


_TABLES = (
    _hourly("campaign", "campaign"),
    _hourly("ad_group", "adgroup"),
    _hourly("ad", "ad"),
    # The same spend once more, split by where people are: nothing to add.
    Layout(
        "campaign_country_report",
        (Cell("country", Kind.TEXT, ("country_code",), required=True),),
        marks=("campaign_id", "stat_time_day", "spend", "impressions", "clicks", "real_time_conversion"),
    ),
    Layout(
        "advertiser",
        (
            Cell("account_id", Kind.ACCOUNT, ("id",), required=True, filled=True),
            Cell("name", Kind.TEXT, ("name",), required=True),
            # A code that is none of ISO's says nothing, and the account's zone still does.
            Cell("currency_code", Kind.TEXT, ("currency",), required=True),
            Cell("time_zone", Kind.ZONE, ("timezone",), required=True),
            Cell("updated_at", Kind.VERSION, ("_fivetran_synced",)),
        ),
        table="accounts",
        constants={
            "currency": f"CASE WHEN UPPER(currency_code) IN {tuple(MINOR_DIGITS)} THEN UPPER(currency_code) END"
        },
        marks=("balance", "role"),
    ),
    Layout(
        "campaign_history",
        (
            _id("campaign_id"),
            Cell("name", Kind.TEXT, ("campaign_name",), required=True),
            Cell("type", Kind.TEXT, ("objective_type", "campaign_type")),
            _ACCOUNT,
            _UPDATED,
        ),
        table="ad_entities",
        constants={"level": "'campaign'"},
        without=("adgroup_id", "ad_id"),
    ),
    Layout(
        "adgroup_history",
        (
            _id("adgroup_id"),
            Cell("name", Kind.TEXT, ("adgroup_name",), required=True),
            Cell("parent_id", Kind.ID, ("campaign_id",), required=True),
            _ACCOUNT,
            _UPDATED,
        ),
        table="ad_entities",
        constants={"level": "'ad_group'"},
        without=("ad_id",),
    ),
    Layout(
        "ad_history",
        (
            _id("ad_id"),
            Cell("name", Kind.TEXT, ("ad_name",), required=True),
            Cell("parent_id", Kind.ID, ("adgroup_id",), required=True),
            Cell("final_url", Kind.TEXT, ("landing_page_url",)),
            _ACCOUNT,
            _UPDATED,
        ),
        table="ad_entities",
        constants={"level": "'ad'"},
    ),
)

SOURCE = Source(
    name="tiktok-ads",
    title="TikTok Ads",
    platform="tiktok_ads",
    layouts=(*_REPORTS, *_TABLES),
    clicks="Clicks (destination): those that lead to the advertiser's page or app, not clicks of all kinds",
    notes="Days of an export are in the ad account's zone, which it does not state: import the advertiser's table, or "
    "pass --time-zone. Most exports state no currency: pass --currency.",
)
