"""The paths to conversions: which touches in which order, how many of them, how many days, from where to where.

Built on the walk that credit is built on, so that a path is the very journey which the models divide. Conversions of
all paths are the goal's conversions, revenue is its ledger's. Medians and other quantiles are observed values, the
next higher one where they fall between two.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, NamedTuple, TypeAlias, get_args

import numpy as np
import numpy.typing as npt

from outturn.attribution.credits import Places, Players, latest_conversion, numbered, walk_kernel
from outturn.attribution.journey import DAY_MICROS
from outturn.attribution.trie import ROOT, UNKNOWN, Trie, without_repeats
from outturn.attribution.walked import Journeys, Maturity, NullCounts
from outturn.domain.errors import Refusal
from outturn.store.sql import load

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from outturn.domain.goals import Goal
    from outturn.store.engine import Engine

Segment: TypeAlias = Literal["new_customer", "value", "month"]
SEGMENTS: tuple[Segment, ...] = get_args(Segment)
Whole: TypeAlias = npt.NDArray[np.int64]

_LARGEST_SUM = 9.2e18
_INPUTS = {"touches": "touches_to_credit", "company_touches": "company_touches_to_credit"}


@dataclass(frozen=True)
class Question:
    """Which paths are asked for.

    Attributes:
        by: What a touch is told by: its channel, or its campaign.
        merged: Whether touches of the same right after each other are one step, however many.
        top: How many paths are named; the rest is added up.
        segment: What the conversions are divided by, too.
        first_day: Of sales, in days since 1970, and their refunds.
        last_day: This day included.
        maturity: From when on null journeys count.
    """

    by: Players = "channel"
    merged: bool = False
    top: int = 20
    segment: Segment | None = None
    first_day: int | None = None
    last_day: int | None = None
    maturity: Maturity = "p90"


class Sum(NamedTuple):
    """Conversions, and their revenue with refunds deducted."""

    conversions: int = 0
    revenue_micros: int = 0


class Path(NamedTuple):
    """One path.

    Attributes:
        steps: The players, first touch first.
        sum: Of it.
        nulls: How many mature null journeys have taken it too; None where they are not comparable.
    """

    steps: tuple[int, ...]
    sum: Sum
    nulls: int | None


class Spread(NamedTuple):
    """How a figure is spread over conversions with touches; all None without any.

    Attributes:
        conversions: By whole value, in order.
        p25, median, p75, p90: Observed values, the next higher one where they fall between two.
    """

    conversions: dict[int, int]
    mean: float | None
    p25: float | None
    median: float | None
    p75: float | None
    p90: float | None
    largest: float | None


class Paths(NamedTuple):
    """The paths of some conversions.

    Attributes:
        sum: Of all of them.
        untouched: Those that no touch led to.
        top: Most conversions first, then most revenue.
        others: What the paths that are not in `top` add up to.
        other_paths: How many those are.
        touches: Of a journey.
        days: From its first touch to the conversion; by whole days begun and over.
        first: By player of the first touch.
        last: By player of the last touch.
        first_to_last: By both.
    """

    sum: Sum
    untouched: Sum
    top: list[Path]
    others: Sum
    other_paths: int
    touches: Spread
    days: Spread
    first: dict[int, Sum]
    last: dict[int, Sum]
    first_to_last: dict[tuple[int, int], Sum]


class Found(NamedTuple):
    """The answer: of all conversions, and by segment in order, labelled.

    Attributes:
        nulls: None where null journeys are not comparable: they have no day of sale and no segment.
    """

    whole: Paths
    segments: dict[str, Paths]
    nulls: NullCounts | None


def paths_of(engine: Engine, goal: Goal, question: Question, *, money: Callable[[int], str] = str) -> Found:
    """The paths to one goal's conversions.

    Args:
        engine: Knows `touches`, `company_touches`, `conversions` and `places`.
        goal: Whose.
        question: What about them.
        money: Writes micros in a segment's label.
    """
    places = Places.built(engine)
    return found_in(_walked(engine, goal, places), places, question, money=money)


def _walked(engine: Engine, goal: Goal, places: Places) -> Journeys:
    """The goal's journeys; in the column of the margin is what the sale was worth."""
    engine.register("goals_to_credit", numbered("goal", [goal.id]))
    kernel = walk_kernel([goal], places)
    inputs = {name: load(__package__, file) for name, file in {**_INPUTS, "conversions": "paths_conversions"}.items()}
    return Journeys.of(engine.map_people(kernel, inputs), 0, latest_conversion(engine))


