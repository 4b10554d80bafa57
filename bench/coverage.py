"""How often the 90 % intervals of credits hold the true figure, by simulation: `python -m bench.coverage`.

People walk from channel to channel, each with a liking of their own; every touch may convert them, more
than once. The journey of a conversion is every touch before it. The true figure is what a person
brings on average, from a simulation of four million people, times the people drawn. Values are drawn
apart from journeys, so that their mean is known exactly, however heavy their tail.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import numpy.typing as npt

from outturn.attribution import chain, removal
from outturn.attribution.intervals import jackknife

if TYPE_CHECKING:
    from outturn.attribution.chain import Transitions

Numbers = npt.NDArray[np.float64]
Wholes = npt.NDArray[np.int64]
Draw = Callable[[np.random.Generator, int], Numbers]

BUCKETS = 64
SHARES = np.array([0.34, 0.24, 0.17, 0.12, 0.08, 0.05])
CONVERTS = np.array([0.03, 0.02, 0.05, 0.03, 0.01, 0.04])
CHANNELS = len(SHARES)
GOES_ON = 0.7
LIKING = 0.4
"""How often a person comes by the channel they like, instead of any."""
VALUES: dict[str, tuple[Draw, float]] = {
    "conversions": (lambda _dice, size: np.ones(size), 1.0),
    "light: lognormal, sigma 0.5": (lambda dice, size: dice.lognormal(0.0, 0.5, size), np.exp(0.125)),
    "medium: lognormal, sigma 1": (lambda dice, size: dice.lognormal(0.0, 1.0, size), np.exp(0.5)),
    "heavy: lognormal, sigma 2": (lambda dice, size: dice.lognormal(0.0, 2.0, size), np.exp(2.0)),
    "heavy: Pareto, 1.5": (lambda dice, size: 1.0 + dice.pareto(1.5, size), 3.0),
}
MODELS = ("last_touch", "shapley", "markov_1", "markov_2", "markov_3")
TRUTH_PEOPLE = 4_000_000


class Market(NamedTuple):
    """Drawn people.

    Attributes:
        person: Of each conversion.
        bucket: Of each person.
        last: The last touch's channel of each conversion.
        met: The set of channels of each conversion's journey, as bits.
        steps: Of each bucket's journeys, counted at order 3.
    """

    person: Wholes
    bucket: Wholes
    last: Wholes
    met: Wholes
    steps: list[Transitions]


class Covered(NamedTuple):
    """Over all runs and channels.

    Attributes:
        told: How many intervals were given.
        held: How many of them held the true figure.
        below: How many of them lay below it altogether.
        cells: How many there could have been.
    """

    told: int
    held: int
    below: int
    cells: int

    @property
    def coverage(self) -> float:
        """Of the intervals that were given; NaN where none was."""
        return self.held / self.told if self.told else float("nan")


def market(dice: np.random.Generator, people: int, *, buckets: int = BUCKETS) -> Market:
    """Draw people, their touches and conversions."""
    lengths = dice.geometric(1 - GOES_ON, people)
    ends = np.cumsum(lengths)
    touches = int(ends[-1])
    owner = np.repeat(np.arange(people), lengths)
    liked = dice.choice(CHANNELS, people, p=SHARES)[owner]
    channel = np.where(dice.random(touches) < LIKING, liked, dice.choice(CHANNELS, touches, p=SHARES))
    at = np.flatnonzero(dice.random(touches) < CONVERTS[channel])
    person, begins = owner[at], ends - lengths
    after = begins.copy()
    np.maximum.at(after, person, at + 1)
    # Converting journeys reach back to the person's first touch, null journeys to the last conversion.
    spans = np.concatenate([np.column_stack([begins[person], at + 1]), np.column_stack([after, ends])])
    of_span = np.concatenate([person, np.arange(people)])
    is_converting = np.arange(len(spans)) < len(at)
    bucket = dice.integers(0, buckets, people)
    steps = []
    for number in range(buckets):
        mine = bucket[of_span] == number
        steps.append(_steps(channel, spans[mine], is_converting[mine]))
    laid, span_ends = _laid_out(channel, spans[: len(at)])
    met = np.bitwise_or.reduceat(1 << laid, span_ends - (spans[: len(at), 1] - spans[: len(at), 0]))
    return Market(person, bucket, channel[at], met, steps)


def _laid_out(channel: Wholes, spans: Wholes) -> tuple[Wholes, Wholes]:
    lengths = spans[:, 1] - spans[:, 0]
    ends = np.cumsum(lengths)
    first = np.repeat(spans[:, 0] - (ends - lengths), lengths)
    return channel[first + np.arange(len(first))], ends


def _steps(channel: Wholes, spans: Wholes, is_converting: npt.NDArray[np.bool_]) -> Transitions:
    laid, ends = _laid_out(channel, spans)
    return chain.count(laid.astype(np.int32), ends, is_converting, of_players=CHANNELS, order=3)


_MEMBERS = ((np.arange(1 << CHANNELS)[:, None] >> np.arange(CHANNELS)) & 1).astype(np.float64)


def shares_by_set(effects: Numbers) -> Numbers:
    """What each set of channels (row) credits to each channel, in proportion to their effects."""
    weights: Numbers = _MEMBERS * effects
    totals: Numbers = np.maximum(weights.sum(axis=1, keepdims=True), 1e-300)
    return weights / totals


def shares_of(model: str, drawn: Market) -> tuple[Numbers, Numbers]:
    """Shares by set, by all and without each bucket; of the last touch by channel."""
    buckets = len(drawn.steps)
    if model == "last_touch":
        return np.eye(CHANNELS), np.broadcast_to(np.eye(CHANNELS), (buckets, CHANNELS, CHANNELS))
    if model == "shapley":
        whole = shares_by_set(np.ones(CHANNELS))
        return whole, np.broadcast_to(whole, (buckets, *whole.shape))
    steps = [part.of_order(int(model[-1])) for part in drawn.steps]
    left_out = removal.left_out_effects(steps) if buckets > 1 else np.zeros((1, CHANNELS))
    whole = shares_by_set(removal.removal_effects(chain.total(steps)))
    return whole, np.array([shares_by_set(effects) for effects in left_out])


def truth(dice: np.random.Generator, people: int) -> tuple[float, dict[str, Numbers]]:
    """Conversions per person, and of them by model what is credited to each channel."""
    drawn = market(dice, people, buckets=1)
    credited = {}
    for model in MODELS:
        key = drawn.last if model == "last_touch" else drawn.met
        shares = shares_of(model, drawn)[0]
        credited[model] = np.bincount(key, minlength=len(shares)) @ shares / people
    return len(drawn.person) / people, credited


def converting_people(key: Wholes, shares: Numbers, person: Wholes) -> Wholes:
    """Of each channel, how many people have a conversion that credits it."""
    conversion, channel = np.nonzero(shares[key] > 0)
    return np.array([len(np.unique(person[conversion[channel == number]])) for number in range(CHANNELS)])


def covered(
    dice: np.random.Generator, people: int, credited: dict[str, Numbers], *, runs: int
) -> dict[tuple[str, str], Covered]:
    """By values and model, over so many markets of so many people."""
    found = {(value, model): Covered(0, 0, 0, 0) for value in VALUES for model in credited}
    for _ in range(runs):
        drawn = market(dice, people)
        bucket = drawn.bucket[drawn.person]
        shares = {model: shares_of(model, drawn) for model in credited}
        for value, (draw, mean) in VALUES.items():
            amounts = draw(dice, len(drawn.person))
            for model, per_person in credited.items():
                key = drawn.last if model == "last_touch" else drawn.met
                whole, anew = shares[model]
                keys = len(whole)
                sums = np.bincount(bucket * keys + key, amounts, BUCKETS * keys).reshape(BUCKETS, keys)
                estimate = sums.sum(axis=0) @ whole
                left_out = np.einsum("bk,bkc->bc", sums.sum(axis=0) - sums, anew)
                low, high = jackknife(estimate, left_out, converting_people(key, whole, drawn.person))
                true = per_person * people * mean
                told, before = np.isfinite(low), found[value, model]
                held = told & (low <= true) & (true <= high)
                found[value, model] = Covered(
                    before.told + int(told.sum()),
                    before.held + int(held.sum()),
                    before.below + int((told & (high < true)).sum()),
                    before.cells + CHANNELS,
                )
    return found


def main() -> None:
    """Print rows for docs/benchmarks.md and docs/statistics.md."""
    dice = np.random.default_rng(20_240_501)
    per_person, credited = truth(dice, TRUTH_PEOPLE)
    print("| conversions | values | model | held | too low | suppressed |\n|---|---|---|---|---|---|")
    for conversions, runs in ((100, 1000), (1_000, 1000), (10_000, 500)):
        people = round(conversions / per_person)
        for (value, model), found in covered(dice, people, credited, runs=runs).items():
            suppressed = 1 - found.told / found.cells
            below = found.below / found.told if found.told else float("nan")
            print(f"| {conversions:,} | {value} | `{model}` | {found.coverage:.1%} | {below:.1%} | {suppressed:.1%} |")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
