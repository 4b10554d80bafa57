"""Messages over HTTP: what is taken, what is refused and why, and what may be kept of it."""

from __future__ import annotations

import json
from base64 import b64encode
from decimal import Decimal
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from outturn.collector.checks import Sender, Usual, long_way
from outturn.collector.desk import Desk, Rules
from outturn.collector.exchange import Reply, Request
from outturn.collector.forgotten import Forgotten
from outturn.collector.keys import KeyRing, Trust, WriteKey, digest_of
from outturn.collector.limits import Bucket, Limits
from outturn.collector.message_erasure import without
from outturn.collector.message_rows import rows
from outturn.collector.messages import Messages, take
from outturn.collector.taken import MOST_MESSAGES
from outturn.collector.visitors import LINKER_SECONDS, Visitor, linker, read_cookie, set_cookie
from outturn.domain.segment import MESSAGE_TYPES, MessageRefused, parse_message
from outturn.domain.time import instant_of
from tests.collector.worlds import BROWSER, NOW, VISITOR, FakePlace, dice, key

SECOND = 1_000_000
SHOP = "https://shop.example"
SECRET = b"s" * 32
RULES = Rules(origins=frozenset({SHOP}))
KEYS = KeyRing([WriteKey("pub", "public", digest_of("open")), WriteKey("sec", "secret", digest_of("shut"))])


def a_desk(**changes: Any) -> Desk:
    return Desk(**{"keys": KEYS, "secret": SECRET, "dice": dice(), "rules": RULES, **changes})


def post(path: str, body: object, *, by: str | None = "shut", **headers: str) -> Request:
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    given = {"user-agent": BROWSER, **{name.replace("_", "-"): text for name, text in headers.items()}}
    if by is not None:
        given["authorization"] = f"Basic {b64encode(f'{by}:'.encode()).decode()}"
    return Request("POST", path, "", given, content, lambda: "203.0.113.77", NOW)


def from_page(path: str, body: object, **headers: str) -> Request:
    return post(path, body, by="open", origin=SHOP, **headers)


def taken(reply: Reply) -> list[dict[str, Any]]:
    """The events of what was kept."""
    assert isinstance(reply.record, Messages)
    return list(rows(reply.record, FakePlace()).events)


def refusals(reply: Reply) -> list[tuple[str, str]]:
    return [(one["code"], one["field"]) for one in json.loads(reply.body)["refused"]]


TRACK = {"messageId": "m1", "event": "Viewed", "userId": "u1"}


@pytest.mark.parametrize(("told", "lost"), [(3, 3), (0, None), (-1, None), (True, None), ("3", None), (10**12, None)])
def test_what_a_browser_lost_is_counted_with_and_without_consent(told: object, lost: int | None) -> None:
    for consent in ({}, {"consent": {"analytics_storage": False}}):
        (event, *_) = taken(take(post("/v1/track", {**TRACK, "context": {"lost": told, **consent}}), a_desk()))
        assert event["lost_before"] == lost


@pytest.mark.parametrize("depth", [17, 500])
def test_what_is_nested_too_deep_is_refused_alone_in_a_batch_too(depth: int) -> None:
    deep = b'{"messageId":"m2","type":"track","event":"V","userId":"u","properties":{"x":%b}}'
    deep %= b"[" * depth + b"]" * depth
    usual = json.dumps(TRACK | {"type": "track"}).encode()
    assert take(post("/v1/track", deep), a_desk()).status == 413
    reply = take(post("/v1/batch", b'{"batch":[%b,%b]}' % (usual, deep)), a_desk())
    assert [event["event_id"] for event in taken(reply)] == ["collector:sec:m1"]
    assert [one["index"] for one in json.loads(reply.body)["refused"]] == [1]


def test_a_message_that_is_too_large_is_refused_alone_in_a_batch_too() -> None:
    large = {**TRACK, "type": "track", "messageId": "m2", "properties": {"text": "x" * RULES.message_bytes}}
    reply = take(post("/v1/batch", {"batch": [{**TRACK, "type": "track"}, large]}), a_desk())
    assert [event["event_id"] for event in taken(reply)] == ["collector:sec:m1"]
    assert [one["code"] for one in json.loads(reply.body)["refused"]] == ["TOO_LARGE"]


def test_a_record_that_cannot_be_read_holds_up_no_other() -> None:
    kept = take(post("/v1/track", TRACK), a_desk()).record
    assert isinstance(kept, Messages)
    for body in (b"[" * 100_000, b"{", b"\xff"):
        (refused,) = rows(replace(kept, body=body), FakePlace()).refused
        assert refused["reason"] == "NOT_JSON"


