"""Removal effects against a dense solve of another hand, and laws of counting."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from outturn.attribution import chain, circles, removal

if TYPE_CHECKING:
    from random import Random

    from outturn.attribution.chain import Transitions

Numbers = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Path:
    """A journey by its players."""

    players: tuple[int, ...]
    is_converting: bool = True


def converting(*texts: str) -> list[Path]:
    return [Path(tuple("ABCDEFGH".index(player) for player in text)) for text in texts]


def null(*texts: str) -> list[Path]:
    return [Path(path.players, is_converting=False) for path in converting(*texts)]


def counted(paths: list[Path], *, order: int, players: int) -> Transitions:
    return chain.count(
        np.array([player for path in paths for player in path.players], np.int32),
        np.cumsum([len(path.players) for path in paths], dtype=np.int64),
        np.array([path.is_converting for path in paths], np.bool_),
        of_players=players,
        order=order,
    )


def dense_effects(paths: list[Path], *, order: int, players: int) -> Numbers:
    """The definition, word by word: dictionaries, one dense solve for each removal."""
    steps: dict[tuple[int, ...], dict[object, int]] = defaultdict(lambda: defaultdict(int))
    for path in paths:
        for at, player in enumerate(path.players):
            steps[path.players[max(0, at - order) : at]][player] += 1
        if path.players:
            steps[path.players[-order:]]["converted" if path.is_converting else "nothing"] += 1
    number = {state: at for at, state in enumerate(steps)}

    def converts(removed: int | None) -> float:
        if () not in number:
            return 0.0
        system, right = np.eye(len(steps)), np.zeros(len(steps))
        for state, following in steps.items():
            visits = sum(following.values())
            for then, times in following.items():
                if then == "converted":
                    right[number[state]] += times / visits
                elif isinstance(then, int) and then != removed:
                    system[number[state], number[(*state, then)[-order:]]] -= times / visits
        return float(np.linalg.solve(system, right)[number[()]])

    whole = converts(None)
    return np.array([1 - converts(player) / whole if whole else 0.0 for player in range(players)])


KNOWN = converting("ABABBA", "ABBAA", "AA")


def test_the_published_paths() -> None:
    steps = counted(KNOWN, order=1, players=2)
    # state (nothing, A, B) x 4 + next (conversion, A, B, nothing more)
    assert dict(zip(steps.codes.tolist(), steps.counts.tolist(), strict=True)) == {
        0 * 4 + 1: 3,
        1 * 4 + 0: 3,
        1 * 4 + 1: 2,
        1 * 4 + 2: 3,
        2 * 4 + 1: 3,
        2 * 4 + 2: 2,
    }
    np.testing.assert_allclose(removal.removal_effects(steps), [1.0, 0.5], atol=1e-15)


@pytest.mark.parametrize("order", [1, 2, 3])
@pytest.mark.parametrize(
    "paths",
    [
        pytest.param(KNOWN, id="all converting"),
        pytest.param(KNOWN + null("A", "AB", "BBBB", "CAB"), id="with null journeys"),
        pytest.param(converting("A", "AAAA") + null("AAA"), id="one channel"),
        pytest.param(converting("AB" * 500) + null("BA" * 800, "C"), id="round and round"),
        pytest.param(converting("AB" * 5000 + "C") + null("BA" * 5000 + "D"), id="hardly ever out"),
        pytest.param(converting("ABCDEFGH" * 40, "HGFEDCBA" * 40) + null("ACEGBDFH" * 30), id="long words"),
        pytest.param(converting("AB", "BA") + null("BC", "C"), id="C leads nowhere"),
    ],
)
def test_agrees_with_a_dense_solve(paths: list[Path], order: int) -> None:
    found = removal.removal_effects(counted(paths, order=order, players=8))
    np.testing.assert_allclose(found, dense_effects(paths, order=order, players=8), rtol=0, atol=1e-9)


PATHS = st.lists(
    st.builds(Path, st.lists(st.integers(0, 3), max_size=12).map(tuple), st.booleans()), min_size=1, max_size=25
)


@given(paths=PATHS, order=st.integers(1, 3))
@settings(max_examples=100, deadline=None)
def test_agrees_with_a_dense_solve_whatever_the_journeys(paths: list[Path], order: int) -> None:
    found = removal.removal_effects(counted(paths, order=order, players=5))
    np.testing.assert_allclose(found, dense_effects(paths, order=order, players=5), rtol=0, atol=1e-9)
    assert found[4] == 0.0
    assert np.all((found >= 0) & (found <= 1))
    for path in paths:
        if path.is_converting and path.players:
            assert max(found[player] for player in path.players) > 0


@given(seed=st.integers(0, 10**6), order=st.integers(2, 3))
@settings(max_examples=20, deadline=None)
def test_agrees_with_a_dense_solve_where_circles_are_long(seed: int, order: int) -> None:
    dice = np.random.default_rng(seed)
    paths = []
    for _ in range(dice.integers(1, 8)):
        word = dice.integers(0, 5, dice.integers(1, 12)).tolist()
        paths.append(Path(tuple((word * 30)[: int(dice.integers(1, 300))]), bool(dice.random() < 0.5)))
    found = removal.removal_effects(counted(paths, order=order, players=5))
    np.testing.assert_allclose(found, dense_effects(paths, order=order, players=5), rtol=0, atol=1e-9)


def with_programs(dice: np.random.Generator) -> list[list[Path]]:
    """Three buckets of people, and in the last one programs that come a thousand times."""
    buckets = [
        [Path(tuple(dice.integers(0, 6, dice.geometric(0.3)).tolist()), bool(dice.random() < 0.1)) for _ in range(300)]
        for _ in range(3)
    ]
    for _ in range(4):
        word = dice.integers(0, 6, dice.integers(2, 9)).tolist()
        buckets[2].append(Path(tuple(word * 500), bool(dice.random() < 0.5)))
    return buckets


@pytest.mark.parametrize("order", [1, 2, 3])
def test_programs_that_go_round_a_thousand_times_do_no_harm(order: int) -> None:
    buckets = with_programs(np.random.default_rng(8))
    parts = [counted(bucket, order=order, players=6) for bucket in buckets]
    found = removal.left_out_effects(parts)
    for left_out in range(3):
        others = [path for bucket in range(3) for path in buckets[bucket] if bucket != left_out]
        np.testing.assert_allclose(found[left_out], dense_effects(others, order=order, players=6), rtol=0, atol=1e-9)


@pytest.mark.parametrize("order", [2, 3])
def test_what_never_settles_is_solved_by_elimination(order: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(removal, "settle", lambda *_: False)
    monkeypatch.setattr(circles.Circles, "settle", lambda *_: False)
    buckets = with_programs(np.random.default_rng(9))
    parts = [counted(bucket, order=order, players=6) for bucket in buckets]
    everybody = [path for bucket in buckets for path in bucket]
    expected = dense_effects(everybody, order=order, players=6)
    np.testing.assert_allclose(removal.removal_effects(chain.total(parts)), expected, rtol=0, atol=1e-9)
    without_programs = dense_effects(buckets[0] + buckets[1], order=order, players=6)
    np.testing.assert_allclose(removal.left_out_effects(parts)[2], without_programs, rtol=0, atol=1e-9)


@pytest.mark.parametrize("order", [1, 2, 3])
def test_without_a_conversion_no_removal_loses_any(order: int) -> None:
    assert removal.removal_effects(counted(null("AB", "B"), order=order, players=3)).tolist() == [0, 0, 0]
    assert removal.removal_effects(counted([], order=order, players=3)).tolist() == [0, 0, 0]
    assert removal.removal_effects(counted([Path(())], order=order, players=0)).tolist() == []


@pytest.mark.parametrize("order", [1, 2, 3])
def test_a_channel_that_leads_to_no_conversion_has_no_effect(order: int) -> None:
    effects = removal.removal_effects(counted(converting("AB", "A") + null("AC", "CCC"), order=order, players=3))
    assert effects[2] == 0.0
    assert effects[0] == 1.0


@given(paths=PATHS, order=st.integers(1, 3), dice=st.randoms(use_true_random=False))
@settings(max_examples=60, deadline=None)
def test_neither_order_of_rows_nor_buckets_nor_unseen_channels_change_a_bit(
    paths: list[Path], order: int, dice: Random
) -> None:
    steps = counted(paths, order=order, players=4)
    effects = removal.removal_effects(steps)
    shuffled = list(paths)
    dice.shuffle(shuffled)
    parts = [counted(shuffled[bucket::3], order=order, players=4) for bucket in range(3)]
    together = chain.total(parts)
    np.testing.assert_array_equal(together.codes, steps.codes)
    np.testing.assert_array_equal(together.counts, steps.counts)
    moved = [Path(tuple(2 * player + 1 for player in path.players), path.is_converting) for path in paths]
    spread = removal.removal_effects(counted(moved, order=order, players=9))
    np.testing.assert_array_equal(spread[1::2], effects)
    assert not spread[0::2].any()
    renamed = [Path(tuple(3 - player for player in path.players), path.is_converting) for path in paths]
    np.testing.assert_allclose(
        removal.removal_effects(counted(renamed, order=order, players=4)), effects[::-1], rtol=0, atol=1e-9
    )


@given(paths=PATHS, order=st.integers(1, 3))
@settings(max_examples=60, deadline=None)
def test_leaving_a_bucket_out_is_fitting_the_others(paths: list[Path], order: int) -> None:
    buckets = [paths[bucket::4] for bucket in range(4)]
    parts = [counted(bucket, order=order, players=4) for bucket in buckets]
    found = removal.left_out_effects(parts, threads=2)
    for left_out in range(4):
        others = [path for bucket in range(4) for path in buckets[bucket] if bucket != left_out]
        np.testing.assert_allclose(
            found[left_out], dense_effects(others, order=order, players=4), rtol=0, atol=1e-9, err_msg=str(left_out)
        )


@given(paths=PATHS, order=st.integers(1, 3))
@settings(max_examples=60, deadline=None)
def test_lower_orders_follow_from_the_highest(paths: list[Path], order: int) -> None:
    highest = counted(paths, order=3, players=4)
    lower, direct = highest.of_order(order), counted(paths, order=order, players=4)
    np.testing.assert_array_equal(lower.codes, direct.codes)
    np.testing.assert_array_equal(lower.counts, direct.counts)


def test_many_players_are_counted_alike() -> None:
    # So many that no table of all steps would fit: codes are sorted instead.
    dice = np.random.default_rng(5)
    paths = [Path(tuple(dice.integers(0, 6, 5).tolist()), bool(dice.random() < 0.5)) for _ in range(50)]
    spread = [Path(tuple(700 * player for player in path.players), path.is_converting) for path in paths]
    few, many = counted(paths, order=3, players=6), counted(spread, order=3, players=4000)
    np.testing.assert_array_equal(many.counts, few.counts)
    for order in (1, 2, 3):
        np.testing.assert_array_equal(many.of_order(order).counts, few.of_order(order).counts)
    halves = [counted(spread[half::2], order=3, players=4000) for half in range(2)]
    np.testing.assert_array_equal(chain.total(halves).counts, few.counts)
    np.testing.assert_array_equal(
        removal.removal_effects(many.of_order(2))[::700], removal.removal_effects(few.of_order(2))
    )


def test_journeys_that_do_not_count_leave_no_trace() -> None:
    steps = chain.count(
        np.array([0, 1, 0, 0, 1, 1], np.int32),
        np.array([2, 2, 3, 6], np.int64),
        np.array([True, True, False, True]),
        of_players=2,
        order=2,
        is_counted=np.array([True, True, False, True]),
    )
    expected = counted(converting("AB", "ABB"), order=2, players=2)
    np.testing.assert_array_equal(steps.codes, expected.codes)
    np.testing.assert_array_equal(steps.counts, expected.counts)


def test_what_cannot_be_counted_is_refused() -> None:
    with pytest.raises(ValueError, match="order 4: 1 to 3"):
        counted(KNOWN, order=4, players=2)
    with pytest.raises(ValueError, match="players are numbered 0 to 0"):
        counted(KNOWN, order=1, players=1)
    with pytest.raises(ValueError, match="100000 players are too many"):
        counted(KNOWN, order=3, players=100_000)
    with pytest.raises(ValueError, match="do not tell those of order 2"):
        counted(KNOWN, order=1, players=2).of_order(2)
    with pytest.raises(ValueError, match="same order over the same players"):
        chain.total([counted(KNOWN, order=1, players=2), counted(KNOWN, order=1, players=3)])
