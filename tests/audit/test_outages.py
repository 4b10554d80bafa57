"""Outages in drawn series whose truth is known: found to the hour, and never where there is none."""

from __future__ import annotations

import os

import numpy as np
import numpy.typing as npt
import pytest

from outturn.audit.outages import stretches, text_of

FIRST = 492_288  # 2026-02-28 00:00 UTC, a Saturday; summer time comes four weeks later
ZONE = "Europe/Berlin"
SEEDS = int(os.environ.get("OUTTURN_SEEDS", "12"))


def series(seed: int, *, days: int = 70, daily: float = 600.0, noisy: float = 0.0) -> npt.NDArray[np.int64]:
    """A shop's hours: day and night, weekends, a trend, and as much noise on whole days as is asked for."""
    rng = np.random.default_rng(seed)
    hour = np.arange(days * 24)
    shape = 1.0 + 0.9 * np.sin((hour % 24 - 8) / 24 * 2 * np.pi)
    week = np.where(hour // 24 % 7 < 2, 0.7, 1.1)
    trend = 1.0 + 0.4 * hour / len(hour)
    day = np.exp(rng.normal(0, noisy, days))[hour // 24]
    return rng.poisson(daily / 24 * shape * week * trend * day)


@pytest.mark.parametrize("seed", range(SEEDS))
@pytest.mark.parametrize(("daily", "noisy"), [(60.0, 0.0), (600.0, 0.1), (50_000.0, 0.25)])
def test_a_series_without_an_outage_has_no_stretch(seed: int, daily: float, noisy: float) -> None:
    assert stretches(FIRST, series(seed, daily=daily, noisy=noisy), ZONE) == []


@pytest.mark.parametrize("seed", range(SEEDS))
def test_silent_hours_are_named_to_the_hour_and_what_is_missing_is_estimated(seed: int) -> None:
    counts = series(seed, daily=2_400.0)
    start, stop = 30 * 24 + 9, 30 * 24 + 15
    lost = int(counts[start:stop].sum())
    counts[start:stop] = 0
    (found,) = stretches(FIRST, counts, ZONE)
    assert (found.first, found.last, found.seen) == (FIRST + start, FIRST + stop - 1, 0)
    assert found.expected == pytest.approx(lost, rel=0.2)
    assert text_of(found, ZONE) == "2026-03-30 11:00 to 2026-03-30 17:00"


def test_a_drop_to_a_third_for_two_days_is_one_stretch() -> None:
    counts = series(5, daily=2_400.0)
    counts[40 * 24 : 42 * 24] //= 3
    (found,) = stretches(FIRST, counts, ZONE)
    # The quiet hours of the night say little: the stretch may begin and end within them.
    assert abs(found.first - FIRST - 40 * 24) <= 6
    assert abs(found.last - FIRST - 42 * 24) <= 6
    assert 0.2 < found.seen / found.expected < 0.45


def test_two_outages_are_two_stretches_in_order_of_time() -> None:
    counts = series(7, daily=2_400.0)
    counts[50 * 24 : 50 * 24 + 20] = 0
    counts[20 * 24 : 20 * 24 + 20] = 0
    found = stretches(FIRST, counts, ZONE)
    assert len(found) == 2
    assert found[0].last < found[1].first


def test_a_source_of_less_than_two_weeks_has_no_usual_week() -> None:
    counts = series(1, days=13)
    counts[100:140] = 0
    assert stretches(FIRST, counts, ZONE) == []
