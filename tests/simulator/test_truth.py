"""The truth adds up, is what the files say, and is what happens when a channel is switched off."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from outturn.domain.errors import UnknownName, UsageError
from outturn.simulator import AURORA, Truth, simulate
from outturn.simulator.contacts import AT_ONCE
from outturn.simulator.play import play
from outturn.simulator.response import expected_daily_orders
from outturn.simulator.world import World
from tests.simulator.markets import DAYS, PEOPLE, SEED, SMALL, START

if TYPE_CHECKING:
    from pathlib import Path

    from outturn.simulator.orders import Orders
    from tests.simulator.files import Files

LINES = [line.name for line in AURORA.lines]


def counted(market_orders: Orders) -> set[int]:
    return set(market_orders.uid[market_orders.counted].tolist())


def test_counted_orders_are_baseline_plus_what_each_channel_caused(files: Files) -> None:
    truth = files.truth
    assert truth.baseline_orders + sum(place.incremental_orders for place in truth.places) == truth.orders
    revenue = sum(place.incremental_revenue_micros for place in truth.places)
    refunded = sum(place.incremental_refunded_micros for place in truth.places)
    assert truth.baseline_revenue_micros + revenue == truth.revenue_micros
    assert truth.baseline_refunded_micros + refunded == truth.refunded_micros
    assert sum(place.touches for place in truth.places) == truth.touches


def test_channels_are_the_sums_of_their_places(files: Files) -> None:
    channels = {channel.channel: channel for channel in files.truth.channels}
    assert len(channels) == 11
    search = files.truth.line("Brand search") + files.truth.line("Non-brand search")
    assert channels["Paid Search"].incremental_orders == sum(place.incremental_orders for place in search)
    assert channels["Paid Search"].spend_micros == sum(place.spend_micros for place in search)
    assert channels["Direct"].incremental_orders == 0


def test_the_truth_survives_its_json(files: Files) -> None:
    text = (files.folder / "truth.json").read_text(encoding="utf-8")
    assert Truth.from_json(text) == files.truth
    assert files.truth.to_json() == text


@pytest.fixture(scope="module")
def everything() -> World:
    return World.of(AURORA, people=12_000, days=40, seed=5, start=START)


@pytest.fixture(scope="module")
def orders(everything: World) -> Orders:
    return play(everything, 0).orders


@pytest.mark.parametrize("name", LINES)
def test_without_a_channel_just_the_orders_that_it_caused_are_missing(
    name: str, everything: World, orders: Orders
) -> None:
    without = World.of(AURORA.without(name), people=12_000, days=40, seed=5, start=START)
    number = LINES.index(name)
    caused = np.array([everything.line_number(cause) == number for cause in orders.cause.tolist()]) & (
        orders.cause >= 0
    )
    remaining = counted(play(without, 0).orders)
    assert caused.sum() > 0
    assert counted(orders) - remaining == counted(orders.take(caused))
    assert remaining < counted(orders)


def test_the_files_of_a_counterfactual_lack_the_channels_incremental_orders(files: Files, tmp_path: Path) -> None:
    market = SMALL.without("Social prospecting")
    less = simulate(tmp_path, people=PEOPLE, days=DAYS, seed=SEED, start=START, market=market)
    incremental = sum(place.incremental_orders for place in files.truth.line("Social prospecting"))
    assert files.truth.orders - less.orders == incremental > 0
    assert sum(place.spend_micros for place in less.line("Social prospecting")) == 0
    assert less.baseline_revenue_micros == files.truth.baseline_revenue_micros


@settings(max_examples=12, deadline=None)
@given(
    name=st.sampled_from(LINES),
    factors=st.tuples(st.floats(0, 4), st.floats(0, 4)).map(sorted),
    seed=st.integers(0, 99),
)
def test_more_spend_keeps_every_order_that_less_spend_had(name: str, factors: list[float], seed: int) -> None:
    worlds = [World.of(AURORA.scaled(name, factor), people=400, days=15, seed=seed, start=START) for factor in factors]
    less, more = (set(play(world, 0).orders.uid.tolist()) for world in worlds)
    assert less <= more


def test_caused_orders_come_as_often_as_the_equations_say() -> None:
    world = World.of(AURORA, people=20_000, days=60, seed=3, start=START)
    orders = play(world, 0).orders
    busy = np.diff(np.interp(np.arange(61) * 86_400e6, world.demand.edges, world.demand.cumulated)) * 60
    for number, line in enumerate(AURORA.lines):
        caused = sum(world.line_number(cause) == number for cause in orders.cause.tolist() if cause >= 0)
        reached = world.plan.reach[number, 1:-1] * busy
        later = {"contacts_per_day": world.people / 1000, "carry_days": line.carry_days}
        clicks = (1 - AT_ONCE) * expected_daily_orders(reached, effect=line.click_effect * line.clicks, **later).sum()
        clicks += AT_ONCE * reached.sum() * line.click_effect * line.clicks * world.people / 1000
        expected = clicks + expected_daily_orders(reached, effect=line.view_effect, **later).sum()
        assert abs(caused - expected) < 4 * expected**0.5 + 0.02 * expected, line.name


def test_the_last_visit_flatters_brand_search(files: Files) -> None:
    brand = {place.campaign_id for place in files.truth.line("Brand search")}
    brand |= {place.campaign_name for place in files.truth.line("Brand search")}
    last = sum(any(f"utm_campaign: {name}" in order["Note Attributes"] for name in brand) for order in files.orders)
    assert last > 3 * sum(place.incremental_orders for place in files.truth.line("Brand search"))


def test_platforms_claim_more_than_they_caused_and_the_same_order_twice(files: Files) -> None:
    claimed = {
        platform: sum(place.claimed_orders for place in files.truth.places if place.platform == platform)
        for platform in ("google_ads", "meta_ads")
    }
    for platform, orders in claimed.items():
        caused = sum(place.incremental_orders for place in files.truth.places if place.platform == platform)
        assert orders > 1.5 * caused
    incremental = files.truth.orders - files.truth.baseline_orders
    assert sum(claimed.values()) > 2 * incremental


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_a_market_of_one_person_and_one_without_ads_have_their_truth_too(seed: int, tmp_path: Path) -> None:
    alone = simulate(tmp_path / "alone", people=1, days=1, seed=seed, start=START)
    quiet = simulate(tmp_path / "quiet", people=500, days=20, seed=seed, start=START, market=replace(AURORA, lines=()))
    assert alone.orders <= alone.touches + 1
    assert quiet.orders == quiet.baseline_orders > 0
    assert {place.channel for place in quiet.places} == {"Direct", "Organic Search", "Organic Social", "Referral"}


def test_a_wrong_name_or_an_empty_market_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UnknownName, match="Did you mean 'Display'"):
        AURORA.without("Displai")
    with pytest.raises(UsageError, match="people=0"):
        simulate(tmp_path, people=0, days=10, seed=1, start=START)
    with pytest.raises(UnknownName, match="ga4, segment"):
        simulate(tmp_path, people=10, days=10, seed=1, start=START, tracking="snowplow")  # type: ignore[arg-type]
