"""The paths to conversions: a small market by hand, and laws against plain Python on drawn ones."""

from __future__ import annotations

from collections import Counter, defaultdict
from math import ceil
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from outturn.attribution.credits import Places
from outturn.attribution.paths import Found, Question, Sum, found_in, quantile
from outturn.attribution.trie import Trie, runs, without_repeats
from tests.attribution.oracle import _touches, null_journeys
from tests.attribution.strategies import WORLDS
from tests.attribution.world import CHANNELS, Entry, Touch, World

if TYPE_CHECKING:
    from collections.abc import Sequence

DIRECT, EMAIL, BRAND, GENERIC, SOCIAL = 1, 2, 3, 4, 5
PLACES = Places.of(CHANNELS)
NAMES = PLACES.channels


def found(world: World, goal: int = 0, **asked: Any) -> Found:
    return found_in(world.walked()[goal], PLACES, Question(**{"maturity": "none", **asked}))


def named(answer: Found) -> dict[tuple[str, ...], tuple[int, int, int | None]]:
    return {tuple(NAMES[step] for step in path.steps): (*path.sum, path.nulls) for path in answer.whole.top}


MARKET = World(
    touches=[
        Touch(1, 10, SOCIAL), Touch(1, 20, DIRECT), Touch(1, 30, DIRECT), Touch(1, 40, BRAND),
        Touch(2, 24, SOCIAL), Touch(2, 48, DIRECT), Touch(2, 60, GENERIC),
        Touch(3, 5, DIRECT), Touch(3, 5, BRAND),
        Touch(4, 1, SOCIAL), Touch(4, 2, DIRECT), Touch(4, 3, GENERIC),
        Touch(5, 1, EMAIL),
    ],
    entries=[
        Entry(1, 44, 100), Entry(1, 44, -30, refund_day=9), Entry(2, 60, 50, new_customer=True),
        Entry(3, 6, 9, new_customer=None), Entry(6, 7, 11), Entry(-1, 7, 2), Entry(2, 961, 5, new_customer=True),
    ],
)  # fmt: skip
SEARCH = "Paid Search"


def test_paths_by_hand() -> None:
    answer = found(MARKET)
    # Brand and generic are one channel; the refund is on its sale's path; what came to nothing took one path, too.
    assert named(answer) == {
        ("Paid Social", "Direct", "Direct", SEARCH): (1, 70, 0),
        ("Paid Social", "Direct", SEARCH): (1, 50, 1),
        ("Direct", SEARCH): (1, 9, 0),
    }
    assert answer.nulls is not None
    assert answer.nulls[:2] == (2, 0)
    whole = answer.whole
    assert (whole.sum, whole.untouched) == (Sum(6, 147), Sum(3, 18))
    assert (whole.others, whole.other_paths) == (Sum(0, 0), 0)


def test_merged_paths_differ_not_by_how_often() -> None:
    assert named(found(MARKET, merged=True)) == {
        ("Paid Social", "Direct", SEARCH): (2, 120, 1),
        ("Direct", SEARCH): (1, 9, 0),
    }


def test_by_campaign_a_touch_is_told_by_its_place() -> None:
    assert {path.steps for path in found(MARKET, by="campaign").whole.top} == {
        (SOCIAL, DIRECT, DIRECT, BRAND), (SOCIAL, DIRECT, GENERIC), (DIRECT, BRAND),
    }  # fmt: skip


def test_what_top_cuts_is_added_up() -> None:
    whole = found(MARKET, top=1).whole
    assert [path.sum for path in whole.top] == [Sum(1, 70)]
    assert (whole.others, whole.other_paths) == (Sum(2, 59), 2)
    assert (found(MARKET, top=0).whole.others, found(MARKET, top=0).whole.top) == (Sum(3, 129), [])


def test_how_many_touches_and_days_it_takes() -> None:
    whole = found(MARKET).whole
    assert whole.touches.conversions == {2: 1, 3: 1, 4: 1}
    assert whole.touches[1:] == (3.0, 3.0, 3.0, 4.0, 4.0, 4.0)
    # 34, 36 and 1 hours.
    assert whole.days.conversions == {0: 1, 1: 2}
    assert whole.days.mean == pytest.approx(71 / 72)
    assert whole.days[2:] == (34 / 24, 34 / 24, 1.5, 1.5, 1.5)


def test_from_the_first_touch_to_the_last() -> None:
    whole = found(MARKET).whole
    name = NAMES.index
    assert whole.first == {
        name("(none)"): Sum(3, 18), name("Paid Social"): Sum(2, 120), name("Direct"): Sum(1, 9),
    }  # fmt: skip
    assert whole.last == {name("(none)"): Sum(3, 18), name(SEARCH): Sum(3, 129)}
    assert whole.first_to_last == {
        (0, 0): Sum(3, 18),
        (name("Paid Social"), name(SEARCH)): Sum(2, 120),
        (name("Direct"), name(SEARCH)): Sum(1, 9),
    }


def test_some_days_have_no_rate() -> None:
    answer = found(MARKET, first_day=1, last_day=1)
    assert named(answer) == {("Paid Social", "Direct", "Direct", SEARCH): (1, 70, None)}
    assert answer.nulls is None


def test_new_and_returning_customers() -> None:
    segments = found(MARKET, segment="new_customer").segments
    assert {label: part.sum for label, part in segments.items()} == {
        "new": Sum(2, 55), "returning": Sum(3, 83), "unknown": Sum(1, 9),
    }  # fmt: skip


def test_months_of_the_sale() -> None:
    segments = found(MARKET, segment="month").segments
    assert {label: part.sum for label, part in segments.items()} == {"1970-01": Sum(5, 142), "1970-02": Sum(1, 5)}


