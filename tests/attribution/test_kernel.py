"""The kernel on small worlds with their exact answers, and on drawn ones against plain Python."""

from __future__ import annotations

import pickle
import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given, settings

from outturn.attribution import models
from outturn.attribution.chain import most_players
from outturn.attribution.kernel import WalkKernel
from outturn.attribution.walked import Journeys
from outturn.domain.errors import Refusal
from tests.attribution import oracle
from tests.attribution.strategies import WORLDS
from tests.attribution.world import HOUR, MEASURES, Entry, Touch, World

DIRECT, EMAIL, BRAND, GENERIC, SOCIAL = 1, 2, 3, 4, 5


@pytest.mark.parametrize("model", [*oracle.MODELS, *oracle.ORDERS])
@given(world=WORLDS)
@settings(max_examples=60, deadline=None)
def test_the_compiled_pass_credits_as_plain_python_does(model: str, world: World) -> None:
    ours, exact = world.cells(model), oracle.cells(world, model)
    # Effects are solved in another order of sums, so that a remainder may fall on the other side of a tie.
    slack = 2 * len(world.entries) if model in oracle.ORDERS else 0
    for key in ours.keys() | exact.keys():
        cell = exact.get(key, dict.fromkeys(MEASURES, 0))
        for name, figure in zip(MEASURES, ours.get(key, (0,) * len(MEASURES)), strict=True):
            expected = cell[name]
            if expected is None or figure is None:
                assert figure is expected, (key, name)
            else:
                assert abs(figure - expected) <= (slack if "micros" in name else 1e-9), (key, name)


def test_a_touch_at_the_conversion_counts_and_one_a_lookback_before_it_does_not() -> None:
    touches = [Touch(1, 240, EMAIL), Touch(1, 241, BRAND), Touch(1, 960, SOCIAL), Touch(1, 961, DIRECT)]
    world = World(touches, [Entry(1, 960, 90)])
    assert world.by_place("linear") == {BRAND: 45, SOCIAL: 45}
    assert world.by_place("first_touch") == {BRAND: 90}


def test_each_goal_has_its_own_lookback() -> None:
    touches = [Touch(1, 240, EMAIL), Touch(1, 950, SOCIAL)]
    world = World(touches, [Entry(1, 960, 10, goal=0), Entry(1, 960, 10, goal=1)], lookback_days=(31, 1))
    assert world.cells("linear").keys() == {(0, "linear", 40, 40, EMAIL), (0, "linear", 40, 40, SOCIAL)} | {
        (1, "linear", 40, 40, SOCIAL)
    }


def test_what_no_touch_led_to_is_none_and_so_is_what_nobody_known_bought() -> None:
    world = World([Touch(2, 1, EMAIL)], [Entry(1, 5, 70), Entry(-1, 5, 30)])
    for model in models.names():
        assert world.by_place(model) == {0: 100}
        assert world.by_place(model, "conversions") == {0: 2}


def test_an_earlier_conversion_uses_no_touch_up() -> None:
    world = World([Touch(1, 1, EMAIL)], [Entry(1, 5, 70), Entry(1, 9, 30)])
    assert world.by_place("last_touch") == {EMAIL: 100}


def test_a_refund_restates_its_sale_on_its_own_cash_day() -> None:
    touches = [Touch(1, 1, EMAIL), Touch(1, 2, BRAND), Touch(1, 3, SOCIAL)]
    sale = Entry(1, 30, 100, kept=1, new_customer=True)
    refund = Entry(1, 30, -50, refund_day=9, new_customer=True)
    cells = World(touches, [sale, refund]).cells("linear")
    # 100 = 34 + 33 + 33 and 50 = 17 + 17 + 16: the odd micros go to the earlier touches.
    assert {key[2:]: measures[2] for key, measures in cells.items()} == {
        (1, 1, EMAIL): 34, (1, 1, BRAND): 33, (1, 1, SOCIAL): 33,
        (1, 9, EMAIL): -17, (1, 9, BRAND): -17, (1, 9, SOCIAL): -16,
    }  # fmt: skip
    named = dict(zip(MEASURES, cells[0, "linear", 1, 9, EMAIL], strict=True))
    assert named == {
        "conversions": 0,
        "kept_conversions": 0,
        "revenue_micros": -17,
        "margin_micros": 0,
        "refunded_micros": 17,
        "new_customers": 0,
        "new_customer_revenue_micros": -17,
    }


def test_an_unknown_margin_makes_unknown_only_the_cells_that_it_reaches() -> None:
    touches = [Touch(1, 1, EMAIL), Touch(1, 2, BRAND), Touch(2, 2, BRAND)]
    world = World(touches, [Entry(1, 5, 10, margin=None), Entry(2, 5, 10, margin=4)])
    assert world.by_place("first_touch", "margin_micros") == {EMAIL: None, BRAND: 4}
    assert world.by_place("linear", "margin_micros") == {EMAIL: None, BRAND: None}


def test_new_customers_are_unknown_where_one_conversion_cannot_tell() -> None:
    touches = [Touch(1, 1, EMAIL), Touch(2, 2, BRAND), Touch(3, 2, BRAND)]
    entries = [
        Entry(1, 5, 10, new_customer=True),
        Entry(2, 5, 10, new_customer=None),
        Entry(3, 5, 10, new_customer=True),
    ]
    world = World(touches, entries)
    assert world.by_place("linear", "new_customers") == {EMAIL: 1, BRAND: None}
    assert world.by_place("linear", "new_customer_revenue_micros") == {EMAIL: 10, BRAND: None}


