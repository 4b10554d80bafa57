"""Messages of the Segment spec as rows of facts, whichever tracker archived them: events of somebody, and their orders.

What the sources say of them stands there (`segment.py`, `rudderstack.py`); what differs is their name and a few fields.
"""

from __future__ import annotations

from typing import get_args

from outturn.domain.segment import PURCHASE_EVENTS, REFUND_EVENTS, MessageType
from outturn.sources.addresses import arrival_columns, kept_address, kept_text
from outturn.sources.amounts import exact_micros
from outturn.sources.browsers import bot_sql, browser_sql, device_sql
from outturn.sources.properties import kept_properties
from outturn.sources.source import Cell, Check, Kind, Layout, Total

_AMOUNTS = ("total", "revenue", "value", "tax", "shipping", "discount")
_CAMPAIGN = ("source", "medium", "name", "term", "content", "id")
_UTM = {("utm_campaign" if key == "name" else f"utm_{key}"): kept_text(f"campaign_{key}") for key in _CAMPAIGN}
_EVENT = "LOWER(TRIM(REPLACE(event, '_', ' ')))"
_PURCHASE = f"(type = 'track' AND {_EVENT} IN {(*PURCHASE_EVENTS, '')})"
_REFUND = f"(type = 'track' AND {_EVENT} IN {(*REFUND_EVENTS, '')})"
_TRIAL = f"(type = 'track' AND {_EVENT} = 'trial started')"

_CELLS = (
    Cell("type", Kind.TEXT, ("type",), required=True, filled=True, choices=get_args(MessageType)),
    # At least one of them tells that these are messages, and that each is about somebody.
    Cell("about", Kind.TEXT, ("anonymousId", "userId"), required=True),
    Cell("stamped", Kind.VERSION, ("timestamp", "originalTimestamp", "receivedAt"), required=True),
    Cell("original", Kind.VERSION, ("originalTimestamp",)),
    Cell("sent", Kind.VERSION, ("sentAt",)),
    Cell("received", Kind.VERSION, ("receivedAt",)),
    Cell("message_id", Kind.TEXT, ("messageId",)),
    # Of messages whose id may be no more than a mark of missing.
    Cell(
        "record_hash",
        Kind.TEXT,
        expression=(
            "CASE WHEN COALESCE(length(json_extract_string(record, '$.messageId')), 0) <= 12 "
            "THEN left(sha256(CAST(record AS VARCHAR)), 32) END"
        ),
    ),
    Cell("anonymous_key", Kind.KEY, ("anonymousId",), identity="anonymous"),
    Cell("user_key", Kind.KEY, ("userId",), identity="user"),
    Cell("previous_key", Kind.KEY, ("previousId",), identity="anonymous"),
    Cell("email_key", Kind.KEY, ("traits.email", "context.traits.email", "properties.email"), identity="email"),
    Cell("phone_key", Kind.KEY, ("traits.phone", "context.traits.phone", "properties.phone"), identity="phone"),
    Cell("company_key", Kind.KEY, ("groupId", "context.groupId"), identity="company"),
    Cell("event", Kind.TEXT, ("event",)),
    Cell("page_url", Kind.TEXT, ("context.page.url",)),
    Cell("page_referrer", Kind.TEXT, ("context.page.referrer",)),
    Cell("own_url", Kind.TEXT, ("properties.url",)),
    Cell("own_referrer", Kind.TEXT, ("properties.referrer",)),
    *(Cell(f"campaign_{key}", Kind.TEXT, (f"context.campaign.{key}",)) for key in _CAMPAIGN),
    Cell("user_agent", Kind.TEXT, ("context.userAgent",)),
    # The spec has none: a tracker that has sessions says where.
    Cell("session_id", Kind.TEXT),
    Cell("consent_given", Kind.TEXT, ("context.consent.categoryPreferences",)),
    Cell("order_id", Kind.ID, ("properties.order_id",)),
    Cell("currency", Kind.CURRENCY, ("properties.currency",)),
    # What `total` or `value` means in a message that is no order is the sender's own business: read where it is money.
    *(Cell(f"{name}_stated", Kind.TEXT, (f"properties.{name}",)) for name in _AMOUNTS),
    Cell("properties_given", Kind.TEXT, ("properties",)),
    Cell(
        "order_amount",
        Kind.TEXT,
        expression=(
            "CASE WHEN regexp_matches(CAST(record AS VARCHAR), '\"\\s*order[ _](completed|refunded)\\s*\"', 'i') "
            "AND json_extract_string(record, '$.type') = 'track' "
            "THEN COALESCE(json_extract_string(record, '$.properties.total'), "
            "json_extract_string(record, '$.properties.revenue'), "
            "json_extract_string(record, '$.properties.value')) END"
        ),
    ),
)


