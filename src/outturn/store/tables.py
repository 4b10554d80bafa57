"""Every table there is: its columns with types, units and the meaning of NULL, its grain, its writer.

Data may flow any way through the house, but only through the tables declared here, and each has one
room that writes it. **Facts** are appended by imports and never changed; **derived** tables are
rebuilt from them by a build and published together.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import Literal


class Type(Enum):
    """A column's type.

    `MICROS` is money, int64 millionths of the row's currency. `AT` is an instant in UTC
    microseconds. `KEY` is a 32-byte HMAC-SHA-256 of an identifier, never the identifier.
    """

    TEXT = "text"
    COUNT = "count"
    SMALL = "small"
    MICROS = "micros"
    SHARE = "share"
    FLAG = "flag"
    DAY = "day"
    AT = "at"
    KEY = "key"

    @property
    def duckdb(self) -> str:
        """The type's name in DuckDB's SQL."""
        return _DUCKDB[self]


_DUCKDB = {
    Type.TEXT: "VARCHAR",
    Type.COUNT: "BIGINT",
    Type.SMALL: "INTEGER",
    Type.MICROS: "BIGINT",
    Type.SHARE: "DOUBLE",
    Type.FLAG: "BOOLEAN",
    Type.DAY: "DATE",
    Type.AT: "TIMESTAMPTZ",
    Type.KEY: "BLOB",
}


@dataclass(frozen=True, slots=True)
class Column:
    """One column; `says` tells its meaning where the name does not, and what NULL means."""

    name: str
    type: Type
    says: str = ""
    needed: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """One table, as every room and both engines see it."""

    name: str
    kind: Literal["fact", "derived"]
    writer: str
    grain: str
    columns: tuple[Column, ...]

    @property
    def names(self) -> tuple[str, ...]:
        """The columns' names, in the order in which they lie."""
        return tuple(column.name for column in self.columns)


def _text(*names: str) -> tuple[Column, ...]:
    return tuple(Column(name, Type.TEXT) for name in names)


_IMPORT = (
    Column("import_id", Type.TEXT, "the import that brought the row", needed=True),
    Column("line", Type.COUNT, "1-based physical line (JSON lines, Parquet: record) in the file", needed=True),
)
_HIERARCHY = _text("campaign_id", "campaign_name", "ad_group_id", "ad_group_name", "ad_id", "ad_name")
UTM_COLUMNS = ("utm_source", "utm_medium", "utm_campaign", "utm_term", "utm_content", "utm_id")
CLICK_ID_COLUMNS = (
    "gclid", "gbraid", "wbraid", "gad_source", "gad_campaignid", "dclid", "msclkid", "fbclid", "ttclid",
    "li_fat_id", "twclid", "rdt_cid", "sccid", "epik", "irclickid", "awc", "cjevent",
)  # fmt: skip
_ARRIVAL = _text(*UTM_COLUMNS, *CLICK_ID_COLUMNS)
IDENTITY_COLUMNS = ("anonymous_key", "user_key", "email_key", "phone_key", "crm_key")
_IDENTITY = tuple(Column(name, Type.KEY, "NULL: not known") for name in IDENTITY_COLUMNS)

IMPORTS = Table(
    "imports", "fact", "sources", "import_id, state (the latest row of an import_id counts)",
    (
        Column("import_id", Type.TEXT, "sorts by time of import", needed=True),
        Column("state", Type.TEXT, "loaded or undone", needed=True),
        Column("state_at", Type.AT, "when this state began: of loaded, the time of the import", needed=True),
        Column("file", Type.TEXT, "the file's name without its folder", needed=True),
        Column("sha256", Type.TEXT, "of the file's bytes, lower-case hex", needed=True),
        Column("source", Type.TEXT, "the source's name, such as google-ads", needed=True),
        Column("layout", Type.TEXT, "which of the source's layouts", needed=True),
        Column("verdict", Type.TEXT, "accept or period_only", needed=True),
        Column("rows_read", Type.COUNT, "= accepted + refused + ignored", needed=True),
        Column("accepted", Type.COUNT, needed=True),
        Column("refused", Type.COUNT, needed=True),
        Column("ignored", Type.COUNT, "totals, footers, tables that nothing uses", needed=True),
        Column("summary", Type.TEXT, "JSON: reasons, totals, first and last day, accounts, what it restated, flags", needed=True),
        Column("partial", Type.FLAG, "true: replaces only the campaigns that it names", needed=True),
        Column("options", Type.TEXT, "JSON: the flags given", needed=True),
    ),
)  # fmt: skip

