"""Landing pages in a small world typed by hand: which of them lose what an ad's link carries, to the row."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from outturn.audit import parameters_lost_on_redirect as check
from outturn.audit.audit import name_platforms
from outturn.audit.needs import name_step
from tests.metrics.conftest import World, at

if TYPE_CHECKING:
    from collections.abc import Iterator

SHIM = "https://l.facebook.com/"
SEARCH = "https://www.google.com/"


@pytest.fixture
def world() -> Iterator[World]:
    made = World()
    yield made
    made.engine.close()


def arrive(world: World, page: str, times: int, *, on: int = 1, referrer: str = SHIM, **carried: str) -> None:
    for _ in range(times):
        number = len(world.rows["events"])
        world.add(
            "events", import_id="i1", line=number + 2, event_id=f"segment:{number}", source="segment", type="page",
            occurred_at=at(on), received_at=at(on), trust="file", is_bot=False,
            referrer=referrer, url=f"https://www.shop.example{page}", **carried,
        )  # fmt: skip


def found(world: World) -> dict[tuple[str, str], tuple[int, int]]:
    """Found and seen, by platform and page."""
    world.build()
    name_platforms(world.engine)
    check.name_landings(world.engine, {"zone": "UTC"})
    name_step(world.engine, "parameters_lost_on_redirect", {}, as_name="lines")
    lines = world.engine.rows("SELECT platform, subject, found, seen FROM lines WHERE platform <> ''")
    return {(platform, subject): (lost, seen) for platform, subject, lost, seen in lines}


def test_a_page_that_lost_the_id_of_a_link_is_named_by_host_and_path(world: World) -> None:
    arrive(world, "/sale/?page=2", 12)
    arrive(world, "/sale?fbclid=x", 18, fbclid="x")
    arrive(world, "/", 30, fbclid="x")
    assert found(world) == {("meta_ads", "shop.example/sale"): (12, 30), ("meta_ads", "shop.example"): (0, 30)}


def test_what_is_lost_on_every_page_alike_is_no_redirect(world: World) -> None:
    for page in ("/a", "/b"):
        arrive(world, page, 15)
        arrive(world, page, 15, fbclid="x")
    assert {lost for lost, _ in found(world).values()} == {0}


def test_a_bare_visit_from_a_search_engine_proves_no_ad(world: World) -> None:
    arrive(world, "/blog", 50, referrer=SEARCH)
    arrive(world, "/", 50, referrer=SEARCH, gclid="x", utm_campaign="c")
    assert found(world) == {("google_ads", "shop.example"): (0, 50)}


def test_an_id_without_its_tags_and_a_tag_without_its_id_are_lost_too(world: World) -> None:
    whole: dict[str, Any] = {"gclid": "x", "utm_source": "google", "utm_medium": "cpc", "utm_campaign": "c"}
    arrive(world, "/", 60, referrer=SEARCH, **whole)
    arrive(world, "/only-id", 20, referrer=SEARCH, gclid="x")
    arrive(world, "/only-tags", 25, referrer=SEARCH, **{**whole, "gclid": ""})
    assert found(world) == {
        ("google_ads", "shop.example"): (0, 60),
        ("google_ads", "shop.example/only-id"): (20, 20),
        ("google_ads", "shop.example/only-tags"): (25, 25),
    }


def test_pages_of_few_arrivals_say_nothing(world: World) -> None:
    arrive(world, "/rare", 19)
    arrive(world, "/", 100, fbclid="x")
    assert found(world) == {("meta_ads", "shop.example"): (0, 100), ("meta_ads", ""): (0, 19)}


def test_of_very_many_views_the_latest_are_looked_at_and_what_is_suspect_is_counted_over_all(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(check, "LATEST_PAGES", 100)
    for on in (1, 9):
        arrive(world, "/sale", 50, on=on)
        arrive(world, "/", 60, on=on, fbclid="x")
    assert found(world) == {("meta_ads", "shop.example/sale"): (100, 100), ("meta_ads", "shop.example"): (0, 120)}


def test_where_the_latest_views_are_whole_older_ones_are_not_read(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(check, "LATEST_PAGES", 100)
    arrive(world, "/sale", 50)
    arrive(world, "/sale", 50, on=9, fbclid="x")
    arrive(world, "/", 60, on=9, fbclid="x")
    assert found(world) == {("meta_ads", "shop.example/sale"): (0, 50), ("meta_ads", "shop.example"): (0, 60)}