def found_in(journeys: Journeys, places: Places, question: Question, *, money: Callable[[int], str] = str) -> Found:
    """The paths of a goal's journeys; `money` writes micros in a segment's label.

    Raises:
        Refusal: The amounts could add up to more than 64 bits hold.
    """
    if np.abs(journeys.columns["value_micros"].astype(np.float64)).sum() > _LARGEST_SUM:
        raise Refusal("value_micros of conversions may add up to more than 64 bits of micros")
    player, players = places.players(question.by)
    maturity_micros = journeys.maturity_micros(question.maturity)
    is_dated = question.first_day is not None or question.last_day is not None
    if is_dated:
        first, last = question.first_day, question.last_day
        journeys = journeys.sold_within(-(1 << 22) if first is None else first, 1 << 22 if last is None else last)
    walked = _Walked.of(journeys, player, players, merged=question.merged)
    everyone = np.ones(len(walked.node), np.bool_)
    nulls = None if is_dated else walked.nulls(journeys, player, maturity_micros, merged=question.merged)
    segments = _segments(journeys, question.segment, money) if question.segment else []
    return Found(
        walked.paths(everyone, question.top, nulls),
        {label: walked.paths(chosen, question.top, None) for label, chosen in segments},
        None if is_dated else journeys.null_counts(maturity_micros),
    )


@dataclass(frozen=True)
class _Walked:
    """A goal's entries, each with the node of its path.

    Attributes:
        trie: All paths.
        node: By entry; the root without touches.
        first: The player of the first touch, of `(none)` without touches; `last` of the last one.
        touches: How many it has.
        lag: Microseconds from the first touch to the conversion.
        counts: 1, or 0 for a refund.
    """

    trie: Trie
    node: Whole
    first: Whole
    last: Whole
    touches: Whole
    lag: Whole
    counts: Whole
    value: Whole

    @classmethod
    def of(cls, journeys: Journeys, player: npt.NDArray[np.int32], players: int, *, merged: bool) -> _Walked:
        begin, end, at = journeys.columns["begin"], journeys.columns["end"], journeys.columns["converted_at"]
        touches = end - begin
        led = touches > 0
        ends = np.cumsum(touches)
        steps = player[journeys.place[np.arange(touches.sum()) + np.repeat(begin - ends + touches, touches)]]
        first, last = np.full(len(begin), player[0], np.int64), np.full(len(begin), player[0], np.int64)
        first[led], last[led] = player[journeys.place[begin[led]]], player[journeys.place[end[led] - 1]]
        lag = np.zeros(len(begin), np.int64)
        lag[led] = at[led] - journeys.at[begin[led]]
        trie = Trie(players)
        node = trie.grow(*(without_repeats(steps, ends) if merged else (steps, ends)))
        return cls(trie, node, first, last, touches, lag, journeys.columns["counts"], journeys.columns["value_micros"])

    def nulls(self, journeys: Journeys, player: npt.NDArray[np.int32], maturity_micros: int, *, merged: bool) -> Whole:
        """By node, how many mature null journeys took that path; one bucket of people after the other."""
        found = np.zeros(len(self.trie.key), np.int64)
        for nulls in journeys.nulls:
            steps, ends = player[nulls.place], nulls.end
            node = self.trie.find(*(without_repeats(steps, ends) if merged else (steps, ends)))
            taken = node[(node != UNKNOWN) & journeys.are_mature(nulls, maturity_micros)]
            found += np.bincount(taken, minlength=len(found))
        return found

    def paths(self, chosen: npt.NDArray[np.bool_], top: int, nulls: Whole | None) -> Paths:
        """The paths of the chosen entries."""
        led = chosen & (self.touches > 0)
        conversions, revenue = self._sums(self.node[led], led, len(self.trie.key))
        taken = np.flatnonzero((conversions != 0) | (revenue != 0))
        order = taken[np.lexsort((taken, -revenue[taken], -conversions[taken]))]
        named = [
            Path(
                self.trie.sequence(node),
                Sum(int(conversions[node]), int(revenue[node])),
                None if nulls is None else int(nulls[node]),
            )
            for node in order[:top].tolist()
        ]
        converted = led & (self.counts == 1)
        lag = self.lag[converted]
        players = self.trie.players
        pairs = self._by(self.first * players + self.last, chosen)
        return Paths(
            sum=self._sum(chosen),
            untouched=self._sum(chosen & (self.node == ROOT)),
            top=named,
            others=Sum(int(conversions[order[top:]].sum()), int(revenue[order[top:]].sum())),
            other_paths=max(len(order) - top, 0),
            touches=_spread(self.touches[converted], 1),
            days=_spread(lag, DAY_MICROS),
            first=self._by(self.first, chosen),
            last=self._by(self.last, chosen),
            first_to_last={divmod(pair, players): amount for pair, amount in pairs.items()},
        )

    def _sum(self, chosen: npt.NDArray[np.bool_]) -> Sum:
        return Sum(int(self.counts[chosen].sum()), int(self.value[chosen].sum()))

    def _sums(self, index: Whole, chosen: npt.NDArray[np.bool_], size: int) -> tuple[Whole, Whole]:
        conversions, revenue = np.zeros(size, np.int64), np.zeros(size, np.int64)
        np.add.at(conversions, index, self.counts[chosen])
        np.add.at(revenue, index, self.value[chosen])
        return conversions, revenue

    def _by(self, key: Whole, chosen: npt.NDArray[np.bool_]) -> dict[int, Sum]:
        keys, at = np.unique(key[chosen], return_inverse=True)
        sums = zip(*(part.tolist() for part in self._sums(at, chosen, len(keys))), strict=True)
        return {one: Sum(*amounts) for one, amounts in zip(keys.tolist(), sums, strict=True)}


