"""Where credit is added up: cells of days and place, and beside them sums by bucket of people.

A cell is a day of sale, a day of cash and a place that some journey of these days passed; its number is
worked out once for each touch of each journey, so that every model only adds. Beside the cells stand the
sums by bucket of people, from which intervals come, and how many people have a share in each place.
"""

from __future__ import annotations

from typing import NamedTuple, TypeAlias

import numpy as np
import numpy.typing as npt
from numba import types

from outturn.attribution.journey import (
    FLAGS,
    INT32S,
    INT64S,
    Instants,
    compiled,
    record,
)

Numbers: TypeAlias = npt.NDArray[np.int32]
Matrix: TypeAlias = npt.NDArray[np.int64]

# Measures of a cell: conversions in units, money in micros, and how many entries' margin and newness are not known,
# both in one number, the latter times 2^32: a cell then fills the 64 bytes that a processor fetches at once.
CREDITED, CREDITED_KEPT, NEW, REVENUE, CREDITED_MARGIN, REFUNDED, NEW_REVENUE, UNKNOWN = range(8)
CELL_MEASURES = 8
ONE_NEW_UNKNOWN = 1 << 32
ONE_CONVERSION = 1 << 36
MOST_CONVERSIONS = 1 << 26  # whose units 64 bits hold, with one to spare


class Entries(NamedTuple):
    """The conversions of a goal, owners together, and the touches that their journeys span.

    Attributes:
        begin: The first touch of each entry's journey; `end`: the one after its last.
        first_cell: Where the entry's cells begin in `cell`: one for each touch, or one for `(none)`.
        cell: The number of the cell.
        owner: Whose conversion it is; -1 for nobody known.
        counts: 1, or 0 for a refund.
        kept: 1 where it counts and was not wholly refunded.
        margin_known: Whether `margin` is.
        new_customer: 1, 0, or -1 where it cannot be told.
        at: By touch, when it was.
        place: By touch, where.
        is_direct: By touch, whether its channel is Direct.
    """

    begin: Instants
    end: Instants
    first_cell: Instants
    cell: Numbers
    owner: Instants
    bucket: Instants
    converted_at: Instants
    lead_at: Instants
    opportunity_at: Instants
    counts: Instants
    kept: Instants
    value: Instants
    margin: Instants
    margin_known: Instants
    new_customer: Instants
    at: Instants
    place: Numbers
    is_direct: npt.NDArray[np.bool_]


class Sums(NamedTuple):
    """What one model credits; all zero to begin with.

    Attributes:
        cells: Shape (cells, CELL_MEASURES).
        by_bucket: Shape (buckets, places, 2): conversions in units, revenue in micros.
        people: By place, how many people have converted with a share in it.
        channel_people: By channel, likewise.
    """

    cells: Matrix
    by_bucket: npt.NDArray[np.int64]
    people: Instants
    channel_people: Instants

    @classmethod
    def of(cls, cells: int, buckets: int, places: int, channels: int) -> Sums:
        """Zeroed."""
        return cls(
            np.zeros((cells, CELL_MEASURES), np.int64),
            np.zeros((buckets, places, 2), np.int64),
            np.zeros(places, np.int64),
            np.zeros(channels, np.int64),
        )

    def without_each(self) -> npt.NDArray[np.float64]:
        """Shape (2, buckets, places): conversions and micros of all buckets but one."""
        parts = np.moveaxis(self.by_bucket, 2, 0)
        without: npt.NDArray[np.float64] = (parts.sum(axis=1, keepdims=True) - parts).astype(np.float64)
        without[0] /= ONE_CONVERSION
        return without


_INT64S, _INT32S = types.Array(types.int64, 1, "C"), types.Array(types.int32, 1, "C")
ENTRIES = record(
    Entries,
    (*(INT64S,) * 3, INT32S, *(INT64S,) * 11, INT64S, INT32S, FLAGS),
)
SUMS = record(Sums, (types.Array(types.int64, 2, "C"), types.Array(types.int64, 3, "C"), _INT64S, _INT64S))


@compiled(types.int64(INT64S, INT64S, INT64S, INT64S, INT64S, INT32S, types.int64, _INT32S, _INT32S, _INT32S))
def number_cells(  # noqa: PLR0913, PLR0917 (compiled functions take no keywords)
    begin: Instants,
    end: Instants,
    first_cell: Instants,
    by_day: Instants,
    day_of_entry: Instants,
    place: Numbers,
    places: int,
    cell: Numbers,
    cell_place: Numbers,
    cell_day: Numbers,
) -> int:
    """Number the cells of all journeys.

    Args:
        begin: Of each entry, its first touch.
        end: The one after its last.
        first_cell: Where its cells are written.
        by_day: The entries in order of `day_of_entry`.
        day_of_entry: A number for its days of sale and cash.
        place: By touch.
        places: How many there are; 0 is `(none)`.
        cell: Filled.
        cell_place: Filled by cell.
        cell_day: Filled by cell.

    Returns:
        How many cells there are.
    """
    number_at = np.empty(places, np.int32)
    day_at = np.full(places, -1, np.int64)
    cells = 0
    for entry in by_day:
        length = end[entry] - begin[entry]
        for step in range(max(length, 1)):
            where = place[begin[entry] + step] if length else 0
            if day_at[where] != day_of_entry[entry]:
                day_at[where] = day_of_entry[entry]
                number_at[where] = cells
                cell_place[cells] = where
                cell_day[cells] = day_of_entry[entry]
                cells += 1
            cell[first_cell[entry] + step] = number_at[where]
    return cells
