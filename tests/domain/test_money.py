"""Money's laws: nothing is rounded, and parts add up."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from outturn.domain.currencies import MINOR_DIGITS, minor_digits
from outturn.domain.errors import CurrencyMismatch, UsageError
from outturn.domain.money import MAX_MICROS, Money, decimal_text, split_micros

micros = st.integers(-MAX_MICROS, MAX_MICROS)
weights = st.lists(st.integers(0, 10**12), min_size=1, max_size=60).filter(any)


@given(micros, weights)
def test_parts_add_up_and_lie_within_a_micro_of_their_share(amount: int, weights: list[int]) -> None:
    parts = split_micros(amount, weights)
    assert sum(parts) == amount
    for part, weight in zip(parts, weights, strict=True):
        assert abs(part - Fraction(amount * weight, sum(weights))) < 1


@given(micros, weights)
def test_a_refund_takes_back_from_each_part_what_the_sale_gave(amount: int, weights: list[int]) -> None:
    assert split_micros(-amount, weights) == [-part for part in split_micros(amount, weights)]


def test_ties_go_to_the_earlier_part() -> None:
    assert split_micros(100, [1, 1, 1]) == [34, 33, 33]
    assert split_micros(-2, [1, 1, 1]) == [-1, -1, 0]


@pytest.mark.parametrize("bad", [[], [0, 0], [1, -1, 2]])
def test_weights_that_cannot_divide_are_refused(bad: list[int]) -> None:
    with pytest.raises(ValueError, match="weights"):
        split_micros(5, bad)


@given(micros, st.sampled_from(sorted(MINOR_DIGITS)))
def test_text_and_micros_are_one_another(amount: int, currency: str) -> None:
    text = decimal_text(amount, currency)
    assert Money.parse(text, currency) == Money(amount, currency)
    assert Decimal(text) == Decimal(amount) / 10**6
    digits = len(text.partition(".")[2])
    assert minor_digits(currency) <= digits <= 6


@pytest.mark.parametrize("text", ["12.3456789", "1e-7", "NaN", "inf", "", "1,50", "12 EUR"])
def test_what_is_no_whole_number_of_micros_is_never_rounded(text: str) -> None:
    with pytest.raises(ValueError, match="is not a"):
        Money.parse(text, "EUR")


def test_two_currencies_never_meet_in_one_sum() -> None:
    with pytest.raises(CurrencyMismatch, match=r"1\.00 EUR and 1\.00 USD"):
        Money(1_000_000, "EUR") + Money(1_000_000, "USD")


def test_an_unknown_currency_is_named() -> None:
    with pytest.raises(UsageError, match="'EURO' is not a currency"):
        Money(1, "EURO")


def test_minor_digits_of_the_odd_ones() -> None:
    assert [minor_digits(code) for code in ("JPY", "EUR", "KWD", "HUF", "ISK")] == [0, 2, 3, 2, 0]