def test_a_thousand_touches_share_less_micros_than_they_are() -> None:
    world = World([Touch(1, hour // 2, 1 + hour % 5) for hour in range(1000)], [Entry(1, 600, 777)])
    for model in models.names():
        assert sum(world.by_place(model).values()) == 777


def test_more_channels_than_a_chain_tells_apart_are_refused() -> None:
    channels = ("(none)", *(f"note {number}" for number in range(most_players(3))))
    world = World([Touch(1, 1, 1)], [Entry(1, 5, 777)], channels=channels)
    with pytest.raises(Refusal, match="name 55,107 channels, and markov_3 tells at most 55,106 apart"):
        world.by_place("markov_3")
    assert world.by_place("linear") == {1: 777}


def test_amounts_that_64_bits_might_not_hold_are_refused() -> None:
    world = World([], [Entry(1, 5, 2**62), Entry(1, 5, 2**62), Entry(2, 5, 2**62)], buckets=1)
    with pytest.raises(Refusal, match="value_micros"):
        world.cells("linear")


def test_the_kernel_travels_to_workers_and_an_empty_bucket_costs_nothing() -> None:
    kernel: WalkKernel = pickle.loads(pickle.dumps(WalkKernel((30,), (True,), (False,), (False,))))  # noqa: S301
    nothing = np.array([], np.int64)
    touches = dict.fromkeys(("owner", "occurred_at", "place"), nothing)
    conversions = dict.fromkeys(World().conversions_of(0), nothing)
    inputs = {"touches": touches, "company_touches": touches, "conversions": conversions}
    (row,) = kernel(5, inputs).to_pylist()
    assert (row["goal"], row["bucket"], row["entries"], row["null_place"]) == (0, 5, [], [])


@pytest.mark.parametrize("per_account", [True, False])
def test_companies_are_walked_beside_people(*, per_account: bool) -> None:
    """A company's conversion takes the company's touches, whose owners come in any order of the table.

    What came to nothing is the companies' where the goal counts companies, and the people's where it counts people.
    """
    world = World([Touch(1, 3, EMAIL), Touch(1, 6, DIRECT)], [Entry(1, 5, 70)])
    company = World(
        [Touch(-3, 1, BRAND), Touch(-2, 2, SOCIAL), Touch(-3, 4, SOCIAL)], [Entry(-3, 5, 30)], keep_order=True
    )
    kernel = WalkKernel((30,), (True,), (per_account,), (False,) * len(world.channels))
    both = {
        name: np.concatenate([world.conversions_of(1)[name], company.conversions_of(0)[name]])
        for name in world.conversions_of(1)
    }
    found = kernel(1, {"touches": world.touches_of(1), "company_touches": company.touches_of(0), "conversions": both})
    journeys = Journeys.of(found, 0)
    assert journeys.columns["owner"].tolist() == [1, -3]
    places = [journeys.place[begin:end].tolist() for begin, end in zip(*_spans(journeys), strict=True)]
    assert places == [[EMAIL], [BRAND, SOCIAL]]
    assert [nulls.place.tolist() for nulls in journeys.nulls] == ([[], [SOCIAL]] if per_account else [[DIRECT], []])


def _spans(journeys: Journeys) -> tuple[list[int], list[int]]:
    return journeys.columns["begin"].tolist(), journeys.columns["end"].tolist()


@given(world=WORLDS)
@settings(max_examples=60, deadline=None)
def test_null_journeys_are_what_came_to_nothing_after_the_last_conversion(world: World) -> None:
    for keeps in (True, False):
        walked = world.with_(keeps_owned=(keeps, keeps))
        for goal, journeys in enumerate(walked.walked()):
            ours = [
                [int(place) for place in one]
                for nulls in journeys.nulls
                for one in np.split(nulls.place, nulls.end[:-1] if len(nulls.end) else [])
                if len(nulls.end)
            ]
            plain = [[touch.place for touch in one] for one in oracle.null_journeys(walked, goal)]
            assert sorted(ours) == sorted(plain)


def test_young_null_journeys_are_left_out_and_counted() -> None:
    # Nine in ten convert within 48 hours of their first touch: only what is older than that has come to nothing.
    sales = [Entry(person, 10 + (48 if person == 10 else 24), 1) for person in range(1, 11)]
    touches = [Touch(person, 10, EMAIL) for person in range(1, 11)]
    nulls = [Touch(20, 0, SOCIAL), Touch(21, 50, SOCIAL), Touch(22, 60, SOCIAL)]
    (journeys, _) = World([*touches, *nulls], sales).walked()
    micros = journeys.maturity_micros("p90")
    assert micros == 48 * HOUR
    assert journeys.null_counts(micros) == (1, 2, 2.0)
    assert journeys.null_counts(journeys.maturity_micros("none")) == (3, 0, 0.0)
    assert journeys.null_counts(journeys.maturity_micros(7)) == (0, 3, 7.0)


def test_a_second_process_finds_the_machine_code_on_disk() -> None:
    asked = (
        "from outturn.attribution import cells, chain, effects, models, removal, rules, shares, walk\n"
        "functions = [rules.weights(name) for name in models.names()]\n"
        "functions += [shares.credit_entries, walk.walk, cells.number_cells, effects._left_out]\n"
        "print(sum(sum(function.stats.cache_misses.values()) for function in functions))"
    )
    missed = [
        subprocess.run([sys.executable, "-c", asked], check=True, capture_output=True, text=True).stdout
        for _ in range(2)
    ]
    assert missed[1].strip() == "0"
