"""Meta Ads (Facebook, Instagram): Ads Manager exports, and the tables that its API lands.

Clicks are `Link clicks`, not `Clicks (all)`. An export's currency stands in the header of its spend and may stand
in a column too: they must agree. With the Day breakdown `Day` is the day; without it a row covers
`Reporting starts` to `Reporting ends`. One row with blank names is the total. Meta restates 28 days back. Its API tells
how many actions there were and what they were worth in two tables: both halves make one row of `claims`.
"""

from __future__ import annotations

from outturn.sources.claim_halves import COUNT, VALUE, completed, other_half
from outturn.sources.claimed import CLAIM_COLUMNS, Claim, claim_cells, claims_of_spend
from outturn.sources.loans import CLAIMED
from outturn.sources.source import SPEND_TOTALS, Cell, Check, Kind, Layout, Source
from outturn.sources.total_rows import blank

_SPENT = (
    "Amount spent", "Ausgegebener Betrag", "Montant dépensé", "Importe gastado", "Importo speso", "Valor usado",
    "Besteed bedrag",
)  # fmt: skip
_SPEND = (*(f"{name} ({{currency}})" for name in _SPENT), *_SPENT)
_CAMPAIGN = Cell(
    "campaign_name",
    Kind.TEXT,
    (
        "Campaign name",
        "Campaign",
        "Name der Kampagne",
        "Kampagnenname",
        "Nom de la campagne",
        "Nombre de la campaña",
        "Nome della campagna",
        "Campagnenaam",
        "Naam campagne",
    ),
    required=True,
)
_AD_SET = (
    "Ad set name",
    "Ad Set Name",
    "Name der Anzeigengruppe",
    "Nom de l'ensemble de publicités",
    "Nombre del conjunto de anuncios",
    "Anzeigengruppenname",
    "Naam advertentieset",
    "Naam van advertentieset",
)
_AD = (
    "Ad name",
    "Name der Anzeige",
    "Nom de la publicité",
    "Nombre del anuncio",
    "Naam advertentie",
    "Naam van advertentie",
)
_EXPORT = (
    Cell(
        "account_id",
        Kind.ACCOUNT,
        ("Account ID", "Account-ID", "Konto-ID", "Identifiant du compte", "Identificador de la cuenta"),
    ),
    Cell(
        "account_name", Kind.TEXT, ("Account name", "Kontoname", "Nom du compte", "Nombre de la cuenta", "Accountnaam")
    ),
    Cell("date_day", Kind.DAY, ("Day", "Date", "Tag", "Jour", "Día", "Giorno", "Dag")),
    Cell(
        "period_start",
        Kind.DAY,
        (
            "Reporting starts",
            "Berichtsstart",
            "Début des rapports",
            "Inicio del informe",
            "Rapportage begint",
            "Begin rapportage",
        ),
    ),
    Cell(
        "period_end",
        Kind.DAY,
        (
            "Reporting ends",
            "Berichtsende",
            "Fin des rapports",
            "Fin del informe",
            "Rapportage eindigt",
            "Einde rapportage",
        ),
    ),
    Cell(
        "campaign_id",
        Kind.ID,
        ("Campaign ID", "Kampagnen-ID", "Identifiant de campagne", "Identificador de la campaña", "Campagne-ID"),
    ),
    Cell("ad_group_id", Kind.ID, ("Ad set ID", "Anzeigengruppen-ID", "Advertentieset-ID")),
    Cell("currency", Kind.CURRENCY, ("Currency", "Währung", "Devise", "Divisa", "Moneda", "Valuta")),
    Cell("time_zone", Kind.ZONE, ("Time zone",)),
    Cell(
        "impressions",
        Kind.COUNT,
        ("Impressions", "Impressionen", "Impresiones", "Impressioni", "Weergaven"),
        required=True,
    ),
    Cell(
        "clicks",
        Kind.COUNT,
        (
            "Link clicks",
            "Link-Klicks",
            "Clics sur un lien",
            "Clics en el enlace",
            "Clic sul link",
            "Klikken op link",
            "Klikken op links",
        ),
    ),
    Cell("spend_micros", Kind.MONEY, _SPEND, required=True),
    Cell("completed_views", Kind.COUNT, ("ThruPlays", "Video plays at 100%")),
    Cell("video_starts", Kind.COUNT, ("Video plays",)),
    Cell("engagements", Kind.COUNT, ("Post engagements", "Post engagement")),
    *claim_cells(
        ("Purchases", "Website purchases", "Käufe", "Achats", "Compras", "Aankopen"),
        ("Purchases conversion value", "Website purchases conversion value", "Conversion-Wert für Käufe"),
    ),
)
_TOTAL = blank("campaign_name_text")


