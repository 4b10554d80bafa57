"""Markov chains over journeys: how often people went from their last few players to the next one.

A player is whoever may be credited: a channel, or a campaign. A chain of order k knows the last k
players of a journey (fewer at its beginning); what comes next is a player, the conversion, or nothing
more. Counts are whole and kept sorted, so buckets of people add up to the same chain however the
people are split over them, and in whatever order their journeys come.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
import numpy.typing as npt
from numba import types

from outturn.attribution.journey import FLAGS, INT32S, INT64S, compiled

if TYPE_CHECKING:
    from collections.abc import Iterable

Codes: TypeAlias = npt.NDArray[np.int64]

MAX_ORDER = 3
CONVERSION = 0
"""What comes next, as the last digit of a code: 0 the conversion, 1..players a player, players + 1 nothing."""

_CELLS_PER_CODE = 4  # more cells than this per code, and sorting the codes is cheaper than clearing the cells
_FEW_CELLS = 1 << 16
_ROOM = types.Array(types.int64, 1, "C")


@dataclass(frozen=True, slots=True)
class Transitions:
    """Counted steps of some journeys.

    Attributes:
        order: How many last players a state knows, 1..3.
        players: How many players there are, whether seen or not.
        codes: Ascending, each once: state x (players + 2) + what comes next. A state is the number
            whose digits to the base players + 1 are the last players + 1, oldest first, 0 for none yet.
        counts: How often, >= 1.
    """

    order: int
    players: int
    codes: Codes
    counts: Codes

    @property
    def nexts(self) -> int:
        """How many things can come next."""
        return self.players + 2

    def of_order(self, order: int) -> Transitions:
        """The same journeys' steps at a lower order: what a state forgets adds up, exactly.

        Raises:
            ValueError: The order asked for is above what was counted.
        """
        if order == self.order:
            return self
        if not 1 <= order < self.order:
            raise ValueError(f"steps counted at order {self.order} do not tell those of order {order}")
        cells = _cells(self.players, order)
        return _added_up(order, self.players, self.codes % cells, self.counts)


def count(
    players: npt.NDArray[np.int32],
    ends: npt.NDArray[np.int64],
    is_converting: npt.NDArray[np.bool_],
    *,
    of_players: int,
    order: int,
    is_counted: npt.NDArray[np.bool_] | None = None,
) -> Transitions:
    """Count the steps of journeys; `of_order` then tells the lower orders without a second pass.

    Args:
        players: Of each touch, 0..of_players - 1, one journey after the other in order of time.
        ends: Where each journey ends in `players`; a journey without touches has no steps.
        is_converting: Whether each journey ends in the conversion; else in nothing more.
        of_players: How many players there are.
        order: 1..3.
        is_counted: Which journeys count, once each; None: all. Immature null journeys do not.

    Raises:
        ValueError: The order is not 1..3, the players are too many for it, or a player is out of range.
    """
    if not 1 <= order <= MAX_ORDER:
        raise ValueError(f"a Markov chain of order {order}: 1 to {MAX_ORDER} are known")
    if of_players > most_players(order):
        raise ValueError(f"{of_players} players are too many for a Markov chain of order {order}")
    if len(players) and not 0 <= int(players.min()) <= int(players.max()) < of_players:
        raise ValueError(f"players are numbered 0 to {of_players - 1}")
    codes = np.empty(len(players) + len(ends), np.int64)
    written = _encode(
        _frozen(players, np.int32),
        _frozen(ends, np.int64),
        _frozen(is_converting, np.bool_),
        _frozen(np.ones(len(ends), np.bool_) if is_counted is None else is_counted, np.bool_),
        of_players,
        order,
        codes,
    )
    return _added_up(order, of_players, codes[:written], None)


def total(parts: Iterable[Transitions]) -> Transitions:
    """The steps of all parts together, say of all buckets.

    Raises:
        ValueError: There is no part, or they differ in order or players.
    """
    several = list(parts)
    if len({(part.order, part.players) for part in several}) != 1:
        raise ValueError("only steps of the same order over the same players add up")
    codes = np.concatenate([part.codes for part in several])
    counts = np.concatenate([part.counts for part in several])
    return _added_up(several[0].order, several[0].players, codes, counts)


def _cells(players: int, order: int) -> int:
    """One more than the largest code."""
    return int((players + 1) ** order * (players + 2))


def _added_up(order: int, players: int, codes: Codes, counts: Codes | None) -> Transitions:
    """Equal codes together; without counts each counts once."""
    cells = _cells(players, order)
    if cells <= max(_FEW_CELLS, _CELLS_PER_CODE * len(codes)):
        tally = np.zeros(cells, np.int64)
        _tally(_frozen(codes, np.int64), _frozen(np.ones(1) if counts is None else counts, np.int64), tally)
        found = np.flatnonzero(tally)
        return Transitions(order, players, found, tally[found])
    if counts is None:
        found, sums = np.unique(codes, return_counts=True)
        return Transitions(order, players, found, sums.astype(np.int64))
    by_code = np.argsort(codes, kind="stable")
    ordered = codes[by_code]
    begins = np.flatnonzero(np.diff(ordered, prepend=-1))
    return Transitions(order, players, ordered[begins], np.add.reduceat(counts[by_code], begins))


def most_players(order: int) -> int:
    """How many players a chain of this order tells apart: the codes of its steps are 64 bits wide.

    >>> most_players(3)
    55106
    """
    most = int((1 << 63) ** (1 / (order + 1))) + 2  # a float's guess, from above
    while (most + 2) ** (order + 1) >= 1 << 63:
        most -= 1
    return most


def _frozen(array: npt.NDArray[Any], type_: type[np.generic]) -> npt.NDArray[Any]:
    """The array as compiled code expects it: of this type, in one piece, read only."""
    view = np.ascontiguousarray(array, dtype=type_).view()
    view.flags.writeable = False
    return view


@compiled(types.int64(INT32S, INT64S, FLAGS, FLAGS, types.int64, types.int64, _ROOM))
def _encode(  # noqa: PLR0913, PLR0917 (compiled functions take no keywords)
    players: npt.NDArray[np.int32],
    ends: Codes,
    is_converting: npt.NDArray[np.bool_],
    is_counted: npt.NDArray[np.bool_],
    of_players: int,
    order: int,
    codes: Codes,
) -> int:
    """Write the code of every step; how many there are."""
    base, nexts = of_players + 1, of_players + 2
    states = base**order
    kept = states // base  # a state forgets its oldest digit before it learns the next player
    written = 0
    begin = np.int64(0)
    for journey in range(len(ends)):
        end = ends[journey]
        if end > begin and is_counted[journey]:
            state = np.int64(0)
            for touch in range(begin, end):
                player = np.int64(players[touch]) + 1
                codes[written] = state * nexts + player
                written += 1
                state = (state % kept) * base + player
            codes[written] = state * nexts + (np.int64(0) if is_converting[journey] else base)
            written += 1
        begin = end
    return written


@compiled(types.void(INT64S, INT64S, _ROOM))
def _tally(codes: Codes, counts: Codes, cells: Codes) -> None:
    """Add each code's count to its cell; one count alone stands for every code."""
    if len(counts) == len(codes):
        for code in range(len(codes)):
            cells[codes[code]] += counts[code]
    else:
        for code in range(len(codes)):
            cells[codes[code]] += counts[0]
