"""The tag's queue: what the collector did not answer is sent again, survives a reload, and is never lost untold."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.clients.site import READY, SETTLED, Answer, Site

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Page

    Until = Callable[[Callable[[], object]], None]

pytestmark = pytest.mark.clients

SHOP = "www.shop.example"
DOWN = Answer(status=502)


def test_a_collector_that_is_down_is_asked_again(page: Page, site: Site, until: Until) -> None:
    site.answers.extend([Answer(status=502), Answer(status=500)])
    site.page("/", "")
    page.goto(site.url(SHOP))
    until(lambda: len(site.hits) == 3)
    assert len({hit.messages[0]["messageId"] for hit in site.hits}) == 1
    first, second = (after.began - before.ended for before, after in zip(site.hits, site.hits[1:], strict=False))
    assert first > 0.4
    assert second > 1.4
    page.wait_for_timeout(300)
    assert len(site.hits) == 3


def test_a_collector_that_asks_for_time_gets_it(page: Page, site: Site, until: Until) -> None:
    busy = (("retry-after", "2"),)
    site.answers.extend([Answer(status=503, headers=busy), Answer(status=429, headers=busy)])
    site.page("/", "")
    page.goto(site.url(SHOP))
    page.wait_for_function(READY)
    until(lambda: site.hits)
    page.evaluate("outturn.track('Meanwhile')")  # What comes in the meantime does not shorten it.
    until(lambda: len(site.hits) == 3)
    gaps = [after.began - before.ended for before, after in zip(site.hits, site.hits[1:], strict=False)]
    assert all(1.9 < gap < 5 for gap in gaps)
    assert [message.get("event") for message in site.hits[-1].messages] == [None, "Meanwhile"]


def test_what_is_refused_is_not_asked_again(page: Page, site: Site, until: Until) -> None:
    site.answers.append(Answer(status=400))
    site.page("/", "")
    page.goto(site.url(SHOP))
    until(lambda: site.hits)
    page.wait_for_function(SETTLED)
    page.evaluate("outturn.track('Next')")
    until(lambda: len(site.hits) == 2)
    assert [message.get("event") for message in site.hits[1].messages] == ["Next"]


def test_the_queue_survives_a_reload(page: Page, site: Site, until: Until) -> None:
    site.answers.append(Answer(status=503, headers=(("retry-after", "100"),)))
    site.page("/", "")
    site.page("/next", "")
    page.goto(site.url(SHOP, "/?gclid=G1"))
    until(lambda: site.hits)
    page.wait_for_timeout(100)
    page.evaluate("outturn.track('Kept')")
    site.answers.append(DOWN)  # The beacon of the page as it goes.
    page.goto(site.url(SHOP, "/next"))
    until(lambda: len(site.named("page")) >= 3 and site.hits[-1].given)
    last = site.hits[-1]
    assert [message.get("event", "page") for message in last.messages] == ["page", "Kept", "page"]
    assert last.messages[0]["messageId"] == site.hits[0].messages[0]["messageId"]
    assert last.messages[0]["context"]["page"]["url"].endswith("?gclid=G1")


def test_the_queue_is_bounded_and_what_fell_out_is_told(page: Page, site: Site, until: Until) -> None:
    site.answers.append(Answer(status=503, headers=(("retry-after", "1"),)))
    site.page("/", "")
    page.goto(site.url(SHOP))
    until(lambda: site.hits)
    page.evaluate("for (let n = 0; n < 130; n++) outturn.track('Number', {n})")
    until(lambda: len(site.named("Number")) >= 100)
    page.evaluate("outturn.track('Last')")
    until(lambda: site.named("Last"))
    numbers = [one["properties"]["n"] for one in site.named("Number")]
    assert numbers == list(range(30, 130))
    came = {one["messageId"]: one["context"].get("lost", 0) for hit in site.hits[1:] for one in hit.messages}
    assert sum(came.values()) == 31  # The page and thirty numbers.


def test_large_messages_bound_it_too(page: Page, site: Site, until: Until) -> None:
    site.answers.append(Answer(status=503, headers=(("retry-after", "1"),)))
    site.page("/", "")
    page.goto(site.url(SHOP))
    until(lambda: site.hits)
    page.evaluate("for (let n = 0; n < 12; n++) outturn.track('Large', {n, text: 'x'.repeat(30000)})")
    assert page.evaluate("localStorage._ot.length") < 151_000
    until(lambda: site.named("Large"))
    page.evaluate("outturn.track('Last')")
    until(lambda: site.named("Last"))
    assert [one["properties"]["n"] for one in site.named("Large")] == list(range(8, 12))
    assert sum(one["context"].get("lost", 0) for hit in site.hits[1:] for one in hit.messages) == 9


def test_another_tabs_queue_is_left_alone(page: Page, site: Site, until: Until) -> None:
    site.page("/", "")
    page.goto(site.url(SHOP))
    until(lambda: site.hits)
    page.wait_for_function(SETTLED)
    other = {
        "type": "track",
        "messageId": "other-tab",
        "timestamp": "2026-01-01T00:00:00Z",
        "event": "Other",
        "context": {},
    }
    page.evaluate("queue => localStorage._ot = JSON.stringify({...JSON.parse(localStorage._ot), queue})", [other])
    page.evaluate("outturn.track('Mine')")
    until(lambda: site.named("Mine"))
    page.wait_for_function("JSON.parse(localStorage._ot).queue.map(one => one.messageId).join() === 'other-tab'")
    page.goto(site.url(SHOP))
    until(lambda: site.named("Other"))
    page.wait_for_function(SETTLED)


@pytest.mark.parametrize("broken", ["throws", "full", "garbage"])
def test_a_browser_without_storage_still_sends(page: Page, site: Site, until: Until, broken: str) -> None:
    before = {
        "throws": "Object.defineProperty(window, 'localStorage', {get() { throw new DOMException('no'); }})",
        "full": "Storage.prototype.setItem = () => { throw new DOMException('full'); }",
        "garbage": "localStorage._ot = '{\"queue\": '; sessionStorage._ot = 'null'",
    }[broken]
    site.answers.append(DOWN)
    site.page("/", "", before=before)
    page.goto(site.url(SHOP))
    until(lambda: len(site.hits) == 2)
    assert [message["type"] for message in site.hits[1].messages] == ["page"]
