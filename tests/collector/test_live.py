"""The last 60 minutes as they come in: exact numbers, each hit once, without the lake."""

from __future__ import annotations

import json
import time
from collections import Counter
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from click.testing import CliRunner

from outturn.cli.main import cli
from outturn.collector import journal, records
from outturn.collector.journal import Journal, frame
from outturn.collector.links import Click
from outturn.collector.live import Live
from outturn.collector.load import load
from outturn.collector.messages import Messages
from outturn.collector.outcomes import Outcomes
from outturn.collector.pixels import Pixel
from outturn.collector.place import Stated
from outturn.collector.postbacks import Postback
from outturn.domain.time import instant_of
from outturn.store.workspace import Workspace
from tests.collector.running import NOW as TODAY
from tests.collector.running import Collector
from tests.collector.worlds import BROWSER, NOW, VISITOR

if TYPE_CHECKING:
    from pathlib import Path

    from msgspec import Struct

    from outturn.collector.live import Look

MINUTE = 60_000_000
BOT = "Googlebot/2.1 (+http://www.google.com/bot.html)"
STATED = Stated("Affiliates")


def page(message_id: str, url: str, referrer: str = "", *, at: int = NOW, **changes: Any) -> Messages:
    body = {"messageId": message_id, "context": {"page": {"url": url, "referrer": referrer}}}
    given = {
        "received_at": at, "key_id": "pub", "trust": "public", "kind": "page", "ip_prefix": None, "user_agent": BROWSER,
        "visitor": VISITOR, "born_at": 1, "linked": None, "no_sale": False, "body": json.dumps(body).encode(),
        **changes,
    }  # fmt: skip
    return Messages(**given)


def track(message_id: str, event: str, *, at: int = NOW, **changes: Any) -> Messages:
    body = json.dumps({"messageId": message_id, "event": event, "userId": "u1", **changes.pop("body", {})}).encode()
    return page("", "", at=at, **{"key_id": "sec", "trust": "secret", "kind": "track", "body": body, **changes})