def test_a_usual_message_is_kept_to_the_byte() -> None:
    body = b'{"messageId": "m1", "event": "Viewed", "userId": "u1", "properties": {"plan": "pro"}}'
    reply = take(post("/v1/track", body), a_desk())
    assert (reply.status, reply.body) == (200, b'{"success":true}')
    assert isinstance(reply.record, Messages)
    assert (reply.record.body, reply.record.key_id) == (body, "sec")
    assert reply.record.ip_prefix is None, "it is the server's own network"
    (event,) = taken(reply)
    assert (event["event_id"], event["user_key"]) == ("collector:sec:m1", key("user", "u1"))
    assert json.loads(event["properties"]) == {"plan": "pro"}


@pytest.mark.parametrize("path", [f"/v1/{kind}" for kind in MESSAGE_TYPES])
def test_every_kind_has_its_path(path: str) -> None:
    body = {**TRACK, "previousId": "p", "groupId": "g"}
    assert take(post(path, body), a_desk()).status == 200


@pytest.mark.parametrize(
    ("body", "code", "field"),
    [
        ({"messageId": "m", "userId": "u"}, "MISSING_VALUE", "event"),
        ({"messageId": "m", "event": "E"}, "MISSING_VALUE", "anonymousId"),
        ({**TRACK, "timestamp": "yesterday"}, "BAD_DATE", "timestamp"),
        ({**TRACK, "properties": {"revenue": "12,50"}}, "BAD_NUMBER", "properties.revenue"),
        ({**TRACK, "properties": {"revenue": 1, "currency": "EURO"}}, "AMBIGUOUS_CURRENCY", "properties.currency"),
        ({**TRACK, "context": {"page": "here"}}, "MISSING_VALUE", "context.page"),
        ({**TRACK, "userId": "u" * 600}, "TOO_LARGE", "userId"),
        ({**TRACK, "properties": {"a": [[[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]]]}}, "TOO_LARGE", "body"),
        ({**TRACK, "properties": dict.fromkeys(map(str, range(1200)), 1)}, "TOO_LARGE", "body"),
        (b"{", "NOT_JSON", "body"),
        (b"[]", "NOT_JSON", "body"),
        (b'{"messageId":"m","event":"E","userId":"u","properties":{"x":NaN}}', "NOT_JSON", "body"),
        (b'{"messageId":"m","event":"E","userId":"\xff"}', "BAD_ENCODING", "body"),
        (b'{"messageId":"m","event":"E","userId":"\\ud800"}', "BAD_ENCODING", "body"),
        (b"[" * 100_000, "TOO_LARGE", "body"),
    ],
)
def test_a_wrong_message_is_refused_by_its_field(body: object, code: str, field: str) -> None:
    reply = take(post("/v1/track", body), a_desk())
    assert reply.status == (413 if code == "TOO_LARGE" else 400)
    assert refusals(reply) == [(code, field)]
    assert isinstance(reply.record, Messages)
    assert [one.code for one in reply.record.refused] == [code]


def test_a_refused_message_is_kept_masked_and_only_so_many() -> None:
    desk = a_desk(limits=Limits(refused=Bucket(1 / 60, burst=1)))
    body = {"messageId": "m", "userId": "u-77", "traits": {"firstName": "Ana", "email": "ana@example.com"}}
    first, second = (take(post("/v1/track", body), desk) for _ in range(2))
    assert isinstance(first.record, Messages)
    (kept,) = first.record.refused
    assert not any(text in kept.raw for text in ("Ana", "ana@", "u-77"))
    assert (second.status, second.record) == (400, None)


def test_a_batch_loses_only_its_bad_message() -> None:
    good = {**TRACK, "type": "track"}
    batch = {"batch": [good, {"type": "track", "messageId": "m2"}, {**good, "messageId": "m3"}], "sentAt": None}
    reply = take(post("/v1/batch", batch), a_desk())
    assert reply.status == 200
    answer = json.loads(reply.body)
    assert (answer["accepted"], [(one["index"], one["field"]) for one in answer["refused"]]) == (
        2,
        [(1, "anonymousId")],
    )
    assert [event["event_id"] for event in taken(reply)] == ["collector:sec:m1", "collector:sec:m3"]


