"""Pinterest Ads: the reporting export, and the tables that its API lands.

Days are UTC for every account. An export's clicks are `Outbound clicks`, not `Pin clicks`, which also open a pin. The
API's columns that end in 1 are paid and those in 2 earned: only the paid ones are read; its clicks are those on pins.
`..._in_micro_dollar` are micros of the account's currency despite the name. Checkouts are the purchases that Pinterest
claims in an export; `total_conversions` of the API counts every event.
"""

from __future__ import annotations

from outturn.sources.claimed import NOT_VALUED, Claim, claims_of_spend
from outturn.sources.export_levels import levels_of
from outturn.sources.source import SPEND_TOTALS, Cell, Kind, Layout, Source
from outturn.sources.total_rows import LABELLED

_CAMPAIGN = ("Campaign name", "Kampagnenname", "Nom de la campagne", "Nombre de la campaña", "Campagnenaam")
_AD_GROUP = ("Ad group name", "Anzeigengruppenname", "Nom du groupe d'annonces", "Nombre del grupo de anuncios")
_AD = ("Ad name", "Promoted Pin name", "Pin promotion name", "Anzeigenname", "Nom de l'annonce", "Nombre del anuncio")
_AD_ID = ("Ad ID", "Pin promotion ID", "Promoted Pin ID")
_REPORT = (
    Cell("account_id", Kind.ACCOUNT, ("Ad account ID", "Advertiser ID", "Account ID")),
    Cell("account_name", Kind.TEXT, ("Ad account name", "Advertiser name", "Account name")),
    Cell("date_day", Kind.DAY, ("Date", "Day", "Datum", "Fecha")),
    Cell("campaign_id", Kind.ID, ("Campaign ID",)),
    Cell("ad_group_id", Kind.ID, ("Ad group ID",)),
    Cell("campaign_type", Kind.TEXT, ("Campaign objective", "Objective")),
    Cell("currency", Kind.CURRENCY, ("Currency", "Account currency", "Währung", "Devise", "Moneda", "Valuta")),
    Cell("impressions", Kind.COUNT, ("Impressions", "Paid impressions", "Impressionen", "Impresiones"), required=True),
    Cell("clicks", Kind.COUNT, ("Outbound clicks", "Paid outbound clicks", "Ausgehende Klicks", "Clics sortants",
        "Clics salientes")),
    Cell("spend_micros", Kind.MONEY, ("Spend in account currency", "Spend", "Spend ({currency})",
        "Ausgaben in Kontowährung", "Dépenses dans la devise du compte", "Gasto en la moneda de la cuenta"),
        required=True),
    Cell("video_starts", Kind.COUNT, ("Video starts",)),
    Cell("completed_views", Kind.COUNT, ("Video completions", "Video views at 100%", "Paid video views at 100%")),
    Cell("engagements", Kind.COUNT, ("Engagements", "Total engagements", "Paid engagements")),
    Cell("checkouts", Kind.SHARE, ("Checkouts", "Total checkouts", "Total conversions (Checkout)")),
    Cell("checkout_value", Kind.MONEY, ("Checkout value in account currency", "Checkout value",
        "Total order value (Checkout)", "Total checkout value")),
    Cell("click_checkouts", Kind.SHARE, ("Click-through checkouts", "Click checkouts")),
    Cell("view_checkouts", Kind.SHARE, ("View-through checkouts", "View checkouts")),
    # Campaign, spend and impressions are everybody's words: one of these has to stand beside them.
    Cell("told_by", Kind.TEXT, ("Spend in account currency", "Pin clicks", "Outbound clicks", "Paid outbound clicks",
        "Saves", "Pin saves", "Ausgaben in Kontowährung", "Dépenses dans la devise du compte",
        "Gasto en la moneda de la cuenta", "Pin-Klicks"), required=True),
)  # fmt: skip
_REPORT_CLAIMS = claims_of_spend(
    Claim("purchase", conversions="checkouts", value="checkout_value"),
    Claim("purchase", "click", conversions="click_checkouts", value=NOT_VALUED),
    Claim("purchase", "view", conversions="view_checkouts", value=NOT_VALUED),
)


def _report(level: str, *cells: Cell, without: tuple[str, ...] = ()) -> Layout:
    return Layout(
        f"{level}_report_export",
        (Cell("campaign_name", Kind.TEXT, _CAMPAIGN, required=True), *cells, *_REPORT),
        table="ad_spend",
        outputs={"claims": _REPORT_CLAIMS},
        without=without,
        total=LABELLED,
        totals=SPEND_TOTALS,
        level=level,
    )


_EXPORTS = levels_of(_report, ad_group=_AD_GROUP, ad=_AD, ad_id=_AD_ID)

_STATS = (
    Cell("account_id", Kind.ACCOUNT, ("advertiser_id", "ad_account_id"), required=True, filled=True),
    Cell("date_day", Kind.DAY, ("date",), required=True),
    Cell("impressions", Kind.COUNT, ("impression_1",), required=True),
    Cell("clicks", Kind.COUNT, ("clickthrough_1",), required=True),
    Cell("spend_micros", Kind.MICROS, ("spend_in_micro_dollar",), required=True),
    Cell("claimed_conversions", Kind.SHARE, ("total_conversions",)),
    Cell("claimed_value_micros", Kind.MICROS, ("total_conversions_value_in_micro_dollar",)),
    Cell("view_checkouts", Kind.SHARE, ("total_view_checkout",)),
)
_STATS_CLAIMS = claims_of_spend(Claim(), Claim("purchase", "view", conversions="view_checkouts", value=NOT_VALUED))
_CAMPAIGN_ID = Cell("campaign_id", Kind.ID, ("campaign_id",), required=True)
_AD_GROUP_ID = Cell("ad_group_id", Kind.ID, ("ad_group_id",), required=True)


