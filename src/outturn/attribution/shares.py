"""Weights become whole shares: every conversion is divided without a micro over or missing.

A weight is turned into a whole number of 2^-62, so that the weights of a journey add up to 1 exactly
and products with money are exact in 128 bits. Money is divided by them with largest remainders, ties
in order of touch; so are conversions, in units of 2^-40 of one, which makes sums of credits the same
in whatever order they are added. Everything is whole until the last step.
"""

from __future__ import annotations

from typing import Any, NamedTuple, TypeAlias

import numpy as np
import numpy.typing as npt
from numba import types

from outturn.attribution.journey import (
    FLAGS,
    FLOATS,
    INT32S,
    INT64S,
    MODEL,
    Credit,
    Instants,
    Journey,
    compiled,
    record,
)
from outturn.attribution.walk import Touches

Matrix: TypeAlias = npt.NDArray[np.int64]
Wholes: TypeAlias = npt.NDArray[np.uint64]

ONE_CONVERSION = 1 << 40

# Columns of an entry: one row of `conversions` with its span of touches.
BEGIN, END, CONVERTED_AT, LEAD_AT, OPPORTUNITY_AT, COUNTS, KEPT, VALUE, MARGIN, MARGIN_KNOWN, NEW_CUSTOMER = range(11)
ENTRY_COLUMNS = 11
# Measures of a cell: conversions in units, money in micros, entries whose margin or newness is not known.
CREDITED, CREDITED_KEPT, NEW, REVENUE, CREDITED_MARGIN, REFUNDED, NEW_REVENUE, MARGINS_UNKNOWN, NEW_UNKNOWN = range(9)
COUNTS_OF_CELL, MICROS_OF_CELL, UNKNOWNS_OF_CELL = 3, 4, 2
CELL_MEASURES = COUNTS_OF_CELL + MICROS_OF_CELL + UNKNOWNS_OF_CELL

_WHOLE = np.uint64(1 << 62)
_REST_MASK = np.uint64((1 << 62) - 1)
_LOW_MASK = np.uint64((1 << 32) - 1)
_HALF_WORD = np.uint64(32)
_REST_BITS = np.uint64(62)
_CARRY_BITS = np.uint64(2)
_ONE = np.uint64(1)
_FEW = 32  # scans, one for each micro; beyond, a search for the bar is faster
_NO_PART, _RAISED = -1, -2
_SEVERAL, _NOT_ONE = -1, -2


class Scratch(NamedTuple):
    """Room for one journey, as long as the longest, and for one group of entries.

    Attributes:
        parts: Shape (3, touches): of the conversion, its value, its margin.
        cells: Shape (places, CELL_MEASURES), zero but for the touched places.
        touched: The places with credit; the first `filled[0]` hold.
    """

    credit: Credit
    weights: Wholes
    parts: Matrix
    ranks: Instants
    cells: Matrix
    is_touched: npt.NDArray[np.bool_]
    touched: npt.NDArray[np.int32]
    filled: Instants

    @classmethod
    def of(cls, longest: int, places: int) -> Scratch:
        """Zeroed, for journeys of up to `longest` touches over `places` places."""
        return cls(
            np.zeros(longest),
            np.zeros(longest, np.uint64),
            np.zeros((3, longest), np.int64),
            np.zeros(longest, np.int64),
            np.zeros((places, CELL_MEASURES), np.int64),
            np.zeros(places, np.bool_),
            np.zeros(places, np.int32),
            np.zeros(1, np.int64),
        )


