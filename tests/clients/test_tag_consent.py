"""Consent by purpose: what the tag may touch and send before, with, without and after it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest

from tests.clients.site import READY, SETTLED, Site

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import BrowserContext, Page

    Until = Callable[[Callable[[], object]], None]

pytestmark = pytest.mark.clients

SHOP = "www.shop.example"
LANDING = "/shoes?utm_source=meta&fbclid=IwAR1&email=ana@example.com#top"
STUB = "window.outturn=window.outturn||[];"
DENIED = STUB + "outturn.push(['consent',{analytics_storage:false,ad_storage:false},{policy_version:'3'}])"
GRANTED = STUB + "outturn.push(['consent',{analytics_storage:true,ad_storage:true},{policy_version:'3'}])"
# Every way to the browser's storage leaves a mark.
WATCH = """
    window.touched = [];
    for (const name of ['localStorage', 'sessionStorage']) {
        const found = Object.getOwnPropertyDescriptor(Window.prototype, name) ||
            Object.getOwnPropertyDescriptor(window, name);
        Object.defineProperty(window, name, {configurable: true, get() {
            touched.push(name); return found.get.call(window); }});
    }
    const cookie = Object.getOwnPropertyDescriptor(Document.prototype, 'cookie');
    Object.defineProperty(document, 'cookie', {configurable: true,
        get() { touched.push('cookie'); return cookie.get.call(document); },
        set(value) { touched.push('cookie set'); cookie.set.call(document, value); }});
