"""What holds for every attribution model, asked of each file of the room that is one."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from outturn.attribution import models
from outturn.attribution.rules import weights_of
from tests.attribution.strategies import HOURS, TOUCHES, WORLDS
from tests.attribution.world import CHANNELS, MEASURES, Entry, Touch, World

if TYPE_CHECKING:
    from collections.abc import Sequence

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
    effects = {channel: data.draw(st.floats(0, 1)) for channel in sorted(set(channels))}
    weights = weights_of(
        model, days=days, channels=channels, lead=lead, opportunity=opportunity, removal_effects=effects
    )
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
    assert _without_zeros(shares) == _without_zeros(conversions)  # exactly: shares are whole units of 2^-36


@every_model
@given(world=WORLDS, later=st.lists(TOUCHES, max_size=5))
@moderate
def test_nothing_after_the_conversion_gets_credit(model: str, world: World, later: list[Touch]) -> None:
    last = max((entry.hour for entry in world.entries), default=0)
    place = len(world.channels)
    after = [Touch(touch.person, last + 1 + touch.hour, place) for touch in later]
    cells = world.with_(touches=[*world.touches, *after], channels=(*world.channels, "Billboards")).cells(model)
    assert all(key[-1] != place for key in cells)
    if model not in models.ORDERS:  # what came to nothing changes how much a channel is needed
        assert cells == world.cells(model)


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
@given(world=WORLDS)
@moderate
def test_a_channel_that_no_journey_has_changes_nothing(model: str, world: World) -> None:
    wider = world.with_(channels=("(none)", "Billboards", *world.channels[1:]), touches=_moved(world.touches))
    assert _moved_back(wider.cells(model)) == world.cells(model)


@every_model
@given(world=WORLDS, hours=st.lists(HOURS, min_size=1, max_size=3))
@moderate
def test_removing_a_null_player_changes_nothing(model: str, world: World, hours: list[int]) -> None:
    """A channel that people met alone, and that led nobody to anything."""
    place = len(world.channels)
    in_vain = [Touch(99 + at, hour, place) for at, hour in enumerate(hours)]
    wider = world.with_(touches=[*world.touches, *in_vain], channels=(*world.channels, "Billboards"))
    ours, without = wider.cells(model), world.cells(model)
    assert ours.keys() == without.keys()
    for key, measures in without.items():
        for one, other in zip(ours[key], measures, strict=True):
            # A fit solves other numbers, whose last digits may tip the odd micro of each conversion.
            slack = 2 * len(world.entries) if model in models.ORDERS and isinstance(one, int) else 1e-9
            assert one == other or abs(one - other) <= slack


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


def _moved(touches: Sequence[Touch]) -> list[Touch]:
    return [Touch(touch.person, touch.hour, touch.place + 1) for touch in touches]


def _moved_back(cells: dict[tuple[Any, ...], Any]) -> dict[tuple[Any, ...], Any]:
    return {(*key[:-1], max(key[-1] - 1, 0)): measures for key, measures in cells.items()}


def _without_zeros(counter: Counter[Any]) -> dict[Any, Any]:
    return {key: figure for key, figure in counter.items() if figure}
