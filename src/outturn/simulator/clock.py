"""Clock: when people are awake and buying, and which day that is in each account's zone.

Instants are int64 microseconds since 1970 in UTC. Local time takes each hour's own offset, so that a
day of 23 or 25 hours is one.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Self

import numpy as np

from outturn.domain.time import MICROS_PER_DAY, MICROS_PER_SECOND, micros_of, zone

if TYPE_CHECKING:
    from outturn.simulator.arrays import Floats, Ints

MINUTE = 60 * MICROS_PER_SECOND
HOUR = 60 * MINUTE
_HOURS = (5, 3, 2, 1, 1, 2, 6, 14, 22, 28, 31, 33, 36, 34, 32, 31, 32, 36, 44, 55, 62, 58, 40, 18)
_WEEKDAYS = (1.04, 1.0, 0.98, 0.97, 0.92, 0.98, 1.16)
_EPOCH_DAY = date(1970, 1, 1)


def first_instant(day: date, zone_name: str) -> int:
    """The microsecond at which a day begins in a zone."""
    return micros_of(datetime(day.year, day.month, day.day, tzinfo=zone(zone_name)))


@dataclass(frozen=True, slots=True)
class Clock:
    """A zone's offsets around the simulated span."""

    start: date
    first_hour: int
    offsets: Ints

    @classmethod
    def of(cls, zone_name: str, *, start: date, days: int) -> Self:
        """The clock of a zone from a week before `start` to 120 days after the last day."""
        first_hour = first_instant(start - timedelta(days=7), "UTC") // HOUR
        hours = range(first_hour, first_hour + (days + 127) * 24)
        local = zone(zone_name)
        offsets = [datetime.fromtimestamp(hour * 3600, UTC).astimezone(local).utcoffset() for hour in hours]
        micros = [0 if offset is None else offset // timedelta(microseconds=1) for offset in offsets]
        return cls(start, first_hour, np.array(micros, dtype=np.int64))

    def offset(self, at: Ints) -> Ints:
        """Microseconds that local time is ahead of UTC."""
        ahead: Ints = self.offsets[at // HOUR - self.first_hour]
        return ahead

    def day(self, at: Ints) -> Ints:
        """The local day, counted from 0 at `start`."""
        number: Ints = (at + self.offset(at)) // MICROS_PER_DAY - (self.start - _EPOCH_DAY).days
        return number

    def texts(self, at: Ints) -> list[str]:
        """Local time with its offset, as a shop writes it: `2026-03-01 09:30:00 +0100`."""
        offsets = self.offset(at)
        local = np.datetime_as_string((at + offsets).astype("datetime64[us]").astype("datetime64[s]"))
        minutes = (offsets // MINUTE).tolist()
        return [
            f"{text[:10]} {text[11:]} {'-' if ahead < 0 else '+'}{abs(ahead) // 60:02d}{abs(ahead) % 60:02d}"
            for text, ahead in zip(local.tolist(), minutes, strict=True)
        ]


def utc_texts(at: Ints) -> list[str]:
    """ISO 8601 in UTC to the millisecond: `2026-03-01T08:30:00.000Z`."""
    texts: list[str] = np.datetime_as_string(at.astype("datetime64[us]").astype("datetime64[ms]")).tolist()
    return [f"{text}Z" for text in texts]


@dataclass(frozen=True, slots=True)
class Demand:
    """How busy each hour of the span is, in the shop's zone; places uniform draws in time."""

    first: int
    last: int
    edges: Floats
    cumulated: Floats

    @classmethod
    def of(cls, clock: Clock, *, first: int, last: int) -> Self:
        """Demand over [first, last): hours of the day, days of the week, and a rising autumn."""
        starts = np.arange(first, last, HOUR, dtype=np.int64)
        local = starts + clock.offset(starts)
        hours = np.array(_HOURS, dtype=np.float64)[(local // HOUR) % 24]
        days = local // MICROS_PER_DAY
        weekdays = np.array(_WEEKDAYS)[(days + 3) % 7]
        season = 1.0 + 0.12 * np.cos(2.0 * np.pi * (days - 320.0) / 365.25)
        weights = hours * weekdays * season
        cumulated = np.concatenate(([0.0], np.cumsum(weights) / weights.sum()))
        return cls(first, last, np.append(starts, last).astype(np.float64) - first, cumulated)

    def at(self, uniforms: Floats) -> Ints:
        """Instants, distributed as the demand is; a larger uniform is later."""
        placed: Ints = self.first + np.interp(uniforms, self.cumulated, self.edges).astype(np.int64)
        return placed