def test_half_a_character_costs_one_message_of_a_batch() -> None:
    good = {**TRACK, "type": "track", "properties": {"n": 1.1}}
    body = json.dumps({"batch": [good, {**good, "messageId": "\ud800"}]}).replace("1.1", "1.10")
    reply = take(post("/v1/batch", body.encode()), a_desk())
    assert (reply.status, refusals(reply)) == (200, [("BAD_ENCODING", "body")])
    (event,) = taken(reply)
    assert '"1.10"' in event["properties"]
    assert msgspec.msgpack.encode(reply.record)


@pytest.mark.parametrize("batch", [{}, {"batch": {}}, {"batch": []}, {"batch": [TRACK] * (MOST_MESSAGES + 1)}])
def test_what_is_no_batch_is_refused(batch: object) -> None:
    assert take(post("/v1/batch", batch), a_desk()).status in (400, 413)


def test_the_time_on_a_wrong_clock_is_put_right_by_when_it_was_sent() -> None:
    """A device an hour ahead: what lay on it for ten minutes happened ten minutes before it came."""
    stamped, sent = instant_of(NOW + 3000 * SECOND), instant_of(NOW + 3600 * SECOND)
    body = {**TRACK, "type": "track", "timestamp": stamped.isoformat()}
    reply = take(post("/v1/batch", {"batch": [body], "sentAt": sent.isoformat()}), a_desk())
    assert taken(reply)[0]["occurred_at"] == NOW - 600 * SECOND
    slow = take(post("/v1/batch", {"batch": [body, {"type": "x"}], "sentAt": sent.isoformat()}), a_desk())
    assert taken(slow)[0]["occurred_at"] == NOW - 600 * SECOND


@pytest.mark.parametrize(
    ("by", "minutes", "booked", "mark"),
    [
        ("open", -4, 0, None),
        ("open", -6, 0, "future"),
        ("open", 20, 20, None),
        ("open", 40, 0, "late"),
        ("shut", 40, 40, None),
        ("shut", 600_000, 600_000, "old"),
    ],
)
def test_odd_times_are_marked_and_a_public_key_dates_nothing_back(
    by: str, minutes: int, booked: int, mark: str | None
) -> None:
    stamped = instant_of(NOW - minutes * 60 * SECOND).isoformat()
    (event,) = taken(take(post("/v1/track", {**TRACK, "timestamp": stamped}, by=by), a_desk()))
    assert (event["occurred_at"], event["clock_mark"]) == (NOW - booked * 60 * SECOND, mark)


def test_keys_that_do_not_count_are_turned_away() -> None:
    for by in (None, "", "shut\n", "unknown"):
        reply = take(post("/v1/track", TRACK, by=by), a_desk())
        assert (reply.status, reply.record) == (401, None)
    assert take(post("/v1/track", {**TRACK, "writeKey": "open"}, by=None), a_desk()).status == 200


def test_a_secret_key_in_a_body_is_not_kept() -> None:
    message = {**TRACK, "type": "track"}
    for path, body in (
        ("/v1/track", {**message, "writeKey": "shut"}),
        ("/v1/batch", {"batch": [message], "writeKey": "shut"}),
    ):
        reply = take(post(path, body, by=None), a_desk())
        assert reply.status == 200
        assert b"shut" not in msgspec.msgpack.encode(reply.record)


@pytest.mark.parametrize("kind", sorted(set(MESSAGE_TYPES) - {"page", "track", "identify"}))
def test_a_public_key_sends_pages_tracks_and_identities_alone(kind: str) -> None:
    body = {**TRACK, "previousId": "p", "groupId": "g"}
    assert refusals(take(post(f"/v1/{kind}", body, by="open"), a_desk())) == [("NOT_ALLOWED", "type")]
    assert take(post(f"/v1/{kind}", body, by="open"), a_desk()).status == 403


def test_keys_cannot_take_each_others_message_ids() -> None:
    ids = {taken(take(post("/v1/track", TRACK, by=by), a_desk()))[0]["event_id"] for by in ("open", "shut")}
    assert len(ids) == 2


def test_an_order_of_a_public_key_is_tracking_and_another_outcome_than_the_servers() -> None:
    order = {**TRACK, "event": "Order Completed", "properties": {"order_id": "7", "total": 12.34, "currency": "EUR"}}
    found = {}
    for by in ("open", "shut"):
        record = take(post("/v1/track", order, by=by), a_desk()).record
        assert isinstance(record, Messages)
        (outcome,) = rows(record, FakePlace()).outcomes
        found[outcome["outcome_id"]] = (outcome["tracker"], outcome["gross_micros"], outcome["currency"])
    assert found == {"tag:7": (True, 12_340_000, "EUR"), "collector:7": (False, 12_340_000, "EUR")}


