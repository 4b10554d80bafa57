"""Google Analytics 4: its BigQuery event export, as JSON lines or as Parquet with the same nested fields.

Tags are those that the hit carried: `collected_traffic_source`, else the parameters `source`, `medium`, `campaign`,
else the page's address. Only where a file has none of the first at all does `session_traffic_source_last_click` speak,
and then on `session_start` alone, for it looks back over direct visits. `traffic_source` is the user's first source and
never a touch.

An event is known by its user (as its key, not as written), microsecond and name. One transaction sent twice counts
once: the first wins. `purchase_revenue`, else the parameter `value`, is without tax and shipping, as Google defines it:
what was charged is their sum. Google takes back every refund of a transaction, and so do we: a refund is known by its
transaction, microsecond and amount, so that days exported twice count once and two partial refunds are two.
"""

from __future__ import annotations

from outturn.sources.addresses import arrival_columns, kept_address, kept_text
from outturn.sources.amounts import exact_micros
from outturn.sources.source import Cell, Check, Kind, Layout, Source, Total

_PARAMS = '[{"key":"VARCHAR","value":{"string_value":"VARCHAR","int_value":"VARCHAR","double_value":"VARCHAR"}}]'
_NOTHING = "('', '(not set)', '(direct)', '(none)', '(not provided)', '(data deleted)')"
# Column -> its names among the collected tags, the parameters, and the session's last click.
_TAGS = {
    "utm_source": ("manual_source", "source", "source"),
    "utm_medium": ("manual_medium", "medium", "medium"),
    "utm_campaign": ("manual_campaign_name", "campaign", "campaign_name"),
    "utm_term": ("manual_term", "term", "term"),
    "utm_content": ("manual_content", "content", "content"),
    "utm_id": ("manual_campaign_id", "campaign_id", "campaign_id"),
}
_CLICKS = ("gclid", "dclid")
# What is read of the nested fields, all at once, since each reading of a record is dear.
_FIELDS = {
    "params": "event_params",
    "collected": "collected_traffic_source",
    "privacy": "privacy_info",
    "device": "device.category",
    "ads_storage": "privacy_info.ads_storage",
    "analytics_storage": "privacy_info.analytics_storage",
    "ads_campaign": "session_traffic_source_last_click.google_ads_campaign.campaign_id",
    **{f"collected_{name}": f"collected_traffic_source.{name}" for name in _CLICKS},
    **{f"collected_{column}": f"collected_traffic_source.{names[0]}" for column, names in _TAGS.items()},
    **{
        f"last_{column}": f"session_traffic_source_last_click.manual_campaign.{names[2]}"
        for column, names in _TAGS.items()
    },
}
_PARAM_NAMES = ("page_location", "page_referrer", "ga_session_id", *_CLICKS, *(names[1] for names in _TAGS.values()))


def _text_of(param: str) -> str:
    """SQL for the text of a parameter, whichever type it came as."""
    return f"COALESCE({', '.join(f'{param}.value.{kind}_value' for kind in ('string', 'int', 'double'))})"


def _of_sale(field: str, param: str) -> str:
    """The expression of a cell that sales and refunds alone fill: a field's text, else a parameter's."""
    params = f"TRY(from_json(json_extract(record, '$.event_params'), '{_PARAMS}'))"
    stated = _text_of(f"list_filter({params}, lambda one: one.key = '{param}')[1]")
    sold = 'regexp_matches(CAST(record AS VARCHAR), \'"event_name"\\s*:\\s*"(purchase|refund)"\')'
    return f"CASE WHEN {sold} THEN COALESCE(json_extract_string(record, '$.ecommerce.{field}'), {stated}) END"


def _said(text: str) -> str:
    return f"CASE WHEN {text} NOT IN {_NOTHING} THEN {text} END"


