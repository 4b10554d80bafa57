"""Intervals of credited totals: what would another sample of people from the same market have given?

People fall into buckets at random, so a bucket is a random sample of them with all that they did. Leave
one bucket out at a time, make the figure anew, and see how much it moves: the grouped jackknife. It
knows that a person's orders belong together and that a fitted model is fitted to the same people; it
asks nothing about how values are distributed.

An interval covers *sampling error only, not causal uncertainty*: that other people might have come. Not
that touches were missed, that the model divides wrongly, or that the market will be another.

Papers: Efron and Stein (1981), The jackknife estimate of variance, Annals of Statistics 9(3), 586-596;
Kott (2001), The delete-a-group jackknife, Journal of Official Statistics 17(4), 521-526.
"""

from __future__ import annotations

from statistics import NormalDist
from typing import NamedTuple, TypeAlias

import numpy as np
import numpy.typing as npt

Numbers: TypeAlias = npt.NDArray[np.float64]

LABEL = "sampling error only, not causal uncertainty"
LEVEL = 0.9
FEWEST_PEOPLE = 30
LARGEST_SHARE = 0.2
_ROUNDING = 1e-9


class Interval(NamedTuple):
    """Between what a figure lies at the level asked for; NaN where the data are too thin to say.

    Attributes:
        low: Of each cell, above 0 and at most the estimate.
        high: Of each cell, at least the estimate.
    """

    low: Numbers
    high: Numbers


def jackknife(
    estimate: npt.ArrayLike, left_out: npt.ArrayLike, people: npt.ArrayLike, *, level: float = LEVEL
) -> Interval:
    """Intervals of totals from the same totals with each bucket of people left out.

    With G buckets and T(b) the total without bucket b, on the log scale:

        s^2 = (G - 1) / G * sum over b of (ln T(b) - mean of ln T)^2
        interval = estimate * exp(-t s) to estimate * exp(+t s)

    where t is Student's quantile with G - 1 degrees of freedom. T(b) is on the scale of the other
    G - 1 buckets; on the log scale that is one constant in all of them, which the mean takes away. A
    bucket without anybody counts like any other: that it is empty is chance too.

    Args:
        estimate: Shape (cells,), totals of all buckets: conversions, revenue, whatever adds up.
        left_out: Shape (buckets, cells), the totals without each bucket, by a model that was fitted
            without it. All buckets, 64 in a build.
        people: Shape (cells,), how many people's conversions are in the cell.
        level: What share of such intervals holds the true figure.

    Returns:
        NaN where fewer than 30 people converted, where one bucket holds more than 20 % of the total,
        or where the total, whole or without some bucket, is not above 0 (refunds) or not known.
    """
    whole, without = np.asarray(estimate, np.float64), np.asarray(left_out, np.float64)
    buckets = len(without)
    is_told = (
        (np.asarray(people) >= FEWEST_PEOPLE)
        & (whole > 0.0)
        & np.all(without > 0.0, axis=0)
        & np.all(whole - without <= (LARGEST_SHARE + _ROUNDING) * whole, axis=0)
    )
    logs = np.log(np.where(is_told, without, 1.0))
    off = np.sqrt((buckets - 1) / buckets * np.sum((logs - logs.mean(axis=0)) ** 2, axis=0))
    reach = np.where(is_told, np.exp(student_quantile((1.0 + level) / 2.0, buckets - 1) * off), np.nan)
    return Interval(whole / reach, whole * reach)


def student_quantile(probability: float, degrees: int) -> float:
    """Student's t by the expansion of Abramowitz and Stegun (1964), 26.7.5; to 1e-6 from 30 degrees up."""
    z = NormalDist().inv_cdf(probability)
    return z + (
        (z**3 + z) / (4 * degrees)
        + (5 * z**5 + 16 * z**3 + 3 * z) / (96 * degrees**2)
        + (3 * z**7 + 19 * z**5 + 17 * z**3 - 15 * z) / (384 * degrees**3)
    )