class Cells(NamedTuple):
    """What groups of entries credit to places, one column for each cell, in no order inside a group.

    Attributes:
        group: Which group of entries the cell belongs to.
        counts: Shape (3, cells): CREDITED, CREDITED_KEPT, NEW; in conversions.
        micros: Shape (4, cells): REVENUE, CREDITED_MARGIN, REFUNDED, NEW_REVENUE.
        is_unknown: Shape (2, cells): MARGINS_UNKNOWN, NEW_UNKNOWN.
    """

    model: npt.NDArray[np.int32]
    group: npt.NDArray[np.int32]
    place: npt.NDArray[np.int32]
    counts: npt.NDArray[np.float64]
    micros: Matrix
    is_unknown: npt.NDArray[np.bool_]

    @classmethod
    def of(cls, room: int) -> Cells:
        """Room for so many cells."""
        return cls(
            np.empty(room, np.int32),
            np.empty(room, np.int32),
            np.empty(room, np.int32),
            np.empty((COUNTS_OF_CELL, room)),
            np.empty((MICROS_OF_CELL, room), np.int64),
            np.empty((UNKNOWNS_OF_CELL, room), np.bool_),
        )

    def first(self, cells: int) -> Cells:
        """The first cells, without the room behind them."""
        return Cells(
            self.model[:cells].copy(),
            self.group[:cells].copy(),
            self.place[:cells].copy(),
            self.counts[:, :cells].copy(),
            self.micros[:, :cells].copy(),
            self.is_unknown[:, :cells].copy(),
        )


_MATRIX = types.Array(types.int64, 2, "C")
_WHOLES = types.Array(types.uint64, 1, "C")
_INT64S = types.Array(types.int64, 1, "C")
_INT32S = types.Array(types.int32, 1, "C")
_BOOLS = types.Array(types.boolean, 1, "C")
_ENTRIES = types.Array(types.int64, 2, "C", readonly=True)
_TOUCHES = record(Touches, (INT64S, INT32S, INT32S, FLAGS))
_SCRATCH = record(Scratch, (FLOATS, _WHOLES, _MATRIX, _INT64S, _MATRIX, _BOOLS, _INT32S, _INT64S))
_COUNTS, _UNKNOWNS = types.Array(types.float64, 2, "C"), types.Array(types.boolean, 2, "C")
_CELLS = record(Cells, (_INT32S, _INT32S, _INT32S, _COUNTS, _MATRIX, _UNKNOWNS))


@compiled(types.int64(FLOATS, types.int64, _WHOLES))
def whole_weights(credit: Credit, touches: int, weights: Wholes) -> int:
    """Weights as whole numbers of 2^-62 that add up to 2^62.

    What the floats lack is given to the first of the largest, what they have too much is taken from
    the last of the largest: equal weights then still favour the earlier touch.

    Returns:
        The one touch that has all the credit, -1 where several share it, -2 where the credit is no
        weighting: outside [0, 1], or not adding up to 1.
    """
    total = 0.0
    whole = np.int64(0)
    first_largest = 0
    last_largest = 0
    for touch in range(touches):
        weight = credit[touch]
        if not 0.0 <= weight <= 1.0 + 1e-9:
            return _NOT_ONE
        total += weight
        units = np.int64(weight * 4611686018427387904.0)
        weights[touch] = np.uint64(units)
        whole += units
        if weight > credit[first_largest]:
            first_largest = touch
        if weight >= credit[last_largest]:
            last_largest = touch
    if not abs(total - 1.0) < 1e-9:  # noqa: PLR2004 (far above rounding, far below any meaning)
        return _NOT_ONE
    missing = np.int64(_WHOLE) - whole
    if missing >= 0:
        weights[first_largest] += np.uint64(missing)
    else:
        weights[last_largest] -= np.uint64(-missing)
    return first_largest if weights[first_largest] == _WHOLE else _SEVERAL


@compiled(types.int64(_INT64S, types.int64, types.int64))
def _bar(ranks: Instants, touches: int, missing: int) -> int:
    """The highest bar that at least `missing` ranks reach."""
    low, high = np.int64(0), np.int64(1) << np.int64(62)
    while high - low > 1:
        bar = low + (high - low) // 2
        reach = 0
        for touch in range(touches):
            reach += ranks[touch] >= bar
        if reach >= missing:
            low = bar
        else:
            high = bar
    return int(low)