_PATHS = ", ".join(f"'$.{path}'" for path in _FIELDS.values())
_CELLS = (
    Cell("event_name", Kind.TEXT, ("event_name",), required=True, filled=True),
    Cell("occurred_at", Kind.AT, ("event_timestamp",), required=True, filled=True),
    Cell("anonymous_key", Kind.KEY, ("user_pseudo_id",), required=True, identity="anonymous"),
    Cell("user_key", Kind.KEY, ("user_id",), identity="user"),
    Cell("fields", Kind.TEXT, expression=f"CAST(to_json(json_extract_string(record, [{_PATHS}])) AS VARCHAR)"),
    Cell("currency", Kind.CURRENCY, expression=_of_sale("currency", "currency")),
    Cell("revenue", Kind.TEXT, expression=_of_sale("purchase_revenue", "value")),
    Cell("refunded", Kind.TEXT, expression=_of_sale("refund_value", "value")),
    Cell("tax", Kind.TEXT, expression=_of_sale("tax_value", "tax")),
    Cell("shipping", Kind.TEXT, expression=_of_sale("shipping_value", "shipping")),
    Cell("transaction_id", Kind.ID, expression=_of_sale("transaction_id", "transaction_id")),
)
_REVENUE, _TAX, _SHIPPING, _REFUNDED = map(exact_micros, ("revenue", "tax", "shipping", "refunded"))
_GROSS = f"{_REVENUE} + COALESCE({_TAX}, 0) + COALESCE({_SHIPPING}, 0)"
_CHECKS = (
    Check(
        "MISSING_VALUE",
        "left(anonymous_key_text, 1) IN ('{', '[') OR left(user_key_text, 1) IN ('{', '[')",
        "user_pseudo_id and user_id are texts",
    ),
    Check(
        "BAD_NUMBER",
        "event_name = 'purchase' AND ("
        + " OR ".join(
            f"({name} IS NOT NULL AND {exact_micros(name)} IS NULL)" for name in ("revenue", "tax", "shipping")
        )
        + ")",
        "a purchase's amounts are plain numbers with at most six decimals",
    ),
    Check(
        "BAD_NUMBER",
        f"event_name = 'refund' AND refunded IS NOT NULL AND {_REFUNDED} IS NULL",
        "a refund's amount is a plain number with at most six decimals",
    ),
    Check("MISSING_VALUE", "event_name = 'refund' AND refunded IS NULL", "a refund states its refund_value or value"),
)

_USER = "COALESCE(left(lower(hex(COALESCE(anonymous_key, user_key))), 20), '')"
_EVENT_KEY = (
    f"{_USER} || ':' || CAST(epoch_us(occurred_at) AS VARCHAR) || ':' || event_name "
    f"|| COALESCE(':' || {_said('transaction_id')}, '')"
)
_SALE = f"COALESCE({_said('transaction_id')}, md5({_EVENT_KEY}))"
_REFUND = f"{_SALE} || ':refund:' || CAST(epoch_us(occurred_at) AS VARCHAR) || ':' || CAST(ABS({_REFUNDED}) AS VARCHAR)"
_STATED = {
    **{column: kept_text(f"said_{column}") for column in _TAGS},
    **{name: f"said_{name}" for name in _CLICKS},
    # Google says of which campaign the click was: it speaks only on the hit that carries the click.
    "gad_campaignid": f"CASE WHEN said_gclid IS NOT NULL OR contains(url, 'gclid=') THEN {_said('ads_campaign')} END",
}
_SAID = {
    **{
        column: f"COALESCE({_said(f'collected_{column}')}, {_said(f'param_{names[1]}')}, "
        f"CASE WHEN none_collected AND event_name = 'session_start' THEN {_said(f'last_{column}')} END)"
        for column, names in _TAGS.items()
    },
    **{name: f"COALESCE({_said(f'collected_{name}')}, {_said(f'param_{name}')})" for name in _CLICKS},
}
_PAGES = "('page_view', 'session_start', 'screen_view')"
_PURPOSES = ", ".join(
    f"'{name}', CASE {name} WHEN 'Yes' THEN TRUE WHEN 'No' THEN FALSE END"
    for name in ("ads_storage", "analytics_storage")
)
# Step by step, so that each text is taken out of its record once.
_EVENTS = f"""
    WITH listed AS (
        SELECT *, from_json(fields, '["VARCHAR"]') AS found FROM accepted
    ), opened AS (
        SELECT * EXCLUDE (found), {", ".join(f"found[{n}] AS {name}" for n, name in enumerate(_FIELDS, 1))} FROM listed
    ), told AS (
        SELECT *, TRY(from_json(params, '{_PARAMS}')) AS listed_params FROM opened
    ), keyed AS (
        SELECT
            *, list_transform(listed_params, lambda one: one.key) AS param_keys,
            list_transform(listed_params, lambda one: {_text_of("one")}) AS param_texts,
            (SELECT COUNT(collected) = 0 FROM opened) AS none_collected
        FROM told
    ), stated AS (
        SELECT *, {
    ", ".join(f"param_texts[list_position(param_keys, '{name}')] AS param_{name}" for name in _PARAM_NAMES)
} FROM keyed
    ), said AS (
        SELECT
            *, {kept_address("param_page_location")} AS url, {kept_address("param_page_referrer")} AS referrer,
            {", ".join(f"{text} AS said_{column}" for column, text in _SAID.items())}
        FROM stated
    )
    SELECT
        line, 'ga4:' || {_EVENT_KEY} AS event_id, 'ga4' AS source,
        CASE WHEN event_name IN {_PAGES} THEN 'page' ELSE 'track' END AS type,
        CASE WHEN event_name NOT IN {_PAGES} THEN event_name END AS name,
        occurred_at, getvariable('now') AS received_at, anonymous_key, user_key, 'file' AS trust,
        CASE WHEN COALESCE(anonymous_key, user_key) IS NOT NULL THEN {_USER} || ':' || param_ga_session_id END AS
        session_id,
        url, referrer, {arrival_columns("url", _STATED)}, {_said("transaction_id")} AS order_id,
        CASE event_name WHEN 'purchase' THEN {_GROSS} WHEN 'refund' THEN {_REFUNDED} END AS value_micros,
        currency, LOWER(device) AS device,
        CASE WHEN privacy IS NOT NULL THEN
            NULLIF(CAST(json_merge_patch('{{}}', json_object({_PURPOSES})) AS VARCHAR), '{{}}')
        END AS consent
    FROM said
"""  # noqa: S608
_SOLD = (
    "'ga4' AS system, TRUE AS tracker, '' AS stage, 'counted' AS status, occurred_at, currency, anonymous_key, user_key"
)
_OUTCOMES = f"""
    WITH sold AS (
        SELECT
            *, {_said("transaction_id")} AS order_id,
            CASE event_name WHEN 'purchase' THEN {_SALE} WHEN 'refund' THEN {_REFUND} END AS native_id
        FROM accepted WHERE event_name IN ('purchase', 'refund')
    ), ranked AS (
        SELECT *, ROW_NUMBER() OVER (PARTITION BY event_name, native_id ORDER BY occurred_at, line) AS place FROM sold
    )
    SELECT
        line, 'ga4:' || native_id AS outcome_id, 'purchase' AS kind, order_id, {_SOLD},
        {_GROSS} AS gross_micros, {_TAX} AS tax_micros, {_SHIPPING} AS shipping_micros
    FROM ranked WHERE event_name = 'purchase' AND place = 1
    UNION ALL BY NAME
    SELECT
        line, 'ga4:' || native_id AS outcome_id, 'refund' AS kind, order_id, {_SOLD},
        -ABS({_REFUNDED}) AS gross_micros, 'ga4:' || order_id AS parent_outcome_id
    FROM ranked WHERE event_name = 'refund' AND place = 1
"""  # noqa: S608


