"""Outages: stretches of hours in which far less came than the hour, the weekday and the weeks around let expect.

What to expect is robust: a day's level is the median over the fortnight around it, weekdays and hours of the day have
the mean of their shares without the extreme tenths, all on the business's own clock. Whole days vary beyond that, so
a stretch is held against what a bad day, four standard deviations below the usual, would still have brought. It is
judged by Kulldorff's likelihood ratio of a Poisson count, divided by how much more than Poisson the hours vary anyway;
the most unlikely stretch of up to a week is taken first, then the next beside it.

References:
    Kulldorff (1997), A spatial scan statistic.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import numpy as np

from outturn.domain.time import zone

if TYPE_CHECKING:
    import numpy.typing as npt

    Floats = npt.NDArray[np.float64]
    Ints = npt.NDArray[np.int64]

LONGEST_HOURS = 7 * 24
LEAST_DAYS = 14
UNLIKELY = 25.0
"""The logarithm of how unlikely a stretch has to be: a year of hours has a million stretches, chance makes none."""
_LEAST_EXPECTED = 30.0
_LARGEST_SHARE = 0.5
_MOST = 20
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
# The median of the square of a standard normal.
_MEDIAN_SQUARE = 0.455


@dataclass(frozen=True, slots=True)
class Calendar:
    """Hours on the business's own clock.

    Attributes:
        day: Shape (hours,), from 0.
        hour: Shape (hours,), 0 to 23.
        weekday: Shape (hours,), 0 to 6.
        same_hour: Shape (24, most): which hours bear each number; -1: no more.
        same_weekday: Shape (7, most): which days are each weekday; -1: no more.
    """

    day: Ints
    hour: Ints
    weekday: Ints
    same_hour: Ints
    same_weekday: Ints

    @classmethod
    def of(cls, first_hour: int, hours: int, zone_name: str) -> Calendar:
        """Of so many hours, the first given in hours since 1970 UTC."""
        moments = [(_EPOCH + timedelta(hours=first_hour + at)).astimezone(zone(zone_name)) for at in range(hours)]
        day = np.array([moment.toordinal() for moment in moments], dtype=np.int64) - moments[0].toordinal()
        hour, weekday = np.array([one.hour for one in moments]), np.array([one.weekday() for one in moments])
        weekday_of = (weekday[0] + np.arange(day[-1] + 1)) % 7
        return cls(day, hour, weekday, _alike(hour, 24), _alike(weekday_of, 7))


@dataclass(frozen=True, slots=True)
class Stretch:
    """Hours `first` to `last`, both included, as hours since 1970 UTC; `expected` events, of which `seen` came."""

    first: int
    last: int
    expected: float
    seen: int


def stretches(first_hour: int, counts: Ints, zone_name: str) -> list[Stretch]:
    """The stretches in which counts fell far below what is to be expected.

    Args:
        first_hour: Of `counts`, in hours since 1970 UTC.
        counts: Shape (hours,), events of each hour, 0 where there was none.
        zone_name: IANA name of the business's zone: days and hours are its own.

    Returns:
        In order of time; none for fewer than 14 days, which have no usual week.
    """
    if len(counts) < LEAST_DAYS * 24:
        return []
    expected = expectation(counts, Calendar.of(first_hour, len(counts), zone_name))
    spread, worst = _spread(counts, expected), _worst_day(counts, expected)
    found: list[Stretch] = []
    free = np.ones(len(counts), dtype=np.bool_)
    while len(found) < _MOST:
        best = _most_unlikely(counts, np.where(free, expected * worst, 0.0), free, spread)
        if best is None:
            break
        start, stop = best
        free[start:stop] = False
        lost = float(expected[start:stop].sum())
        found.append(Stretch(first_hour + start, first_hour + stop - 1, lost, int(counts[start:stop].sum())))
    return sorted(found, key=lambda one: one.first)


def expectation(counts: Ints, calendar: Calendar) -> Floats:
    """How many events each hour is expected to have, shape (hours,)."""
    days, hours = calendar.day, calendar.hour
    daily: Floats = np.bincount(days, weights=counts).astype(np.float64)
    level = _level(daily)
    divisor = np.maximum(level, 1e-9)
    usual = _middles(daily / divisor, calendar.same_weekday)
    share = _middles(counts / divisor[days], calendar.same_hour)
    share /= max(share.sum(), 1e-9)
    expected: Floats = level[days] * usual[calendar.weekday] * share[hours]
    return expected


def _level(daily: Floats) -> Floats:
    """The median of the fortnight around each day, the day itself included."""
    ordered = np.sort(np.lib.stride_tricks.sliding_window_view(np.pad(daily, 7, constant_values=np.inf), 15), axis=1)
    sizes, at = np.count_nonzero(np.isfinite(ordered), axis=1), np.arange(len(daily))
    level: Floats = (ordered[at, (sizes - 1) // 2] + ordered[at, sizes // 2]) / 2
    return level


def _alike(numbers: Ints, kinds: int) -> Ints:
    """Where each number from 0 to `kinds` stands, shape (kinds, most); -1: nowhere any more."""
    found = [np.flatnonzero(numbers == one) for one in range(kinds)]
    most = max(len(one) for one in found)
    return np.array([np.pad(one, (0, most - len(one)), constant_values=-1) for one in found], dtype=np.int64)


def _middles(values: Floats, alike: Ints) -> Floats:
    """The mean of the values at each row's places without the lowest and the highest tenth; 0 where there are none."""
    ordered = np.sort(np.where(alike >= 0, values[alike], np.inf), axis=1)
    sizes = np.count_nonzero(alike >= 0, axis=1)[:, None]
    cut, place = sizes // 10, np.arange(alike.shape[1])[None, :]
    within = (place >= cut) & (place < sizes - cut)
    means: Floats = np.where(within, ordered, 0.0).sum(axis=1) / np.maximum(np.count_nonzero(within, axis=1), 1)
    return means