@compiled(types.void(_INT64S, types.int64, types.int64))
def _mark_largest(ranks: Instants, touches: int, missing: int) -> None:
    """Set the `missing` largest ranks to _RAISED, ties in order; the others stay >= _NO_PART."""
    if missing <= _FEW:
        for _ in range(missing):
            best = 0
            for touch in range(1, touches):
                if ranks[touch] > ranks[best]:
                    best = touch
            ranks[best] = _RAISED
        return
    bar = _bar(ranks, touches, missing)
    for touch in range(touches):
        if ranks[touch] > bar:
            ranks[touch] = _RAISED
            missing -= 1
    for touch in range(touches):
        if missing > 0 and ranks[touch] == bar:
            ranks[touch] = _RAISED
            missing -= 1


@compiled(types.void(types.int64, _WHOLES, types.int64, _INT64S, _INT64S))
def split(amount: int, weights: Wholes, touches: int, parts: Instants, ranks: Instants) -> None:
    """Divide an amount by whole weights into `parts`, which add up to it; `ranks` is scratch.

    A negative amount is divided as its absolute value and negated. Remainders that differ by no more
    than what a weight lost as a float count as equal, so that 40/20/40 splits as if it were exact.
    """
    whole = np.uint64(abs(amount))
    bits = np.uint64(14)
    while bits < np.uint64(52) and (whole >> (bits - np.uint64(14))) > np.uint64(0):
        bits += _ONE
    half = _ONE << (bits - _ONE)
    low, high = whole & _LOW_MASK, whole >> _HALF_WORD
    missing = np.int64(whole)
    for touch in range(touches):
        weight_low, weight_high = weights[touch] & _LOW_MASK, weights[touch] >> _HALF_WORD
        lows, cross, crossed = low * weight_low, low * weight_high, high * weight_low
        middle = (lows >> _HALF_WORD) + (cross & _LOW_MASK) + (crossed & _LOW_MASK)
        top = high * weight_high + (cross >> _HALF_WORD) + (crossed >> _HALF_WORD) + (middle >> _HALF_WORD)
        bottom = (middle << _HALF_WORD) | (lows & _LOW_MASK)
        parts[touch] = np.int64((top << _CARRY_BITS) | (bottom >> _REST_BITS))
        missing -= parts[touch]
        rest = ((bottom & _REST_MASK) + half) >> bits
        ranks[touch] = np.int64(rest) if weights[touch] else _NO_PART
    _mark_largest(ranks, touches, int(missing))
    for touch in range(touches):
        if ranks[touch] == _RAISED:
            parts[touch] += 1
        if amount < 0:
            parts[touch] = -parts[touch]


@compiled(types.void(_SCRATCH, types.int32, _ENTRIES, types.int64, types.int64, types.int64, types.int64))
def _add(scratch: Scratch, place: int, entries: Matrix, e: int, credited: int, value: int, margin: int) -> None:  # noqa: PLR0913, PLR0917
    """Add one touch's parts of entry `e` to its place's cell."""
    if not scratch.is_touched[place]:
        scratch.is_touched[place] = True
        scratch.touched[scratch.filled[0]] = place
        scratch.filled[0] += 1
    cells = scratch.cells
    cells[place, CREDITED] += credited
    cells[place, CREDITED_KEPT] += credited * entries[e, KEPT]
    cells[place, REVENUE] += value
    cells[place, CREDITED_MARGIN] += margin
    if entries[e, COUNTS] == 0 and entries[e, VALUE] < 0:
        cells[place, REFUNDED] -= value
    if entries[e, NEW_CUSTOMER] > 0:
        cells[place, NEW] += credited
        cells[place, NEW_REVENUE] += value
    cells[place, MARGINS_UNKNOWN] += entries[e, MARGIN_KNOWN] == 0
    cells[place, NEW_UNKNOWN] += entries[e, NEW_CUSTOMER] < 0


