"""What holds for every attribution model, asked of each file of the room that is one."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from outturn.attribution import models
from outturn.attribution.rules import weights_of
from tests.attribution.strategies import HOURS, TOUCHES, WORLDS
from tests.attribution.world import CHANNELS, MEASURES, Entry, Touch, World

every_model = pytest.mark.parametrize("model", models.names())
moderate = settings(max_examples=40, deadline=None)

DAYS = st.lists(st.floats(0, 3650, allow_nan=False, width=32), min_size=1, max_size=60).map(sorted)
STAGE = st.one_of(st.none(), st.floats(-10, 3660, allow_nan=False, width=32))


@every_model
@given(days=DAYS, lead=STAGE, opportunity=STAGE, data=st.data())
@moderate
def test_weights_lie_in_0_to_1_and_add_up_to_1(
    model: str, days: list[float], lead: float | None, opportunity: float | None, data: st.DataObject
) -> None:
    channels = data.draw(st.lists(st.sampled_from(CHANNELS[1:]), min_size=len(days), max_size=len(days)))
    weights = weights_of(model, days=days, channels=channels, lead=lead, opportunity=opportunity)
    assert all(0 <= weight <= 1 for weight in weights)
    assert sum(weights) == pytest.approx(1, abs=1e-12)


@every_model
@given(world=WORLDS)
@moderate
def test_every_day_of_the_ledger_closes_to_the_micro_after_refunds(model: str, world: World) -> None:
    ledger: Counter[tuple[int, ...]] = Counter()
    conversions: Counter[tuple[int, ...]] = Counter()
    for entry in world.entries:
        ledger[entry.goal, entry.date_day, entry.cash_day] += entry.value
        conversions[entry.goal, entry.date_day, entry.cash_day] += entry.counts
    credited: Counter[tuple[int, ...]] = Counter()
    shares: Counter[tuple[int, ...]] = Counter()
    for (goal, _, date_day, cash_day, _), measures in world.cells(model).items():
        credited[goal, date_day, cash_day] += measures[MEASURES.index("revenue_micros")]
        shares[goal, date_day, cash_day] += measures[MEASURES.index("conversions")]
    assert _without_zeros(credited) == _without_zeros(ledger)
    assert _without_zeros(shares) == _without_zeros(conversions)  # exactly: shares are whole units of 2^-40


@every_model
@given(world=WORLDS, later=st.lists(TOUCHES, max_size=5))
@moderate
def test_nothing_after_the_conversion_gets_credit(model: str, world: World, later: list[Touch]) -> None:
    last = max((entry.hour for entry in world.entries), default=0)
    after = [Touch(touch.person, last + 1 + touch.hour, touch.place) for touch in later]
    assert world.with_(touches=[*world.touches, *after]).cells(model) == world.cells(model)


@every_model
@given(world=WORLDS, data=st.data())
@moderate
def test_order_of_rows_and_number_of_buckets_change_nothing(model: str, world: World, data: st.DataObject) -> None:
    touches = data.draw(st.permutations(list(world.touches)))
    entries = data.draw(st.permutations(list(world.entries)))
    buckets = data.draw(st.sampled_from([1, 2, 64]))
    shuffled = world.with_(touches=touches, entries=entries, buckets=buckets, keep_order=True)
    assert shuffled.cells(model) == world.cells(model)


@every_model
@given(world=WORLDS, hours=st.lists(HOURS, max_size=3))
@moderate
def test_a_channel_that_no_journey_has_changes_nothing(model: str, world: World, hours: list[int]) -> None:
    stranger, place = 99, len(world.channels)
    elsewhere = [Touch(stranger, hour, place) for hour in hours]
    wider = world.with_(touches=[*world.touches, *elsewhere], channels=(*world.channels, "Billboards"))
    assert wider.cells(model) == world.cells(model)


@every_model
@given(places=st.lists(st.integers(1, len(CHANNELS) - 1), min_size=1, max_size=8), value=st.integers(1, 10**6))
@moderate
def test_touches_at_one_instant_count_in_order_of_their_places(model: str, places: list[int], value: int) -> None:
    """So they are credited as if each came a moment after the one before it, but for their age."""
    world = World([Touch(1, 10, place) for place in places], [Entry(1, 10, value)], keep_order=True)
    in_order = world.with_(touches=[Touch(1, 10, place) for place in sorted(places)])
    assert world.cells(model) == in_order.cells(model)
    if model == "first_touch":
        assert world.by_place(model) == {min(places): value}


@every_model
@given(world=WORLDS)
@moderate
def test_a_full_refund_takes_back_from_each_place_what_the_sale_gave_it(model: str, world: World) -> None:
    sales = [entry for entry in world.entries if entry.counts and entry.value > 0]
    refunds = [
        Entry(
            sale.person,
            sale.hour,
            -sale.value,
            sale.goal,
            refund_day=sale.date_day,
            margin=None if sale.margin is None else -sale.margin,
            new_customer=sale.new_customer,
            lead_hour=sale.lead_hour,
            opportunity_hour=sale.opportunity_hour,
        )
        for sale in sales
    ]
    for measures in world.with_(entries=[*sales, *refunds]).cells(model).values():
        named = dict(zip(MEASURES, measures, strict=True))
        assert named["revenue_micros"] == 0
        assert named["margin_micros"] in {0, None}
        assert named["new_customer_revenue_micros"] in {0, None}


def _without_zeros(counter: Counter[Any]) -> dict[Any, Any]:
    return {key: figure for key, figure in counter.items() if figure}