def test_only_configured_pages_send() -> None:
    assert take(post("/v1/track", TRACK, by="open", origin="https://evil.example"), a_desk()).status == 403
    assert take(from_page("/v1/track", TRACK), a_desk()).status == 200


def test_too_many_requests_are_sent_away_for_a_second() -> None:
    desk = a_desk(limits=Limits(networks=Bucket(1, burst=2)))
    replies = [take(from_page("/v1/track", TRACK), desk) for _ in range(3)]
    assert [reply.status for reply in replies] == [200, 200, 429]
    assert ("retry-after", "1") in replies[2].headers


def cookie_of(reply: Reply) -> str | None:
    return dict(reply.headers).get("set-cookie")


def test_a_browser_is_given_its_id_and_known_by_it() -> None:
    page = {"messageId": "m1", "context": {"page": {"url": f"{SHOP}/?gclid=abc"}}}
    desk = a_desk()
    first = take(from_page("/v1/page", page), desk)
    given = cookie_of(first)
    assert given
    assert "HttpOnly" in given
    visitor = read_cookie(given.partition(";")[0], "_ot")
    assert visitor
    second = take(from_page("/v1/page", {**page, "messageId": "m2"}, cookie=given.partition(";")[0]), desk)
    (one,), (two,) = taken(first), taken(second)
    assert one["anonymous_key"] == two["anonymous_key"] == key("anonymous", visitor.id)
    assert (one["gclid"], one["browser"], one["id_born_at"]) == ("abc", "Chrome", NOW)


def test_a_browser_that_says_who_its_user_is_ties_the_two() -> None:
    cookie = set_cookie(Visitor(VISITOR, 0), name="_ot").partition(";")[0]
    identify = {"messageId": "m1", "userId": "u-1", "traits": {"email": "ana@example.com"}}
    (event,) = taken(take(from_page("/v1/identify", identify, cookie=cookie), a_desk()))
    place = FakePlace()
    assert event["anonymous_key"] == place.key("anonymous", VISITOR)
    assert event["user_key"] == place.key("user", "u-1")
    assert event["email_key"] == place.key("email", "ana@example.com")


