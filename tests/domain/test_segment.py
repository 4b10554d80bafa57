"""Segment messages: what a well-formed one says, when it happened, and refusals that name the field."""

from __future__ import annotations

import json
from contextlib import suppress
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from outturn.domain.segment import Amounts, Campaign, MessageRefused, occurrence, parse_message

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


def parsed(text: str) -> dict[str, Any]:
    body = json.loads(text, parse_float=Decimal)
    assert isinstance(body, dict)
    return body


def message(**fields: Any) -> dict[str, Any]:
    return {"type": "page", "messageId": "m1", "anonymousId": "a1", "timestamp": "2026-03-01T12:00:00.000Z", **fields}


def order(**properties: Any) -> dict[str, Any]:
    return message(type="track", event="Order Completed", properties={"order_id": "1001", **properties})


def test_a_page_tells_who_came_from_where() -> None:
    page = parse_message(
        parsed("""{
        "type": "page", "messageId": "m1", "anonymousId": "a1", "userId": null, "name": "Home",
        "context": {
            "campaign": {"name": "spring", "source": "newsletter", "medium": "email", "term": "", "content": "top"},
            "page": {"url": "https://shop.example/", "referrer": "https://blog.example/post"},
            "userAgent": "Mozilla/5.0", "ip": "203.0.113.7",
            "consent": {"categoryPreferences": {"Advertising": true, "Analytics": false}}
        },
        "properties": {"url": "https://shop.example/?gclid=x"},
        "originalTimestamp": "2026-03-01T15:00:00.000Z", "sentAt": "2026-03-01T15:00:10.000Z",
        "receivedAt": "2026-03-01T12:00:10.000Z", "timestamp": "2026-03-01T12:00:00.000Z"
        }""")
    )
    assert page.occurred_at == NOON
    assert page.received_at == datetime(2026, 3, 1, 12, 0, 10, tzinfo=UTC)
    assert (page.name, page.anonymous_id, page.user_id) == ("Home", "a1", None)
    assert (page.url, page.referrer) == ("https://shop.example/?gclid=x", "https://blog.example/post")
    assert page.campaign == Campaign(source="newsletter", medium="email", name="spring", content="top")
    assert (page.user_agent, page.ip) == ("Mozilla/5.0", "203.0.113.7")
    assert page.consent == {"Advertising": True, "Analytics": False}
    assert not page.is_purchase


def test_an_order_keeps_its_amounts_to_the_micro() -> None:
    body = parsed("""{
        "type": "track", "event": "Order Completed", "messageId": "m2", "userId": 42,
        "timestamp": "2026-03-01T12:00:00Z",
        "properties": {"order_id": 1001, "total": 119.00, "revenue": "95.10", "tax": 19, "shipping": 4.90,
                       "discount": 0, "currency": "eur", "url": "https://shop.example/p/1"}
    }""")
    sale = parse_message(body)
    assert sale.is_purchase
    assert sale.user_id == "42"
    assert sale.order_id == "1001"
    assert sale.amounts == Amounts(
        total=119_000_000, revenue=95_100_000, tax=19_000_000, shipping=4_900_000, discount=0, currency="EUR"
    )
    assert sale.amounts.gross == 119_000_000
    assert sale.url is None  # a product's address is not the page's


def test_what_was_charged_is_the_best_of_what_is_stated() -> None:
    assert parse_message(order(revenue=Decimal("10"), tax=Decimal("1.9"))).amounts.gross == 11_900_000
    assert parse_message(order(value=7)).amounts.gross == 7_000_000
    assert parse_message(order()).amounts.gross is None


def test_a_browsers_sum_of_floats_is_the_amount_it_means() -> None:
    assert parse_message(order(total=Decimal("0.30000000000000004"))).amounts.total == 300_000
    assert parse_message(order(total=Decimal("29.990000000000002"))).amounts.total == 29_990_000


def test_identify_group_and_alias() -> None:
    who = parse_message(message(type="identify", userId="u1", traits={"email": "Ana@X.example", "phone": 49301234567}))
    assert (who.email, who.phone, who.properties["phone"]) == ("Ana@X.example", "49301234567", 49301234567)
    assert parse_message(message(context={"traits": {"email": "b@x.example"}})).email == "b@x.example"
    assert parse_message(message(type="group", groupId="acme", traits={"name": "Acme"})).group_id == "acme"
    assert parse_message(message(type="alias", userId="new", previousId="old")).previous_id == "old"


def test_a_whole_number_that_came_as_a_float_is_the_same_id() -> None:
    assert (
        parse_message(message(userId=Decimal("123.0"))).user_id == parse_message(message(userId=123)).user_id == "123"
    )
    for odd in ("123.5", "1e300", "NaN"):
        with pytest.raises(MessageRefused, match="userId"):
            parse_message(message(userId=Decimal(odd)))


def test_refunds_are_known_by_their_event() -> None:
    assert parse_message(message(type="track", event="order_refunded", properties={"order_id": "1"})).is_refund


def test_a_device_three_hours_ahead_is_corrected_by_the_receivers_clock() -> None:
    fast = {"originalTimestamp": "2026-03-01T15:00:00Z", "sentAt": "2026-03-01T15:05:00Z"}
    assert occurrence({**fast, "receivedAt": "2026-03-01T12:05:00Z", "timestamp": "1999-01-01T00:00:00Z"}) == NOON
    straight = {"timestamp": "2026-03-01T15:00:00Z", "sentAt": "2026-03-01T15:05:00Z"}
    assert occurrence(straight, received_at=datetime(2026, 3, 1, 12, 5, tzinfo=UTC)) == NOON