@compiled(types.boolean(MODEL, _TOUCHES, _ENTRIES, types.int64, _SCRATCH))
def _credit_entry(weigh: Any, touches: Touches, entries: Matrix, e: int, scratch: Scratch) -> bool:
    """Credit entry `e` to its touches' places; False where the model's weights are none."""
    begin, end = entries[e, BEGIN], entries[e, END]
    length = end - begin
    counted, value, margin = entries[e, COUNTS] * ONE_CONVERSION, entries[e, VALUE], entries[e, MARGIN]
    if length == 0:
        _add(scratch, 0, entries, e, counted, value, margin)
        return True
    journey = Journey(
        touches.at[begin:end],
        touches.channel[begin:end],
        touches.is_direct[begin:end],
        entries[e, CONVERTED_AT],
        entries[e, LEAD_AT],
        entries[e, OPPORTUNITY_AT],
    )
    weigh(journey, scratch.credit)
    sole = whole_weights(scratch.credit, length, scratch.weights)
    if sole == _NOT_ONE:
        return False
    if sole >= 0:
        _add(scratch, touches.place[begin + sole], entries, e, counted, value, margin)
        return True
    parts = scratch.parts
    split(counted, scratch.weights, length, parts[0], scratch.ranks)
    split(value, scratch.weights, length, parts[1], scratch.ranks)
    split(margin, scratch.weights, length, parts[2], scratch.ranks)
    for touch in range(length):
        if scratch.weights[touch]:
            place = touches.place[begin + touch]
            _add(scratch, place, entries, e, parts[0, touch], parts[1, touch], parts[2, touch])
    return True


@compiled(types.int64(_SCRATCH, types.int32, types.int32, _CELLS, types.int64))
def _write_group(scratch: Scratch, model: int, group: int, cells: Cells, written: int) -> int:
    """Move a group's cells to the result, those without any figure left out; how many now stand there."""
    for at in range(scratch.filled[0]):
        place = scratch.touched[at]
        scratch.is_touched[place] = False
        has_figures = False
        for measure in range(CELL_MEASURES):
            figure = scratch.cells[place, measure]
            scratch.cells[place, measure] = 0
            has_figures |= figure != 0
            if measure < REVENUE:
                cells.counts[measure, written] = figure / ONE_CONVERSION
            elif measure < MARGINS_UNKNOWN:
                cells.micros[measure - REVENUE, written] = figure
            else:
                cells.is_unknown[measure - MARGINS_UNKNOWN, written] = figure > 0
        if has_figures:
            cells.model[written] = model
            cells.group[written] = group
            cells.place[written] = place
            written += 1
    scratch.filled[0] = 0
    return written


@compiled(types.int64(MODEL, types.int32, _TOUCHES, _ENTRIES, INT64S, _SCRATCH, _CELLS, types.int64))
def credit_cells(  # noqa: PLR0913, PLR0917 (compiled functions take no keywords)
    weigh: Any,
    model: int,
    touches: Touches,
    entries: Matrix,
    group_ends: Instants,
    scratch: Scratch,
    cells: Cells,
    written: int,
) -> int:
    """Credit all entries of a bucket by one model.

    Args:
        weigh: The model's compiled `weights`.
        model: Its number, for the result.
        touches: The bucket's journeys.
        entries: Shape (entries, ENTRY_COLUMNS), the entries of a group together.
        group_ends: The entry after each group's last one.
        scratch: All zero; left so.
        cells: Filled for each group with the places that got credit.
        written: How many cells stand in `cells` already.

    Returns:
        How many now; -1 - e where the model gave no weighting to entry e.
    """
    entry = 0
    for group in range(len(group_ends)):
        while entry < group_ends[group]:
            if not _credit_entry(weigh, touches, entries, entry, scratch):
                return -1 - entry
            entry += 1
        written = _write_group(scratch, model, group, cells, written)
    return written
