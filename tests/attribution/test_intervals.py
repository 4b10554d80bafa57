"""Intervals: the formula by hand, when nothing is told, and whether they hold what they should."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import stdtrit

from bench import coverage
from outturn.attribution.intervals import Interval, jackknife, student_quantile


def totals(buckets: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The total of figures by bucket and cell, and the totals without each bucket."""
    return buckets.sum(axis=0), buckets.sum(axis=0) - buckets


def interval(*buckets: float, people: int = 100, level: float = 0.9) -> Interval:
    estimate, left_out = totals(np.array(buckets, float)[:, None])
    return jackknife(estimate, left_out, [people], level=level)


def test_the_formula_by_hand() -> None:
    # Of one bucket in 64 with 2, the others 1 each: 65; without it 63, without another 64.
    low, high = interval(2, *[1] * 63)
    logs = [math.log(63), *[math.log(64)] * 63]
    mean = sum(logs) / 64
    s = math.sqrt(63 / 64 * sum((log - mean) ** 2 for log in logs))
    assert low[0] == pytest.approx(65 * math.exp(-1.6694022 * s))
    assert high[0] == pytest.approx(65 * math.exp(1.6694022 * s))


def test_of_poisson_counts_it_is_nearly_their_square_root() -> None:
    dice = np.random.default_rng(3)
    estimate, left_out = totals(dice.poisson(1000, (64, 500)).astype(float))
    low, high = jackknife(estimate, left_out, np.full(500, 1000))
    width = np.log(high / low) / (2 * 1.6694)
    assert np.mean(width * np.sqrt(estimate)) == pytest.approx(1, abs=0.02)


def test_equal_buckets_leave_no_doubt() -> None:
    low, high = interval(*[3] * 64)
    assert low[0] == pytest.approx(192)
    assert high[0] == pytest.approx(192)


@pytest.mark.parametrize(
    ("buckets", "people"),
    [
        pytest.param([1] * 64, 29, id="too few people"),
        pytest.param([20] + [1] * 63, 100, id="one bucket holds more than a fifth"),
        pytest.param([-1] * 64, 100, id="more refunded than sold"),
        pytest.param([0] * 64, 100, id="nothing"),
        pytest.param([100] + [-1] * 63, 100, id="nothing without one bucket"),
        pytest.param([math.nan] + [1] * 63, 100, id="not known"),
    ],
)
def test_nothing_is_told_where_the_data_are_thin(buckets: list[float], people: int) -> None:
    low, high = interval(*buckets, people=people)
    assert np.isnan(low).all()
    assert np.isnan(high).all()


def test_at_the_limits_it_is_told() -> None:
    low, high = interval(16, *[1] * 64, people=30)  # 16 of 80 is a fifth
    assert 0 < low[0] < 80 < high[0]


@given(seed=st.integers(0, 10**6), tail=st.sampled_from([0.1, 1.0, 3.0]), unit=st.sampled_from([1e-6, 0.01, 1e6, 1e12]))
@settings(max_examples=60, deadline=None)
def test_units_order_of_buckets_and_other_cells_do_not_matter(seed: int, tail: float, unit: float) -> None:
    estimate, left_out = totals(np.random.default_rng(seed).lognormal(0, tail, (64, 3)))
    people = [100, 100, 29]
    found = jackknife(estimate, left_out, people)
    scaled = jackknife(estimate * unit, left_out * unit, people)
    np.testing.assert_allclose(np.array(scaled), np.array(found) * unit, rtol=1e-9)
    turned = jackknife(estimate, left_out[::-1], people)
    np.testing.assert_allclose(np.array(turned), np.array(found), rtol=1e-9)
    alone = jackknife(estimate[:1], left_out[:, :1], people[:1])
    np.testing.assert_allclose(np.array(alone)[:, 0], np.array(found)[:, 0], rtol=1e-9)
    for low, high, total in zip(*found, estimate, strict=True):
        assert math.isnan(low) or 0 < low < total < high


def test_a_higher_level_is_wider() -> None:
    figures = [1.0, 2.0, 3.0, 4.0] * 16
    assert interval(*figures, level=0.95).high > interval(*figures).high > interval(*figures, level=0.5).high


@pytest.mark.parametrize("probability", [0.75, 0.95, 0.975, 0.995])
def test_quantiles_are_students(probability: float) -> None:
    assert student_quantile(probability, 63) == pytest.approx(float(stdtrit(63, probability)), abs=1e-6)


def test_nine_of_ten_hold_the_true_figure() -> None:
    # A small version of docs/statistics.md. Six channels of a run move together, so runs are what counts:
    # of 150, between 83 % and 96 % is what chance allows where 90 % is true.
    dice = np.random.default_rng(11)
    per_person, credited = coverage.truth(dice, 400_000)
    chosen = {model: credited[model] for model in ("last_touch", "markov_2")}
    found = coverage.covered(dice, round(1000 / per_person), chosen, runs=150)
    for values in ("conversions", "light: lognormal, sigma 0.5"):
        for model in chosen:
            assert 0.83 <= found[values, model].coverage <= 0.96, (values, model)
            assert found[values, model].told > 0.8 * found[values, model].cells
