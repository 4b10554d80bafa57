"""Derived tables: what a build works out of the facts and publishes together."""

from __future__ import annotations

from outturn.store.columns import Column, Table, Type
from outturn.store.fact_tables import OUTCOMES

_OUTCOME = {column.name: column for column in OUTCOMES.columns}
_TOLD = (
    "import_id", "outcome_id", "system", "tracker", "kind", "stage", "status", "occurred_at", "parent_outcome_id",
    "gross_micros", "tax_micros", "shipping_micros", "currency", "anonymous_key", "user_key", "email_key", "phone_key",
    "crm_key", "company_key", "order_id", "deal_id", "payment_id",
)  # fmt: skip
_REPLACED = ("imported_at", "system", "tracker", "kind", "status", "occurred_at", "gross_micros", "currency")

PEOPLE = Table(
    "people", "derived", "journeys", "identifier",
    (
        Column("identifier", Type.KEY, needed=True),
        Column("person_key", Type.KEY, "smallest identifier of the component: stable", needed=True),
        Column("person_id", Type.COUNT, "dense from 0 in (bucket, person_key) order, inside one build only", needed=True),
        Column("bucket", Type.SMALL, "0..63: last byte of person_key modulo 64", needed=True),
    ),
)  # fmt: skip

CONSENTS = Table(
    "consents", "derived", "journeys", "person_key, purpose; who said nothing about a purpose has no row, and has not agreed",
    (
        Column("bucket", Type.SMALL, needed=True),
        Column("person_key", Type.KEY, needed=True),
        Column("purpose", Type.TEXT, "analytics_storage, ad_storage, ad_user_data or ad_personalization", needed=True),
        Column("state", Type.TEXT, "granted or denied: the latest word", needed=True),
        Column("said_at", Type.AT, "as stated, else when it was seen", needed=True),
        Column("policy_version", Type.TEXT, "of the text that they were shown; NULL: not stated"),
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
        Column("currency", Type.TEXT, "in which the outcome was booked; NULL: it has no value"),
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

HIT_DAYS = Table(
    "hit_days", "derived", "metrics",
    "source, date_day, type, is_bot, page_host, referrer_host, utm_source, utm_medium, utm_campaign, utm_id, "
    "click_id_kind, click_id_form, gad_campaign, personal",
    (
        Column("source", Type.TEXT, needed=True),
        Column("date_day", Type.DAY, "the business's", needed=True),
        Column("type", Type.TEXT, "page or track", needed=True),
        Column("is_bot", Type.FLAG, needed=True),
        Column("page_host", Type.TEXT, "bare, in small letters; empty: no address", needed=True),
        Column("referrer_host", Type.TEXT, "likewise", needed=True),
        *(Column(name, Type.TEXT, "empty: none", needed=True) for name in ("utm_source", "utm_medium", "utm_campaign", "utm_id")),
        Column("click_id_kind", Type.TEXT, "the click id that counts; empty: none", needed=True),
        Column("click_id_form", Type.TEXT, "of Google's and Meta's: whole, small (no capitals left) or short (cut); else empty", needed=True),
        Column("gad_campaign", Type.SMALL, "1: Google's own campaign id came along", needed=True),
        Column("personal", Type.SMALL, "1: the address held an e-mail address, which the import emptied", needed=True),
        Column("hits", Type.COUNT, "pages or tracked events, >= 1", needed=True),
        Column("example_id", Type.TEXT, "one event of them", needed=True),
    ),
)  # fmt: skip

HIT_QUARTERS = Table(
    "hit_quarters", "derived", "metrics", "source, quarter_micros",
    (
        Column("source", Type.TEXT, needed=True),
        Column("quarter_micros", Type.COUNT, "beginning of a quarter of an hour, microseconds since 1970 UTC", needed=True),
        Column("date_day", Type.DAY, "the business's", needed=True),
        Column("hits", Type.COUNT, "pages and tracked events, bots' too", needed=True),
        Column("human_hits", Type.COUNT, "no bot's", needed=True),
        Column("example_id", Type.TEXT, "one event of no bot; NULL: there is none"),
    ),
)  # fmt: skip

CONSENT_HITS = Table(
    "consent_hits", "derived", "metrics",
    "source, date_day, page_host, browser, analytics_storage, ad_storage, ad_user_data, ad_personalization",
    (
        Column("source", Type.TEXT, "that states consent at all", needed=True),
        Column("date_day", Type.DAY, "the business's", needed=True),
        Column("page_host", Type.TEXT, "bare, in small letters; empty: no address", needed=True),
        Column("browser", Type.TEXT, "family, else device; empty: not known", needed=True),
        *(
            Column(name, Type.TEXT, "granted, denied, or empty: nothing was said", needed=True)
            for name in ("analytics_storage", "ad_storage", "ad_user_data", "ad_personalization")
        ),
        Column("hits", Type.COUNT, "pages and tracked events, no bot's", needed=True),
        Column("of_nobody", Type.COUNT, "of them, those without any identifier", needed=True),
        Column("example_id", Type.TEXT, "one event of them", needed=True),
    ),
)  # fmt: skip

TOLD_OUTCOMES = Table(
    "told_outcomes", "derived", "metrics", "outcome_id, stage; lies sorted by system, kind, deal_number, outcome_id, stage",
    (
        *(_OUTCOME[name] for name in _TOLD),
        Column("date_day", Type.DAY, "the business's, of occurred_at; NULL: not dated"),
        Column("names_click", Type.FLAG, "true: an ad's click stands beside the people", needed=True),
        Column(
            "deal_number", Type.COUNT,
            "of leads and deals that no tracker told: dense from 0 in (system, deal) order, inside one build only; NULL: anything else",
        ),
    ),
)  # fmt: skip

CONVERSION_EVENTS = Table(
    "conversion_events", "derived", "metrics", "event_id; tracked events that tell of an order or of a lead",
    (
        Column("event_id", Type.TEXT, needed=True),
        Column("source", Type.TEXT, needed=True),
        Column("name", Type.TEXT, "as the tracker calls it"),
        Column("occurred_at", Type.AT, needed=True),
        Column("date_day", Type.DAY, "the business's", needed=True),
        Column("anonymous_key", Type.KEY), Column("user_key", Type.KEY), Column("email_key", Type.KEY), Column("phone_key", Type.KEY),
        Column("order_id", Type.TEXT, "NULL: a lead"),
        Column("value_micros", Type.MICROS, "in the currency that the event tells"),
        Column("is_bot", Type.FLAG, needed=True),
        Column("sender", Type.TEXT, "browser: anybody could have sent it, or it tells a page or a device; else server", needed=True),
        Column("tells_lead", Type.SMALL, "1: its name says that somebody left their address, or asked to be called", needed=True),
    ),
)  # fmt: skip

VISIT_DAYS = Table(
    "visit_days", "derived", "metrics", "place, joined, date_day; touches that a hit began, no views",
    (
        Column("place", Type.SMALL, "a row of places", needed=True),
        Column("joined", Type.SMALL, "1: joined to a campaign that the platform knows", needed=True),
        Column("date_day", Type.DAY, "the business's", needed=True),
        Column("visits", Type.COUNT, "visits and clicks, those of e-mails too, >= 1", needed=True),
        Column("example_id", Type.TEXT, "one touch of them", needed=True),
    ),
)  # fmt: skip

EVENTS_REPEATED = Table(
    "events_repeated", "derived", "store", "import_id, line, event_id",
    (
        Column("event_id", Type.TEXT, needed=True),
        Column("import_id", Type.TEXT, "of the row that repeats an event received before", needed=True),
        Column("line", Type.COUNT, needed=True),
    ),
)  # fmt: skip

OUTCOMES_REPLACED = Table(
    "outcomes_replaced", "derived", "store", "import_id, line, outcome_id, stage; what these rows told of sales",
    (
        Column("outcome_id", Type.TEXT, needed=True),
        Column("stage", Type.TEXT, needed=True),
        Column("import_id", Type.TEXT, "of the row after which another tells the same outcome's same stage", needed=True),
        Column("line", Type.COUNT, needed=True),
        *(_OUTCOME[name] for name in _REPLACED),
    ),
)  # fmt: skip
