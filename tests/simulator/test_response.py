"""Saturation, carry-over, rates and clocks keep their laws."""

from __future__ import annotations

from datetime import date, timedelta
from fractions import Fraction
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from outturn.domain.time import MICROS_PER_DAY
from outturn.simulator.clock import Clock, Demand, first_instant
from outturn.simulator.dice import scramble
from outturn.simulator.rates import draw_rates, euros
from outturn.simulator.response import geometric_adstock, hill, retention

if TYPE_CHECKING:
    from pathlib import Path

    from outturn.simulator.arrays import Floats, Ints

daily = arrays(np.float64, st.integers(1, 40), elements=st.floats(0, 1e4))


@given(spend=daily, half=st.floats(0.1, 1e3), slope=st.floats(1, 3))
def test_more_spend_reaches_more_but_never_all(spend: Floats, half: float, slope: float) -> None:
    share = hill(np.sort(spend), half=half, slope=slope)
    assert (np.diff(share) >= 0).all()
    assert ((share >= 0) & (share < 1)).all()


@given(half=st.floats(1, 100), slope=st.floats(1, 3))
def test_half_reaches_half_and_every_further_euro_beyond_it_less(half: float, slope: float) -> None:
    share = hill(half * np.arange(1.0, 30.0), half=half, slope=slope)
    assert share[0] == pytest.approx(0.5)
    assert (np.diff(share, n=2) < 0).all()


@given(contacts=daily, carry_days=st.floats(0.2, 10))
def test_carry_over_moves_effects_later_and_makes_none(contacts: Floats, carry_days: float) -> None:
    padded = np.concatenate([contacts, np.zeros(400)])
    carried = geometric_adstock(padded, carry_days=carry_days)
    assert carried.sum() == pytest.approx(contacts.sum(), abs=1e-6)
    assert (np.cumsum(carried) <= np.cumsum(padded) + 1e-6).all()


@given(carry_days=st.floats(0.3, 8))
def test_an_effect_fades_by_its_retention_each_day(carry_days: float) -> None:
    pulse = np.zeros(12)
    pulse[0] = 1.0
    carried = geometric_adstock(pulse, carry_days=carry_days)
    assert carried[3:] / carried[2:-1] == pytest.approx(retention(carry_days))


@given(carry_days=st.floats(0.3, 8), first=daily, factor=st.floats(0, 5))
def test_carry_over_is_linear(carry_days: float, first: Floats, factor: float) -> None:
    once = geometric_adstock(first, carry_days=carry_days)
    assert geometric_adstock(first * factor, carry_days=carry_days) == pytest.approx(once * factor, rel=1e-9, abs=1e-9)


def test_the_adstock_is_the_law_of_exponential_delays() -> None:
    rng = np.random.default_rng(1)
    days = (rng.random(400_000) + rng.exponential(3.0, 400_000)).astype(np.int64)
    pulse = np.zeros(15)
    pulse[0] = 1.0
    assert np.bincount(days, minlength=15)[:15] / 400_000 == pytest.approx(
        geometric_adstock(pulse, carry_days=3.0), abs=0.004
    )


@given(micros=st.integers(0, 10**13), rate=st.integers(1, 10**9))
def test_euros_are_rounded_half_to_even_exactly(micros: int, rate: int) -> None:
    assert euros(micros, rate) == round(Fraction(micros * 1_000_000, rate))


def test_rates_are_quoted_on_business_days_and_hold_until_the_next(tmp_path: Path) -> None:
    rates = draw_rates(date(2026, 3, 25), days=20, seed=1)
    assert date(2026, 4, 3) not in rates.days  # Good Friday
    assert date(2026, 4, 6) not in rates.days  # Easter Monday
    assert all(day.weekday() < 5 for day in rates.days)
    assert rates.on(date(2026, 4, 6), "USD") == rates.on(date(2026, 4, 2), "USD")
    rates.write(tmp_path / "eurofxref-hist.csv")
    header, newest, *_, oldest = (tmp_path / "eurofxref-hist.csv").read_text(encoding="ascii").splitlines()
    assert header == "Date,USD,JPY,GBP,CHF,SEK,PLN,LVL,HRK,"
    assert newest.startswith("2026-04-14,")
    assert newest.endswith(",N/A,N/A,")
    assert oldest.startswith("2026-03-10,")


def test_a_day_is_the_accounts_own_day() -> None:
    start = date(2026, 3, 8)  # New York changes to summer time on this day, Berlin three weeks later.
    berlin = Clock.of("Europe/Berlin", start=start, days=30)
    york = Clock.of("America/New_York", start=start, days=30)
    midnight = np.array([first_instant(start + timedelta(days=n), "Europe/Berlin") for n in range(31)])
    assert berlin.day(midnight).tolist() == list(range(31))
    assert berlin.day(midnight - 1).tolist() == list(range(-1, 30))
    assert york.day(midnight).tolist() == list(range(-1, 30))
    assert berlin.texts(midnight[[0, 30]]) == ["2026-03-08 00:00:00 +0100", "2026-04-07 00:00:00 +0200"]


@given(uniforms=arrays(np.float64, 20, elements=st.floats(0, 0.999999)))
def test_demand_places_draws_inside_the_span_and_in_their_order(uniforms: Floats) -> None:
    clock = Clock.of("Europe/Berlin", start=date(2026, 3, 20), days=15)
    first, last = (first_instant(date(2026, 3, 20) + timedelta(days=n), "Europe/Berlin") for n in (0, 15))
    demand = Demand.of(clock, first=first, last=last)
    at = demand.at(np.sort(uniforms))
    assert ((at >= first) & (at < last)).all()
    assert (np.diff(at) >= 0).all()
    assert last - first == 15 * MICROS_PER_DAY - MICROS_PER_DAY // 24


@given(numbers=arrays(np.int64, 50, elements=st.integers(0, 2**60), unique=True), salt=st.integers(0, 2**31))
def test_scrambling_keeps_numbers_apart(numbers: Ints, salt: int) -> None:
    assert len(np.unique(scramble(numbers, salt))) == 50
