"""What an outage has cost: the events and the sales that a tracker missed, estimated, each with an interval.

On every other day the same hours are lost in thought (a placebo): they are taken out as the outage took them, what was
to be expected is worked out anew, and what had really come is set against it. These ratios are what the outage's own
could have been, so that the interval holds whatever chance, bad days and the expectation's own error bring, without a
distribution assumed. It runs from one of the ordered ratios to another, so that of days that are alike it holds the
truth in at least `LEVEL` of cases; days that overlap, as those of outages of several days do, are less than they seem.

References:
    Lei, G'Sell, Rinaldo, Tibshirani, Wasserman (2018), Distribution-free predictive inference for regression.
    Abadie, Diamond, Hainmueller (2010), Synthetic control methods for comparative case studies (placebos).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from outturn.audit.outages import Calendar, expectation

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt

    from outturn.audit.outages import Floats, Ints, Stretch

LEVEL = 0.9
_OUTSIDE = 0.1  # as a number of its own: 1 - 0.9 is a little less
_MOST_DAYS = 60
"""Of days that are compared: the nearest."""


@dataclass(frozen=True, slots=True)
class Estimate:
    """What is missing, >= 0, and the interval that holds it in `LEVEL` of cases; None: too few days to compare with."""

    value: float
    low: float | None
    high: float | None


@dataclass(frozen=True, slots=True)
class Loss:
    """What a stretch has cost: events, and micros of sales."""

    hits: Estimate
    micros: Estimate


def losses(first_hour: int, counts: Ints, micros: Ints, zone_name: str, found: Sequence[Stretch]) -> list[Loss]:
    """What each stretch of a source has cost.

    Args:
        first_hour: Of `counts` and `micros`, in hours since 1970 UTC.
        counts: Shape (hours,), events of each hour.
        micros: Shape (hours,), what was sold in each hour, as the tracker saw it.
        zone_name: IANA name of the business's zone.
        found: Its stretches, by `outages.stretches`.
    """
    if not found:
        return []
    calendar = Calendar.of(first_hour, len(counts), zone_name)
    silent = np.zeros(len(counts), dtype=np.bool_)
    for one in found:
        silent[one.first - first_hour : one.last - first_hour + 1] = True
    # As if nothing had been lost, so that a day has one outage to stand beside: the one that is thought.
    filled = np.where(silent, np.rint(expectation(counts, calendar)).astype(np.int64), counts)
    return [_loss(first_hour, filled, micros, calendar, silent, one) for one in found]


def _loss(
    first_hour: int, counts: Ints, micros: Ints, calendar: Calendar, silent: npt.NDArray[np.bool_], stretch: Stretch
) -> Loss:
    start, stop = stretch.first - first_hour, stretch.last - first_hour + 1
    came = int(micros[start:stop].sum())
    hits, sold = [], []
    for begin in _other_days(start, stop, silent):
        window = slice(begin, begin + stop - start)
        expected = _expected_without(counts, window, calendar, left=stretch.seen / stretch.expected)
        if expected > 0:
            hits.append(counts[window].sum() / expected * stretch.expected)
            sold.append(micros[window].sum() / expected * stretch.expected)
    # An outage draws down its own expectation a little; beside the placebos, which draw down theirs, it is made good.
    due = float(np.median(hits)) if hits else stretch.expected
    usual = float(np.mean(sold)) if sold else 0.0
    return Loss(
        _missing(due, np.array(hits), stretch.seen),
        _missing(usual, np.array(sold), came),
    )


def _other_days(start: int, stop: int, silent: npt.NDArray[np.bool_]) -> list[int]:
    """Where the same hours of other days begin, as far as no outage touches them: the nearest days first."""
    begins = range(start % 24, len(silent) - (stop - start) + 1, 24)
    near = sorted(begins, key=lambda begin: abs(begin - start))
    return [begin for begin in near if not silent[begin : begin + stop - start].any()][:_MOST_DAYS]


def _expected_without(counts: Ints, window: slice, calendar: Calendar, *, left: float) -> float:
    """What would be expected of a window, had an outage left that share of it."""
    lost = counts.copy()
    lost[window] = np.floor(lost[window] * left)
    return float(expectation(lost, calendar)[window].sum())


def _missing(usual: float, could: Floats, came: float) -> Estimate:
    rank = int(_OUTSIDE * (len(could) + 1) / 2)
    value = max(0.0, usual - came)
    if rank < 1:
        return Estimate(value, None, None)
    ordered = np.maximum(np.sort(could) - came, 0.0)
    return Estimate(value, float(ordered[rank - 1]), float(ordered[len(could) - rank]))
