"""Our tag in a real browser: what it sends, when, and with which cookie."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.clients.site import READY, SETTLED, Answer, Site

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import BrowserContext, Page

    Until = Callable[[Callable[[], object]], None]

pytestmark = pytest.mark.clients

SHOP = "www.shop.example"


def test_a_landing_is_one_page_message_with_all_that_brought_it(page: Page, site: Site, until: Until) -> None:
    site.page("/shoes", "<h1>Shoes</h1>")
    query = "?utm_source=meta&utm_medium=paid%20social&utm_campaign=May&utm_id=7&gclid=Cj0_x-Y&fbclid=IwAR1#part"
    page.goto(site.url(SHOP, "/shoes" + query), referer="https://news.example/story?id=3")
    until(lambda: site.hits)
    [hit] = site.hits
    [message] = hit.messages
    assert (hit.host, hit.origin, hit.content_type) == (
        "t.shop.example",
        site.url(SHOP, ""),
        "text/plain;charset=UTF-8",
    )
    assert set(hit.body) == {"batch", "sentAt", "writeKey"}
    assert hit.body["writeKey"] == "wk_1"
    assert message["type"] == "page"
    assert "anonymousId" not in message
    assert len(message["messageId"]) > 20
    assert message["timestamp"] <= hit.body["sentAt"]
    assert message["context"] == {
        "page": {
            "url": site.url(SHOP, "/shoes" + query.removesuffix("#part")),
            "path": "/shoes",
            "title": "Page /shoes",
            "referrer": "https://news.example/story?id=3",
        },
        "campaign": {"source": "meta", "medium": "paid social", "name": "May", "id": "7"},
        "library": {"name": "outturn.js", "version": "1"},
        "locale": "de-DE",
        "screen": {"width": 1200, "height": 800},
    }
    assert site.methods == []  # No preflight.


def test_the_id_is_a_cookie_of_the_answer_that_script_cannot_see(
    page: Page, context: BrowserContext, site: Site
) -> None:
    site.page("/", "")
    page.goto(site.url(SHOP))
    page.wait_for_function(SETTLED)
    page.goto(site.url(SHOP))
    page.wait_for_function(SETTLED)
    first, second = site.hits
    assert (first.cookie, second.cookie) == (None, first.given)
    [cookie] = context.cookies(site.url("t.shop.example"))
    assert cookie["httpOnly"]
    assert cookie["value"] == first.given
    assert page.evaluate("document.cookie") == ""


def test_what_happens_before_the_first_answer_waits_for_its_cookie(page: Page, site: Site, until: Until) -> None:
    site.answers.append(Answer(seconds=0.3))
    site.page("/", "", before="window.outturn=window.outturn||[];outturn.push(['track','Early',{n:1}])")
    page.goto(site.url(SHOP))
    page.wait_for_function(READY)
    page.wait_for_timeout(50)
    page.evaluate("outturn.track('Late', {n: 2}); outturn.push(['track', 'Later'])")
    until(lambda: len(site.hits) == 2)
    first, second = site.hits
    assert [message.get("event", "page") for message in first.messages] == ["page", "Early"]
    assert [message["event"] for message in second.messages] == ["Late", "Later"]
    assert second.began >= first.ended
    assert second.cookie == first.given
    assert second.messages[0]["properties"] == {"n": 2}


def test_a_known_user_is_named_from_then_on(page: Page, site: Site, until: Until) -> None:
    site.page("/", "")
    page.goto(site.url(SHOP))
    page.wait_for_function(READY)
    page.evaluate("""
        outturn.identify({email: 'ana@example.com'});
        outturn.identify('u-1', {plan: 'pro'});
        outturn.track('Signed Up')
    """)
    until(lambda: site.named("Signed Up"))
    traits, named = site.named("identify")
    assert (traits.get("userId"), traits["traits"]) == (None, {"email": "ana@example.com"})
    assert (named["userId"], named["traits"]) == ("u-1", {"plan": "pro"})
    assert site.named("Signed Up")[0]["userId"] == "u-1"


def test_a_single_page_application_is_followed(page: Page, site: Site, until: Until) -> None:
    site.page("/app", "")
    page.goto(site.url(SHOP, "/app?utm_source=news"))
    page.wait_for_function(READY)
    page.evaluate("history.pushState({}, '', '/app/cart'); document.title = 'Cart'")
    page.wait_for_timeout(50)
    page.evaluate("history.replaceState({}, '', '/app/cart#top')")  # A fragment is no page.
    page.wait_for_timeout(50)
    page.evaluate("history.pushState({}, '', '/app/pay?step=1')")
    page.wait_for_timeout(50)
    page.evaluate("history.go(-2)")
    until(lambda: len(site.named("page")) == 4)
    seen = [(one["context"]["page"]["url"], one["context"]["page"]["referrer"]) for one in site.named("page")]
    landing, cart, pay = (site.url(SHOP, path) for path in ("/app?utm_source=news", "/app/cart", "/app/pay?step=1"))
    assert seen == [(landing, ""), (cart, landing), (pay, cart), (landing, pay)]
    assert site.named("page")[1]["context"]["page"]["title"] == "Cart"
    assert [one["context"]["campaign"] for one in site.named("page")][:2] == [{"source": "news"}, {}]


def test_pages_can_be_left_to_the_site(page: Page, site: Site, until: Until) -> None:
    site.page("/", "", tag='data-page="off"')
    page.goto(site.url(SHOP))
    page.wait_for_function(READY)
    page.evaluate("history.pushState({}, '', '/two'); outturn.page('Two', {kind: 'list'})")
    until(lambda: site.hits)
    [message] = site.taken()
    assert (message["name"], message["properties"], message["context"]["page"]["path"]) == (
        "Two",
        {"kind": "list"},
        "/two",
    )


def test_what_is_left_when_the_page_goes_is_sent_and_counted_once(page: Page, site: Site, until: Until) -> None:
    site.page("/", '<a id="go" href="/next" onclick="outturn.track(\'Clicked\')">go</a>')
    site.page("/next", "")
    page.goto(site.url(SHOP))
    until(lambda: site.hits)
    page.click("#go")
    until(lambda: len(site.named("page")) == 2)
    until(lambda: site.named("Clicked"))
    page.wait_for_timeout(200)
    # It may come twice, once as the page went and once from the store: always under the same id.
    assert len({one["messageId"] for one in site.named("Clicked")}) == 1
    assert len({hit.given for hit in site.hits}) == 1
    assert page.evaluate(SETTLED)


def test_leaving_at_once_does_not_begin_a_second_visitor(page: Page, site: Site, until: Until) -> None:
    site.answers.append(Answer(seconds=0.4))
    site.page("/", "")
    site.page("/next", "")
    page.goto(site.url(SHOP))
    page.wait_for_function(READY)
    page.wait_for_timeout(50)
    page.evaluate("outturn.track('Quick')")
    site.page("/elsewhere", "", tag="none")
    page.goto(site.url(SHOP, "/elsewhere"))
    until(lambda: site.hits)
    page.goto(site.url(SHOP, "/next"))
    until(lambda: site.named("Quick") and len(site.named("page")) >= 2)
    assert {hit.cookie for hit in site.hits[1:]} == {site.hits[0].given}


def test_it_is_no_burden_to_be_put_in_twice(page: Page, site: Site, until: Until) -> None:
    site.page("/", f'<script async src="//t.HOST:{site.port}/o.js" data-key="wk_1"></script>')
    page.goto(site.url(SHOP))
    until(lambda: site.hits)
    page.wait_for_timeout(200)
    assert len(site.taken()) == 1


def test_a_page_that_comes_back_from_the_browsers_memory_is_a_page_again(page: Page, site: Site, until: Until) -> None:
    site.page("/", "")
    page.goto(site.url(SHOP))
    until(lambda: site.hits)
    page.evaluate("dispatchEvent(new PageTransitionEvent('pageshow', {persisted: true}))")
    until(lambda: len(site.named("page")) == 2)
    assert len({one["messageId"] for one in site.taken()}) == 2


def test_what_it_is_given_is_copied_and_what_it_cannot_send_breaks_nothing(
    page: Page, site: Site, until: Until
) -> None:
    site.page("/", "")
    page.goto(site.url(SHOP))
    page.wait_for_function(READY)
    page.evaluate("""
        const basket = {items: 1}; outturn.track('Copied', basket); basket.items = 2;
        const circle = {}; circle.self = circle; outturn.track('Circle', circle);
        outturn.push(['no such thing']); outturn.track('After')
    """)
    until(lambda: site.named("After"))
    assert site.named("Copied")[0]["properties"] == {"items": 1}
    assert site.named("Circle") == []


def test_a_page_that_is_only_made_ready_is_no_visit(page: Page, site: Site, until: Until) -> None:
    made_ready = "Object.defineProperty(document, 'prerendering', {configurable: true, get: () => !window.shown})"
    site.page("/", "", before=made_ready)
    page.goto(site.url(SHOP))
    page.wait_for_function(READY)
    page.wait_for_timeout(300)
    assert site.hits == []
    page.evaluate("window.shown = true; document.dispatchEvent(new Event('prerenderingchange'))")
    until(lambda: site.hits)
    assert [message["type"] for message in site.taken()] == ["page"]
