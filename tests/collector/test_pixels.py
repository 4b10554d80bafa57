"""Pixels: an impression is counted, and only a video that was watched to its end is a touch."""

from __future__ import annotations

import json
from dataclasses import replace

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from outturn.collector.desk import Rules
from outturn.collector.exchange import Reply
from outturn.collector.pixels import GIF, Pixel, rows, show
from tests.collector.worlds import HOSTILE, NOW, VISITOR, FakePlace, desk, key, link, request

DESK = desk(link("banner", "impression", channel="Display"), link("spot", "vast", channel="CTV"), link("spring"))
COOKIE = f"_ot={VISITOR}.1772000000"


def kept(reply: Reply) -> Pixel:
    assert reply.body == GIF
    assert isinstance(reply.record, Pixel)
    assert msgspec.msgpack.Decoder(Pixel).decode(msgspec.msgpack.encode(reply.record)) == reply.record
    return reply.record


def test_an_impression_is_an_event_of_nobody() -> None:
    asked = request(
        "/i/banner.gif", "id=view-1&sub1=top", cookie=COOKIE, referer="https://paper.example/a?email=a@b.example"
    )
    reply = show(asked, DESK)
    assert (reply.status, len(GIF), reply.headers) == (200, 43, (("content-type", "image/gif"),))
    [event] = rows(kept(reply), FakePlace()).events
    assert json.loads(event.pop("properties")) == {
        "link": "banner", "event": "impression", "page": "https://paper.example/a?email=", "sub1": "top",
    }  # fmt: skip
    assert {name: value for name, value in event.items() if value is not None} == {
        "event_id": "pixel:banner:impression:view-1", "source": "pixels", "type": "track", "name": "Impression",
        "trust": "public", "occurred_at": NOW, "received_at": NOW, "ip_prefix": "203.0.113.0", "browser": "Chrome",
        "device": "desktop", "is_bot": False, "stated_channel": "Display",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("event", "name"),
    [
        ("start", "Video Start"),
        ("first_quartile", "Video First Quartile"),
        ("midpoint", "Video Midpoint"),
        ("third_quartile", "Video Third Quartile"),
    ],
)
def test_how_far_a_video_got_is_an_event(event: str, name: str) -> None:
    [row] = rows(kept(show(request(f"/i/spot/{event}.gif", cookie=COOKIE), DESK)), FakePlace()).events
    assert (row["type"], row["name"], "anonymous_key" in row) == ("track", name, False)


def test_a_video_watched_to_its_end_is_a_view_of_whoever_brought_the_cookie() -> None:
    [row] = rows(kept(show(request("/i/spot/complete.gif", cookie=COOKIE), DESK)), FakePlace()).events
    assert (row["type"], row["touch_kind"], row["anonymous_key"]) == ("touch", "view", key("anonymous", VISITOR))
    assert row["id_born_at"] == 1_772_000_000_000_000
    [row] = rows(kept(show(request("/i/spot/complete.gif"), DESK)), FakePlace()).events
    assert (row["type"], row["anonymous_key"]) == ("touch", None)


def test_the_same_view_has_the_same_id_and_another_one_another() -> None:
    ids = [
        rows(kept(show(request("/i/banner.gif", query), DESK)), FakePlace()).events[0]["event_id"]
        for query in ("id=1", "id=1", "", "", "id=%0d%0a", "id=<b>")
    ]
    assert ids[0] == ids[1]
    assert len(set(ids)) == 5


def test_machines_and_silence_are_told_apart() -> None:
    head = kept(show(request("/i/spot/complete.gif", method="HEAD"), DESK))
    [row] = rows(head, FakePlace()).events
    assert (row["type"], row["is_bot"]) == ("track", True)
    strict = replace(DESK, rules=Rules(consent_required=True))
    record = kept(show(request("/i/banner.gif", referer="https://paper.example/"), strict))
    assert (record.ip_prefix, record.page) == (None, None)
    off = desk(replace(link("banner", "impression"), state="disabled"))
    assert show(request("/i/banner.gif"), off) == Reply(200, GIF, (("content-type", "image/gif"),))


@pytest.mark.parametrize(
    "path", ["/i/", "/i/other.gif", "/i/banner", "/i/banner.png", "/i/spot/pause.gif", "/i/a/b/c.gif"]
)
def test_what_is_no_pixel_is_told(path: str) -> None:
    assert show(request(path), DESK).status == 404
    assert show(request(path), DESK).record is None


@given(
    path=HOSTILE.map("/i/{}".format) | st.sampled_from(["/i/banner.gif", "/i/spot/complete.gif"]),
    query=HOSTILE | st.builds("id={}&sub1={}".format, HOSTILE, HOSTILE),
    headers=st.dictionaries(st.sampled_from(["referer", "user_agent", "cookie", "sec_purpose"]), HOSTILE),
)
def test_any_request_is_answered_and_what_is_kept_can_be_read(path: str, query: str, headers: dict[str, str]) -> None:
    reply = show(request(path, query, **headers), DESK)  # type: ignore[arg-type]
    assert reply.status in (200, 404)
    if reply.record is not None:
        [event] = rows(kept(reply), FakePlace()).events
        assert event["event_id"].isprintable()
        assert json.loads(event["properties"])["link"] in ("banner", "spot")