AD_SPEND = Table(
    "ad_spend", "fact", "sources", "import_id, line (views sum: API rows repeat per device and network)",
    (
        *_IMPORT,
        Column("imported_at", Type.AT, needed=True),
        Column("platform", Type.TEXT, "such as google_ads, meta_ads", needed=True),
        Column("account_id", Type.TEXT, "(unnamed) until the first named account adopts it", needed=True),
        Column("date_day", Type.DAY, "the account's own day; NULL for a period"),
        Column("period_start", Type.DAY, "first day of a period row, else NULL"),
        Column("period_end", Type.DAY, "last day of a period row, this day included, else NULL"),
        Column("level", Type.TEXT, "account, campaign, ad_group, ad, keyword or search_term", needed=True),
        *_HIERARCHY,
        Column("stated_channel", Type.TEXT, "a channel that the file itself names, else NULL"),
        Column("campaign_type", Type.TEXT, "the platform's own type (SEARCH, PERFORMANCE_MAX), else NULL"),
        Column("currency", Type.TEXT, needed=True),
        Column("time_zone", Type.TEXT, "IANA name of the zone of date_day", needed=True),
        Column("time_zone_assumed", Type.FLAG, "true: the workspace's zone stands in", needed=True),
        Column("impressions", Type.COUNT, "NULL: the file does not say"),
        Column("clicks", Type.COUNT, "which clicks, each source says; NULL: the file does not say"),
        Column("spend_micros", Type.MICROS, "as billed; NULL: the file does not say"),
        Column("video_starts", Type.COUNT, "NULL: the file does not say"),
        Column("completed_views", Type.COUNT, "NULL: the file does not say"),
        Column("engagements", Type.COUNT, "NULL: the file does not say"),
    ),
)  # fmt: skip

AD_ENTITIES = Table(
    "ad_entities", "fact", "sources", "import_id, line",
    (
        *_IMPORT,
        Column("platform", Type.TEXT, needed=True),
        Column("account_id", Type.TEXT, "NULL: the table does not say; the parent's holds"),
        Column("level", Type.TEXT, "campaign, ad_group, ad or creative", needed=True),
        Column("id", Type.TEXT, needed=True),
        Column("name", Type.TEXT),
        Column("type", Type.TEXT, "the platform's own type"),
        Column("parent_id", Type.TEXT),
        Column("final_url", Type.TEXT, "first landing URL"),
        Column("url_tags", Type.TEXT, "query string that the platform appends"),
        Column("updated_at", Type.AT, "of this version; the latest counts"),
    ),
)  # fmt: skip

ACCOUNTS = Table(
    "accounts", "fact", "sources", "import_id, line",
    (
        *_IMPORT,
        Column("platform", Type.TEXT, needed=True),
        Column("account_id", Type.TEXT, needed=True),
        Column("name", Type.TEXT),
        Column("currency", Type.TEXT, "NULL: the table does not say"),
        Column("time_zone", Type.TEXT, "NULL: the table does not say"),
        Column("updated_at", Type.AT, "of this version; the latest counts"),
    ),
)  # fmt: skip

CLAIMS = Table(
    "claims", "fact", "sources", "import_id, line, conversion_action, click_or_view, attribution_window",
    (
        *_IMPORT,
        Column("imported_at", Type.AT, needed=True),
        Column("platform", Type.TEXT, needed=True),
        Column("account_id", Type.TEXT, needed=True),
        Column("date_day", Type.DAY, "NULL for a period"),
        Column("period_start", Type.DAY, "first day of a period row, else NULL"),
        Column("period_end", Type.DAY, "last day of a period row, this day included, else NULL"),
        Column("level", Type.TEXT, needed=True),
        *_text("campaign_id", "campaign_name", "ad_group_id", "ad_id"),
        Column("conversion_action", Type.TEXT, "as the platform names it; all when not told apart", needed=True),
        Column("click_or_view", Type.TEXT, "click, view, or all when not told apart", needed=True),
        Column("attribution_window", Type.TEXT, "such as 7d_click; default when not stated", needed=True),
        Column("date_basis", Type.TEXT, "impression or conversion; unknown when not stated", needed=True),
        Column("currency", Type.TEXT, "NULL: no value is claimed"),
        Column("claimed_conversions", Type.SHARE, "platforms claim fractions; NULL: unknown"),
        Column("claimed_value_micros", Type.MICROS, "NULL: unknown"),
    ),
)  # fmt: skip