@pytest.mark.parametrize(
    ("times", "expected"),
    [
        (
            {
                "timestamp": "2026-03-01T12:00:00Z",
                "sentAt": "2026-03-01T11:00:00Z",
                "receivedAt": "2026-03-01T13:00:00Z",
            },
            NOON,
        ),
        ({"timestamp": "2026-03-01T13:00:00+01:00"}, NOON),
        ({"timestamp": "2026-03-01T12:00:00"}, NOON),
        ({"timestamp": None, "originalTimestamp": "2026-03-01T12:00:00.000000Z"}, NOON),
        ({"timestamp": "", "receivedAt": "2026-03-01T12:00:00Z"}, NOON),
    ],
)
def test_the_time_of_an_archived_message(times: dict[str, Any], expected: datetime) -> None:
    assert occurrence(times) == expected


@given(lag=st.integers(0, 10**9), ahead=st.integers(-(10**9), 10**9))
def test_the_devices_clock_never_matters(lag: int, ahead: int) -> None:
    def at(second: int) -> str:
        return datetime.fromtimestamp(2 * 10**9 + second, UTC).isoformat()

    body = {"originalTimestamp": at(ahead), "sentAt": at(ahead + lag), "receivedAt": at(lag)}
    assert occurrence(body) == datetime.fromisoformat(at(0))


@pytest.mark.parametrize(
    ("body", "code", "field"),
    [
        ([], "MISSING_VALUE", "type"),
        (message(type=None), "MISSING_VALUE", "type"),
        (message(type="Page"), "UNKNOWN_KIND", "type"),
        (message(messageId=""), "MISSING_VALUE", "messageId"),
        (message(messageId=1.5), "MISSING_VALUE", "messageId"),
        (message(anonymousId=None), "MISSING_VALUE", "anonymousId"),
        (message(anonymousId=True), "MISSING_VALUE", "anonymousId"),
        (message(type="track"), "MISSING_VALUE", "event"),
        (message(type="alias"), "MISSING_VALUE", "previousId"),
        (message(type="group"), "MISSING_VALUE", "groupId"),
        (message(timestamp=None), "MISSING_VALUE", "timestamp"),
        (message(timestamp="2026-02-30T00:00:00Z"), "BAD_DATE", "timestamp"),
        (message(timestamp=1772366400), "BAD_DATE", "timestamp"),
        (message(timestamp="0001-01-01T00:00:00+23:00"), "BAD_DATE", "timestamp"),
        (message(sentAt="soon"), "BAD_DATE", "sentAt"),
        (message(context="web"), "MISSING_VALUE", "context"),
        (message(context={"campaign": [1]}), "MISSING_VALUE", "context.campaign"),
        (message(context={"page": {"url": {}}}), "MISSING_VALUE", "context.page.url"),
        (message(context={"consent": {"categoryPreferences": {"Ads": "yes"}}}), "MISSING_VALUE",
         "context.consent.categoryPreferences"),
        (order(total="1,50"), "BAD_NUMBER", "properties.total"),
        (order(total=True), "BAD_NUMBER", "properties.total"),
        (order(total=[]), "BAD_NUMBER", "properties.total"),
        (order(total="NaN"), "BAD_NUMBER", "properties.total"),
        (order(tax=Decimal("9E+999999")), "BAD_NUMBER", "properties.tax"),
        (order(tax=Decimal("1E+30")), "BAD_NUMBER", "properties.tax"),
        (order(total=Decimal("0.1234567")), "BAD_NUMBER", "properties.total"),
        (order(currency="EURO"), "AMBIGUOUS_CURRENCY", "properties.currency"),
    ],
)  # fmt: skip
def test_a_refusal_names_the_field(body: Any, code: str, field: str) -> None:
    with pytest.raises(MessageRefused) as caught:
        parse_message(body)
    assert (caught.value.code, caught.value.field) == (code, field)
    assert "expected" in caught.value.reason or "range" in caught.value.reason or "rounded" in caught.value.reason


def test_a_float_is_the_callers_mistake() -> None:
    with pytest.raises(TypeError, match="parse_float"):
        parse_message(order(total=1.5))


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.decimals() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)
KEYS = [
    "type", "messageId", "anonymousId", "userId", "timestamp", "sentAt", "originalTimestamp", "receivedAt", "context",
    "event", "properties", "traits", "groupId", "previousId", "name",
]  # fmt: skip


@given(
    kind=st.sampled_from(["page", "track", "identify"]), fields=st.dictionaries(st.sampled_from(KEYS), JSON, max_size=4)
)
def test_anything_is_a_message_or_refused(kind: str, fields: dict[str, Any]) -> None:
    with suppress(MessageRefused):
        parse_message({**message(type=kind, event="Order Completed", properties=fields), **fields})


@given(amount=st.decimals(allow_nan=True) | st.integers() | st.text())
def test_any_amount_is_exact_or_refused(amount: Decimal | int | str) -> None:
    with suppress(MessageRefused):
        total = parse_message(order(total=amount)).amounts.total
        assert total is None or abs(Decimal(total) - Decimal(amount) * 10**6) <= abs(Decimal(total)) * Decimal("1e-14")