"""


def consent(message: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = message["context"]["consent"]
    return found


def test_without_consent_nothing_is_touched_and_nobody_is_named(
    page: Page, context: BrowserContext, site: Site, until: Until
) -> None:
    site.page("/before", "")
    page.goto(site.url(SHOP, "/before"))
    until(lambda: site.hits)
    assert context.cookies(site.url("t.shop.example"))
    site.hits.clear()
    site.page("/shoes", "", before=WATCH + DENIED)
    page.goto(site.url(SHOP, LANDING), referer="https://news.example/mail?to=ana")
    page.wait_for_function(READY)
    page.evaluate("outturn.identify('u-1', {email: 'ana@example.com'}); outturn.track('Bought', {order_id: 'o-1'})")
    until(lambda: site.named("Bought"))
    page.evaluate("history.pushState({}, '', '/cart?gclid=x')")
    until(lambda: len(site.named("page")) == 2)
    page.goto("about:blank")
    assert [hit.cookie for hit in site.hits] == [None] * len(site.hits)
    assert [one["type"] for one in site.taken()] == ["page", "track", "page"]
    landing, bought, cart = site.taken()
    assert landing["context"].keys() == {"page", "library", "consent"}
    assert landing["context"]["page"] == {
        "url": site.url(SHOP, "/shoes"),
        "path": "/shoes",
        "referrer": "https://news.example/mail",
    }
    assert bought.keys() == {"type", "messageId", "timestamp", "event", "context"}
    assert cart["context"]["page"]["url"] == site.url(SHOP, "/cart")
    assert consent(landing)["analytics_storage"] is False
    assert consent(landing)["policy_version"] == "3"


def test_without_consent_the_browsers_storage_is_not_even_looked_at(page: Page, site: Site, until: Until) -> None:
    site.page("/", '<form id="f"><input type="hidden" name="utm_source"></form>', before=WATCH + DENIED)
    page.goto(site.url(SHOP, "/?utm_source=x"))
    page.wait_for_function(READY)
    page.evaluate("outturn.track('One'); outturn.form(document.getElementById('f'))")
    until(lambda: site.named("Form Submitted"))
    page.evaluate("dispatchEvent(new PageTransitionEvent('pagehide'))")
    assert page.evaluate("touched") == []
    assert page.evaluate("document.querySelector('input').value") == ""


def test_where_consent_is_required_the_landing_waits_for_the_answer(page: Page, site: Site, until: Until) -> None:
    site.page("/shoes", "", tag='data-consent="required"', before=WATCH)
    page.goto(site.url(SHOP, LANDING))
    page.wait_for_function(READY)
    page.evaluate("outturn.track('Looked')")
    page.wait_for_timeout(300)
    assert (site.hits, page.evaluate("touched")) == ([], [])
    page.evaluate("outturn.consent({analytics_storage: true, ad_storage: false}, {policy_version: '4'})")
    until(lambda: site.hits)
    [hit] = site.hits
    landing, looked = hit.messages
    assert hit.given is not None
    assert landing["context"]["campaign"] == {"source": "meta"}
    assert landing["context"]["page"]["url"].endswith("fbclid=IwAR1&email=ana@example.com")
    assert looked["event"] == "Looked"
    given = consent(landing)
    assert re.fullmatch(r"20\d\d-\d\d-\d\dT.*Z", given.pop("at"))
    purposes = {"analytics_storage": True, "ad_storage": False}
    assert given == {**purposes, "policy_version": "4", "categoryPreferences": purposes}


@pytest.mark.parametrize("how", ["denied", "left"])
def test_where_consent_is_required_no_answer_is_a_no(page: Page, site: Site, until: Until, how: str) -> None:
    site.page("/shoes", "", tag='data-consent="required"', before=WATCH)
    site.page("/blank", "", tag="none")
    page.goto(site.url(SHOP, LANDING))
    page.wait_for_function(READY)
    if how == "denied":
        page.evaluate("outturn.consent({analytics_storage: false})")
        until(lambda: site.hits)
        assert page.evaluate("touched") == []
    else:
        page.goto(site.url(SHOP, "/blank"))
        until(lambda: site.hits)
    [message] = site.taken()
    assert (site.hits[0].cookie, site.hits[0].given) == (None, None)
    assert message["context"]["page"]["url"] == site.url(SHOP, "/shoes")
    assert consent(message)["analytics_storage"] is False
    assert ("at" in consent(message)) == (how == "denied")


def test_who_withdraws_is_forgotten_by_the_browser_at_once(
    page: Page, context: BrowserContext, site: Site, until: Until
) -> None:
    site.page("/shoes", "", before=GRANTED)
    page.goto(site.url(SHOP, LANDING))
    until(lambda: site.hits)
    assert page.evaluate("[!!localStorage._ot, !!sessionStorage._ot]") == [True, True]
    page.evaluate("outturn.consent({analytics_storage: 'denied', ad_storage: 'denied'}, {policy_version: '4'})")
    until(lambda: site.named("Consent Updated"))
    until(lambda: not context.cookies(site.url("t.shop.example")))
    told = site.hits[-1]
    assert told.cookie == site.hits[0].given  # The one request that may carry it, so that the answer can clear it.
    assert told.messages[0]["context"].keys() == {"page", "library", "consent"}
    assert consent(told.messages[0])["policy_version"] == "4"
    page.evaluate("outturn.track('After')")
    until(lambda: site.named("After"))
    assert (site.hits[-1].cookie, site.hits[-1].given) == (None, None)
    assert page.evaluate("[localStorage.length, sessionStorage.length]") == [0, 0]


def test_a_withdrawal_that_another_page_took_can_be_passed_on(
    page: Page, context: BrowserContext, site: Site, until: Until
) -> None:
    site.page("/", "", before=GRANTED)
    page.goto(site.url(SHOP))
    until(lambda: site.hits)
    site.page("/settings", "", tag='data-consent="required"')
    page.goto(site.url(SHOP, "/settings"))
    page.wait_for_function(READY)
    page.evaluate("outturn.consent({analytics_storage: false}, {withdrawn: true})")
    until(lambda: not context.cookies(site.url("t.shop.example")))
    assert page.evaluate("localStorage.length") == 0


def test_a_change_of_mind_is_told_and_consent_given_again_counts(page: Page, site: Site, until: Until) -> None:
    site.page("/", "", before=GRANTED)
    page.goto(site.url(SHOP))
    until(lambda: site.hits)
    page.evaluate("outturn.consent({ad_storage: true})")  # Nothing new.
    page.evaluate("outturn.consent({ad_storage: false}, {at: '2026-05-01T10:00:00Z'})")
    until(lambda: site.named("Consent Updated"))
    [message] = site.named("Consent Updated")
    assert (consent(message)["ad_storage"], consent(message)["at"]) == (False, "2026-05-01T10:00:00Z")
    page.evaluate("outturn.consent({analytics_storage: false})")
    until(lambda: len(site.named("Consent Updated")) == 2)
    page.evaluate("outturn.consent({analytics_storage: true}); outturn.track('Back')")
    until(lambda: site.named("Back"))
    assert site.hits[-1].given not in (None, site.hits[0].given)


def test_googles_consent_mode_is_heard(page: Page, site: Site, until: Until) -> None:
    before = """
        window.dataLayer = window.dataLayer || []; function gtag() { dataLayer.push(arguments); }
        gtag('consent', 'default', {analytics_storage: 'granted', ad_storage: 'granted'});
        gtag('consent', 'default', {analytics_storage: 'denied', ad_storage: 'denied', region: ['ES']});
        gtag('js', new Date()); dataLayer.push({event: 'gtm.js'});
    """
    site.page("/shoes", "", before=before)
    page.goto(site.url(SHOP, LANDING))
    page.wait_for_function(READY)
    page.wait_for_timeout(200)
    assert site.hits == []  # Denied by default is not decided: the landing is not given away.
    pushed = page.evaluate("gtag('consent', 'update', {analytics_storage: 'granted', ad_user_data: 'denied'}) || 0")
    until(lambda: site.hits)
    assert pushed == 0
    [message] = site.taken()
    assert message["context"]["campaign"] == {"source": "meta"}
    given = consent(message)["categoryPreferences"]
    assert given == {"analytics_storage": True, "ad_storage": False, "ad_user_data": False}
    assert page.evaluate("dataLayer.length") == 5


def test_a_default_does_not_undo_what_was_chosen(page: Page, site: Site, until: Until) -> None:
    before = GRANTED + ";window.dataLayer = window.dataLayer || []; function gtag() { dataLayer.push(arguments); }"
    site.page("/shoes", "", before=before)
    page.goto(site.url(SHOP, LANDING))
    page.wait_for_function(SETTLED)
    page.evaluate("gtag('consent', 'default', {analytics_storage: 'denied', ad_storage: 'denied'})")
    page.evaluate("outturn.track('Later')")
    until(lambda: site.named("Later"))
    assert site.hits[-1].cookie == site.hits[0].given
    assert consent(site.taken()[-1])["categoryPreferences"] == {"analytics_storage": True, "ad_storage": True}
    assert site.named("Consent Updated") == []


def test_global_privacy_control_denies_what_serves_ads(
    page: Page, context: BrowserContext, site: Site, until: Until
) -> None:
    context.add_init_script("Object.defineProperty(navigator, 'globalPrivacyControl', {value: true})")
    site.page("/shoes", "", before=GRANTED)
    page.goto(site.url(SHOP, LANDING))
    until(lambda: site.hits)
    [message] = site.taken()
    assert consent(message)["categoryPreferences"] == {
        "analytics_storage": True,
        "ad_storage": False,
        "ad_user_data": False,
        "ad_personalization": False,
    }
    assert "fbp" not in message["context"]


def test_without_a_word_on_consent_none_is_claimed(page: Page, site: Site, until: Until) -> None:
    site.page("/shoes", "")
    page.goto(site.url(SHOP, LANDING))
    until(lambda: site.hits)
    [message] = site.taken()
    assert message["context"].keys() & {"consent", "fbc", "fbp"} == set()


def test_metas_ids_are_made_in_its_format_and_stay(page: Page, context: BrowserContext, site: Site) -> None:
    site.page("/shoes", "", before=GRANTED)
    for path in (LANDING, "/shoes", "/shoes?fbclid=IwAR2"):
        page.goto(site.url(SHOP, path))
        page.wait_for_function(SETTLED)
    first, second, third = (one["context"] for one in site.taken())
    assert re.fullmatch(r"fb\.1\.\d{13}\.IwAR1", first["fbc"])
    assert re.fullmatch(r"fb\.1\.\d{13}\.\d{1,10}", first["fbp"])
    assert (second["fbc"], second["fbp"]) == (first["fbc"], first["fbp"])
    assert re.fullmatch(r"fb\.1\.\d{13}\.IwAR2", third["fbc"])
    assert third["fbp"] == first["fbp"]
    assert context.cookies(site.url(SHOP)) == []


def test_metas_own_cookies_come_first(page: Page, context: BrowserContext, site: Site, until: Until) -> None:
    site.page("/shoes", "", before=GRANTED)
    own = {
        "_fbc": "fb.1.1700000000000.IwAR1",
        "_fbp": "fb.1.1700000000000.42",
    }
    given = {"a_fbc": "no", "a_fbp": "no", **own}
    context.add_cookies([{"name": name, "value": value, "url": site.url(SHOP)} for name, value in given.items()])
    page.goto(site.url(SHOP, LANDING))
    until(lambda: site.hits)
    [message] = site.taken()
    assert (message["context"]["fbc"], message["context"]["fbp"]) == (own["_fbc"], own["_fbp"])
