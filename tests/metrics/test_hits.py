"""Sums of what trackers saw, over events that are typed by hand."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.metrics.conftest import World, at, day

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

YES = '{"analytics_storage": true}'


@pytest.fixture
def hit(world: World) -> Callable[..., None]:
    def add(**told: object) -> None:
        number = len(world.rows["events"])
        world.add(
            "events", **{
                "import_id": "i1", "line": number + 2, "event_id": f"tag:{number}", "source": "tag", "type": "page",
                "occurred_at": at(1), "received_at": at(1), "trust": "file", "anonymous_key": b"k", **told,
            },
        )  # fmt: skip

    return add


def sums(world: World, columns: str, table: str = "hit_days") -> Iterator[tuple[object, ...]]:
    world.build()
    yield from sorted(world.engine.rows(f"SELECT {columns} FROM {table}"), key=str)


def test_hosts_are_bare_whichever_site_is_the_commonest(world: World, hit: Callable[..., None]) -> None:
    for url in (
        *["https://www.shop.example/a"] * 3, "https://shop.example/b?c=/d", "HTTPS://WWW.Shop.example:443/", "https://blog.example",
        "https://www.shop.example?a=b", None,
    ):  # fmt: skip
        hit(url=url)
    assert list(sums(world, "page_host, hits")) == [("", 1), ("blog.example", 1), ("shop.example", 6)]


def test_referrers_are_hosts_however_they_are_written(world: World, hit: Callable[..., None]) -> None:
    for referrer in ("https://www.google.com/search?q=x", "google.com", "google.com/x", "(direct)", None):
        hit(referrer=referrer)
    assert list(sums(world, "referrer_host, hits")) == [("", 2), ("google.com", 3)]


def test_the_click_id_that_counts_and_its_form_are_told(world: World, hit: Callable[..., None]) -> None:
    hit(gclid="Cj0KCQjwhandmade1234")
    hit(gclid="1aKCQjwhandmade12345")
    hit(gclid="cj0kcqjwhandmade1234")
    hit(gclid="Cj0KCQjw", fbclid="IwAR0handmade1234567")
    hit(fbclid="IwAR0handmade1234567", gad_campaignid="7")
    hit(msclkid="short")
    hit(gclid="")
    assert list(sums(world, "click_id_kind, click_id_form, gad_campaign, hits")) == [
        ("", "", 0, 1),
        ("gad_campaignid", "", 1, 1),
        ("gclid", "short", 0, 1),
        ("gclid", "small", 0, 1),
        ("gclid", "whole", 0, 2),
        ("msclkid", "", 0, 1),
    ]


def test_an_address_that_held_an_e_mail_address_is_personal(world: World, hit: Callable[..., None]) -> None:
    for url in ("https://a.example/(removed)/x", "https://a.example/?email=&b=c", "https://a.example/?b=c&e-mail="):
        hit(url=url)
    for url in ("https://a.example/?email=x", "https://a.example/?b=&c=d", "https://a.example/?blackmail="):
        hit(url=url)
    assert list(sums(world, "personal, hits")) == [(0, 3), (1, 3)]


def test_days_and_quarters_are_the_business_s_and_bots_are_told_apart(world: World, hit: Callable[..., None]) -> None:
    world.time_zone = "Asia/Kathmandu"
    for hour, bot in ((18, False), (18, True), (19, False)):
        hit(occurred_at=at(1, hour=hour), is_bot=bot)
    hit(type="identify")
    assert list(sums(world, "date_day, is_bot, hits")) == [(day(1), False, 1), (day(1), True, 1), (day(2), False, 1)]
    assert list(sums(world, "date_day, hits, human_hits, example_id", "hit_quarters")) == [
        (day(1), 2, 1, "tag:0"),
        (day(2), 1, 1, "tag:2"),
    ]


def test_consent_is_summed_for_sources_that_state_it(world: World, hit: Callable[..., None]) -> None:
    hit(consent=YES, browser="Firefox")
    hit(consent=YES, browser="Firefox", anonymous_key=None)
    hit(device="desktop")
    hit(consent=YES, is_bot=True)
    hit(source="silent")
    columns = "source, browser, analytics_storage, ad_storage, hits, of_nobody"
    assert list(sums(world, columns, "consent_hits")) == [
        ("tag", "Firefox", "granted", "", 2, 1),
        ("tag", "desktop", "", "", 1, 0),
    ]


def test_events_that_tell_of_an_order_or_a_lead_are_laid_out(world: World, hit: Callable[..., None]) -> None:
    hit(type="track", name="Order Completed", order_id="7", value_micros=5, url="https://shop.example/thanks")
    hit(type="track", name="purchase", order_id="7", user_key=b"u")
    hit(type="track", name="purchase", order_id="8", trust="public", is_bot=True)
    hit(type="track", name="Generate_Lead ", email_key=b"e", device="phone")
    hit(type="track", name="Search Form Submitted")
    hit(type="page", order_id="9")
    columns = "event_id, order_id, value_micros, user_key, email_key, is_bot, sender, tells_lead"
    assert list(sums(world, columns, "conversion_events")) == [
        ("tag:0", "7", 5, None, None, False, "browser", 0),
        ("tag:1", "7", None, b"u", None, False, "server", 0),
        ("tag:2", "8", None, None, None, True, "browser", 0),
        ("tag:3", None, None, None, b"e", False, "browser", 1),
    ]


def test_an_order_s_day_is_the_business_s(world: World, hit: Callable[..., None]) -> None:
    world.time_zone = "Asia/Kathmandu"
    for hour in (18, 19):
        hit(type="track", name="purchase", order_id="7", occurred_at=at(1, hour=hour))
    assert list(sums(world, "date_day", "conversion_events")) == [(day(1),), (day(2),)]


def test_visits_are_summed_by_place_and_day(world: World, hit: Callable[..., None]) -> None:
    world.time_zone = "Asia/Kathmandu"
    hit()
    for hour in (17, 18, 18, 19):
        world.touch("Paid Search", "google_ads", "a1", "c1", hour=hour, joined_by="id")
    world.touch("Paid Search", "google_ads", "a1", "c2")
    world.touch("Display", kind="view")
    world.touch("Email", touch_id="outcome:shop:1")
    world.touch("Email", touch_id="outcomes:1", kind="email")
    assert list(sums(world, "place, joined, date_day, visits, example_id", "visit_days")) == [
        (1, 1, day(1), 3, "0"),
        (1, 1, day(2), 1, "3"),
        (2, 0, day(1), 1, "4"),
        (4, 0, day(1), 1, "outcomes:1"),
    ]


def test_each_hit_is_in_each_sum_once(world: World, hit: Callable[..., None]) -> None:
    for number in range(40):
        hit(
            occurred_at=at(1 + number % 3, hour=number % 24), consent=YES, url=f"https://{number % 4}.example/{number}",
            utm_source=[None, "google"][number % 2], browser=["Chrome", "Safari"][number % 2],
        )  # fmt: skip
    for table in ("hit_days", "hit_quarters", "consent_hits"):
        assert list(sums(world, "CAST(SUM(hits) AS BIGINT)", table)) == [(40,)]