def _export(level: str, *cells: Cell, without: tuple[str, ...] = ()) -> Layout:
    return Layout(
        f"{level}_export",
        (_CAMPAIGN, *cells, *_EXPORT),
        table="ad_spend",
        outputs={"claims": claims_of_spend(Claim("purchase"))},
        without=without,
        total=_TOTAL,
        totals=SPEND_TOTALS,
        level=level,
    )


_AD_ID = Cell("ad_id", Kind.ID, ("Ad ID", "Anzeigen-ID", "Advertentie-ID"))
_EXPORTS = (
    _export("campaign", without=(*_AD_SET, *_AD)),
    _export("ad_group", Cell("ad_group_name", Kind.TEXT, _AD_SET, required=True), without=_AD),
    _export("ad", Cell("ad_group_name", Kind.TEXT, _AD_SET), Cell("ad_name", Kind.TEXT, _AD, required=True), _AD_ID),
)

_DAY = Cell("date_day", Kind.DAY, ("date",), required=True)
_NATIVE_AD_ID = Cell("ad_id", Kind.ID, ("ad_id",), required=True, filled=True)
_WINDOWS = {
    "value": ("all", "default"), "_1_d_view": ("view", "1d_view"), "_1_d_click": ("click", "1d_click"),
    "_7_d_view": ("view", "7d_view"), "_7_d_click": ("click", "7d_click"), "_28_d_view": ("view", "28d_view"),
    "_28_d_click": ("click", "28d_click"),
}  # fmt: skip


def _window_cell(header: str) -> str:
    return "window_" + header.strip("_")


def _actions(name: str, *, money: bool) -> Layout:
    """Actions by type. The same actions stand once more under each window: windows are alternatives, never added."""
    kind, half = (Kind.MONEY, VALUE) if money else (Kind.SHARE, COUNT)
    figures = (
        "CAST(NULL AS DOUBLE) AS claimed_conversions, {0} AS claimed_value_micros"
        if money
        else "{0} AS claimed_conversions, CAST(NULL AS BIGINT) AS claimed_value_micros"
    )
    selects = [
        f"SELECT {CLAIM_COLUMNS}, conversion_action, '{click_or_view}' AS click_or_view, '{window}' AS "  # noqa: S608
        "attribution_window, "
        f"'unknown' AS date_basis, {'currency' if money else 'CAST(NULL AS VARCHAR)'} AS currency, "
        f"{figures.format(_window_cell(header))} "
        f"FROM accepted WHERE {_window_cell(header)} IS NOT NULL"
        for header, (click_or_view, window) in _WINDOWS.items()
    ]
    return Layout(
        name,
        (
            _NATIVE_AD_ID,
            _DAY,
            Cell("account_id", Kind.ACCOUNT, ("account_id",)),
            Cell("conversion_action", Kind.TEXT, ("action_type",), required=True, filled=True),
            Cell("currency", Kind.CURRENCY, ("currency", "account_currency")),
            *(Cell(_window_cell(header), kind, (header,), required=header == "value") for header in _WINDOWS),
        ),
        steps=other_half(half),
        outputs={"claims": completed(" UNION ALL ".join(selects), half)},
        leans=(CLAIMED,),
        marks=("index", "_fivetran_id") if money else ("index", "_fivetran_id", "inline"),
        without=("inline",) if money else (),
        level="ad",
        number=".",
    )


_BREAKDOWN = ("frequency", "inline_link_clicks", "reach", "spend", "account_id", "date")
_TABLES = (
    Layout(
        "basic_ad",
        (
            _NATIVE_AD_ID,
            _DAY,
            Cell("account_id", Kind.ACCOUNT, ("account_id",), required=True),
            Cell("ad_name", Kind.TEXT, ("ad_name",)),
            Cell("ad_group_id", Kind.ID, ("adset_id", "ad_set_id")),
            Cell("ad_group_name", Kind.TEXT, ("adset_name", "ad_set_name")),
            Cell("campaign_id", Kind.ID, ("campaign_id",)),
            Cell("campaign_name", Kind.TEXT, ("campaign_name",)),
            Cell("currency", Kind.CURRENCY, ("account_currency", "currency")),
            Cell("impressions", Kind.COUNT, ("impressions",), required=True),
            Cell("clicks", Kind.COUNT, ("inline_link_clicks",), required=True),
            Cell("spend_micros", Kind.MONEY, ("spend",), required=True),
        ),
        table="ad_spend",
        totals=SPEND_TOTALS,
        level="ad",
        number=".",
    ),
    _actions("basic_ad_actions", money=False),
    _actions("basic_ad_action_values", money=True),
    # The same spend once more, split by where people are: nothing to add.
    Layout("demographics_country", (Cell("country", Kind.TEXT, ("country",), required=True),), marks=_BREAKDOWN),
    Layout("demographics_region", (Cell("region", Kind.TEXT, ("region",), required=True),), marks=_BREAKDOWN),
)

