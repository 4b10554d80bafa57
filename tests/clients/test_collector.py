"""Our tag, a real browser and a collector that runs: what was sent is what lies in the lake."""

from __future__ import annotations

import json
from collections import Counter
from typing import TYPE_CHECKING

import pytest

from tests.clients.site import READY, SETTLED
from tests.clients.world import OTHER, SHOP

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import BrowserContext, Page

    from tests.clients.world import World

    Until = Callable[[Callable[[], object]], None]

pytestmark = pytest.mark.clients


def visitor(context: BrowserContext, world: World, host: str = "t.shop.localhost") -> str | None:
    """The id that the browser keeps for a collector."""
    found = [cookie for cookie in context.cookies(f"http://{host}:{world.running.port}") if cookie["name"] == "_ot"]
    assert all(cookie["httpOnly"] and cookie["secure"] and cookie["sameSite"] == "Lax" for cookie in found)
    return found[0]["value"].partition(".")[0] if found else None


def test_a_visit_lies_in_the_lake_once(page: Page, context: BrowserContext, world: World) -> None:
    site = world.site
    site.page("/shoes", "")
    site.page("/cart", "")
    page.goto(site.url(SHOP, "/shoes?utm_source=news&utm_medium=email&gclid=G1#top"))
    page.wait_for_function(READY)
    page.evaluate("outturn.track('Looked', {colour: 'red'}); outturn.identify('u-1', {email: 'ana@example.com'})")
    page.wait_for_function(SETTLED)
    page.evaluate("outturn.track('Left')")
    page.goto(site.url(SHOP, "/cart"))  # What the page had not yet been answered comes again.
    page.wait_for_function(SETTLED)
    rows = world.events("type, name, url, utm_source, gclid, anonymous_key, trust, browser, is_bot, consent")
    landing = site.url(SHOP, "/shoes?utm_source=news&utm_medium=email&gclid=G1")
    mine = world.key("anonymous", visitor(context, world) or "")
    assert Counter(row[:5] for row in rows) == Counter(
        [
            ("page", None, landing, "news", "G1"),
            ("track", "Looked", landing, "news", "G1"),
            ("identify", None, landing, "news", "G1"),
            ("track", "Left", landing, "news", "G1"),
            ("page", None, site.url(SHOP, "/cart"), None, None),
        ]
    )
    assert {row[5] for row in rows} == {mine}
    assert {row[6] for row in rows} == {"public"}
    [who] = world.events("user_key, email_key", "type = 'identify'")
    assert who == (world.key("user", "u-1"), world.key("email", "ana@example.com"))


def test_consent_that_is_taken_back_takes_the_cookie(
    page: Page, context: BrowserContext, world: World, until: Until
) -> None:
    site = world.site
    site.page("/", "", tag='data-consent="required"')
    page.goto(site.url(SHOP, "/?gclid=G1"))
    page.wait_for_function(READY)
    assert visitor(context, world) is None
    page.evaluate("outturn.consent({analytics_storage: true, ad_storage: true}, {policy_version: '3'})")
    page.wait_for_function(SETTLED)
    assert visitor(context, world) is not None
    page.evaluate("outturn.consent({analytics_storage: false, ad_storage: false}, {policy_version: '4'})")
    until(lambda: visitor(context, world) is None)
    page.evaluate("outturn.track('After')")
    until(lambda: world.events("event_id", "name = 'After'"))
    rows = world.events("name, anonymous_key, gclid, url, consent", "type <> 'identify'")
    agreed, withdrawn, after = rows
    assert (agreed[1] is None, agreed[2]) == (False, "G1")
    assert json.loads(agreed[4]) | {"at": ""} == {
        "analytics_storage": True,
        "ad_storage": True,
        "policy_version": "3",
        "at": "",
    }
    assert withdrawn[:4] == ("Consent Updated", None, None, site.url(SHOP, "/"))
    assert after[:4] == ("After", None, None, site.url(SHOP, "/"))
    assert json.loads(after[4])["analytics_storage"] is False
    # The no alone stands with the id that said it, so that it reaches what came before.
    [(said_by, said)] = world.events("anonymous_key, consent", "type = 'identify'")
    assert (said_by, json.loads(said)["analytics_storage"]) == (agreed[1], False)


def test_the_visitor_is_the_same_on_our_other_site(page: Page, context: BrowserContext, world: World) -> None:
    site = world.site
    domains = 'data-link-domains="shop.localhost,other.localhost"'
    site.page("/", f'<a href="{site.url(OTHER, "/pay")}">pay</a>', tag=domains)
    site.page("/pay", "", tag=domains)
    page.goto(site.url(SHOP))
    page.wait_for_function(READY)
    page.wait_for_function(SETTLED)
    page.click("a")
    page.wait_for_url("**/pay")
    page.wait_for_function(READY)
    page.wait_for_function(SETTLED)
    here, there = visitor(context, world), visitor(context, world, "t.other.localhost")
    assert here == there is not None
    rows = world.events("url, anonymous_key", "type = 'page'")
    assert [row[0] for row in rows] == [site.url(SHOP), site.url(OTHER, "/pay")]
    assert rows[0][1] == rows[1][1] == world.key("anonymous", here or "")


def test_a_token_is_given_anew_and_a_stranger_page_is_turned_away(
    page: Page, context: BrowserContext, world: World
) -> None:
    site = world.site
    site.page("/", f'<a href="{site.url(OTHER, "/pay")}">pay</a>', tag='data-link-domains="other.localhost"')
    page.clock.install()
    page.goto(site.url(SHOP))
    page.wait_for_function(READY)
    page.wait_for_function(SETTLED)
    page.clock.fast_forward(70_000)
    with page.expect_response("**/v1/batch") as answered:
        page.hover("a")
    answer = answered.value.json()
    assert (answered.value.status, answer["success"], len(answer["linker"])) == (200, True, 50)
    # A page that is not ours cannot send, nor even read why not.
    with page.expect_event("requestfailed", lambda request: request.url.endswith("/v1/batch")):
        page.goto(site.url("www.stranger.localhost"))
    assert visitor(context, world, "t.stranger.localhost") is None
    assert len(world.events("event_id")) == 1