def _micros(name: str) -> str:
    return exact_micros(f"{name}_stated")


def _unread(name: str) -> str:
    return f"({name}_stated IS NOT NULL AND {_micros(name)} IS NULL)"


_OCCURRED = (
    "COALESCE(make_timestamptz(epoch_us(received) - (epoch_us(sent) - epoch_us(original))), "
    "stamped, original, received)"
)
_ADDED = f"COALESCE({_micros('tax')}, 0) + COALESCE({_micros('shipping')}, 0)"
_GROSS = f"COALESCE({_micros('total')}, {_micros('revenue')} + {_ADDED}, {_micros('value')})"
_TEXTS = (
    "about", "message_id", "event", "order_id", "email_key", "phone_key", "anonymous_key", "user_key", "previous_key",
    "company_key",
)  # fmt: skip
_CHECKS = (
    Check("MISSING_VALUE", "COALESCE(anonymous_key, user_key) IS NULL", "anonymousId and userId are missing"),
    Check(
        "MISSING_VALUE",
        " OR ".join(f"left({name}_text, 1) IN ('{{', '[')" for name in _TEXTS),
        "an id, a name or an address is no text",
    ),
    Check("MISSING_VALUE", "type = 'track' AND event IS NULL", "event is missing: a track names what happened"),
    Check("MISSING_VALUE", "type = 'alias' AND previous_key IS NULL", "previousId, which is replaced, is missing"),
    Check("MISSING_VALUE", "type = 'group' AND company_key IS NULL", "groupId is missing"),
    Check("MISSING_VALUE", f"{_OCCURRED} IS NULL", "timestamp is missing: expected an ISO 8601 time"),
    Check("BAD_DATE", f"{_OCCURRED} > getvariable('now')", "timestamp lies in the future"),
    Check(
        "BAD_NUMBER",
        f"({_PURCHASE} OR {_REFUND}) AND ({' OR '.join(map(_unread, _AMOUNTS))})",
        "an order's amounts are plain numbers such as 12.34 with at most six decimals",
    ),
    Check("MISSING_VALUE", f"{_REFUND} AND {_GROSS} IS NULL", "a refund states its amount in total, revenue or value"),
)  # fmt: skip

_CONSENT = "CASE WHEN left(consent_given, 1) = '{' THEN consent_given END"


def _named(consent: str) -> str:
    return f"""
        SELECT
            accepted.*, {_OCCURRED} AS occurred_at,
            COALESCE(message_id, record_hash || ':' || CAST(nameless.occurrence AS VARCHAR)) AS native_id,
            {consent} AS consent
        FROM accepted LEFT JOIN (
            SELECT line, ROW_NUMBER() OVER (PARTITION BY record_hash ORDER BY line) AS occurrence
            FROM accepted WHERE message_id IS NULL
        ) AS nameless USING (line)
    """  # noqa: S608


def _events(system: str, url: str, consent: str) -> str:
    # A group's e-mail address is the company's. An alias says that the earlier id was this user. An event of nobody is
    # one whose identifiers were taken off, since that person asked to be forgotten.
    return f"""
        WITH named AS ({_named(consent)}), placed AS (
            SELECT
                *, {url} AS given_url,
                CASE WHEN type = 'page' THEN COALESCE(own_referrer, page_referrer) ELSE page_referrer END AS
                given_referrer
            FROM named WHERE COALESCE(anonymous_key, user_key, previous_key, email_key, phone_key) IS NOT NULL
        ), addressed AS (
            SELECT *, {kept_address("given_url")} AS url, {kept_address("given_referrer")} AS referrer FROM placed
        )
        SELECT
            line, '{system}:' || native_id AS event_id, '{system}' AS source,
            CASE WHEN type IN ('page', 'screen') THEN 'page' WHEN type = 'track' THEN 'track' ELSE 'identify' END AS
            type,
            CASE WHEN type = 'track' THEN event END AS name,
            occurred_at, COALESCE(received, getvariable('now')) AS received_at,
            CASE WHEN type = 'alias' THEN previous_key ELSE anonymous_key END AS anonymous_key, user_key,
            CASE WHEN type <> 'group' THEN email_key END AS email_key,
            CASE WHEN type <> 'group' THEN phone_key END AS phone_key,
            'file' AS trust, session_id, url, referrer, {arrival_columns("url", _UTM)},
            CASE WHEN type = 'track' THEN order_id END AS order_id,
            CASE WHEN type = 'track' AND currency IS NOT NULL THEN {_GROSS} END AS value_micros,
            CASE WHEN type = 'track' AND {_GROSS} IS NOT NULL THEN currency END AS currency,
            {browser_sql("user_agent")} AS browser,
            {device_sql("user_agent")} AS device, {bot_sql("user_agent")} AS is_bot, consent,
            CASE WHEN type = 'track' THEN {kept_properties("properties_given")} END AS properties
        FROM addressed
    """  # noqa: S608


