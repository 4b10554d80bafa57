"""Google Ads: reports that a person downloads, and the tables that its API lands.

Days are in the account's zone, which only the account table states. Clicks are `Clicks`, which Google bills;
`Interactions` are something else. A report's total rows repeat the money and `Total: Account` may exceed
its rows (removed campaigns), so they are never added. API rows repeat per device and network: they are summed.
"""

from __future__ import annotations

from outturn.sources.claimed import NOT_VALUED, Claim, claim_cells, claims_of_spend
from outturn.sources.source import SPEND_TOTALS, Cell, Kind, Layout, Source

_CAMPAIGN = Cell(
    "campaign_name", Kind.TEXT, ("Campaign", "Campaign name", "Kampagne", "Campaña", "Campagne"), required=True
)
# Beside English: German, French, Spanish and Dutch, as far as downloads show them.
_AD_GROUPS = (
    "Ad group", "Ad group name", "Anzeigengruppe", "Grupo de anuncios", "Groupe d'annonces", "Advertentiegroep",
)  # fmt: skip
_KEYWORDS = (
    "Keyword", "Search keyword", "Suchkeyword", "Mot clé", "Mot clé pour le Réseau de Recherche", "Palabra clave",
    "Palabra clave de búsqueda", "Zoekwoord",
)  # fmt: skip
_SEARCH_TERMS = ("Search term", "Suchbegriff", "Terme de recherche", "Término de búsqueda", "Zoekterm")
_AD_IDS = ("Ad ID", "Anzeigen-ID", "ID de l'annonce", "ID del anuncio", "Advertentie-ID")
_AD_GROUP = Cell("ad_group_name", Kind.TEXT, _AD_GROUPS)
_COST = Cell("spend_micros", Kind.MONEY, ("Cost", "Kosten", "Coste", "Costo", "Coût"), required=True)
_IMPRESSIONS = Cell(
    "impressions",
    Kind.COUNT,
    ("Impr.", "Impressions", "Impressionen", "Impresiones", "Vertoningen", "Vert."),
    required=True,
)
_REPORT = (
    Cell(
        "account_id",
        Kind.ACCOUNT,
        ("Customer ID", "Account ID", "Kundennummer", "Numéro client", "ID de cliente", "Klant-ID"),
    ),
    Cell(
        "account_name",
        Kind.TEXT,
        ("Account name", "Account", "Konto", "Kontoname", "Nom du compte", "Compte", "Cuenta", "Accountnaam"),
    ),
    Cell("date_day", Kind.DAY, ("Day", "Date", "Tag", "Datum", "Día", "Fecha", "Jour", "Dag")),
    Cell("campaign_id", Kind.ID, ("Campaign ID", "Kampagnen-ID", "ID de campagne", "ID de campaña", "Campagne-ID")),
    Cell(
        "ad_group_id", Kind.ID, ("Ad group ID", "Anzeigengruppen-ID", "ID du groupe d'annonces", "Advertentiegroep-ID")
    ),
    Cell(
        "campaign_type",
        Kind.TEXT,
        (
            "Campaign type",
            "Advertising channel type",
            "Kampagnentyp",
            "Type de campagne",
            "Tipo de campaña",
            "Campagnetype",
        ),
    ),
    Cell(
        "currency",
        Kind.CURRENCY,
        ("Currency code", "Currency", "Währungscode", "Währung", "Código de moneda", "Code de devise", "Valutacode"),
    ),
    Cell("time_zone", Kind.ZONE, ("Time zone",)),
    _IMPRESSIONS,
    Cell("clicks", Kind.COUNT, ("Clicks", "Klicks", "Clics", "Klikken")),
    _COST,
    Cell("video_starts", Kind.COUNT, ("Views", "TrueView views")),
    Cell("engagements", Kind.COUNT, ("Engagements",)),
    *claim_cells(
        ("Conversions", "Conv.", "Conversiones", "Conversies"),
        (
            "Conv. value",
            "Conversion value",
            "Total conv. value",
            "Conversions value",
            "Conv.-Wert",
            "Conversion-Wert",
            "Valeur de conv.",
            "Valor de conv.",
            "Conv.waarde",
            "Conversiewaarde",
        ),
    ),
    Cell("view_claims", Kind.SHARE, ("View-through conv.", "View-through conversions")),
)
_VIEW_CLAIMS = Claim(click_or_view="view", conversions="view_claims", value=NOT_VALUED)
_REPORT_CLAIMS = claims_of_spend(Claim(), _VIEW_CLAIMS)
# The label stands in the first column, whichever that is, and in the campaign's where that is another.
_WORDS = ("Tot", "Gesamt", "Insgesamt")
_LABEL = r"'^\s*(Total(es)?|Totaux|Totaal|Gesamt|Insgesamt)\s*(:|$|[-–])'"


