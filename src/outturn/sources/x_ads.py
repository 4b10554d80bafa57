"""X Ads (Twitter): Ads Manager exports, and the tables that its API lands.

Clicks are all clicks on a post, on the profile or a like too: the export has no others. A line item is an ad group, a
promoted tweet an ad. The API states the instant at which a day of the account began: in its zone that is midnight; as
long as the zone is not known, the midnight nearest to it. `..._local_micro` are micros of the account's currency, and
so are sale amounts, as X's announcement of the metrics by view and engagement shows. Web and app conversions are
claimed by action, after an engagement (click) or a view; an app's sale amounts are not told apart by these.
"""

from __future__ import annotations

from outturn.sources.claimed import NOT_COUNTED, NOT_VALUED, Claim, claim_cells, claims_of_spend
from outturn.sources.source import SPEND_TOTALS, Cell, Kind, Layout, Source
from outturn.sources.total_rows import LABELLED

_CAMPAIGN = ("Campaign", "Campaign name", "Kampagne", "Campaña", "Campagne", "Campanha")
_AD_GROUP = ("Ad group", "Ad group name", "Ad Group", "Anzeigengruppe", "Grupo de anuncios", "Groupe de publicités")
_POST = ("Post", "Tweet", "Ad", "Ad name", "Post text", "Tweet text")
_POST_ID = ("Post ID", "Tweet ID", "Promoted Tweet ID", "Ad ID")
_REPORT = (
    Cell("account_id", Kind.ACCOUNT, ("Account ID", "Ads account ID")),
    Cell("account_name", Kind.TEXT, ("Account name", "Account")),
    Cell("date_day", Kind.DAY, ("Time", "Time period", "Date", "Day", "Zeit", "Zeitraum", "Fecha", "Hora", "Période",
        "Periodo", "Período"), required=True),
    Cell("campaign_type", Kind.TEXT, ("Objective", "Campaign objective")),
    Cell("currency", Kind.CURRENCY, ("Currency", "Währung", "Moneda", "Devise")),
    Cell("time_zone", Kind.ZONE, ("Time zone",)),
    Cell("impressions", Kind.COUNT, ("Impressions", "Impressionen", "Impresiones", "Impressões"), required=True),
    Cell("clicks", Kind.COUNT, ("Clicks", "Klicks", "Clics", "Cliques")),
    Cell("spend_micros", Kind.MONEY, ("Spend", "Spend ({currency})", "Ausgaben", "Gasto", "Dépenses", "Investimento"),
        required=True),
    Cell("video_starts", Kind.COUNT, ("Video starts", "Video content starts")),
    Cell("completed_views", Kind.COUNT, ("Video completions", "Video played 100%")),
    Cell("engagements", Kind.COUNT, ("Engagements", "Interaktionen", "Interacciones", "Engajamentos"), required=True),
    *claim_cells(("Conversions", "Total conversions"), ()),
    # Campaign, spend and impressions are everybody's words: one of these has to stand beside them.
    Cell("told_by", Kind.TEXT, ("Billed engagements", "Campaign URL", "Card engagements", "Reposts", "Retweets",
        "Media engagements", "Abgerechnete Interaktionen", "Interacciones facturadas", "Engagements facturés",
        "Kampagnen-URL", "URL de la campaña", "URL de la campagne"), required=True),
)  # fmt: skip


def _report(level: str, id_name: str, *cells: Cell, without: tuple[str, ...] = ()) -> Layout:
    """An export's first column, `ID`, is that of whatever a row is of."""
    own = {"campaign_id": ("Campaign ID",), "ad_group_id": ("Ad group ID",), "ad_id": _POST_ID}
    own[id_name] = ("ID", *own[id_name])
    return Layout(
        f"{level}_export",
        (
            Cell("campaign_name", Kind.TEXT, _CAMPAIGN, required=True),
            *cells,
            *(Cell(name, Kind.ID, headers) for name, headers in own.items()),
            *_REPORT,
        ),
        table="ad_spend",
        outputs={"claims": claims_of_spend()},
        without=without,
        total=LABELLED,
        totals=SPEND_TOTALS,
        level=level,
    )


