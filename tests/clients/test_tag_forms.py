"""Forms: the tag fills the hidden fields that a page offers, and tells that a form was sent, not what stood in it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from tests.clients.site import READY, SETTLED, Site

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Page

    Until = Callable[[Callable[[], object]], None]

pytestmark = pytest.mark.clients

SHOP = "www.shop.example"
FORM = """
    <form name="contact" method="post" action="/thanks" {marks}>
      <input name="email" type="email" value="ana@example.com"><input name="phone" type="tel" value="+491701234567">
      <input name="message" value="a secret">
      <input type="hidden" name="utm_source"><input type="hidden" name="GCLID"><input type="hidden" name="csrf">
      <input type="hidden" name="outturn_fbclid"><input type="hidden" name="outturn_landing_page">
      <input type="hidden" name="outturn_referrer"><input type="hidden" name="utm_medium" value="kept">
      <select name="how_did_you_hear"><option>Radio<option selected>A friend</select>
      <button>Send</button>
    </form>
"""


def fill_and_send(page: Page, site: Site, marks: str = "") -> dict[str, str]:
    """Land with tags, go on to the form, send it: what the server behind the form gets."""
    site.page("/", "")
    site.page("/contact", FORM.format(marks=marks))
    site.page("/thanks", "")
    page.goto(
        site.url(SHOP, "/?utm_source=meta&utm_medium=social&gclid=G1&fbclid=F1"), referer="https://news.example/a?b=c"
    )
    page.wait_for_function(SETTLED)
    page.goto(site.url(SHOP, "/contact"))
    page.wait_for_function(SETTLED)
    with page.expect_request("**/thanks") as sent:
        page.click("button")
    return sent.value.post_data_json  # type: ignore[no-any-return]


def test_hidden_fields_carry_what_brought_the_visitor(page: Page, site: Site) -> None:
    sent = fill_and_send(page, site)
    assert sent["utm_source"] == "meta"
    assert sent["GCLID"] == "G1"
    assert sent["outturn_fbclid"] == "F1"
    assert sent["outturn_landing_page"] == site.url(SHOP, "/")
    assert sent["outturn_referrer"] == "https://news.example/a"
    assert sent["utm_medium"] == "kept"  # What the page put there stays.
    assert sent["csrf"] == ""


def test_that_it_was_sent_is_told_and_nothing_that_was_typed(page: Page, site: Site, until: Until) -> None:
    fill_and_send(page, site)
    until(lambda: site.named("Form Submitted"))
    [message] = site.named("Form Submitted")[:1]
    assert message["properties"] == {
        "form": "contact",
        "heard": "A friend",
        "utm_source": "meta",
        "utm_medium": "social",
        "gclid": "G1",
        "fbclid": "F1",
        "landing_page": site.url(SHOP, "/"),
        "referrer": "https://news.example/a",
    }
    assert site.named("identify") == []
    everything = json.dumps(site.taken())
    assert not any(typed in everything for typed in ("ana@", "+4917", "a secret"))


def test_a_form_may_say_who_sent_it(page: Page, site: Site, until: Until) -> None:
    fill_and_send(page, site, "data-outturn-identify")
    until(lambda: site.named("Form Submitted"))
    assert site.named("identify")[0]["traits"] == {"email": "ana@example.com", "phone": "+491701234567"}


def test_a_form_may_be_left_alone(page: Page, site: Site, until: Until) -> None:
    sent = fill_and_send(page, site, 'data-outturn="off"')
    page.wait_for_function(SETTLED)
    until(lambda: len(site.named("page")) == 3)
    assert site.named("Form Submitted") == []
    assert sent["utm_source"] == ""


def test_a_form_that_script_sends_is_told_by_script(page: Page, site: Site, until: Until) -> None:
    body = """
        <form id="lead"><label><input type="radio" name="via" value="Radio" data-outturn-heard>Radio</label>
        <label><input type="radio" name="via" value="Podcast" data-outturn-heard checked>Podcast</label></form>
    """
    site.page("/", body)
    page.goto(site.url(SHOP))
    page.wait_for_function(READY)
    page.evaluate("outturn.form(document.getElementById('lead'))")
    until(lambda: site.named("Form Submitted"))
    [message] = site.named("Form Submitted")
    assert (message["properties"]["form"], message["properties"]["heard"]) == ("lead", "Podcast")


def test_without_consent_a_form_tells_only_its_sending(page: Page, site: Site, until: Until) -> None:
    site.page(
        "/contact", FORM.format(marks="data-outturn-identify onsubmit='return false'"), tag='data-consent="required"'
    )
    page.goto(site.url(SHOP, "/contact?utm_source=meta"))
    page.wait_for_function(READY)
    page.evaluate("outturn.consent({analytics_storage: false})")
    page.click("button")
    until(lambda: site.named("Form Submitted"))
    [message] = site.named("Form Submitted")
    assert "properties" not in message
    assert site.named("identify") == []
    assert page.input_value("[name=utm_source]") == ""