def _outcomes(system: str, consent: str) -> str:
    seen = f"""
        '{system}' AS system, TRUE AS tracker, '' AS stage, 'counted' AS status, occurred_at,
        anonymous_key, user_key, email_key, phone_key, company_key, consent
    """
    return f"""
        WITH named AS ({_named(consent)}), worth AS (
            SELECT *, {_GROSS} AS gross, COALESCE(order_id, native_id) AS sale
            FROM named WHERE {_PURCHASE} OR {_REFUND} OR {_TRIAL}
        ), ranked AS (
            SELECT *, ROW_NUMBER() OVER (PARTITION BY sale ORDER BY occurred_at, line) AS place
            FROM worth WHERE {_PURCHASE}
        )
        SELECT
            line, '{system}:' || sale AS outcome_id, 'purchase' AS kind, gross AS gross_micros,
            {_micros("tax")} AS tax_micros, {_micros("shipping")} AS shipping_micros,
            {_micros("discount")} AS discount_micros,
            CASE WHEN gross IS NOT NULL THEN currency END AS currency, order_id, {seen}
        FROM ranked WHERE place = 1
        UNION ALL BY NAME
        SELECT
            line, '{system}:' || COALESCE(order_id || ':', '') || 'refund:' || native_id AS outcome_id,
            'refund' AS kind,
            '{system}:' || order_id AS parent_outcome_id, -ABS(gross) AS gross_micros,
            -ABS({_micros("tax")}) AS tax_micros,
            -ABS({_micros("shipping")}) AS shipping_micros, currency, order_id, {seen}
        FROM worth WHERE {_REFUND}
        UNION ALL BY NAME
        SELECT line, '{system}:' || native_id AS outcome_id, 'trial' AS kind, {seen} FROM worth WHERE {_TRIAL}
    """  # noqa: S608


_FIRST = f"""
    line IN (
        SELECT arg_min(line, struct_pack(moment := {_OCCURRED}, line := line)) FROM accepted WHERE {_PURCHASE}
        GROUP BY COALESCE(order_id, CAST(line AS VARCHAR))
    )
"""  # noqa: S608


_URL = "CASE WHEN type = 'page' THEN COALESCE(own_url, page_url) ELSE page_url END"


def archive(
    system: str,
    sample: str,
    *,
    own: tuple[Cell, ...] = (),
    url: str = _URL,
    consent: str = _CONSENT,
) -> Layout:
    """The layout of a tracker's archive.

    Args:
        system: The tracker's name, as in `events.source` and `outcomes.system`.
        sample: A few of its messages, as lines.
        own: Cells that the spec does not have, or instead of its own of the same name.
        url: SQL for the address of the page of a message.
        consent: SQL for what was consented to, as a JSON object; NULL: not known.
    """
    replaced = {cell.name for cell in own}
    return Layout(
        "archive",
        (*(cell for cell in _CELLS if cell.name not in replaced), *own),
        outputs={"events": _events(system, url, consent), "outcomes": _outcomes(system, consent)},
        shape="lines",
        checks=_CHECKS,
        totals=(
            Total("orders", f"CASE WHEN {_FIRST} THEN 1 END"),
            Total("total", f"CASE WHEN {_FIRST} THEN {_GROSS} END", money=True),
            Total("refunded", f"CASE WHEN {_REFUND} THEN ABS({_GROSS}) END", money=True),
        ),
        priced=("order_amount",),
        suppressed="strip",
        sample=sample,
    )