def _first(event: str, known_by: str) -> str:
    """SQL: whether the row is the one that counts of what is known by that."""
    return (
        "line IN (SELECT arg_min(line, struct_pack(moment := occurred_at, line := line)) FROM accepted "  # noqa: S608
        f"WHERE event_name = '{event}' GROUP BY {known_by})"
    )


_SAMPLE = (
    '{"event_date":"20260901","event_timestamp":"1788253200000000","event_name":"session_start","event_params":['
    '{"key":"ga_session_id","value":{"int_value":"1"}},'
    '{"key":"page_location","value":{"string_value":"https://shop.example/?gclid=Cj0"}}],"user_pseudo_id":"1.2"}\n'
    '{"event_date":"20260901","event_timestamp":"1788253800000000","event_name":"purchase","event_params":['
    '{"key":"currency","value":{"string_value":"EUR"}}],"user_pseudo_id":"1.2",'
    '"ecommerce":{"transaction_id":"1001","purchase_revenue":56.29}}\n'
)

SOURCE = Source(
    name="ga4",
    title="Google Analytics 4",
    platform="",
    layouts=(
        Layout(
            "bigquery_events",
            _CELLS,
            outputs={"events": _EVENTS, "outcomes": _OUTCOMES},
            marks=("event_date", "event_params"),
            shape="records",
            checks=_CHECKS,
            totals=(
                Total("purchases", f"CASE WHEN {_first('purchase', _SALE)} THEN 1 END"),
                Total("revenue", f"CASE WHEN {_first('purchase', _SALE)} THEN {_GROSS} END", money=True),
                Total("refunded", f"CASE WHEN {_first('refund', _REFUND)} THEN ABS({_REFUNDED}) END", money=True),
            ),
            priced=("revenue", "refunded"),
            suppressed="strip",
            sample=_SAMPLE,
        ),
    ),
    notes="The event export to BigQuery, not the reports of the web page: those hold no visits.",
)