_EXPORTS = (
    _report("campaign", "campaign_id", without=(*_AD_GROUP, *_POST, *_POST_ID)),
    _report(
        "ad_group",
        "ad_group_id",
        Cell("ad_group_name", Kind.TEXT, _AD_GROUP, required=True),
        without=(*_POST, *_POST_ID),
    ),
    _report(
        "ad",
        "ad_id",
        Cell("ad_group_name", Kind.TEXT, _AD_GROUP),
        Cell("ad_name", Kind.TEXT, _POST, required=True),
    ),
)

_STATS = (
    Cell("account_id", Kind.ACCOUNT, ("account_id",), required=True, filled=True),
    Cell("began_at", Kind.AT, ("date",), required=True, filled=True),
    Cell("impressions", Kind.COUNT, ("impressions",), required=True),
    Cell("clicks", Kind.COUNT, ("clicks",), required=True),
    Cell("spend_micros", Kind.MICROS, ("billed_charge_local_micro",), required=True),
    Cell("video_starts", Kind.COUNT, ("video_content_starts",)),
    Cell("completed_views", Kind.COUNT, ("video_views_100",)),
    Cell("engagements", Kind.COUNT, ("engagements",)),
)
# The platform's own names of actions; of an app's, those that the ledger can know.
_WEB = ("purchases", "sign_ups", "site_visits", "downloads", "custom")
_APP = ("purchases", "sign_ups", "installs")
_CLAIMED = (
    *((f"conversion_{action}", action) for action in _WEB),
    *((f"mobile_conversion_{action}", f"app_{action}") for action in _APP),
)
_SIDES = {"click": "post_engagement", "view": "post_view"}
_SALES = {"click": "engagement", "view": "view"}
_CLAIM_CELLS = (
    *(
        Cell(f"{action}_{side}", Kind.SHARE, (f"{column}_{ending}",))
        for column, action in _CLAIMED
        for side, ending in _SIDES.items()
    ),
    *(
        Cell(f"{action}_{side}_sales", Kind.MICROS, (f"conversion_{action}_sale_amount_{ending}",))
        for action in _WEB
        for side, ending in _SALES.items()
    ),
    *(Cell(f"app_{action}_sales", Kind.MICROS, (f"mobile_conversion_{action}_sale_amount",)) for action in _APP),
)


def _side_claims(action: str, side: str) -> Claim:
    """Dozens of columns are zero in nearly every row: what claims nothing makes no row."""
    sales = f"NULLIF({action}_{side}_sales, 0)" if action in _WEB else NOT_VALUED
    return Claim(action, side, conversions=f"NULLIF({action}_{side}, 0)", value=sales)


_CLAIMS = claims_of_spend(
    *(_side_claims(action, side) for _column, action in _CLAIMED for side in _SIDES),
    *(Claim(f"app_{action}", conversions=NOT_COUNTED, value=f"NULLIF(app_{action}_sales, 0)") for action in _APP),
)
# Midnights lie between 14 hours before that of UTC and 12 hours after it.
_DAY = (
    "CAST(CASE WHEN time_zone_assumed THEN timezone('UTC', began_at) + INTERVAL 12 HOUR "
    "ELSE timezone(time_zone, began_at) END AS DATE)"
)


def _stats(
    name: str, level: str, *cells: Cell, claims: bool = True, without: tuple[str, ...] = ("segment", "location_name")
) -> Layout:
    return Layout(
        f"{name}_report",
        (*cells, *_STATS, *(_CLAIM_CELLS if claims else ())),
        table="ad_spend",
        outputs={"claims": _CLAIMS} if claims else {},
        marks=("placement",),
        without=without,
        totals=SPEND_TOTALS,
        level=level,
        number=".",
        day=_DAY,
    )