def _total(*texts: str) -> str:
    """The rule is dear, so only cells that begin like a total are held against it."""
    begins = " OR ".join(f"{text} LIKE '{word}%'" for text in texts for word in _WORDS)
    labels = " OR ".join(f"COALESCE(regexp_matches({text}, {_LABEL}), FALSE)" for text in texts)
    return f"CASE WHEN {begins} THEN {labels} ELSE FALSE END"


_TOTAL = _total("first_text", "campaign_name_text")


def _report(level: str, *cells: Cell, marks: tuple[str, ...] = (), without: tuple[str, ...] = ()) -> Layout:
    return Layout(
        f"{level}_report",
        (_CAMPAIGN, *cells, *_REPORT),
        table="ad_spend",
        outputs={"claims": _REPORT_CLAIMS},
        marks=marks,
        without=without,
        total=_TOTAL,
        totals=SPEND_TOTALS,
        level=level,
    )


# Breakdowns (network, device) need no layout of their own: their rows sum up to the campaign's.
_REPORTS = (
    _report("campaign", without=(*_AD_GROUPS, *_KEYWORDS, *_SEARCH_TERMS)),
    _report(
        "ad_group",
        Cell(_AD_GROUP.name, Kind.TEXT, _AD_GROUP.headers, required=True),
        without=(*_KEYWORDS, *_SEARCH_TERMS, *_AD_IDS),
    ),
    _report(
        "ad",
        _AD_GROUP,
        Cell("ad_id", Kind.ID, _AD_IDS, required=True),
        Cell("ad_name", Kind.TEXT, ("Ad name", "Headline 1", "Headline")),
        without=(*_KEYWORDS, *_SEARCH_TERMS),
    ),
    _report(
        "keyword",
        _AD_GROUP,
        Cell("keyword", Kind.TEXT, _KEYWORDS, required=True),
        without=_SEARCH_TERMS,
    ),
    _report("search_term", _AD_GROUP, Cell("search_term", Kind.TEXT, _SEARCH_TERMS, required=True)),
    Layout(
        "account_report",
        _REPORT,
        table="ad_spend",
        outputs={"claims": _REPORT_CLAIMS},
        marks=("Clicks",),
        without=(*_CAMPAIGN.headers, *_AD_GROUPS, *_KEYWORDS, *_SEARCH_TERMS),
        total=_total("first_text"),
        totals=SPEND_TOTALS,
        level="account",
    ),
)

_STATS = (
    Cell("account_id", Kind.ACCOUNT, ("customer_id",), required=True, filled=True),
    Cell("date_day", Kind.DAY, ("date",), required=True),
    Cell("impressions", Kind.COUNT, ("impressions",), required=True),
    Cell("clicks", Kind.COUNT, ("clicks",), required=True),
    Cell("spend_micros", Kind.MICROS, ("cost_micros",), required=True),
    *claim_cells(("conversions",), ("conversions_value",)),
    Cell("view_claims", Kind.SHARE, ("view_through_conversions",)),
)
# Click-through (`conversions`) and view-through conversions are apart, and neither is part of the other.
_STATS_CLAIMS = claims_of_spend(Claim(click_or_view="click"), _VIEW_CLAIMS)
_CAMPAIGN_ID = Cell("campaign_id", Kind.ID, ("campaign_id",), required=True)
_AD_GROUP_ID = Cell("ad_group_id", Kind.ID, ("ad_group_id",), required=True)


# The ad group's own column is often empty where the resource's name beside it says it.
_NAMED_AD_GROUP = "COALESCE(ad_group_column, NULLIF(regexp_extract(ad_group_resource, 'adGroups/([0-9]+)', 1), ''))"


def _stats(name: str, level: str, *cells: Cell, marks: tuple[str, ...] = (), without: tuple[str, ...] = ()) -> Layout:
    return Layout(
        name,
        (*cells, *_STATS),
        table="ad_spend",
        constants={"ad_group_id": _NAMED_AD_GROUP} if level == "ad" else {},
        outputs={"claims": _STATS_CLAIMS},
        marks=marks,
        without=without,
        totals=SPEND_TOTALS,
        level=level,
        number=".",
    )


