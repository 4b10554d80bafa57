"""Time is aware UTC in microseconds until a report names a zone, whose calendar gives the days."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from outturn.domain.errors import UsageError

MICROS_PER_SECOND = 1_000_000
MICROS_PER_DAY = 86_400 * MICROS_PER_SECOND
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Days:
    """A span of calendar days, both ends included; None leaves that side open."""

    first: date | None = None
    last: date | None = None

    def __post_init__(self) -> None:
        if self.first and self.last and self.first > self.last:
            raise UsageError(f"the span from {self.first} to {self.last} ends before it starts")

    def __contains__(self, day: date) -> bool:
        return (self.first is None or self.first <= day) and (self.last is None or day <= self.last)


def zone(name: str) -> ZoneInfo:
    """The zone of an IANA name.

    Raises:
        UsageError: No such zone, or a fixed offset such as "+02:00", whose days would be wrong
            for half the year.
    """
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise UsageError(
            f"{name!r} is not a time zone: expected an IANA name such as Europe/Berlin, America/New_York or UTC"
        ) from None


def parse_day(text: str) -> date:
    """An ISO day as given on the command line.

    Raises:
        UsageError: Not YYYY-MM-DD, or no such day.
    """
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise UsageError(f"{text!r} is not a day: expected YYYY-MM-DD, such as 2026-03-01") from None


def micros_of(instant: datetime) -> int:
    """Microseconds since 1970-01-01 UTC of an aware instant, exactly."""
    return (instant - _EPOCH) // timedelta(microseconds=1)


def instant_of(micros: int) -> datetime:
    """The aware UTC instant of microseconds since 1970-01-01 UTC."""
    return _EPOCH + timedelta(microseconds=micros)


def business_day(instant: datetime, zone_name: str) -> date:
    """The calendar day on which an instant falls in a zone."""
    return instant.astimezone(zone(zone_name)).date()


def end_of_day(day: date, zone_name: str) -> datetime:
    """The first instant after a day in a zone: what "as of this day" may still have seen lies before it."""
    following = day + timedelta(days=1)
    return datetime(following.year, following.month, following.day, tzinfo=zone(zone_name)).astimezone(UTC)