COSTS = Table(
    "costs", "fact", "sources", "import_id, line",
    (
        *_IMPORT,
        Column("date_day", Type.DAY, needed=True),
        Column("channel", Type.TEXT, needed=True),
        Column("kind", Type.TEXT, "fee, commission, production or other", needed=True),
        Column("campaign_id", Type.TEXT),
        Column("cost_micros", Type.MICROS, needed=True),
        Column("currency", Type.TEXT, needed=True),
        Column("note", Type.TEXT),
    ),
)  # fmt: skip

EVENTS = Table(
    "events", "fact", "sources, collector", "event (event_id may repeat: the first received counts)",
    (
        *_IMPORT,
        Column("event_id", Type.TEXT, "<source>:<native id>", needed=True),
        Column("source", Type.TEXT, "the source's name", needed=True),
        Column("type", Type.TEXT, "page, track, identify or touch", needed=True),
        Column("name", Type.TEXT, "event name; NULL for page and touch"),
        Column("occurred_at", Type.AT, needed=True),
        Column("received_at", Type.AT, needed=True),
        *_IDENTITY,
        Column("company_key", Type.KEY, "the company to which the others are said to belong; NULL: not stated"),
        Column("trust", Type.TEXT, "secret, public (weak identity edges) or file", needed=True),
        Column("session_id", Type.TEXT, "the source's own session, where it has one"),
        Column("url", Type.TEXT, "page address without fragment"),
        Column("referrer", Type.TEXT),
        *_ARRIVAL,
        Column("stated_channel", Type.TEXT),
        Column("platform", Type.TEXT),
        *_text("campaign_id", "campaign_name", "ad_group_id", "ad_id"),
        Column("touch_kind", Type.TEXT, "click, visit, view or email for stated touches, else NULL"),
        Column("order_id", Type.TEXT, "of a tracked purchase or refund"),
        Column("value_micros", Type.MICROS),
        Column("currency", Type.TEXT),
        Column("device", Type.TEXT),
        Column("is_bot", Type.FLAG),
        Column("consent", Type.TEXT, "JSON by purpose; NULL: unknown"),
        Column("properties", Type.TEXT, "JSON: what has no column of its own"),
    ),
)  # fmt: skip

OUTCOMES = Table(
    "outcomes", "fact", "sources, collector", "outcome_id, stage (the latest loaded import wins)",
    (
        *_IMPORT,
        Column("imported_at", Type.AT, needed=True),
        Column("outcome_id", Type.TEXT, "<system>:<native id>; refunds <sale>:refund[:id]", needed=True),
        Column("system", Type.TEXT, "shopify, ga4, segment, generic, ...", needed=True),
        Column("tracker", Type.FLAG, "true: seen by tracking, not booked by a shop, CRM or payment", needed=True),
        Column("kind", Type.TEXT, "purchase, lead, won, refund, ...", needed=True),
        Column("stage", Type.TEXT, "of a deal; empty when there are none", needed=True),
        Column("status", Type.TEXT, "counted, pending, void or test: only counted ones count", needed=True),
        Column("occurred_at", Type.AT, "NULL for a refund without a date, which takes its sale's; and for the stage of a deal entered at a time unknown"),
        Column("parent_outcome_id", Type.TEXT, "a refund's sale"),
        Column("gross_micros", Type.MICROS, "what was charged, tax and shipping included, discount deducted; signed; NULL: no value"),
        Column("tax_micros", Type.MICROS, "within gross; NULL: not stated"),
        Column("shipping_micros", Type.MICROS, "within gross, without tax; NULL: not stated"),
        Column("discount_micros", Type.MICROS, "already deducted from gross; NULL: not stated"),
        Column("fees_micros", Type.MICROS, "payment fees; NULL: not stated"),
        Column("cogs_micros", Type.MICROS, "cost of goods; NULL: not stated"),
        Column("margin_micros", Type.MICROS, "as stated by the source; NULL: not stated"),
        Column("currency", Type.TEXT, "NULL only where there is no value"),
        *_IDENTITY,
        Column("company_key", Type.KEY, "the company whose deal or sale it is; NULL: not stated"),
        Column("order_id", Type.TEXT),
        Column("deal_id", Type.TEXT),
        Column("probability", Type.SHARE, "0 to 1, of winning, as the CRM states it for the stage or deal; NULL: not stated"),
        Column("payment_id", Type.TEXT),
        Column("new_customer", Type.FLAG, "the source's own flag; NULL: not stated"),
        Column("landing_url", Type.TEXT),
        Column("referrer", Type.TEXT),
        *_ARRIVAL,
        Column("consent", Type.TEXT, "JSON by purpose; NULL: unknown"),
    ),
)  # fmt: skip

