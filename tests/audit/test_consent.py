"""Consent in cells drawn or typed by hand: the broken place is named, and people's own choices never are."""

from __future__ import annotations

import os
from dataclasses import replace
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from outturn.audit.consent import Cell, broken_places, consents_of
from outturn.audit.consent_gap import name_places
from outturn.audit.needs import name_step
from tests.metrics.conftest import World, at

if TYPE_CHECKING:
    from collections.abc import Iterator

SEEDS = int(os.environ.get("OUTTURN_SEEDS", "12"))
FIRST = date(2026, 3, 2)
HOSTS, BROWSERS = ("shop.example", "blog.example"), ("Chrome", "Safari", "Firefox")


def cells(seed: int, *, rates: tuple[float, ...] = (0.8, 0.6, 0.55), daily: int = 300) -> list[Cell]:
    """Eight weeks of visitors with three hits each, who choose by browser; some days are busier."""
    rng = np.random.default_rng(seed)
    made = []
    for number in range(56):
        day = FIRST + timedelta(days=number)
        for host in HOSTS:
            for browser, rate in zip(BROWSERS, rates, strict=True):
                visitors = int(rng.poisson(daily * rng.uniform(0.5, 1.5) / 18))
                agreed = int(rng.binomial(visitors, rate))
                made.append(Cell(day, host, browser, granted=True, hits=3 * agreed, example_id="e:1"))
                made.append(Cell(day, host, browser, granted=False, hits=3 * (visitors - agreed), example_id="e:2"))
    return made


def hits(made: list[Cell]) -> int:
    return sum(cell.hits for cell in made)


def refused(made: list[Cell], *, host: str = "", browser: str = "", days: tuple[int, int] = (0, 56)) -> list[Cell]:
    """Where nobody's yes arrives."""
    span = [FIRST + timedelta(days=day) for day in range(*days)]
    return [
        replace(cell, granted=False)
        if (not host or cell.host == host) and (not browser or cell.browser == browser) and cell.date_day in span
        else cell
        for cell in made
    ]


@pytest.mark.parametrize("seed", range(SEEDS))
@pytest.mark.parametrize("rates", [(0.8, 0.6, 0.55), (0.45, 0.3, 0.25), (0.15, 0.12, 0.1)])
def test_where_people_choose_for_themselves_no_place_is_broken(seed: int, rates: tuple[float, ...]) -> None:
    made = cells(seed, rates=rates)
    assert broken_places(made, stated=hits(made)) == []


@pytest.mark.parametrize(
    ("where", "subject"),
    [
        ({"host": "blog.example"}, "host blog.example"),
        ({"browser": "Safari"}, "browser Safari"),
        ({"days": (20, 23)}, "2026-03-22 to 2026-03-24"),
        ({"days": (20, 21)}, "2026-03-22"),
    ],
)
def test_the_place_where_no_yes_arrives_is_named_and_nothing_else(where: dict[str, Any], subject: str) -> None:
    made = refused(cells(3, daily=500), **where)
    (place,) = broken_places(made, stated=hits(made))
    assert place.subject == subject
    assert place.granted == 0
    assert place.example_id == "e:1"


def test_two_broken_places_are_each_named_the_larger_first() -> None:
    made = refused(refused(cells(4), browser="Chrome"), days=(40, 44))
    assert [place.subject for place in broken_places(made, stated=hits(made))] == [
        "browser Chrome",
        "2026-04-11 to 2026-04-14",
    ]


def test_a_banner_that_never_takes_a_yes_is_broken_everywhere() -> None:
    made = refused(cells(5))
    (place,) = broken_places(made, stated=hits(made))
    assert (place.subject, place.granted, place.hits) == ("everywhere", 0, hits(made))


def test_a_source_that_mostly_does_not_ask_says_nothing() -> None:
    made = refused(cells(6))
    assert broken_places(made, stated=hits(made) // 3) == []


@pytest.fixture
def world() -> Iterator[World]:
    made = World()
    yield made
    made.engine.close()


def hit(world: World, consent: str | None, *, times: int = 1, key: bytes | None = b"k", **told: object) -> None:
    for _ in range(times):
        number = len(world.rows["events"])
        world.add(
            "events", **{
                "import_id": "i1", "line": number + 2, "event_id": f"tag:{number}", "source": "tag", "type": "page",
                "occurred_at": at(1), "received_at": at(1), "trust": "public", "is_bot": False, "browser": "Firefox",
                "url": "https://www.shop.example/a?b=c", "anonymous_key": key, "consent": consent, **told,
            },
        )  # fmt: skip


def named(world: World) -> World:
    world.build()
    name_step(world.engine, "consent_people", {})
    return world


YES, NO = '{"analytics_storage": true, "ad_storage": false}', '{"analytics_storage":"denied"}'


def test_rates_and_gap_are_counted_by_source_purpose_and_word(world: World) -> None:
    hit(world, YES, times=3)
    hit(world, NO, times=2, key=None)
    hit(world, None)
    hit(world, NO)  # an archive keeps the id of who said no
    hit(world, YES, is_bot=True)
    hit(world, None, source="ga4")  # states nothing: not asked
    world.add("consents", bucket=0, person_key=b"p", purpose="ad_storage", state="denied", said_at=at(1))
    told = consents_of(named(world).engine)
    (one,) = told.sources
    assert (one.source, one.hits, one.gap) == ("tag", 7, 3)
    assert one.said["analytics_storage"] == {"granted": 3, "denied": 3, "unstated": 1}
    assert one.said["ad_storage"] == {"granted": 0, "denied": 3, "unstated": 4}
    assert (one.rate("analytics_storage"), one.rate("ad_storage"), one.rate("ad_user_data")) == (0.5, 0.0, None)
    assert told.people["ad_storage"] == {"granted": 0, "denied": 1}


def test_a_host_without_the_banner_is_found_from_the_rows(world: World) -> None:
    hit(world, YES, times=900)
    hit(world, None, times=300, url="https://blog.shop.example/", key=None)
    name_places(named(world).engine, {})
    assert world.engine.rows("SELECT source, subject, hits, granted, example_id FROM consent_places") == [
        ("tag", "host blog.shop.example", 300, 0, "tag:1000")
    ]