_ACCOUNT_LOOKS = "(act_)?[0-9]+"
_ID = Cell("id", Kind.ID, ("id",), required=True, filled=True)
_NAME = Cell("name", Kind.TEXT, ("name",), required=True)
_ACCOUNT = Cell("account_id", Kind.ACCOUNT, ("account_id",), required=True)
_UPDATED = Cell("updated_at", Kind.VERSION, ("updated_time", "_fivetran_synced"), required=True)


def _history(name: str, level: str, *cells: Cell, marks: tuple[str, ...] = (), without: tuple[str, ...] = ()) -> Layout:
    return Layout(
        name,
        (_ID, _NAME, _ACCOUNT, _UPDATED, *cells),
        table="ad_entities",
        constants={"level": f"'{level}'"},
        marks=marks,
        without=without,
    )


# `url_tags` is a query string, or a JSON list of {key, value}.
_URL_TAGS = (
    "CASE WHEN url_tags_given[1] = '[' THEN array_to_string(list_transform(CAST(TRY(json_extract(url_tags_given, "
    "'$[*]')) AS JSON[]), "
    "lambda tag: json_extract_string(tag, '$.key') || '=' || json_extract_string(tag, '$.value')), '&') ELSE "
    "url_tags_given END"
)
_HISTORIES = (
    Layout(
        "account_history",
        (
            Cell("account_id", Kind.ACCOUNT, ("id",), required=True, filled=True),
            _NAME,
            Cell("currency", Kind.CURRENCY, ("currency",)),
            Cell("time_zone", Kind.ZONE, ("timezone_name",)),
            Cell("updated_at", Kind.VERSION, ("_fivetran_synced",), required=True),
        ),
        table="accounts",
        without=("account_id", "updated_time"),
        # Snapchat's table of accounts has the same columns: whose it is, the ids tell.
        looks={"account_id": _ACCOUNT_LOOKS},
        checks=(
            Check(
                "WRONG_PLATFORM",
                "NOT regexp_full_match(account_id, '[0-9]+')",
                "has an id that is none of Meta's: name the source that it comes from, such as --as snapchat-ads",
            ),
        ),
    ),
    _history(
        "campaign_history", "campaign", marks=("updated_time",), without=("campaign_id", "ad_set_id", "creative_id")
    ),
    _history(
        "ad_set_history",
        "ad_group",
        Cell("parent_id", Kind.ID, ("campaign_id",), required=True),
        marks=("updated_time",),
        without=("ad_set_id",),
    ),
    _history(
        "ad_history",
        "ad",
        Cell("parent_id", Kind.ID, ("ad_set_id",), required=True),
        marks=("updated_time", "campaign_id", "creative_id"),
    ),
    Layout(
        "creative_history",
        (
            _ID,
            _NAME,
            _ACCOUNT,
            Cell("updated_at", Kind.VERSION, ("_fivetran_synced",), required=True),
            Cell("final_url_given", Kind.TEXT, ("object_story_link_data_link",), required=True),
            Cell("page_link", Kind.TEXT, ("page_link",)),
            Cell("template_page_link", Kind.TEXT, ("template_page_link",)),
            Cell("url_tags_given", Kind.TEXT, ("url_tags",), required=True),
        ),
        table="ad_entities",
        constants={
            "level": "'creative'",
            "final_url": "COALESCE(page_link, template_page_link, final_url_given)",
            "url_tags": _URL_TAGS,
        },
    ),
)

SOURCE = Source(
    name="meta-ads",
    title="Meta Ads",
    platform="meta_ads",
    layouts=(*_EXPORTS, *_TABLES, *_HISTORIES),
    clicks="Link clicks, not clicks of all kinds",
    notes="Days are in the ad account's zone, which an export does not state. Action types overlap and windows are "
    "alternatives: never add them.",
)