FX_RATES = Table(
    "fx_rates", "fact", "sources", "import_id, date_day, currency",
    (
        *_IMPORT,
        Column("date_day", Type.DAY, needed=True),
        Column("currency", Type.TEXT, needed=True),
        Column("units_per_euro_micros", Type.MICROS, "millionths of the currency's unit for one euro", needed=True),
    ),
)  # fmt: skip

REFUSED_ROWS = Table(
    "refused_rows", "fact", "sources, collector", "import_id, line",
    (
        *_IMPORT,
        Column("refused_at", Type.AT, needed=True),
        Column("file", Type.TEXT, needed=True),
        Column("reason", Type.TEXT, "a code of domain/errors.py", needed=True),
        Column("detail", Type.TEXT, "column, what stood there, what was expected", needed=True),
        Column("raw", Type.TEXT, "the row with e-mail, phone and name shapes masked", needed=True),
    ),
)  # fmt: skip

PEOPLE = Table(
    "people", "derived", "journeys", "identifier",
    (
        Column("identifier", Type.KEY, needed=True),
        Column("person_key", Type.KEY, "smallest identifier of the component: stable", needed=True),
        Column("person_id", Type.COUNT, "dense from 0 in (bucket, person_key) order, inside one build only", needed=True),
        Column("bucket", Type.SMALL, "0..63: last byte of person_key modulo 64", needed=True),
    ),
)  # fmt: skip

PLACES = Table(
    "places", "derived", "journeys", "place",
    (
        Column("place", Type.SMALL, "dense from 0 in (channel, platform, account_id, campaign_key) order, inside one build only; 0 is (none)", needed=True),
        Column("channel", Type.TEXT, needed=True),
        Column("platform", Type.TEXT, "empty: no ad platform", needed=True),
        Column("account_id", Type.TEXT, "empty: no ad platform or not known", needed=True),
        Column("campaign_key", Type.TEXT, "campaign id, name:<name>, or empty", needed=True),
        Column("campaign_id", Type.TEXT),
        Column("campaign_name", Type.TEXT),
    ),
)  # fmt: skip

CAMPAIGNS = Table(
    "campaigns", "derived", "journeys", "platform, account_id, campaign_key",
    (
        Column("platform", Type.TEXT, needed=True),
        Column("account_id", Type.TEXT, needed=True),
        Column("campaign_key", Type.TEXT, "the id, or name:<exact name> until an id with that unique name adopts it", needed=True),
        Column("campaign_id", Type.TEXT),
        Column("campaign_name", Type.TEXT, "latest name"),
        Column("campaign_type", Type.TEXT),
        Column("channel", Type.TEXT, needed=True),
        Column("channel_by", Type.TEXT, "what named it: rule, stated, type, name or source", needed=True),
    ),
)  # fmt: skip

TOUCHES = Table(
    "touches", "derived", "journeys", "touch_id; lies sorted by bucket, person_id, occurred_at, place, touch_id",
    (
        Column("bucket", Type.SMALL, needed=True),
        Column("person_id", Type.COUNT, needed=True),
        Column("occurred_at", Type.AT, needed=True),
        Column("place", Type.SMALL, "where it happened: a row of places", needed=True),
        Column("touch_id", Type.TEXT, "the event_id of the hit that began it", needed=True),
        Column("touch_kind", Type.TEXT, "click, visit, view or email", needed=True),
        Column("ad_group_id", Type.TEXT),
        Column("ad_id", Type.TEXT),
        Column("joined_by", Type.TEXT, "what joined it to its campaign: id, name, click_id; NULL: nothing did"),
    ),
)  # fmt: skip

