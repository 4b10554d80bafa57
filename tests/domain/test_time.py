"""Days belong to a zone; instants do not."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from outturn.domain.errors import UsageError
from outturn.domain.time import Days, business_day, end_of_day, instant_of, micros_of, parse_day, zone


@given(st.datetimes(timezones=st.just(UTC)))
def test_micros_and_instants_are_one_another(instant: datetime) -> None:
    assert instant_of(micros_of(instant)) == instant


def test_an_evening_order_is_the_next_day_in_berlin() -> None:
    instant = datetime(2026, 3, 28, 23, 30, tzinfo=UTC)
    assert business_day(instant, "Europe/Berlin") == date(2026, 3, 29)
    assert business_day(instant, "America/New_York") == date(2026, 3, 28)


def test_the_day_of_the_clock_change_has_23_hours() -> None:
    start, end = end_of_day(date(2026, 3, 28), "Europe/Berlin"), end_of_day(date(2026, 3, 29), "Europe/Berlin")
    assert (end - start).total_seconds() == 23 * 3600


def test_days_include_both_ends() -> None:
    days = Days(date(2026, 1, 1), date(2026, 1, 31))
    assert date(2026, 1, 1) in days
    assert date(2026, 1, 31) in days
    assert date(2026, 2, 1) not in days
    assert date(1999, 1, 1) in Days(None, date(2026, 1, 1))
    with pytest.raises(UsageError, match="ends before it starts"):
        Days(date(2026, 2, 1), date(2026, 1, 1))


@pytest.mark.parametrize("name", ["Berlin", "+02:00", "", "../etc/passwd", "Europe/Atlantis"])
def test_what_is_no_zone_is_refused(name: str) -> None:
    with pytest.raises(UsageError, match="is not a time zone"):
        zone(name)


def test_what_is_no_day_is_refused() -> None:
    with pytest.raises(UsageError, match="expected YYYY-MM-DD"):
        parse_day("31.12.2026")
