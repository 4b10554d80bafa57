"""Facts: what imports and the collector append, and nothing ever changes."""

from __future__ import annotations

from outturn.store.columns import Column, Table, Type, text_columns

_IMPORT = (
    Column("import_id", Type.TEXT, "the import that brought the row", needed=True),
    Column("line", Type.COUNT, "1-based physical line (JSON lines, Parquet: record) in the file", needed=True),
)
_HIERARCHY = text_columns("campaign_id", "campaign_name", "ad_group_id", "ad_group_name", "ad_id", "ad_name")
UTM_COLUMNS = ("utm_source", "utm_medium", "utm_campaign", "utm_term", "utm_content", "utm_id")
CLICK_ID_COLUMNS = (
    "gclid", "gbraid", "wbraid", "gad_source", "gad_campaignid", "dclid", "msclkid", "fbclid", "ttclid",
    "li_fat_id", "twclid", "rdt_cid", "sccid", "epik", "irclickid", "awc", "cjevent", "oclid",
)  # fmt: skip
_ARRIVAL = text_columns(*UTM_COLUMNS, *CLICK_ID_COLUMNS)
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
        Column("summary", Type.TEXT, "JSON: reasons, totals, first and last day, accounts, flags", needed=True),
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
        *text_columns("campaign_id", "campaign_name", "ad_group_id", "ad_id"),
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
        Column("cost_id", Type.TEXT, "of a cost that counts by itself; NULL: the row is its day's, which a later import restates"),
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
        *text_columns("campaign_id", "campaign_name", "ad_group_id", "ad_id"),
        Column("touch_kind", Type.TEXT, "click, visit, view or email for stated touches, else NULL"),
        Column("order_id", Type.TEXT, "of a tracked purchase or refund"),
        Column("value_micros", Type.MICROS),
        Column("currency", Type.TEXT),
        Column("clock_mark", Type.TEXT, "future or late: booked when it was received; old: over 400 days before; NULL: in time"),
        Column("browser", Type.TEXT, "family, without its version"),
        Column("device", Type.TEXT),
        Column("is_bot", Type.FLAG),
        Column("ip_prefix", Type.TEXT, "the network: /24, of IPv6 /32"),
        Column("id_born_at", Type.AT, "when the browser was given its id, as its cookie says"),
        Column("lost_before", Type.COUNT, "messages that the browser's full queue had dropped before this one; NULL: none told"),
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
        Column("commission_micros", Type.MICROS, "promised to a partner for it, in costs once it is approved; NULL: none"),
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
