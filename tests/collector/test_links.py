"""Click links: everybody is sent to the stored destination, and every click is remembered as what it was."""

from __future__ import annotations

import json
from dataclasses import replace
from urllib.parse import parse_qsl, urlsplit

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from outturn.collector.desk import Rules
from outturn.collector.exchange import Reply
from outturn.collector.limits import Bucket, Limits
from outturn.collector.links import Click, follow, rows
from tests.collector.worlds import BROWSER, HOSTILE, NOW, VISITOR, FakePlace, desk, key, link, request

ENCODE, DECODE = msgspec.msgpack.encode, msgspec.msgpack.Decoder(Click).decode
FIRST = "AAAAAAAAAAAAAAAAAAAAAQ"


def test_a_click_is_sent_on_with_a_fresh_id_and_kept() -> None:
    spring = link(platform="net", campaign_id="7", campaign_name="Spring", partner="ana", ad_id="9")
    query = "sub1=blog%26top&sub9=x&gclid=G%2F1&ScCid=S&to=https://evil.example"
    reply = follow(request("/c/spring", query, referer="https://blog.example/post?email=a@b.example#x"), desk(spring))
    headers = dict(reply.headers)
    assert (reply.status, reply.body) == (302, b"")
    assert headers["location"] == f"https://shop.example/sale?gclid=G%2F1&ScCid=S&oclid={FIRST}"
    assert headers["referrer-policy"] == "strict-origin-when-cross-origin"
    assert "set-cookie" not in headers
    assert isinstance(reply.record, Click)
    assert DECODE(ENCODE(reply.record)) == reply.record
    [event] = rows(reply.record, FakePlace()).events
    assert json.loads(event.pop("properties")) == {"link": "spring", "partner": "ana", "sub1": "blog&top"}
    assert {name: value for name, value in event.items() if value is not None} == {
        "event_id": f"link:{FIRST}", "source": "links", "type": "touch", "touch_kind": "click", "occurred_at": NOW,
        "received_at": NOW, "anonymous_key": key("anonymous", f"oclid:{FIRST}"), "trust": "secret",
        "referrer": "https://blog.example/post?email=", "oclid": FIRST, "gclid": "G/1", "sccid": "S",
        "stated_channel": "Affiliates", "platform": "net", "campaign_id": "7", "campaign_name": "Spring", "ad_id": "9",
        "ip_prefix": "203.0.113.0", "browser": "Chrome", "device": "desktop", "is_bot": False,
    }  # fmt: skip


def test_two_clicks_are_two() -> None:
    at = desk(link())
    seen = [follow(request("/c/spring"), at).record for _ in range(2)]
    assert len({one.click_id for one in seen if isinstance(one, Click)}) == 2


def test_the_cookie_of_the_own_site_is_read_and_claims_no_more_than_a_browser_says() -> None:
    reply = follow(request("/c/spring", cookie=f"_ot={VISITOR}.1772000000"), desk(link()))
    assert isinstance(reply.record, Click)
    [event] = rows(reply.record, FakePlace()).events
    assert event["anonymous_key"] == key("anonymous", VISITOR)
    assert (event["trust"], event["id_born_at"], event["oclid"]) == ("public", 1_772_000_000_000_000, FIRST)


def test_where_consent_is_required_and_missing_the_click_counts_in_totals_alone() -> None:
    asked = request("/c/spring", "gclid=G&sub1=s", referer="https://blog.example/", sec_gpc="1")
    reply = follow(asked, desk(link(), rules=Rules(consent_required=True)))
    # The partner still learns which click it was: it pays for it. What went along is not kept here.
    assert dict(reply.headers)["location"].endswith(f"gclid=G&oclid={FIRST}")
    assert isinstance(reply.record, Click)
    assert FIRST.encode() not in ENCODE(reply.record)
    [event] = rows(reply.record, FakePlace()).events
    known = {"anonymous_key", "oclid", "gclid", "referrer"} & event.keys()
    assert (known, event["ip_prefix"], event["stated_channel"]) == (set(), None, "Affiliates")
    assert json.loads(event["consent"]) == {"ad_user_data": False, "ad_personalization": False}


