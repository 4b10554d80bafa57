"""A day in the life: an ad, a letter, a form in the browser, an order by the shop's server, and what is credited."""

from __future__ import annotations

import base64
import json
import urllib.request
from typing import TYPE_CHECKING, Any

import pytest

from tests.clients.commands import outturn
from tests.clients.site import READY, SETTLED
from tests.clients.world import SHOP

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

    from tests.clients.world import World

pytestmark = pytest.mark.clients

FORM = """
    <a href="/contact">Talk to us</a>
    <form action="/thanks" method="post" data-outturn-identify>
      <input type="email" name="email"><input type="hidden" name="gclid">
      <select name="how_did_you_hear"><option selected>A podcast</select><button>Send</button>
    </form>
"""


def open_page(page: Page, world: World, path: str) -> None:
    page.goto(world.site.url(SHOP, path))
    page.wait_for_function(READY)
    page.wait_for_function(SETTLED)


def buy(world: World, order_id: str, total: str, **who: Any) -> None:
    """What the shop's server says when an order is paid, by Segment's HTTP API."""
    body = {
        "messageId": f"order-{order_id}",
        "event": "Order Completed",
        "properties": {"order_id": order_id, "total": float(total), "tax": 19.0, "currency": "EUR"},
        **who,
    }
    credentials = base64.b64encode(f"{world.secret_key}:".encode()).decode()
    request = urllib.request.Request(
        f"http://127.0.0.1:{world.running.port}/v1/track",
        json.dumps(body).encode(),
        {"authorization": f"Basic {credentials}", "content-type": "application/json"},
    )
    with urllib.request.urlopen(request, timeout=10) as answer:  # noqa: S310
        assert answer.status == 200


def test_what_a_person_did_is_one_journey_and_its_credit_adds_up(page: Page, browser: Browser, world: World) -> None:
    for path in ("/", "/contact", "/thanks"):
        world.site.page(path, FORM)
    # In the morning an ad, and a look around; then a letter, and the form.
    open_page(page, world, "/?utm_source=google&utm_medium=cpc&utm_campaign=Brand&gclid=G1")
    page.click("a")
    page.wait_for_url("**/contact")
    page.wait_for_function(READY)
    page.wait_for_function(SETTLED)
    open_page(page, world, "/contact?utm_source=letter&utm_medium=email&utm_campaign=May")
    page.fill("[type=email]", "Ana@Example.com ")
    page.click("button")
    page.wait_for_url("**/thanks")
    page.wait_for_function(READY)
    page.wait_for_function(SETTLED)
    # At noon a machine reads the same letter.
    with browser.new_context() as headless:
        other = headless.new_page()
        open_page(other, world, "/?utm_source=letter&utm_medium=email&utm_campaign=May")
    # In the evening she buys: the shop's server knows her by her address, and Bert, whom no page has seen.
    buy(world, "1001", "119.00", userId="u-1", traits={"email": "ana@example.com"})
    buy(world, "1002", "219.00", userId="u-2", traits={"email": "bert@example.com"})

    root = world.running.root
    loaded = outturn(root, "load", "--now")
    assert loaded["refused"] == 0
    assert outturn(root, "load", "--now")["records"] == 0
    built = outturn(root, "build")
    assert built["conversions"] == 2

    story = outturn(root, "explain", "1001")
    assert [(touch["channel"], touch["campaign_name"]) for touch in story["journey"]] == [
        ("Paid Search", "Brand"),
        ("Email", "May"),
    ]
    ad, letter = "Paid Search", "Email"
    credit = {model: {row["channel"]: row["revenue"] for row in rows} for model, rows in story["credits"].items()}
    assert credit["first_touch"] == {ad: "100.00", letter: "0.00"}
    assert credit["last_touch"] == credit["last_non_direct"] == {ad: "0.00", letter: "100.00"}
    halves = {ad: "50.00", letter: "50.00"}
    assert credit["linear"] == credit["position_based"] == credit["markov_1"] == credit["shapley"] == halves

    assert outturn(root, "explain", "1002")["journey"] == []
    table = outturn(root, "attribute", "--model", "last_non_direct")["models"]["last_non_direct"]
    assert {row["channel"]: row["revenue"] for row in table} == {letter: "100.00", "(none)": "200.00"}
    # What she said herself lies beside it; what a machine did lies apart.
    [(said,)] = world.running.rows("SELECT properties FROM events WHERE name = 'Form Submitted'")
    assert json.loads(said)["heard"] == "A podcast"
    assert world.running.rows("SELECT type, utm_source FROM events WHERE is_bot") == [("page", "letter")]
