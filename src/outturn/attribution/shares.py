"""Weights become whole shares: every conversion is divided without a micro over or missing, and added up.

Money is divided by a journey's weights with largest remainders, ties in order of touch. Conversions are
divided in units of 2^-36 of one, which makes sums of credits the same in whatever order they are added.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numba import types

from outturn.attribution.cells import (
    CREDITED,
    CREDITED_KEPT,
    CREDITED_MARGIN,
    ENTRIES,
    NEW,
    NEW_REVENUE,
    ONE_CONVERSION,
    ONE_NEW_UNKNOWN,
    REFUNDED,
    REVENUE,
    SUMS,
    UNKNOWN,
    Entries,
    Numbers,
    Sums,
)
from outturn.attribution.journey import EFFECTS, FLOATS, INT32S, MODEL, Credit, Instants, Journey, compiled

_RANK_BITS = 48  # of a float's 53: what its rounding and the weight's may have cost is not looked at
_FEW = 32  # scans, one for each micro; beyond, a search for the bar is faster
_RAISED = -1
SEVERAL, NOT_ONE = -1, -2
_NOBODY = -1
_NOBODY_YET = np.iinfo(np.int64).min
_TOLERANCE = 1e-9  # far above rounding, far below any meaning

_INT64S = types.Array(types.int64, 1, "C")


@compiled(types.int64(FLOATS, types.int64, _INT64S))
def units_of(credit: Credit, touches: int, units: Instants) -> int:
    """Weights as whole units of 2^-36 that add up to one conversion; what rounding lacks, the first largest has.

    Returns:
        The one touch that has all of it, SEVERAL where they share it, NOT_ONE where the weights are no weighting:
        outside [0, 1], or not adding up to 1.
    """
    total = 0.0
    missing = np.int64(ONE_CONVERSION)
    largest = 0
    for touch in range(touches):
        weight = credit[touch]
        if not 0.0 <= weight <= 1.0 + _TOLERANCE:
            return NOT_ONE
        total += weight
        units[touch] = np.int64(weight * ONE_CONVERSION + 0.5)
        missing -= units[touch]
        if weight > credit[largest]:
            largest = touch
    units[largest] += missing
    if not abs(total - 1.0) < _TOLERANCE:
        return NOT_ONE
    return largest if credit[largest] == 1.0 else SEVERAL


@compiled(types.int64(_INT64S, types.int64, types.int64))
def _bar(ranks: Instants, touches: int, missing: int) -> int:
    """The highest bar that at least `missing` ranks reach."""
    low, high = np.int64(0), np.int64(1) << np.int64(_RANK_BITS + 1)
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


@compiled(types.void(_INT64S, types.int64, types.int64, _INT64S))
def _raise_largest(ranks: Instants, touches: int, missing: int, parts: Instants) -> None:
    """Add 1 to the parts with the `missing` largest ranks, ties in order."""
    if missing <= _FEW:
        for _ in range(missing):
            best = 0
            for touch in range(1, touches):
                if ranks[touch] > ranks[best]:
                    best = touch
            ranks[best] = _RAISED
            parts[best] += 1
        return
    bar = _bar(ranks, touches, missing)
    for touch in range(touches):
        if ranks[touch] > bar:
            parts[touch] += 1
            missing -= 1
    for touch in range(touches):
        if missing > 0 and ranks[touch] == bar:
            parts[touch] += 1
            missing -= 1


@compiled(types.void(types.int64, FLOATS, types.int64, _INT64S, _INT64S))
def split(amount: int, credit: Credit, touches: int, parts: Instants, ranks: Instants) -> None:
    """Divide an amount by weights into `parts`, which add up to it; `ranks` is scratch.

    A negative amount is divided as its absolute value and negated. Remainders that differ by no more than
    what a weight lost as a float count as equal, so that 40/20/40 splits as if it were exact. From 2^48
    micros on (280 million of the currency for one sale) that is coarser than a micro: a part may then be a
    few micros, below 2^-50 of the amount, off its exact share; the parts still add up.
    """
    whole = abs(amount)
    _, bits = math.frexp(float(whole))
    steps = math.ldexp(1.0, max(_RANK_BITS - bits, 0))
    missing = np.int64(whole)
    largest = sharing = foremost = 0
    for touch in range(touches):
        share = whole * credit[touch]
        part = np.int64(share)
        rank = np.int64((share - part) * steps + 0.5)
        if rank >= steps:
            part += 1
            rank = np.int64(0)
        parts[touch] = part
        ranks[touch] = rank if credit[touch] > 0.0 else _RAISED
        if ranks[touch] > ranks[foremost]:
            foremost = touch
        missing -= part
        sharing += credit[touch] > 0.0
        if credit[touch] > credit[largest]:
            largest = touch
    if missing == 1:
        parts[foremost] += 1
    elif 0 <= missing <= sharing:
        _raise_largest(ranks, touches, int(missing), parts)
    else:
        parts[largest] += missing
    if amount < 0:
        for touch in range(touches):
            parts[touch] = -parts[touch]


@compiled(types.void(SUMS, ENTRIES, types.int64, types.int64, types.int64, types.int64, types.int64, types.int64))
def _add(  # noqa: PLR0913, PLR0917 (compiled functions take no keywords)
    sums: Sums, entries: Entries, e: int, cell: int, place: int, units: int, value: int, margin: int
) -> None:
    """Add one touch's parts of entry `e`."""
    cells = sums.cells
    cells[cell, CREDITED] += units
    cells[cell, CREDITED_KEPT] += units * entries.kept[e]
    cells[cell, REVENUE] += value
    cells[cell, CREDITED_MARGIN] += margin
    if entries.counts[e] == 0 and entries.value[e] < 0:
        cells[cell, REFUNDED] -= value
    if entries.new_customer[e] > 0:
        cells[cell, NEW] += units
        cells[cell, NEW_REVENUE] += value
    cells[cell, UNKNOWN] += (entries.margin_known[e] == 0) + (entries.new_customer[e] < 0) * ONE_NEW_UNKNOWN
    sums.by_bucket[entries.bucket[e], place, 0] += units
    sums.by_bucket[entries.bucket[e], place, 1] += value