@pytest.mark.parametrize(
    ("changed", "status", "name"),
    [
        ({"method": "HEAD"}, 302, "Link Looked At"),
        ({"sec_purpose": "prefetch;prerender"}, 503, "Link Prefetched"),
        ({"purpose": "prefetch"}, 503, "Link Prefetched"),
        ({"x_moz": "prefetch"}, 503, "Link Prefetched"),
    ],
)
def test_a_look_and_a_prefetch_are_no_clicks(changed: dict[str, str], status: int, name: str) -> None:
    asked = request("/c/spring", "gclid=G", cookie=f"_ot={VISITOR}.1772000000", **changed)  # type: ignore[arg-type]
    reply = follow(asked, desk(link()))
    assert reply.status == status
    assert "oclid" not in dict(reply.headers).get("location", "")
    assert isinstance(reply.record, Click)
    [event] = rows(reply.record, FakePlace()).events
    assert (event["type"], event["name"], event["is_bot"]) == ("track", name, True)
    assert not {"anonymous_key", "oclid", "touch_kind"} & event.keys()


def test_a_bots_click_is_flagged() -> None:
    reply = follow(request("/c/spring", user_agent="Googlebot/2.1"), desk(link()))
    assert isinstance(reply.record, Click)
    assert [event["is_bot"] for event in rows(reply.record, FakePlace()).events] == [True]


def test_what_leads_nowhere_is_told_and_not_kept() -> None:
    known = desk(link(), link("video", "vast"))
    assert [follow(request(path), known).status for path in ("/c/other", "/c/", "/c/video", "/c/spring/")] == [404] * 4
    assert follow(request("/c/spring", method="POST"), known).status == 405
    disabled = desk(replace(link(), state="disabled"))
    assert follow(request("/c/spring"), disabled) == Reply(410, b"This link is not in use any more.\n", (TEXT,))
    limited = desk(link(), limits=Limits(networks=Bucket(0.1, burst=1)))
    assert [follow(request("/c/spring"), limited).status for _ in range(2)] == [302, 429]


TEXT = ("content-type", "text/plain; charset=utf-8")
NAMES = st.sampled_from(["sub1", "sub2", "gclid", "fbclid", "c"])
PAIRS = st.lists(st.builds("{}={}".format, NAMES, HOSTILE), max_size=6).map("&".join)
DESTINATION = "https://shop.example:8443/sale/%7B?c={click_id}&s={sub1}&t={sub2}#top"


@given(
    query=HOSTILE | PAIRS,
    headers=st.dictionaries(st.sampled_from(["referer", "user_agent", "cookie", "sec_gpc"]), HOSTILE),
)
def test_no_request_chooses_where_it_is_sent_or_breaks_a_header(query: str, headers: dict[str, str]) -> None:
    reply = follow(request("/c/spring", query, **headers), desk(link(destination=DESTINATION)))  # type: ignore[arg-type]
    location = dict(reply.headers)["location"]
    stored, sent = urlsplit(DESTINATION), urlsplit(location)
    assert (sent.scheme, sent.netloc, sent.path, sent.fragment) == (
        stored.scheme, stored.netloc, stored.path, stored.fragment
    )  # fmt: skip
    assert location.isascii()
    assert location.isprintable()
    assert " " not in location
    found = parse_qsl(sent.query, keep_blank_values=True)
    # Nothing but the carried click ids is added, and nothing stands in for another parameter.
    assert [name for name, _ in found][:3] == ["c", "s", "t"]
    assert {name for name, _ in found[3:]} <= {"gclid", "fbclid"}
    assert dict(found)["c"] == FIRST
    assert isinstance(reply.record, Click)
    assert DECODE(ENCODE(reply.record)) == reply.record
    for event in rows(reply.record, FakePlace()).events:
        assert json.loads(event["properties"])["link"] == "spring"


def test_the_usual_browser_stays_as_it_is() -> None:
    reply = follow(request("/c/spring"), desk(link()))
    assert isinstance(reply.record, Click)
    assert reply.record.user_agent == BROWSER