_STATS_TABLES = (
    _stats("account_stats", "account", marks=("device",), without=("id", "campaign_id", "ad_group_id", "ad_id")),
    _stats(
        "campaign_stats",
        "campaign",
        Cell("campaign_id", Kind.ID, ("id",), required=True),
        without=("campaign_id", "ad_group_id"),
    ),
    _stats(
        "ad_group_stats",
        "ad_group",
        Cell("ad_group_id", Kind.ID, ("id",), required=True),
        _CAMPAIGN_ID,
        without=("ad_group_id",),
    ),
    _stats(
        "ad_stats",
        "ad",
        Cell("ad_id", Kind.ID, ("ad_id",), required=True),
        _CAMPAIGN_ID,
        Cell("ad_group_column", Kind.ID, ("ad_group_id",)),
        Cell("ad_group_resource", Kind.TEXT, ("ad_group",)),
    ),
    _stats(
        "keyword_stats",
        "keyword",
        Cell("criterion_id", Kind.ID, ("ad_group_criterion_criterion_id",), required=True),
        _CAMPAIGN_ID,
        _AD_GROUP_ID,
    ),
    _stats(
        "search_term_stats",
        "search_term",
        Cell("search_term", Kind.TEXT, ("search_term",), required=True),
        _CAMPAIGN_ID,
        _AD_GROUP_ID,
    ),
)

_UPDATED = Cell("updated_at", Kind.VERSION, ("updated_at",), required=True)
_ID = Cell("id", Kind.ID, ("id",), required=True, filled=True)
_HISTORIES = (
    Layout(
        "account_history",
        (
            Cell("account_id", Kind.ACCOUNT, ("id",), required=True, filled=True),
            Cell("name", Kind.TEXT, ("descriptive_name",), required=True),
            Cell("currency", Kind.CURRENCY, ("currency_code",), required=True),
            Cell("time_zone", Kind.ZONE, ("time_zone",), required=True),
            _UPDATED,
        ),
        table="accounts",
    ),
    Layout(
        "campaign_history",
        (
            _ID,
            Cell("account_id", Kind.ACCOUNT, ("customer_id",), required=True),
            Cell("name", Kind.TEXT, ("name",), required=True),
            Cell("type", Kind.TEXT, ("advertising_channel_type",), required=True),
            Cell("url_tags", Kind.TEXT, ("final_url_suffix",)),
            _UPDATED,
        ),
        table="ad_entities",
        constants={"level": "'campaign'"},
    ),
    Layout(
        "ad_group_history",
        (
            _ID,
            Cell("parent_id", Kind.ID, ("campaign_id",), required=True),
            Cell("name", Kind.TEXT, ("name",), required=True),
            Cell("type", Kind.TEXT, ("type",)),
            _UPDATED,
        ),
        table="ad_entities",
        constants={"level": "'ad_group'"},
        marks=("campaign_name", "status"),
    ),
    Layout(
        "ad_history",
        (
            _ID,
            Cell("parent_id", Kind.ID, ("ad_group_id",), required=True),
            Cell("name", Kind.TEXT, ("name",)),
            Cell("type", Kind.TEXT, ("type",)),
            Cell("urls", Kind.TEXT, ("final_urls",), required=True),
            _UPDATED,
        ),
        table="ad_entities",
        # A list, `[https://a.example, https://b.example]`, quoted or not: the first one counts.
        constants={
            "level": "'ad'",
            "final_url": """NULLIF(TRIM(regexp_extract(urls, '^\\[?\\s*[''"]?([^,''"\\]]*)', 1)), '')""",
        },
    ),
    # Keywords earn nothing of their own here: their spend stands in keyword_stats.
    Layout(
        "ad_group_criterion_history",
        (_ID,),
        marks=("ad_group_id", "base_campaign_id", "keyword_match_type", "keyword_text"),
    ),
)

SOURCE = Source(
    name="google-ads",
    title="Google Ads",
    platform="google_ads",
    layouts=(*_REPORTS, *_STATS_TABLES, *_HISTORIES),
    clicks="Clicks: what Google bills and reports as clicks, not interactions",
    notes="Days are in the account's zone, which a report does not state: import the account's table, or pass "
    "--time-zone.",
)