class Site:
    """A journal that is written to, and who looks at it."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.journal = Journal(root)
        self.live = Live(root, own_hosts=("pay.example",))

    def write(self, *found: Struct, writer: Journal | None = None) -> None:
        (writer or self.journal).append(frame(records.encode(one)) for one in found)

    def look(self, minutes: int = 0) -> Look:
        return self.live.look(instant_of(NOW) + timedelta(minutes=minutes))

    def counts(self, minutes: int = 0) -> dict[tuple[str, str], int]:
        found: Counter[tuple[str, str]] = Counter()
        for one in self.look(minutes).hits:
            found[one.event, one.channel] += one.hits
        return dict(found)


@pytest.fixture
def site(tmp_path: Path) -> Site:
    return Site(tmp_path / "journal")


SHOP = "https://shop.example"


def test_each_hit_counts_in_its_minute_by_its_event_and_what_it_tells_of_its_channel(site: Site) -> None:
    order = {"properties": {"order_id": "7", "total": 5, "currency": "EUR"}}
    site.write(
        page("1", f"{SHOP}/?utm_source=news&utm_medium=email"),
        page("2", f"{SHOP}/?gclid=A", at=NOW - MINUTE),
        page("3", SHOP, "https://www.google.com/"),
        page("4", SHOP),
        page("5", f"{SHOP}/b", f"{SHOP}/a"),
        page("6", SHOP, "https://pay.example/back"),
        page("7", f"{SHOP}/?oclid=x", linked="B" * 22),
        track("8", "Order Completed", body=order),
        Click(NOW, None, BROWSER, "spring", STATED, "c1", "c1", None, None, None, {}, {}, no_sale=False),
        Pixel(NOW, None, BROWSER, "spot", Stated("ctv"), "v1", "impression", None, None, None, {}, no_sale=False),
        Postback(NOW, None, None, "spring", STATED, "t1"),
        Outcomes(NOW, None, "sec", (json.dumps({
            "outcome_id": "1", "kind": "won", "occurred_at": NOW, "user_id": "u1"}).encode(),)),
    )  # fmt: skip
    look = site.look()
    assert (look.since, look.until) == (instant_of(NOW - 59 * MINUTE), instant_of(NOW))
    assert [(one.minute, one.event, one.channel, one.hits) for one in look.hits] == [
        (instant_of(NOW - MINUTE), "page", "Paid Search", 1),
        (instant_of(NOW), "Impression", "CTV", 1),
        (instant_of(NOW), "Order Completed", "(none)", 1),
        (instant_of(NOW), "click", "Affiliates", 1),
        (instant_of(NOW), "page", "(none)", 3),
        (instant_of(NOW), "page", "Direct", 1),
        (instant_of(NOW), "page", "Email", 1),
        (instant_of(NOW), "page", "Organic Search", 1),
        (instant_of(NOW), "purchase", "(none)", 1),
        (instant_of(NOW), "won", "(none)", 1),
    ]


def test_a_hit_counts_once_and_bots_apart(site: Site) -> None:
    other = Journal(site.root)
    site.write(track("a", "Viewed"), track("a", "Viewed"), track("b", "Viewed", user_agent=BOT))
    site.write(track("a", "Viewed"), track("a", "Viewed", key_id="pub", trust="public"), writer=other)
    assert (site.counts(), site.look().bots) == ({("Viewed", "(none)"): 2}, 1)
    site.write(track("a", "Viewed"), track("c", "Viewed"))
    assert (site.counts(), site.look().bots) == ({("Viewed", "(none)"): 3}, 1)


def test_after_an_hour_it_is_gone_and_what_lies_ahead_waits(site: Site) -> None:
    site.write(track("old", "Viewed", at=NOW - 60 * MINUTE), track("a", "Viewed"), track("b", "Ahead", at=NOW + MINUTE))
    assert site.counts() == {("Viewed", "(none)"): 1}
    assert site.counts(1) == {("Viewed", "(none)"): 1, ("Ahead", "(none)"): 1}
    assert site.counts(60) == {("Ahead", "(none)"): 1}
    assert site.counts(61) == {}
    site.write(track("a", "Viewed", at=NOW + 61 * MINUTE))
    assert site.counts(61) == {("Viewed", "(none)"): 1}, "an id is known for an hour"


def test_a_look_reads_only_what_is_new(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    decoded = []
    decode = records.decode

    def counting(content: bytes) -> records.Record:
        decoded.append(content)
        return decode(content)

    monkeypatch.setattr(records, "decode", counting)
    site.write(*(track(f"a{number}", "Viewed") for number in range(5)))
    site.look()
    assert len(decoded) == 5
    site.write(track("b", "Viewed"))
    torn = frame(records.encode(track("c", "Viewed")))
    (segment,) = journal.segments(site.journal.stream)
    with segment.path.open("ab") as file:
        file.write(torn[:-3])
    assert site.counts() == {("Viewed", "(none)"): 6}
    assert len(decoded) == 6
    with segment.path.open("ab") as file:
        file.write(torn[-3:])
    assert site.counts() == {("Viewed", "(none)"): 7}
    assert len(decoded) == 7


def test_segments_may_be_finished_and_packed_between_two_looks(tmp_path: Path) -> None:
    workspace = Workspace.create(tmp_path / "acme", currency="EUR", time_zone="UTC")
    site = Site(workspace.journal)
    site.write(track("a", "Viewed"))
    assert site.counts() == {("Viewed", "(none)"): 1}
    site.write(track("b", "Viewed"))
    journal.finish(site.root, seconds=0)
    site.journal.finish_if_asked()
    site.write(track("c", "Viewed"))
    load(workspace, now=lambda: instant_of(NOW))
    assert len(list(site.root.glob("*/kept/*"))) == 1
    assert site.counts() == {("Viewed", "(none)"): 3}
    site.write(track("d", "Viewed"), track("a", "Viewed"))
    assert site.counts() == {("Viewed", "(none)"): 4}
    site.live = Live(site.root)
    assert site.counts() == {("Viewed", "(none)"): 4}, "whoever looks for the first time sees the whole hour"


def test_a_running_collector_is_seen_within_a_second(tmp_path: Path) -> None:
    with Collector(tmp_path / "acme", workers=2) as collector:
        key = collector.add_key("secret")
        time.sleep(1.1)
        for number in range(20):
            sent = {"messageId": f"m{number % 15}", "event": "[bold]Viewed\x1b[2J", "userId": "u1"}
            assert collector.send(key, "/v1/track", sent)[0] == 200
        ran = CliRunner().invoke(cli, ["-w", str(collector.root), "live", "--json"])
        told = json.loads(ran.output)
        assert (told["total"], told["bots"]) == (15, 0)
        assert {(one["event"], one["channel"]) for one in told["hits"]} == {("[bold]Viewed\x1b[2J", "(none)")}
        shown = CliRunner().invoke(cli, ["-w", str(collector.root), "live"]).output
        assert "[bold]Viewed?[2J" in shown
        assert "\x1b[2J" not in shown
        collector.workspace.load(now=lambda: TODAY)
        again = json.loads(CliRunner().invoke(cli, ["-w", str(collector.root), "live", "--json"]).output)
        assert again["total"] == 15