def test_a_browser_that_comes_from_another_site_keeps_its_id() -> None:
    other = Visitor.new(lambda size: b"o" * size, 0).id
    token = linker(other, NOW // SECOND, SECRET)
    page = {"messageId": "m1", "context": {"linker": token}}
    reply = take(from_page("/v1/page", page), a_desk())
    assert taken(reply)[0]["anonymous_key"] == key("anonymous", other)
    known = Visitor.new(lambda size: b"k" * size, 5)
    cookie = set_cookie(known, name="_ot").partition(";")[0]
    both = taken(take(from_page("/v1/page", page, cookie=cookie), a_desk()))
    assert {event["anonymous_key"] for event in both} == {key("anonymous", other), key("anonymous", known.id)}
    assert len({event["crm_key"] for event in both[1:]}) == 1
    old = linker(other, NOW // SECOND - LINKER_SECONDS - 1, SECRET)
    assert taken(take(from_page("/v1/page", {"messageId": "m", "context": {"linker": old}}), a_desk()))[0][
        "anonymous_key"
    ] != key("anonymous", other)


def test_a_page_may_ask_for_a_fresh_token_alone() -> None:
    """The tag does, before a click on a link to another site: of the visitor that it has, never of a new one."""
    cookie = set_cookie(Visitor(VISITOR, 0), name="_ot").partition(";")[0]
    reply = take(from_page("/v1/batch", {"batch": []}, cookie=cookie), a_desk())
    assert (reply.status, reply.record, cookie_of(reply)) == (200, None, None)
    assert json.loads(reply.body) == {"success": True, "linker": linker(VISITOR, NOW // SECOND, SECRET)}
    stranger = take(from_page("/v1/batch", {"batch": []}), a_desk())
    assert (stranger.record, cookie_of(stranger), json.loads(stranger.body)) == (None, None, {"success": True})


DENIED = {"analytics_storage": False, "ad_storage": False, "policy_version": "3"}
PAGE = {
    "messageId": "m1", "userId": "u1", "traits": {"email": "ana@example.com"},
    "context": {"page": {"url": f"{SHOP}/a?gclid=abc&utm_source=x#y", "referrer": "https://a.example/?q=me"},
                "consent": DENIED, "ip": "203.0.113.77"},
}  # fmt: skip


@pytest.mark.parametrize("path", ["/v1/page", "/v1/batch"])
def test_without_consent_the_hit_counts_and_nobody_is_known(path: str) -> None:
    body = PAGE if path == "/v1/page" else {"batch": [{**PAGE, "type": "page"}]}
    cookie = set_cookie(Visitor.new(dice(), 0), name="_ot").partition(";")[0]
    reply = take(from_page(path, body, cookie=cookie), a_desk())
    assert reply.status == 200
    assert "Max-Age=0" in (cookie_of(reply) or "")
    content = msgspec.msgpack.encode(reply.record)
    for trace in (b"u1", b"ana@", b"abc", b"203.0.113", b"?q=", b"utm_source"):
        assert trace not in content
    event, no = taken(reply)
    assert event["url"] == f"{SHOP}/a"
    assert all(event[name] is None for name in ("anonymous_key", "user_key", "email_key", "ip_prefix", "id_born_at"))
    assert json.loads(event["consent"]) == DENIED
    # Who it was that said no: the id that is gone from the browser now, and nothing of what it did.
    visitor = read_cookie(cookie, "_ot")
    assert visitor is not None
    assert {name: value for name, value in no.items() if value is not None} == {
        "event_id": f"{event['event_id']}:no", "source": "tag", "type": "identify", "trust": "public",
        "occurred_at": NOW, "received_at": NOW, "consent": event["consent"],
        "anonymous_key": key("anonymous", visitor.id),
    }  # fmt: skip


def test_a_no_of_somebody_unknown_is_kept_as_nobodys_and_a_servers_as_the_users() -> None:
    reply = take(from_page("/v1/page", PAGE), a_desk())
    assert [event["anonymous_key"] for event in taken(reply)] == [None]
    told = {**TRACK, "context": {"consent": DENIED, "traits": {"email": "ana@example.com"}}}
    event, no = taken(take(post("/v1/track", told), a_desk()))
    assert event["user_key"] is None
    assert (no["user_key"], no["type"], no["trust"]) == (key("user", TRACK["userId"]), "identify", "secret")
    assert "email_key" not in no
    assert json.loads(no["consent"]) == DENIED


def test_a_no_is_dated_as_its_message_is_where_the_clients_clock_is_wrong() -> None:
    ahead = "2027-03-01T12:00:00Z"
    told = {**TRACK, "type": "track", "timestamp": ahead, "context": {"consent": DENIED}}
    event, no = taken(take(post("/v1/batch", {"batch": [told], "sentAt": ahead}), a_desk()))
    assert (event["occurred_at"], no["occurred_at"]) == (NOW, NOW)
    assert no["clock_mark"] is None


def test_who_said_no_and_is_forgotten_is_known_by_no_record() -> None:
    told = {**TRACK, "context": {"consent": DENIED}}
    batch = [{**told, "type": "track"}, {**TRACK, "type": "track", "messageId": "m2", "userId": "u2"}]
    record = take(post("/v1/batch", {"batch": batch}), a_desk())
    assert isinstance(record.record, Messages)
    assert len(record.record.refusals) == 1
    left = without(record.record, Forgotten(FakePlace(), frozenset({key("user", "u1")})))
    assert left is not None
    assert (left.refusals, left.body) == ((), record.record.body)


def test_where_consent_is_required_silence_is_a_no_for_browsers() -> None:
    desk = a_desk(rules=Rules(origins=frozenset({SHOP}), consent_required=True))
    silent = {"messageId": "m1", "context": {"page": {"url": f"{SHOP}/a?gclid=abc"}}}
    reply = take(from_page("/v1/page", silent), desk)
    assert cookie_of(reply) is None
    assert taken(reply)[0]["anonymous_key"] is None
    agreed = {**silent, "context": {**silent["context"], "consent": {"analytics_storage": True}}}  # type: ignore[dict-item]
    assert taken(take(from_page("/v1/page", agreed), desk))[0]["anonymous_key"] is not None
    assert taken(take(post("/v1/track", TRACK), desk))[0]["user_key"] is not None


def test_global_privacy_control_is_a_no_to_ads_whatever_the_page_says() -> None:
    granted = {"messageId": "m1", "context": {"consent": {"ad_storage": True, "analytics_storage": True}}}
    (event,) = taken(take(from_page("/v1/page", granted, sec_gpc="1"), a_desk()))
    consent = json.loads(event["consent"])
    assert {name: consent[name] for name in ("analytics_storage", "ad_storage", "ad_user_data")} == {
        "analytics_storage": True, "ad_storage": False, "ad_user_data": False,
    }  # fmt: skip


def test_an_address_in_a_message_is_cut_before_it_is_kept() -> None:
    body = b'{"messageId":"m","event":"E","userId":"u","context":{"ip":"198.51.100.23"},"properties":{"n":1.10}}'
    reply = take(post("/v1/track", body), a_desk())
    assert isinstance(reply.record, Messages)
    assert b"198.51.100.23" not in reply.record.body
    assert b'"ip":"198.51.100.0"' in reply.record.body
    assert b"1.10" in reply.record.body


_TEXTS = st.one_of(st.none(), st.sampled_from(["", " ", "a", "u1", "ana@example.com"]), st.text(max_size=5))
_ODD = st.one_of(_TEXTS, st.integers(), st.booleans(), st.just([]), st.just({}), st.floats(allow_nan=False))
_TIMES = st.one_of(
    _TEXTS,
    st.datetimes().map(lambda at: at.isoformat()),
    st.datetimes().map(lambda at: f"{at.isoformat()}Z"),
    st.sampled_from(["2026-02-29T10:00:00Z", "2026-03-01t10:00:00z", "2026-03-01", "2026-03-01T10:00:00+25:00"]),
)


def _objects(**fields: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.one_of(st.fixed_dictionaries({}, optional=fields), _ODD)


_MESSAGES = st.fixed_dictionaries(
    {"messageId": _ODD, "userId": _ODD},
    optional={
        "type": st.one_of(_ODD, st.sampled_from(MESSAGE_TYPES)), "event": _ODD, "anonymousId": _ODD, "name": _ODD,
        "previousId": _ODD, "groupId": _ODD, "timestamp": _TIMES, "sentAt": _TIMES, "originalTimestamp": _TIMES,
        "receivedAt": _TIMES, "traits": _objects(email=_ODD, phone=_ODD),
        "properties": _objects(url=_ODD, email=_ODD, order_id=_ODD, revenue=_ODD, currency=_ODD, total=_ODD),
        "context": _objects(
            page=_objects(url=_ODD, referrer=_ODD), campaign=_objects(source=_ODD, name=_ODD), ip=_ODD,
            consent=_objects(analytics_storage=_ODD, categoryPreferences=_ODD), userAgent=_ODD,
            traits=_objects(email=_ODD),
        ),
    },
)  # fmt: skip


@given(_MESSAGES, st.sampled_from([None, "page", "track", "identify", "screen"]))
def test_the_short_way_takes_nothing_that_the_domain_refuses(body: dict[str, Any], kind: str | None) -> None:
    content = json.dumps(body).encode()
    sender = Sender(types=MESSAGE_TYPES, visitor="", received_at=NOW, consent_required=False, dice=dice())
    try:
        short = msgspec.json.decode(content, type=Usual).can_be_taken(kind, sender)
    except (msgspec.DecodeError, ValueError):
        return
    if short:
        exact = json.loads(content, parse_float=Decimal)
        parse_message({**exact, "type": kind or exact["type"]}, received_at=instant_of(NOW))


@given(st.one_of(_MESSAGES.map(lambda body: json.dumps(body).encode()), st.binary(max_size=80)))
def test_whatever_comes_is_taken_or_refused(content: bytes) -> None:
    for by in ("open", "shut"):
        for path in ("/v1/track", "/v1/batch"):
            reply = take(post(path, content, by=by), a_desk())
            assert reply.status in (200, 400, 403, 413)
            assert (reply.status == 200) != ("refused" in json.loads(reply.body))
            if reply.status == 200:
                assert taken(reply)
    sender = Sender(types=MESSAGE_TYPES, visitor="", received_at=NOW, consent_required=False, dice=dice())
    try:
        kept = long_way(content, "page", sender).content
    except MessageRefused:
        return
    assert isinstance(json.loads(kept), dict)


def test_trusts_are_the_ones_that_columns_know() -> None:
    trusts: tuple[Trust, ...] = ("public", "secret")
    assert {taken(take(post("/v1/track", TRACK, by=by), a_desk()))[0]["trust"] for by in ("open", "shut")} == set(
        trusts
    )
