"""Which correction of a day is unusual."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from outturn.audit.restatements import Restated, unusual

MONDAY = date(2026, 3, 2)


def restated(
    number: int, was: float, now: float, *, import_id: str = "i2", subject: str = "spend", age_days: int = 60
) -> Restated:
    day = MONDAY + timedelta(days=number)
    return Restated(subject, "meta_ads", "a1", "campaign", day, import_id, day + timedelta(days=age_days), was, now)


def test_a_tenth_of_a_settled_day_is_unusual_and_a_twentieth_is_not() -> None:
    days = [restated(1, 100, 111), restated(2, 100, 112), restated(3, 100, 105), restated(4, 100, 80)]
    assert [one.date_day.day for one in unusual(days)] == [4, 6]


@pytest.mark.parametrize(("subject", "age_days", "found"), [("spend", 2, 0), ("spend", 3, 1), ("claims", 34, 0)])
def test_what_was_told_before_a_day_had_settled_says_nothing(subject: str, age_days: int, found: int) -> None:
    assert len(unusual([restated(1, 10, 100, subject=subject, age_days=age_days)])) == found


def test_an_account_that_is_always_corrected_by_a_tenth_may_be_corrected_by_a_fifth() -> None:
    usual = [restated(number, 100, 90, import_id="i2") for number in range(10)]
    later = [restated(20, 100, 75, import_id="i3"), restated(21, 100, 60, import_id="i3")]
    assert unusual([*usual, *later]) == later[1:]
    # With three corrected days nothing is usual.
    assert unusual([*usual[:3], *later]) == later


def test_half_of_a_day_that_is_small_for_its_account_is_no_change() -> None:
    days = [restated(number, 1_000, 1_001) for number in range(5)] + [restated(7, 10, 20)]
    assert unusual(days) == []


def test_claims_are_held_against_claims_of_their_own_kind() -> None:
    spend = [restated(number, 100, 50) for number in range(8)]
    claims = [restated(number, 20, 16, subject="claims") for number in range(3)]
    assert unusual([*spend, *claims]) == [*spend, *claims]
