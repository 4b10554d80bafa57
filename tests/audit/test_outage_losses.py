"""What outages cost, in drawn series whose truth is known: the intervals hold it as often as they say."""

from __future__ import annotations

import os

import numpy as np
import pytest
from scipy.stats import binom

from outturn.audit.outage_losses import LEVEL, Estimate, Loss, losses
from outturn.audit.outages import stretches
from tests.audit.test_outages import FIRST, ZONE, series

SEEDS = max(int(os.environ.get("OUTTURN_SEEDS", "0")), 60)


def lost_and_told(seed: int, *, daily: float, noisy: float, hours: int) -> tuple[tuple[int, int], Loss]:
    """Hits and micros that an outage took from a shop of one order in fifty hits, and what is told of it."""
    counts, dice = series(seed, days=42, daily=daily, noisy=noisy), np.random.default_rng(10_000 + seed)
    orders = dice.binomial(counts, 0.02)
    micros = np.array([round(dice.lognormal(4.0, 0.8, number).sum() * 1e6) for number in orders])
    start = int(dice.integers(10, 32 - hours // 24)) * 24 + 9
    window = slice(start, start + hours)
    gone = int(counts[window].sum()), int(micros[window].sum())
    counts[window], micros[window] = 0, 0
    found = stretches(FIRST, counts, ZONE)
    told = losses(FIRST, counts, micros, ZONE, found)
    return gone, next(loss for loss, one in zip(told, found, strict=True) if one.first <= FIRST + start <= one.last)


@pytest.mark.parametrize(
    ("daily", "noisy", "hours"), [(600.0, 0.0, 10), (600.0, 0.1, 10), (2_400.0, 0.25, 24), (2_400.0, 0.1, 48)]
)
def test_intervals_hold_the_truth_as_often_as_they_say(daily: float, noisy: float, hours: int) -> None:
    held, width, ratios = np.zeros(2, dtype=int), [], []
    for seed in range(SEEDS):
        gone, told = lost_and_told(seed, daily=daily, noisy=noisy, hours=hours)
        for at, (true, one) in enumerate(zip(gone, (told.hits, told.micros), strict=True)):
            assert one.low is not None
            assert one.high is not None
            assert one.low <= one.high
            held[at] += one.low <= true <= one.high
        width.append((told.hits.high - told.hits.low) / gone[0])  # type: ignore[operator]
        ratios.append(told.micros.value / max(gone[1], 1))
    # What nine in ten give at least, in 999 of 1,000 draws of as many.
    assert held.min() >= binom.ppf(0.001, SEEDS, LEVEL)
    assert np.mean(width) < 1.2  # an interval that holds everything would say nothing
    assert np.median(ratios) == pytest.approx(1, abs=0.3)


def told_of(days: int, *, begin: int, left: int, sold: int) -> Loss:
    """Of days of ten hits and ten euros an hour, of which twenty hours have so many hits and so much sold."""
    counts = np.tile(np.array([10] * 24), days)
    micros = counts * 1_000_000
    counts[begin : begin + 20], micros[begin : begin + 20] = left, sold
    (told,) = losses(FIRST, counts, micros, "UTC", stretches(FIRST, counts, "UTC"))
    return told


def near(value: float) -> Estimate:
    return Estimate(*[pytest.approx(value, rel=0.03)] * 3)  # type: ignore[arg-type]


def test_of_days_that_are_all_alike_the_loss_is_certain() -> None:
    assert told_of(42, begin=480, left=0, sold=0) == Loss(near(200.0), near(200e6))


def test_what_came_all_the_same_is_not_missing() -> None:
    assert told_of(42, begin=480, left=2, sold=3_000_000) == Loss(near(160.0), near(140e6))


def test_fewer_than_nineteen_days_to_compare_with_give_no_interval() -> None:
    told = told_of(19, begin=240, left=0, sold=0)
    assert (told.hits.low, told.hits.high, told.micros.low, told.micros.high) == (None,) * 4
    assert told.hits.value == pytest.approx(200.0, rel=0.1)
    assert told.micros.value == pytest.approx(200e6, rel=0.1)
    assert told_of(20, begin=240, left=0, sold=0).hits.low is not None


def test_without_a_stretch_nothing_is_lost() -> None:
    assert losses(FIRST, np.ones(500, dtype=np.int64), np.ones(500, dtype=np.int64), ZONE, []) == []
