"""From one site of ours to another: a link takes the visitor along, for two minutes and without waiting."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.clients.site import READY, SETTLED, Answer, Site

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import BrowserContext, Page

    Until = Callable[[Callable[[], object]], None]

pytestmark = pytest.mark.clients

SHOP, OTHER = "www.shop.example", "pay.other.example"
DOMAINS = 'data-link-domains="shop.example, other.example"'


def links(site: Site) -> str:
    """A page of links, to our other site and elsewhere."""
    there, elsewhere, own = (site.url(host, "/next") for host in (OTHER, "www.else.example", "m.shop.example"))
    return f"""
        <a id="there" href="{there}?utm_source=x#part"><b id="inside">there</b></a> <a id="blank" href="{there}"
        target="_blank">new tab</a> <a id="own" href="{own}">own</a> <a id="elsewhere" href="{elsewhere}">elsewhere</a>
        <a id="mail" href="mailto:a@b.example">mail</a>
        <form id="post" method="post" action="{there}"><input name="a" value="1"><button>post</button></form>
        <form id="get" action="{there}"><input name="a" value="1"><button>get</button></form>
    """


def arrive(page: Page, site: Site) -> str:
    """Open the page of links; the token that its first answer brought."""
    site.page("/", links(site), tag=DOMAINS)
    site.page("/next", "", tag=DOMAINS)
    page.goto(site.url(SHOP))
    page.wait_for_function(READY)
    page.wait_for_function(SETTLED)
    return f"L1-{site.hits[0].given}"


def test_a_click_takes_the_visitor_along_and_leaves_no_trace(page: Page, site: Site, until: Until) -> None:
    token = arrive(page, site)
    with page.expect_request("**/next?*") as asked:
        page.click("#inside")
    assert asked.value.url == site.url(OTHER, f"/next?utm_source=x&_otl={token}")  # The browser keeps `#part`.
    until(lambda: site.hits[-1].host == "t.pay.other.example")
    [message] = site.hits[-1].messages
    assert message["context"]["linker"] == token
    assert message["context"]["page"]["url"] == site.url(OTHER, "/next?utm_source=x")
    assert page.evaluate("location.href") == site.url(OTHER, "/next?utm_source=x#part")
    page.evaluate("outturn.track('Next')")
    until(lambda: site.named("Next"))
    assert not site.named("Next")[0]["context"].get("linker")


def test_only_our_other_sites_get_it_and_the_page_keeps_its_links(
    page: Page, context: BrowserContext, site: Site
) -> None:
    token = arrive(page, site)
    before = page.eval_on_selector_all("a", "links => links.map(link => link.getAttribute('href'))")
    for link in ("own", "elsewhere", "mail"):
        decorated = page.evaluate(
            """id => new Promise(seen => {
                const link = document.getElementById(id);
                link.onclick = event => { event.preventDefault(); seen(link.href); };
                link.click();
            })""",
            link,
        )
        assert "_otl" not in decorated
    with context.expect_page() as opened:
        page.click("#blank")
    assert opened.value.evaluate("performance.getEntriesByType('navigation')[0].name").endswith(f"?_otl={token}")
    assert page.eval_on_selector_all("a", "links => links.map(link => link.getAttribute('href'))") == before


@pytest.mark.parametrize("method", ["post", "get"])
def test_a_form_takes_the_visitor_along(page: Page, site: Site, until: Until, method: str) -> None:
    token = arrive(page, site)
    with page.expect_request("**/next*") as asked:
        page.click(f"#{method} button")
    query = f"?_otl={token}" if method == "post" else f"?a=1&_otl={token}"
    assert asked.value.url == site.url(OTHER, "/next" + query)
    until(lambda: site.hits[-1].host == "t.pay.other.example")
    assert site.hits[-1].messages[0]["context"]["linker"] == token


def test_a_token_is_fetched_anew_before_the_click_and_the_click_never_waits(
    page: Page, site: Site, until: Until
) -> None:
    page.clock.install()
    arrive(page, site)
    page.clock.fast_forward(70_000)
    page.hover("#there")
    until(lambda: len(site.hits) == 2)
    assert site.hits[1].messages == []
    page.wait_for_timeout(100)
    with page.expect_request("**/next?*") as asked:
        page.click("#there")
    assert f"_otl=L2-{site.hits[0].given}" in asked.value.url
    # Too old, and the collector slow: the link goes as it stands.
    page.goto(site.url(SHOP))
    page.wait_for_function(READY)
    page.wait_for_function(SETTLED)
    page.clock.fast_forward(130_000)
    site.answers.append(Answer(seconds=3))
    with page.expect_request("**/next?*") as late:
        page.click("#there")
    assert "_otl" not in late.value.url


def test_without_consent_links_stay_as_they_are(page: Page, site: Site, until: Until) -> None:
    arrive(page, site)
    page.evaluate("outturn.consent({analytics_storage: false})")
    until(lambda: site.named("Consent Updated"))
    with page.expect_request("**/next?*") as asked:
        page.click("#there")
    assert "_otl" not in asked.value.url


def test_the_token_leaves_the_address_even_without_consent(page: Page, site: Site, until: Until) -> None:
    site.page("/next", "", before="window.outturn=[['consent',{analytics_storage:false}]]")
    page.goto(site.url(OTHER, "/next?a=1&_otl=TOKEN&b=2#c"))
    until(lambda: site.hits)
    assert page.evaluate("location.href") == site.url(OTHER, "/next?a=1&b=2#c")
    assert "linker" not in site.taken()[0]["context"]