CONVERSIONS = Table(
    "conversions", "derived", "journeys", "outcome_id, goal; lies sorted by bucket, person_id, occurred_at, outcome_id",
    (
        Column("goal", Type.TEXT, needed=True),
        Column("outcome_id", Type.TEXT, needed=True),
        Column("parent_outcome_id", Type.TEXT, "a refund's sale, else NULL"),
        Column("kind", Type.TEXT, needed=True),
        Column("bucket", Type.SMALL, "the company's where company_id is one, else the person's; 0 for nobody known", needed=True),
        Column("person_id", Type.COUNT, "-1: nobody known", needed=True),
        Column("company_id", Type.COUNT, "whose touches count; -1: no company known, or the goal takes the person's touches", needed=True),
        Column("occurred_at", Type.AT, "whose journey counts: the sale's, also for its refunds", needed=True),
        Column("lead_at", Type.AT, "of the same deal, company or person before the sale; NULL: none"),
        Column("opportunity_at", Type.AT, "of the same deal: its opening; NULL: none"),
        Column("date_day", Type.DAY, "business day of the sale, also for its refunds", needed=True),
        Column("cash_day", Type.DAY, "business day of the entry itself", needed=True),
        Column("counts", Type.SMALL, "1, or 0 for a refund", needed=True),
        Column("kept", Type.SMALL, "1: counts and was not wholly refunded", needed=True),
        Column("value_micros", Type.MICROS, "on the revenue basis, in the workspace's currency; signed; 0 where the outcome has no value", needed=True),
        Column("margin_micros", Type.MICROS, "of a goal that counts only opportunities: what the deal is expected to bring; NULL: not known"),
        Column("new_customer", Type.FLAG, "NULL: cannot be told"),
        Column("flags", Type.TEXT, "comma-separated: orphan_refund, refund_undated; empty for none", needed=True),
    ),
)  # fmt: skip

COMPANY_TOUCHES = Table(
    "company_touches", "derived", "journeys",
    "company_id, touch_id; lies sorted by bucket, company_id, occurred_at, place, touch_id",
    (
        Column("bucket", Type.SMALL, "0..63: last byte of the company's key modulo 64", needed=True),
        Column("company_id", Type.COUNT, "dense from 0 in (bucket, company's key) order, inside one build only", needed=True),
        Column("occurred_at", Type.AT, needed=True),
        Column("place", Type.SMALL, "where it happened: a row of places", needed=True),
        Column("touch_id", Type.TEXT, "a row of touches; of each company to which its person belongs", needed=True),
        Column("person_id", Type.COUNT, "whose touch it was", needed=True),
    ),
)  # fmt: skip

DEALS = Table(
    "deals", "derived", "journeys", "deal_key; only deals whose opening is known",
    (
        Column("deal_key", Type.TEXT, "deal:<system>:<deal id>, or outcome:<outcome id> where there is no deal id", needed=True),
        Column("system", Type.TEXT, needed=True),
        Column("outcome_id", Type.TEXT, "of its opening", needed=True),
        Column("opened_at", Type.AT, needed=True),
        Column("opened_day", Type.DAY, "business day of the opening", needed=True),
        Column("stands_by", Type.TEXT, "outcome_id of the row of outcomes that says how it stands", needed=True),
        Column("kind", Type.TEXT, "how it stands: opportunity, won or lost", needed=True),
        Column("stage", Type.TEXT, "of that row: the last that it entered; empty when there are none", needed=True),
        Column("stage_at", Type.AT, "when it entered that stage; NULL: not known"),
        Column("value_day", Type.DAY, "business day of stage_at, else of the opening, whose rate converts the amount", needed=True),
        Column("currency", Type.TEXT, "of the amount as booked; NULL only where there is no amount"),
        Column("amount_micros", Type.MICROS, "on the revenue basis, in the workspace's currency; NULL: not known, or no rate within 7 days"),
        Column("probability", Type.SHARE, "of winning: 1 when won, 0 when lost; NULL: not known"),
        Column("expected_micros", Type.MICROS, "amount times probability, before refunds; 0 when lost; NULL: not known"),
        Column("missing_rate", Type.FLAG, "true: an amount that matters could not be converted", needed=True),
    ),
)  # fmt: skip

CREDITS = Table(
    "credits", "derived", "attribution", "goal, model, date_day, cash_day, place",
    (
        Column("goal", Type.TEXT, needed=True),
        Column("model", Type.TEXT, needed=True),
        Column("date_day", Type.DAY, needed=True),
        Column("cash_day", Type.DAY, needed=True),
        Column("place", Type.SMALL, needed=True),
        Column("channel", Type.TEXT, needed=True),
        Column("platform", Type.TEXT, needed=True),
        Column("account_id", Type.TEXT, needed=True),
        Column("campaign_key", Type.TEXT, needed=True),
        Column("conversions", Type.SHARE, needed=True),
        Column("kept_conversions", Type.SHARE, needed=True),
        Column("revenue_micros", Type.MICROS, "refunds deducted", needed=True),
        Column("margin_micros", Type.MICROS, "NULL: not known for some of the conversions"),
        Column("refunded_micros", Type.MICROS, ">= 0", needed=True),
        Column("new_customers", Type.SHARE, "NULL: cannot be told for some"),
        Column("new_customer_revenue_micros", Type.MICROS, "NULL: cannot be told for some"),
    ),
)  # fmt: skip