_ID = Cell("id", Kind.ID, ("id",), required=True, filled=True)
_NAME = Cell("name", Kind.TEXT, ("name",), required=True)
_UPDATED = Cell("updated_at", Kind.VERSION, ("updated_at",), required=True)
_SPENT = ("account_id", "billed_charge_local_micro", "clicks", "date", "impressions", "placement")
_SEGMENT = Cell("segment", Kind.TEXT, ("segment",), required=True)
_TABLES = (
    _stats("campaign", "campaign", Cell("campaign_id", Kind.ID, ("campaign_id",), required=True, filled=True)),
    _stats("line_item", "ad_group", Cell("ad_group_id", Kind.ID, ("line_item_id",), required=True, filled=True)),
    _stats(
        "promoted_tweet",
        "ad",
        Cell("ad_id", Kind.ID, ("promoted_tweet_id",), required=True, filled=True),
        claims=False,
    ),
    _stats(
        "line_item_keywords",
        "keyword",
        Cell("keyword", Kind.TEXT, ("segment",), required=True),
        Cell("ad_group_id", Kind.ID, ("line_item_id",), required=True, filled=True),
        claims=False,
        without=("location_name", "campaign_id"),
    ),
    # Without what was billed; and the same spend once more, split by where people are: nothing to add.
    Layout("account_report", (Cell("account_id", Kind.ACCOUNT, ("account_id",), required=True),),
        marks=("date", "placement", "engagements", "follows", "retweets", "unfollows"),
        without=("billed_charge_local_micro",)),
    Layout("campaign_locations_report", (_SEGMENT,), marks=(*_SPENT, "campaign_id", "url_clicks"),
        without=("location_name",)),
    Layout("campaign_regions_report", (_SEGMENT,), marks=(*_SPENT, "campaign_id", "url_clicks", "location_name")),
    Layout(
        "account_history",
        (
            Cell("account_id", Kind.ACCOUNT, ("id",), required=True, filled=True),
            _NAME,
            Cell("time_zone", Kind.ZONE, ("timezone",), required=True),
            _UPDATED,
        ),
        table="accounts",
        marks=("timezone_switch_at",),
    ),
    Layout(
        "campaign_history",
        (_ID, _NAME, Cell("account_id", Kind.ACCOUNT, ("account_id",), required=True), _UPDATED,
            Cell("currency", Kind.CURRENCY, ("currency",))),
        table="ad_entities",
        outputs={
            # Only campaigns know the account's currency. Of no date, so that the account's own table counts before.
            "accounts": "SELECT MIN(line) AS line, 'x_ads' AS platform, account_id, MIN(currency) AS currency "
            "FROM accepted WHERE currency IS NOT NULL GROUP BY account_id HAVING COUNT(DISTINCT currency) = 1"
        },
        constants={"level": "'campaign'"},
        marks=("funding_instrument_id",),
        priced=(),
    ),
    Layout(
        "line_item_history",
        (
            _ID,
            Cell("name", Kind.TEXT, ("name",)),
            Cell("parent_id", Kind.ID, ("campaign_id",), required=True),
            Cell("type", Kind.TEXT, ("objective",), required=True),
            _UPDATED,
        ),
        table="ad_entities",
        constants={"level": "'ad_group'"},
        marks=("product_type",),
    ),
    Layout(
        "promoted_tweet_history",
        (_ID, Cell("parent_id", Kind.ID, ("line_item_id",), required=True), _UPDATED),
        table="ad_entities",
        constants={"level": "'ad'"},
        marks=("tweet_id", "approval_status"),
    ),
    Layout("tweet", (_ID,), marks=("full_text", "account_id", "created_at", "retweet_count")),
    # A post's first address is where its ad leads.
    Layout(
        "tweet_url",
        (
            Cell("id", Kind.ID, ("tweet_id",), required=True, filled=True),
            Cell("final_url", Kind.TEXT, ("expanded_url",), required=True),
            Cell("place", Kind.COUNT, ("index",), required=True),
            Cell("updated_at", Kind.VERSION, ("_fivetran_synced",)),
        ),
        outputs={
            "ad_entities": "SELECT line, 'x_ads' AS platform, 'creative' AS level, id, final_url, updated_at "
            "FROM accepted WHERE place = 0"
        },
        marks=("display_url", "indices"),
    ),
)  # fmt: skip

SOURCE = Source(
    name="x-ads",
    title="X Ads",
    platform="x_ads",
    layouts=(*_EXPORTS, *_TABLES),
    clicks="Clicks: all clicks on a post, those on the profile and on likes too",
    notes="Exports state no currency and no zone: import the account's and the campaigns' tables, or pass --currency "
    "and --time-zone. How an export writes days and numbers is known from X's description, not from samples.",
)
