"""RudderStack's archives: Segment's messages under their own names, and the address that the tab really had."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from outturn.domain.identifiers import identity_key

if TYPE_CHECKING:
    from tests.sources.worlds import World

PAGE: dict[str, Any] = {
    "type": "page", "channel": "web", "messageId": "m-1", "anonymousId": "a-1", "userId": "", "rudderId": "r-1",
    "request_ip": "203.0.113.9", "originalTimestamp": "2026-09-01T10:00:05.000Z",
    "sentAt": "2026-09-01T10:00:06.000Z", "receivedAt": "2026-09-01T10:00:01.000Z",
    "context": {
        "page": {"url": "https://shop.example/a", "referrer": "https://blog.example/"}, "sessionId": 1788253200,
    },
}  # fmt: skip
ORDER: dict[str, Any] = {
    "type": "track", "event": "Order Completed", "messageId": "o-1", "anonymousId": "a-1", "userId": "u-1",
    "rudderId": "r-1", "timestamp": "2026-09-01T11:00:00Z", "context": {"traits": {"email": "ana@example.com"}},
    "properties": {"order_id": "1001", "total": 29.9, "tax": 4.77, "currency": "EUR"},
}  # fmt: skip


def archive(*messages: dict[str, Any]) -> str:
    return "".join(json.dumps(message) + "\n" for message in messages)


def paged(**page: str) -> dict[str, Any]:
    return PAGE | {"context": PAGE["context"] | {"page": PAGE["context"]["page"] | page}}


def test_a_message_is_an_event_on_the_receivers_clock(world: World) -> None:
    report = world.text("rudder.jsonl", archive(PAGE))
    assert (report.source, report.layout, report.accepted) == ("rudderstack", "archive", 1)
    secret = world.workspace.secret()
    assert world.rows(
        "SELECT event_id, source, type, CAST(occurred_at AS VARCHAR), anonymous_key, user_key, referrer, session_id "
        "FROM events"
    ) == [
        (
            "rudderstack:m-1", "rudderstack", "page", "2026-09-01 10:00:00+00",
            identity_key(secret, "anonymous", "a-1"), None, "https://blog.example/", "1788253200",
        )
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("page", "url"),
    [
        ({}, "https://shop.example/a"),
        ({"search": "?gclid=Cj0"}, "https://shop.example/a?gclid=Cj0"),
        ({"search": "?gclid=Cj0", "url": "https://shop.example/a?x=1"}, "https://shop.example/a?x=1"),
        ({"tab_url": "https://shop.example/b?gclid=Cj0#top"}, "https://shop.example/b?gclid=Cj0"),
        ({"search": ""}, "https://shop.example/a"),
    ],
)
def test_the_address_is_the_one_that_the_tab_had(world: World, page: dict[str, str], url: str) -> None:
    world.text("rudder.jsonl", archive(paged(**page)))
    assert world.rows("SELECT url, gclid FROM events") == [(url, "Cj0" if "gclid" in url else None)]


def test_a_page_call_has_its_address_among_its_properties_too(world: World) -> None:
    own = {"properties": {"url": "https://shop.example/c", "search": "?utm_source=news&utm_medium=email"}}
    world.text("rudder.jsonl", archive(paged() | own))
    assert world.rows("SELECT url, utm_source, utm_medium FROM events") == [
        ("https://shop.example/c?utm_source=news&utm_medium=email", "news", "email")
    ]


def test_an_order_is_an_outcome_as_tracking_saw_it(world: World) -> None:
    report = world.text("rudder.jsonl", archive(PAGE, ORDER, ORDER | {"messageId": "o-2"}))
    assert report.totals["EUR"] == {"orders": 1, "total": "29.90", "refunded": None}
    assert world.rows(
        "SELECT outcome_id, system, tracker, kind, gross_micros, tax_micros, order_id, email_key IS NOT NULL "
        "FROM outcomes"
    ) == [("rudderstack:1001", "rudderstack", True, "purchase", 29_900_000, 4_770_000, "1001", True)]


def test_consent_is_what_was_allowed_and_not_denied(world: World) -> None:
    context = PAGE["context"] | {
        "consentManagement": {"allowedConsentIds": ["ads", "stats"], "deniedConsentIds": ["ads", "social"]}
    }
    world.text("rudder.jsonl", archive(PAGE | {"context": context}, PAGE | {"messageId": "m-2"}))
    consents = [text and json.loads(text) for (text,) in world.rows("SELECT consent FROM events ORDER BY line")]
    assert consents == [{"ads": False, "social": False, "stats": True}, None]


def test_an_archive_of_segment_stays_one_of_segment(world: World) -> None:
    message = {key: value for key, value in PAGE.items() if key not in {"rudderId", "request_ip"}} | {"context": {}}
    assert world.text("segment.jsonl", archive(message)).source == "segment"


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"anonymousId": ""}, "MISSING_VALUE"),
        ({"type": "merge"}, "UNKNOWN_KIND"),
        ({"originalTimestamp": "2031-01-01T00:00:00Z", "sentAt": None}, "BAD_DATE"),
    ],
)
def test_a_message_that_cannot_be_read_is_refused(world: World, change: dict[str, Any], code: str) -> None:
    wrong = {key: value for key, value in (PAGE | {"messageId": "m-2"} | change).items() if value is not None}
    if "sentAt" in change:
        wrong.pop("receivedAt")
    report = world.text("rudder.jsonl", archive(PAGE, wrong))
    assert (report.accepted, report.reasons) == (1, {code: 1})