CREDIT_TOTALS = Table(
    "credit_totals", "derived", "attribution", "goal, model, grain, channel, platform, account_id, campaign_key",
    (
        Column("goal", Type.TEXT, needed=True),
        Column("model", Type.TEXT, needed=True),
        Column("grain", Type.TEXT, "channel or campaign", needed=True),
        Column("channel", Type.TEXT, needed=True),
        Column("platform", Type.TEXT, "empty by channel, as the two after it", needed=True),
        Column("account_id", Type.TEXT, needed=True),
        Column("campaign_key", Type.TEXT, needed=True),
        Column("campaign_id", Type.TEXT),
        Column("campaign_name", Type.TEXT),
        Column("people", Type.COUNT, "who have converted with a share in it; each nobody known is one", needed=True),
        Column("conversions", Type.SHARE, needed=True),
        Column("conversions_ci_low", Type.SHARE, "of the 90 % interval of sampling; NULL: too thin to say, as the other bounds"),
        Column("conversions_ci_high", Type.SHARE),
        Column("kept_conversions", Type.SHARE, needed=True),
        Column("revenue_micros", Type.MICROS, "refunds deducted", needed=True),
        Column("revenue_ci_low_micros", Type.MICROS),
        Column("revenue_ci_high_micros", Type.MICROS),
        Column("removal_effect", Type.SHARE, "0 to 1; NULL for a model that fits none"),
    ),
)  # fmt: skip

CHANNEL_DAY = Table(
    "channel_day", "derived", "metrics", "date_day, channel, platform, account_id, campaign_key, level, currency",
    (
        Column("date_day", Type.DAY, needed=True),
        Column("channel", Type.TEXT, needed=True),
        Column("platform", Type.TEXT, needed=True),
        Column("account_id", Type.TEXT, needed=True),
        Column("campaign_key", Type.TEXT, needed=True),
        Column("campaign_id", Type.TEXT),
        Column("campaign_name", Type.TEXT),
        Column("ad_group_id", Type.TEXT, "empty above ad groups", needed=True),
        Column("ad_id", Type.TEXT, "empty above ads", needed=True),
        Column("level", Type.TEXT, "the grain that this row serves: campaign, ad_group or ad", needed=True),
        Column("currency", Type.TEXT, "as billed; empty where the row has no money", needed=True),
        Column("impressions", Type.COUNT), Column("clicks", Type.COUNT), Column("visits", Type.COUNT),
        Column("video_starts", Type.COUNT), Column("completed_views", Type.COUNT), Column("engagements", Type.COUNT),
        Column("billed_micros", Type.MICROS, "spend in `currency`"),
        Column("spend_micros", Type.MICROS, "in the workspace's currency; NULL: no spend, or no rate within 7 days"),
        Column("missing_rate", Type.FLAG, "true: billed_micros could not be converted", needed=True),
        Column("cost_micros", Type.MICROS, "other costs, in the workspace's currency"),
        Column("claimed_conversions", Type.SHARE), Column("claimed_value_micros", Type.MICROS, "in the workspace's currency"),
        Column("time_zone", Type.TEXT, "of the day; several, comma-separated, when mixed"),
    ),
)  # fmt: skip

TABLES: dict[str, Table] = {
    table.name: table
    for table in (
        IMPORTS, AD_SPEND, AD_ENTITIES, ACCOUNTS, CLAIMS, COSTS, EVENTS, OUTCOMES, FX_RATES, REFUSED_ROWS,
        PEOPLE, PLACES, CAMPAIGNS, TOUCHES, COMPANY_TOUCHES, CONVERSIONS, DEALS, CREDITS, CREDIT_TOTALS, CHANNEL_DAY,
    )
}  # fmt: skip
FACTS = tuple(name for name, table in TABLES.items() if table.kind == "fact")
DERIVED = tuple(name for name, table in TABLES.items() if table.kind == "derived")
