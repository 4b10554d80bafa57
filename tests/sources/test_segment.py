"""Segment's archives: every message an event of somebody at its time, every order once, no one's data in the open."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest

from outturn.domain.errors import Refusal
from outturn.domain.identifiers import identity_key
from outturn.domain.segment import parse_message
from outturn.simulator.simulate import ARCHIVES, export_files, simulate
from outturn.store.book import Book

if TYPE_CHECKING:
    from pathlib import Path

    from tests.sources.worlds import World

AT = "2026-09-01T10:00:00.000Z"
PAGE = {
    "type": "page",
    "messageId": "m-1",
    "anonymousId": "a-1",
    "timestamp": AT,
    "context": {"page": {"url": "https://shop.example/"}},
}
ORDER = {
    "type": "track", "event": "Order Completed", "messageId": "o-1", "anonymousId": "a-1", "userId": "u-1",
    "timestamp": AT,
    "properties": {
        "order_id": "1001", "total": 29.9, "tax": 4.77, "shipping": 5, "discount": "2.00", "currency": "eur",
    },
}  # fmt: skip


def archive(*messages: dict[str, Any]) -> str:
    return "".join(json.dumps(message) + "\n" for message in messages)


def micros(text: str) -> int:
    return int(datetime.fromisoformat(text).timestamp() * 1_000_000)


def test_a_page_view_is_an_event_with_its_tags(world: World) -> None:
    page = PAGE | {
        "userId": 42, "receivedAt": "2026-09-01T10:00:02Z",
        "context": {
            "campaign": {"source": "news", "medium": "email", "name": "May", "content": "ana@example.com"},
            "page": {
                "url": "https://Shop.example/a?utm_campaign=other&gclid=Cj0-x&email=ana@example.com#top",
                "referrer": "https://blog.example/",
            },
            "userAgent": "Mozilla/5.0 (iPhone; CPU iPhone OS 18_3 like Mac OS X) Mobile/15E148",
            "consent": {"categoryPreferences": {"ads": False}},
        },
    }  # fmt: skip
    report = world.text("archive.jsonl", archive(page))
    assert (report.source, report.layout, report.accepted) == ("segment", "archive", 1)
    (row,) = world.rows(
        "SELECT event_id, source, type, name, outturn_micros(occurred_at), outturn_micros(received_at), trust, url, "
        "referrer, utm_source, utm_medium, "
        "utm_campaign, utm_content, gclid, device, is_bot, consent, anonymous_key, user_key, line FROM events"
    )
    secret = world.workspace.secret()
    assert row == (
        "segment:m-1", "segment", "page", None, micros(AT), micros("2026-09-01T10:00:02Z"), "file",
        "https://Shop.example/a?utm_campaign=other&gclid=Cj0-x&email=", "https://blog.example/", "news", "email",
        "May", None, "Cj0-x", "mobile",
        False, '{"ads":false}', identity_key(secret, "anonymous", "a-1"), identity_key(secret, "user", "42"), 1,
    )  # fmt: skip


def test_who_someone_is_comes_from_traits_properties_and_aliases_and_never_from_a_company(world: World) -> None:
    world.text("archive.jsonl", archive(
        {"type": "identify", "messageId": "1", "anonymousId": "a-1", "userId": "u-1", "timestamp": AT,
         "traits": {"email": " Ana@Example.com", "phone": "+1 650 555 1212", "name": "Ana Example"}},
        {"type": "track", "event": "Newsletter", "messageId": "2", "userId": "u-2", "timestamp": AT,
         "properties": {"email": "bo@example.com"}},
        {"type": "group", "messageId": "3", "userId": "u-2", "groupId": "acme", "timestamp": AT,
         "traits": {"email": "info@acme.example"}},
        {"type": "alias", "messageId": "4", "previousId": "a-9", "userId": "u-2", "timestamp": AT},
    ))  # fmt: skip
    secret = world.workspace.secret()

    def key(kind: Any, text: str) -> bytes:
        return identity_key(secret, kind, text)

    assert world.rows("SELECT type, anonymous_key, user_key, email_key, phone_key FROM events ORDER BY event_id") == [
        (
            "identify",
            key("anonymous", "a-1"),
            key("user", "u-1"),
            key("email", "ana@example.com"),
            key("phone", "+16505551212"),
        ),
        ("track", None, key("user", "u-2"), key("email", "bo@example.com"), None),
        ("identify", None, key("user", "u-2"), None, None),
        ("identify", key("anonymous", "a-9"), key("user", "u-2"), None, None),
    ]


def test_times_are_the_receivers(world: World) -> None:
    clocks = {
        "receivedAt": "2026-09-01T10:00:05Z",
        "sentAt": "2031-01-01T00:00:10Z",
        "originalTimestamp": "2031-01-01T00:00:07.5Z",
    }
    messages = [
        PAGE | clocks | {"timestamp": "2026-09-01T09:00:00Z"},
        PAGE | {"messageId": "m-2", "timestamp": "", "originalTimestamp": AT},
    ]
    world.text("archive.jsonl", archive(*messages))
    found = [row[0] for row in world.rows("SELECT outturn_micros(occurred_at) FROM events ORDER BY event_id")]
    assert found == [int(parse_message(message).occurred_at.timestamp() * 1_000_000) for message in messages]
    assert found == [micros("2026-09-01T10:00:02.5Z"), micros(AT)]


def test_an_order_is_one_outcome_and_its_refund_another(world: World) -> None:
    again = ORDER | {"messageId": "o-2", "timestamp": "2026-09-08T10:00:00Z"}
    refund = ORDER | {
        "event": "order_refunded", "messageId": "r-1", "timestamp": "2026-09-09T10:00:00Z",
        "properties": {"order_id": "1001", "total": -9.9, "currency": "EUR"},
    }  # fmt: skip
    report = world.text("archive.jsonl", archive(PAGE, ORDER, again, refund))
    assert report.accepted == 4
    assert world.rows(
        "SELECT outcome_id, system, tracker, kind, status, gross_micros, tax_micros, shipping_micros, discount_micros, "
        "currency, order_id, parent_outcome_id, outturn_micros(occurred_at) FROM outcomes ORDER BY outcome_id"
    ) == [
        (
            "segment:1001", "segment", True, "purchase", "counted", 29_900_000, 4_770_000, 5_000_000, 2_000_000, "EUR",
            "1001", None, micros(AT),
        ),
        (
            "segment:1001:refund:r-1", "segment", True, "refund", "counted", -9_900_000, None, None, None, "EUR",
            "1001", "segment:1001",
            micros("2026-09-09T10:00:00Z"),
        ),
    ]  # fmt: skip
    assert world.rows(
        "SELECT name, order_id, value_micros, currency FROM events WHERE type = 'track' ORDER BY event_id"
    ) == [
        ("Order Completed", "1001", 29_900_000, "EUR"),
        ("Order Completed", "1001", 29_900_000, "EUR"),
        ("order_refunded", "1001", -9_900_000, "EUR"),
    ]


@pytest.mark.parametrize(
    "properties",
    [
        {"total": 0.30000000000000004}, {"revenue": "10.00", "tax": 1.9, "shipping": 3}, {"value": 7}, {"total": 1e15},
        {},
        {"total": "1,234.56"}, {"total": 1.00000049}, {"total": True}, {"total": {"amount": 3}}, {"total": "free"},
        {"total": 1e30},
    ],
)  # fmt: skip
def test_amounts_are_those_of_the_domain_or_refused_as_it_refuses_them(
    world: World, properties: dict[str, Any]
) -> None:
    message = ORDER | {"properties": {"order_id": "1001", "currency": "EUR"} | properties}
    report = world.text("archive.jsonl", archive(PAGE, message))
    try:
        expected = parse_message(json.loads(json.dumps(message), parse_float=Decimal)).amounts.gross
    except Refusal:
        assert report.reasons == {"BAD_NUMBER": 1}
        assert world.rows("SELECT COUNT(*) FROM outcomes") == [(0,)]
    else:
        assert world.rows("SELECT gross_micros FROM outcomes") == [(expected,)]


def test_an_order_without_currency_asks_for_it_and_other_amounts_do_not(world: World) -> None:
    searched = {"type": "track", "event": "Products Searched", "messageId": "s", "anonymousId": "a", "timestamp": AT}
    assert world.text("search.jsonl", archive(searched | {"properties": {"value": "lamps", "total": 12}})).accepted == 1
    bare = archive(ORDER | {"properties": {"order_id": "1", "total": 5}})
    assert world.text("archive.jsonl", bare).needs == ("currency",)
    assert world.text("archive.jsonl", bare, currency="CHF").totals["CHF"]["total"] == "5.00"


def test_a_trial_is_a_trial_and_a_sign_up_stays_an_event(world: World) -> None:
    trial = {
        "type": "track",
        "event": "Trial Started",
        "messageId": "t-1",
        "userId": "u-1",
        "timestamp": AT,
        "context": {"groupId": "acme"},
    }
    world.text("archive.jsonl", archive(trial, trial | {"event": "Signed Up", "messageId": "t-2"}))
    assert world.rows("SELECT outcome_id, kind, company_key FROM outcomes") == [
        ("segment:t-1", "trial", identity_key(world.workspace.secret(), "company", "acme"))
    ]


def test_messages_without_an_id_are_told_apart_by_what_they_say_and_how_often(world: World) -> None:
    nameless = {key: value for key, value in PAGE.items() if key != "messageId"}
    world.text("monday.jsonl", archive(nameless, nameless, nameless | {"anonymousId": "a-2"}, PAGE))
    assert world.rows("SELECT COUNT(*), COUNT(DISTINCT event_id) FROM events") == [(4, 4)]
    # The same messages in a later, longer file are the same events.
    world.text(
        "tuesday.jsonl",
        archive(nameless, nameless, nameless | {"anonymousId": "a-2"}, nameless | {"anonymousId": "a-3"}),
    )
    assert world.rows("SELECT COUNT(*), COUNT(DISTINCT event_id) FROM events") == [(5, 5)]


def test_only_plain_properties_that_name_nobody_are_kept(world: World) -> None:
    given = {
        "plan": "pro", "seats": 3, "paid": True, "first_name": "Ana", "contact": "ana@example.com",
        "note": "+1 (650) 555-1212", "none": None,
        "list": [1], "deep": {"a": 1}, "long": "x" * 500, 'odd"key': 1,
    }  # fmt: skip
    track = {
        "type": "track",
        "event": "Plan Chosen",
        "messageId": "1",
        "userId": "u",
        "timestamp": AT,
        "properties": given,
    }
    world.text("archive.jsonl", archive(track, track | {"messageId": "2", "properties": []}))
    kept = [row[0] and json.loads(row[0]) for row in world.rows("SELECT properties FROM events ORDER BY event_id")]
    assert kept == [{"plan": "pro", "seats": 3, "paid": True}, None]


def test_an_id_that_passed_through_a_float_is_the_same_person(world: World) -> None:
    ids = (123, 123.0, "123", "123.0", "u-123.0", 123.5)
    world.text("archive.jsonl", archive(*(PAGE | {"messageId": f"m-{n}", "userId": one} for n, one in enumerate(ids))))
    secret = world.workspace.secret()
    found = [row[0] for row in world.rows("SELECT user_key FROM events ORDER BY event_id")]
    assert found == [identity_key(secret, "user", text) for text in ("123",) * 4 + ("u-123.0", "123.5")]
    # A cookie's id is a text of the tracker's own: it is taken as it stands.
    world.text("cookie.jsonl", archive(PAGE | {"messageId": "c-1", "anonymousId": "77.0"}))
    assert world.rows("SELECT anonymous_key FROM events WHERE event_id = 'segment:c-1'") == [
        (identity_key(secret, "anonymous", "77.0"),)
    ]


HOSTILE: list[tuple[str, str]] = [
    (archive(PAGE | {"type": "purchase"}), "UNKNOWN_KIND"),
    (archive({key: value for key, value in PAGE.items() if key != "type"}), "MISSING_VALUE"),
    (archive({key: value for key, value in PAGE.items() if key != "timestamp"}), "MISSING_VALUE"),
    (archive(PAGE | {"anonymousId": None}), "MISSING_VALUE"),
    (archive(PAGE | {"anonymousId": {"$oid": "5"}}), "MISSING_VALUE"),
    (archive(PAGE | {"anonymousId": ["a", "b"]}), "MISSING_VALUE"),
    (archive(PAGE | {"type": "track"}), "MISSING_VALUE"),
    (archive(PAGE | {"type": "alias"}), "MISSING_VALUE"),
    (archive(PAGE | {"type": "group"}), "MISSING_VALUE"),
    (archive(PAGE | {"timestamp": "yesterday"}), "BAD_DATE"),
    (archive(PAGE | {"timestamp": "2031-01-01T00:00:00Z"}), "BAD_DATE"),
    (archive(PAGE | {"timestamp": {"seconds": 5}}), "BAD_DATE"),
    (archive(PAGE | {"timestamp": 1e300}), "BAD_DATE"),
    (archive(ORDER | {"properties": {"order_id": "1", "total": 5, "currency": "doubloons"}}), "AMBIGUOUS_CURRENCY"),
    (archive(ORDER | {"event": "Order Refunded", "properties": {"order_id": "1", "currency": "EUR"}}), "MISSING_VALUE"),
    ('{"type":"page","context":' + "[" * 5000 + "\n", "TRUNCATED"),
    ('["type", "page"]\n', "MISSING_VALUE"),
    ('"page"\n', "MISSING_VALUE"),
    ("page view\n", "TRUNCATED"),
]


def test_whatever_stands_in_a_line_is_refused_with_its_reason_and_its_line(world: World) -> None:
    report = world.text("archive.jsonl", archive(PAGE) + "".join(line for line, _code in HOSTILE))
    assert (report.accepted, report.refused) == (1, len(HOSTILE))
    found = world.rows("SELECT line, reason FROM refused_rows ORDER BY line")
    assert found == [(number, code) for number, (_line, code) in enumerate(HOSTILE, 2)]


def test_odd_but_whole_messages_are_taken(world: World) -> None:
    deep = '{"a":' * 400 + "1" + "}" * 400
    odd = [
        json.dumps(PAGE)[:-1] + f',"properties":{deep}}}',
        json.dumps(PAGE | {"messageId": "m-2", "context": [], "properties": "text"}),
        json.dumps(PAGE | {"messageId": "m-3", "context": {"page": {"url": "x" * 1_000_000}, "campaign": 7}}),
        json.dumps(
            PAGE | {"messageId": "m-4", "context": {"page": {"url": "https://s.example/?" + "email=a@b.co&" * 2000}}}
        ),
        json.dumps(
            ORDER
            | {
                "messageId": "m-5",
                "event": "Signed In",
                "properties": {"total": "many", "email": {"a": 1}} | {"email": None},
            }
        ),
    ]
    report = world.text("archive.jsonl", "\n".join(odd) + "\n")
    assert (report.accepted, report.reasons) == (5, {})


def test_someone_forgotten_leaves_amounts_and_no_events(world: World) -> None:
    book = Book(world.workspace.book)
    book.suppress([identity_key(world.workspace.secret(), "user", "u-1")], at=datetime(2026, 10, 1, tzinfo=UTC))
    book.close()
    world.text("archive.jsonl", archive(PAGE, ORDER))
    assert world.rows("SELECT event_id FROM events") == [("segment:m-1",)]
    assert world.rows("SELECT gross_micros, user_key, anonymous_key FROM outcomes") == [(29_900_000, None, None)]


def test_everything_that_the_simulator_writes_is_taken(world: World, tmp_path: Path) -> None:
    truth = simulate(tmp_path / "market", people=800, days=30, seed=5, start=date(2026, 3, 2), tracking="segment")
    reports = world.take(*export_files(tmp_path / "market"))
    assert {report.verdict for report in reports} == {"accept"}
    assert sum(report.refused for report in reports) == 0
    lines = (tmp_path / "market" / ARCHIVES["segment"]).read_text().count("\n")
    assert world.rows("SELECT COUNT(*) FROM events") == [(lines,)]
    counted = "system = 'shopify' AND status = 'counted' AND kind = 'purchase'"
    assert world.rows(
        f"SELECT COUNT(*), SUM(gross_micros - tax_micros - shipping_micros) FROM outcomes WHERE {counted}"
    ) == [(truth.orders, truth.revenue_micros)]
    # What tracking saw of an order is what the shop booked.
    assert world.rows(
        "SELECT COUNT(*) FROM outcomes AS seen LEFT JOIN outcomes AS booked ON booked.outcome_id = 'shopify:' || "
        "seen.order_id "
        "WHERE seen.system = 'segment' AND seen.kind = 'purchase' AND seen.gross_micros IS DISTINCT FROM "
        "booked.gross_micros"
    ) == [(0,)]