def _stats(name: str, level: str, *cells: Cell, without: tuple[str, ...] = ()) -> Layout:
    return Layout(
        f"{name}_report",
        (*cells, *_STATS),
        table="ad_spend",
        outputs={"claims": _STATS_CLAIMS},
        without=without,
        totals=SPEND_TOTALS,
        level=level,
        number=".",
    )


_UPDATED = Cell("updated_at", Kind.VERSION, ("updated_time", "_fivetran_synced"), required=True)
_ID = Cell("id", Kind.ID, ("id",), required=True, filled=True)
_NAME = Cell("name", Kind.TEXT, ("name",), required=True)
_ACCOUNT = Cell("account_id", Kind.ACCOUNT, ("advertiser_id", "ad_account_id"))
_TABLES = (
    _stats("advertiser", "account", without=("campaign_id", "ad_group_id", "pin_promotion_id")),
    _stats("campaign", "campaign", _CAMPAIGN_ID, Cell("campaign_name", Kind.TEXT, ("campaign_name",)),
        without=("ad_group_id", "pin_promotion_id")),
    _stats("ad_group", "ad_group", _AD_GROUP_ID, _CAMPAIGN_ID, Cell("ad_group_name", Kind.TEXT, ("ad_group_name",)),
        without=("pin_promotion_id", "keyword_id")),
    _stats("pin_promotion", "ad", Cell("ad_id", Kind.ID, ("pin_promotion_id",), required=True), _AD_GROUP_ID,
        _CAMPAIGN_ID, without=("keyword_id", "targeting_type")),
    _stats("keyword", "keyword", Cell("keyword_id", Kind.ID, ("keyword_id",), required=True),
        Cell("ad_id", Kind.ID, ("pin_promotion_id",)), _AD_GROUP_ID, _CAMPAIGN_ID),
    # The same spend once more, split by whom it was aimed at: nothing to add.
    Layout("pin_promotion_targeting_report", (Cell("targeted", Kind.TEXT, ("targeting_type",), required=True),),
        marks=("targeting_value", "pin_promotion_id", "campaign_id", "ad_group_id", "spend_in_micro_dollar", "date",
            "advertiser_id", "impression_1", "clickthrough_1")),
    Layout("targeting_geo", (Cell("country", Kind.TEXT, ("country_id",), required=True),), marks=("country_name",)),
    Layout("targeting_geo_region", (Cell("region", Kind.TEXT, ("region_id",), required=True),),
        marks=("country_id", "region_name")),
    Layout(
        "advertiser_history",
        (
            Cell("account_id", Kind.ACCOUNT, ("id",), required=True, filled=True),
            _NAME,
            Cell("currency", Kind.CURRENCY, ("currency",), required=True),
            _UPDATED,
        ),
        table="accounts",
        constants={"time_zone": "'UTC'"},
        marks=("billing_profile_status", "owner_user_id"),
    ),
    Layout(
        "campaign_history",
        (_ID, _NAME, _ACCOUNT, Cell("type", Kind.TEXT, ("objective_type",)), _UPDATED),
        table="ad_entities",
        constants={"level": "'campaign'"},
        marks=("default_ad_group_budget_in_micro_currency",),
    ),
    Layout(
        "ad_group_history",
        (_ID, _NAME, _ACCOUNT, Cell("parent_id", Kind.ID, ("campaign_id",), required=True), _UPDATED),
        table="ad_entities",
        constants={"level": "'ad_group'"},
        marks=("pacing_delivery_type", "placement_group"),
    ),
    Layout(
        "pin_promotion_history",
        (
            _ID,
            Cell("name", Kind.TEXT, ("name",)),
            _ACCOUNT,
            Cell("parent_id", Kind.ID, ("ad_group_id",), required=True),
            Cell("type", Kind.TEXT, ("creative_type",)),
            Cell("final_url", Kind.TEXT, ("destination_url",), required=True),
            _UPDATED,
        ),
        table="ad_entities",
        constants={"level": "'ad'"},
        marks=("pin_id",),
    ),
    # Keywords earn nothing of their own here: their spend stands in the keywords' report.
    Layout("keyword_history", (_ID,), marks=("ad_group_id", "match_type", "parent_type", "value")),
)  # fmt: skip

SOURCE = Source(
    name="pinterest-ads",
    title="Pinterest Ads",
    platform="pinterest_ads",
    layouts=(*_EXPORTS, *_TABLES),
    clicks="Outbound clicks in an export, which lead to the advertiser's page; clicks on pins (`clickthrough_1`) in "
    "tables out of the API, which has no others",
    zone="UTC",
    notes="Exports state no currency: import the advertiser's history, or pass --currency. Exports are known from few "
    "examples: a header that is not recognised may be Pinterest's all the same.",
)