def test_quarters_by_value_keep_refunds_with_their_sales() -> None:
    # What a sale was worth stands in the margin's place, as paths_conversions.sql puts it there.
    world = MARKET.with_(
        entries=[
            Entry(1, 44, 100, margin=100), Entry(1, 44, -30, refund_day=9, margin=100), Entry(2, 60, 50, margin=50),
            Entry(3, 6, 9, margin=9), Entry(6, 7, 11, margin=11), Entry(-1, 7, -4, refund_day=3, margin=None),
        ]
    )  # fmt: skip
    segments = found(world, segment="value").segments
    assert {label: part.sum for label, part in segments.items()} == {
        "up to 11": Sum(2, 20), "over 11 up to 50": Sum(1, 50), "over 50": Sum(1, 70), "no sale": Sum(0, -4),
    }  # fmt: skip


def test_sales_that_are_all_alike_are_one_band() -> None:
    world = MARKET.with_(entries=[Entry(1, 44, 5, margin=5), Entry(2, 60, 5, margin=5)])
    assert list(found(world, segment="value").segments) == ["all alike"]
    assert found(MARKET.with_(entries=[]), segment="value").segments == {}


# Laws ------------------------------------------------------------------------------------------


@given(world=WORLDS, merged=st.booleans(), top=st.integers(0, 4), goal=st.integers(0, 1))
@settings(max_examples=60, deadline=None)
def test_paths_are_those_that_plain_python_finds(world: World, merged: bool, top: int, goal: int) -> None:  # noqa: FBT001
    def path(touches: Sequence[Touch]) -> tuple[str, ...]:
        names = [world.channels[touch.place] for touch in touches]
        return tuple(name for at, name in enumerate(names) if not merged or at == 0 or names[at - 1] != name)

    sums: dict[tuple[str, ...], list[int]] = defaultdict(lambda: [0, 0])
    for entry in world.entries:
        if entry.goal == goal:
            sums[path(_touches(world, entry))][0] += entry.counts
            sums[path(_touches(world, entry))][1] += entry.value
    none = sums.pop((), [0, 0])
    nulls = Counter(path(touches) for touches in null_journeys(world, goal))
    expected = {key: (*amounts, nulls[key]) for key, amounts in sums.items() if any(amounts)}
    answer = found(world, goal, merged=merged, top=100)
    assert named(answer) == expected
    assert answer.whole.untouched == tuple(none)
    cut = found(world, goal, merged=merged, top=top).whole
    assert cut.top == answer.whole.top[:top]
    assert cut.top == sorted(cut.top, key=lambda one: (-one.sum.conversions, -one.sum.revenue_micros))
    _closes(cut)


@given(world=WORLDS, segment=st.sampled_from(["new_customer", "value", "month"]))
@settings(max_examples=40, deadline=None)
def test_segments_add_up_to_the_whole(world: World, segment: Any) -> None:
    answer = found(world, segment=segment, top=2)
    assert _added(part.sum for part in answer.segments.values()) == answer.whole.sum
    assert _added(part.untouched for part in answer.segments.values()) == answer.whole.untouched
    for part in answer.segments.values():
        _closes(part)


def _closes(paths: Any) -> None:
    assert _added([paths.untouched, paths.others, *(path.sum for path in paths.top)]) == paths.sum
    for table in (paths.first, paths.last, paths.first_to_last):
        assert _added(table.values()) == paths.sum
    for end, at in ((paths.first, 0), (paths.last, 1)):
        for player, amount in end.items():
            assert _added(one for pair, one in paths.first_to_last.items() if pair[at] == player) == amount
    touched = paths.sum.conversions - paths.untouched.conversions
    assert sum(paths.touches.conversions.values()) == sum(paths.days.conversions.values()) == touched


def _added(sums: Any) -> Sum:
    conversions, revenue = zip((0, 0), *sums, strict=True)
    return Sum(sum(conversions), sum(revenue))


SEQUENCES = st.lists(st.lists(st.integers(0, 3), max_size=6), max_size=12)


@given(grown=SEQUENCES, others=SEQUENCES)
def test_equal_sequences_are_one_node_and_a_node_knows_its_sequence(
    grown: list[list[int]], others: list[list[int]]
) -> None:
    def flat(sequences: list[list[int]]) -> tuple[Any, Any]:
        return np.array([player for one in sequences for player in one], np.int32), np.cumsum(
            [len(one) for one in sequences]
        ).astype(np.int64)

    trie = Trie(4)
    nodes = trie.grow(*flat(grown)).tolist()
    assert [list(trie.sequence(node)) for node in nodes] == grown
    assert len(set(nodes)) == len({tuple(one) for one in grown})
    sought = [one for one in others if one]
    prefixes = {tuple(one[:length]) for one in grown for length in range(1, len(one) + 1)}
    for one, node in zip(sought, trie.find(*flat(sought)).tolist(), strict=True):
        assert list(trie.sequence(node)) == one if tuple(one) in prefixes else node == -1
    short, ends = without_repeats(*flat(grown))
    begins = [0, *ends[:-1].tolist()]
    assert [short[begin:end].tolist() for begin, end in zip(begins, ends, strict=False)] == [
        [player for player, _ in runs(one)] for one in grown
    ]


@given(st.lists(st.integers(-(2**62), 2**62), min_size=1), st.integers(0, 10))
def test_a_quantile_is_an_observed_value_the_higher_one(values: list[int], tenths: int) -> None:
    ordered = np.sort(np.array(values, np.int64))
    expected = sorted(values)[ceil((len(values) - 1) * tenths / 10)]
    assert quantile(ordered, tenths, 10) == expected
