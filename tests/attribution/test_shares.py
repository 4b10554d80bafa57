"""Largest remainders over the weights that models give, against exact fractions."""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from outturn.attribution import shares
from outturn.attribution.cells import ONE_CONVERSION
from outturn.domain.money import MAX_MICROS
from tests.attribution import oracle

AMOUNTS = st.one_of(st.integers(-100, 100), st.integers(-(10**13), 10**13), st.integers(-MAX_MICROS, MAX_MICROS))
RATIOS = st.lists(st.integers(0, 50), min_size=1, max_size=80).filter(any)


def divide(amount: int, weights: list[float]) -> list[int]:
    """What the compiled pass makes of an amount and a model's weights."""
    parts, units = np.zeros(len(weights), np.int64), np.zeros(len(weights), np.int64)
    assert shares.units_of(np.array(weights), len(weights), units) > shares.NOT_ONE
    assert sum(int(unit) for unit in units) == ONE_CONVERSION
    shares.split(amount, np.array(weights), len(weights), parts, np.zeros(len(weights), np.int64))
    return [int(part) for part in parts]


@given(amount=AMOUNTS, ratios=RATIOS)
@example(amount=1, ratios=[1] * 50)
@example(amount=40, ratios=[1] * 80)
@example(amount=MAX_MICROS, ratios=[1] * 3)
@example(amount=-MAX_MICROS, ratios=[4, 1, 1, 4])
@settings(max_examples=100, deadline=None)
def test_parts_add_up_and_none_is_a_micro_off(amount: int, ratios: list[int]) -> None:
    parts = divide(amount, [ratio / sum(ratios) for ratio in ratios])
    assert sum(parts) == amount
    # Beyond 2^50 micros (a thousand million of the currency) a float weight is coarser than a micro.
    slack = 1 + abs(amount) * len(ratios) / 2**52
    for part, ratio in zip(parts, ratios, strict=True):
        assert abs(part - Fraction(amount * ratio, sum(ratios))) < slack
        assert ratio or not part


@given(amount=st.integers(-(10**12), 10**12), ratios=RATIOS)
@settings(max_examples=100, deadline=None)
def test_floats_split_as_if_they_were_exact(amount: int, ratios: list[int]) -> None:
    weights = [Fraction(ratio, sum(ratios)) for ratio in ratios]
    assert divide(amount, [float(weight) for weight in weights]) == oracle.split(amount, weights)


@given(amount=st.integers(0, 10**6), touches=st.integers(1, 200))
@settings(max_examples=60, deadline=None)
def test_of_equal_touches_the_earlier_has_the_odd_micro(amount: int, touches: int) -> None:
    parts = divide(amount, [1 / touches] * touches)
    assert all(one >= other for one, other in pairwise(parts))
    assert parts[0] - parts[-1] <= 1


@pytest.mark.parametrize("weights", [[0.5, 0.4], [1.5, -0.5], [float("nan"), 1.0], [0.0], [2.0]])
def test_what_is_no_weighting_is_told(weights: list[float]) -> None:
    assert shares.units_of(np.array(weights), len(weights), np.zeros(len(weights), np.int64)) == shares.NOT_ONE