@compiled(types.void(_INT64S, _INT64S, types.int64, types.int64))
def _see(people: Instants, last_seen: Instants, at: int, owner: int) -> None:
    """Count an owner once for each place or channel; owners come together, and nobody known is one each time."""
    if owner == _NOBODY or last_seen[at] != owner:
        people[at] += 1
        last_seen[at] = owner


@compiled(types.boolean(INT32S, types.int64, types.int64))
def _is_one_cell(cell: Numbers, first: int, touches: int) -> bool:
    """Whether all touches of a journey fall into the same cell."""
    for step in range(1, touches):  # noqa: SIM110 - compiled, without a generator
        if cell[first + step] != cell[first]:
            return False
    return True


@compiled(types.int64(MODEL, INT32S, EFFECTS, INT32S, ENTRIES, SUMS, types.int64))
def credit_entries(  # noqa: PLR0913, PLR0917
    weigh: Any,
    player: Numbers,
    removal_effect: Credit,
    channel_of_place: Numbers,
    entries: Entries,
    sums: Sums,
    longest: int,
) -> int:
    """Credit all entries of a goal by one model.

    Args:
        weigh: The model's compiled `weights`.
        player: By touch, what the model takes as its channel.
        removal_effect: By player.
        channel_of_place: As numbers.
        entries: Owners together.
        sums: Added to.
        longest: Touches of the longest journey.

    Returns:
        0; -1 - e where the model gave no weighting to entry e.
    """
    credit, ranks, units = np.zeros(longest), np.zeros(longest, np.int64), np.zeros(longest, np.int64)
    values, margins = np.zeros(longest, np.int64), np.zeros(longest, np.int64)
    last_seen = np.full(len(sums.people), _NOBODY_YET, np.int64)
    channel_last_seen = np.full(len(sums.channel_people), _NOBODY_YET, np.int64)
    for e in range(len(entries.begin)):
        begin, end = entries.begin[e], entries.end[e]
        touches = end - begin
        first = entries.first_cell[e]
        counts = entries.counts[e]
        # One cell takes it all: no touch, one place, or a model that gives all to one touch.
        sole = 0
        if not _is_one_cell(entries.cell, first, touches):
            journey = Journey(
                entries.at[begin:end],
                player[begin:end],
                entries.is_direct[begin:end],
                entries.converted_at[e],
                entries.lead_at[e],
                entries.opportunity_at[e],
                removal_effect,
            )
            weigh(journey, credit)
            sole = units_of(credit, touches, units)
        if sole == NOT_ONE:
            return -1 - e
        if sole >= 0:
            place = int(entries.place[begin + sole]) if touches else 0
            units[0] = counts * ONE_CONVERSION
            _add(sums, entries, e, entries.cell[first + sole], place, units[0], entries.value[e], entries.margin[e])
            if counts:
                _see(sums.people, last_seen, place, entries.owner[e])
                _see(sums.channel_people, channel_last_seen, channel_of_place[place], entries.owner[e])
            continue
        split(entries.value[e], credit, touches, values, ranks)
        split(entries.margin[e], credit, touches, margins, ranks)
        for step in range(touches):
            if credit[step] > 0.0:
                place = int(entries.place[begin + step])
                cell = entries.cell[first + step]
                _add(sums, entries, e, cell, place, counts * units[step], values[step], margins[step])
                if counts:
                    _see(sums.people, last_seen, place, entries.owner[e])
                    _see(sums.channel_people, channel_last_seen, channel_of_place[place], entries.owner[e])
    return 0