def _spread(counts: Ints, expected: Floats) -> float:
    """How many times as much as Poisson counts the hours vary, at least once: from the middle, not from outages."""
    busy = expected > 1.0
    if not busy.any():
        return 1.0
    squares = (counts[busy] - expected[busy]) ** 2 / expected[busy]
    return max(1.0, float(np.median(squares)) / _MEDIAN_SQUARE)


def _worst_day(counts: Ints, expected: Floats) -> float:
    """What a bad day brings, as a share of the usual: four standard deviations, by the median of the deviations."""
    came, due = (np.add.reduceat(values, np.arange(0, len(counts), 24)) for values in (counts, expected))
    logs = np.log((came[due > 1] + 0.5) / (due[due > 1] + 0.5))
    deviation = 1.4826 * float(np.median(np.abs(logs - np.median(logs)))) if len(logs) else 0.0
    return float(np.exp(-4.0 * deviation))


def _most_unlikely(
    counts: Ints, expected: Floats, free: npt.NDArray[np.bool_], spread: float
) -> tuple[int, int] | None:
    """The stretch of free hours (start, stop) whose count is the least likely; None: none is unlikely enough."""
    came, due = _running(np.where(free, counts, 0)), _running(expected)
    taken = _running(np.where(free, 0, 1))
    best, most = None, UNLIKELY * spread
    for length in range(1, min(LONGEST_HOURS, len(counts)) + 1):
        seen, lost = came[length:] - came[:-length], due[length:] - due[:-length]
        with np.errstate(divide="ignore", invalid="ignore"):
            ratio = lost - seen + np.where(seen > 0, seen * np.log(seen / lost), 0.0)
        whole = taken[length:] == taken[:-length]
        ratio = np.where(whole & (lost >= _LEAST_EXPECTED) & (seen < _LARGEST_SHARE * lost), ratio, 0.0)
        at = int(np.argmax(ratio))
        if ratio[at] > most:
            best, most = (at, at + length), float(ratio[at])
    return best


def _running(values: Any) -> Floats:
    return np.concatenate([[0.0], np.cumsum(values, dtype=np.float64)])


def text_of(stretch: Stretch, zone_name: str) -> str:
    """From when to when, on the business's clock: `2026-03-20 08:00 to 2026-03-20 18:00`."""
    ends = (_EPOCH + timedelta(hours=stretch.first), _EPOCH + timedelta(hours=stretch.last + 1))
    return " to ".join(f"{end.astimezone(zone(zone_name)):%Y-%m-%d %H:%M}" for end in ends)


def day_of(hour: int, zone_name: str) -> Any:
    """The business's day of an hour since 1970 UTC."""
    return (_EPOCH + timedelta(hours=hour)).astimezone(zone(zone_name)).date()