def quantile(ordered: Whole, numerator: int, denominator: int) -> int:
    """An observed value of at least one ascending ones, the next higher one where it falls between two."""
    return int(ordered[-(-(len(ordered) - 1) * numerator // denominator)])


def _spread(values: Whole, unit: int) -> Spread:
    if not len(values):
        return Spread({}, None, None, None, None, None, None)
    ordered = np.sort(values)
    whole, counts = np.unique(ordered // unit, return_counts=True)
    # Whole units and rests apart: their sum may be more than 64 bits hold.
    total = int((ordered // unit).sum()) * unit + int((ordered % unit).sum())
    p25, median, p75, p90 = (quantile(ordered, *share) / unit for share in ((1, 4), (1, 2), (3, 4), (9, 10)))
    by_whole = dict(zip(whole.tolist(), counts.tolist(), strict=True))
    return Spread(by_whole, total / len(ordered) / unit, p25, median, p75, p90, int(ordered[-1]) / unit)


def _segments(
    journeys: Journeys, segment: Segment, money: Callable[[int], str]
) -> Sequence[tuple[str, npt.NDArray[np.bool_]]]:
    """Labels in order with their entries, each entry in just one."""
    columns = journeys.columns
    if segment == "new_customer":
        is_new = columns["new_customer"]
        parts = [("new", is_new == 1), ("returning", is_new == 0), ("unknown", is_new < 0)]
    elif segment == "month":
        months = columns["date_day"].astype("datetime64[D]").astype("datetime64[M]")
        parts = [(str(month), months == month) for month in np.unique(months)]
    else:
        parts = _value_bands(journeys, money)
    return [(label, chosen) for label, chosen in parts if chosen.any()]


def _value_bands(journeys: Journeys, money: Callable[[int], str]) -> list[tuple[str, npt.NDArray[np.bool_]]]:
    """Quarters of the sales by what they were worth before refunds; a refund is where its sale is."""
    worth, is_known = journeys.columns["margin_micros"], journeys.columns["margin_known"] == 1
    ordered = np.sort(worth[journeys.columns["counts"] == 1])
    if not len(ordered):
        return [("no sale", ~is_known)]
    cuts = sorted({quantile(ordered, share, 4) for share in (1, 2, 3)} - {int(ordered[-1])})
    band = np.searchsorted(np.array(cuts, np.int64), worth, side="left")
    lower = ["", *(f"over {money(cut)}" for cut in cuts)]
    upper = [*(f"up to {money(cut)}" for cut in cuts), ""]
    labels = [" ".join(filter(None, bounds)) or "all alike" for bounds in zip(lower, upper, strict=True)]
    return [*((label, is_known & (band == at)) for at, label in enumerate(labels)), ("no sale", ~is_known)]
