"""The walk over one bucket: which touches came before which conversion, and which came to nothing.

Touches and conversions are passed once, side by side. What comes out is all that any model needs: the
touches of those who converted, each once, with every conversion's span of them; and the null journeys
as the places that they passed.
"""

from __future__ import annotations

from typing import NamedTuple, TypeAlias

import numpy as np
import numpy.typing as npt
from numba import types

from outturn.attribution.journey import FLAGS, INT32S, INT64S, Instants, compiled, record

Places: TypeAlias = npt.NDArray[np.int32]


class Walked(NamedTuple):
    """Room for what a walk finds; only the first `filled` of each hold.

    Attributes:
        begin: Of each conversion the first of its touches among `at` and `place`.
        end: The one after its last; equal to `begin` where no touch led to it.
        at: When each kept touch was.
        place: Where.
        null_place: The places of null journeys, one journey after the other.
        null_end: The place after each null journey's last.
        null_last_at: When each null journey's last touch was.
        filled: How many touches were kept, how many null places, how many null journeys.
    """

    begin: Instants
    end: Instants
    at: Instants
    place: Places
    null_place: Places
    null_end: Instants
    null_last_at: Instants
    filled: Instants

    @classmethod
    def of(cls, conversions: int, touches: int) -> Walked:
        """Room for so many; what is never filled costs no memory."""
        return cls(
            np.empty(conversions, np.int64),
            np.empty(conversions, np.int64),
            np.empty(touches, np.int64),
            np.empty(touches, np.int32),
            np.empty(touches, np.int32),
            np.empty(touches, np.int64),
            np.empty(touches, np.int64),
            np.zeros(3, np.int64),
        )


_INT64S = types.Array(types.int64, 1, "C")
_INT32S = types.Array(types.int32, 1, "C")
_ROOM = record(Walked, (_INT64S, _INT64S, _INT64S, _INT32S, _INT32S, _INT64S, _INT64S, _INT64S))


@compiled(types.boolean(INT64S, INT64S, INT32S))
def lie_in_order(owner: Instants, at: Instants, place: Places) -> bool:
    """Whether touches are sorted by owner, time and place, as the walk needs them."""
    for touch in range(1, len(owner)):
        if owner[touch] > owner[touch - 1]:
            continue
        if owner[touch] < owner[touch - 1] or at[touch] < at[touch - 1]:
            return False
        if at[touch] == at[touch - 1] and place[touch] < place[touch - 1]:
            return False
    return True


_KEPT, _NULL_PLACES, _NULLS = range(3)
_I = types.int64


@compiled(types.void(INT64S, INT32S, _I, _I, INT64S, _I, _I, _I, _ROOM))
def _led(  # noqa: PLR0913, PLR0917 (compiled functions take no keywords)
    at: Instants,
    place: Places,
    begin: int,
    end: int,
    converted_at: Instants,
    first: int,
    last: int,
    lookback_micros: int,
    walked: Walked,
) -> None:
    """Keep an owner's touches `begin` to `end` that led to conversions `first` to `last`; ends are one too far."""
    kept = walked.filled[_KEPT]
    low = high = kept_from = begin
    for conversion in range(first, last):
        while low < end and at[low] <= converted_at[conversion] - lookback_micros:
            low += 1
        high = max(high, low)
        while high < end and at[high] <= converted_at[conversion]:
            high += 1
        if conversion == first:
            kept_from = low
        walked.begin[conversion] = kept + low - kept_from
        walked.end[conversion] = kept + high - kept_from
    for touch in range(kept_from, high):
        walked.at[kept] = at[touch]
        walked.place[kept] = place[touch]
        kept += 1
    walked.filled[_KEPT] = kept


@compiled(_I(INT32S, _I, _I, FLAGS))
def _last(place: Places, begin: int, end: int, is_passed_over: npt.NDArray[np.bool_]) -> int:
    """The end of an owner's touches `begin` to `end` without those at the end that are passed over."""
    while end > begin and is_passed_over[place[end - 1]]:
        end -= 1
    return end


@compiled(_I(INT64S, INT32S, _I, _I, FLAGS, _I, _INT32S, _I))
def _in_vain(  # noqa: PLR0913, PLR0917
    at: Instants,
    place: Places,
    begin: int,
    end: int,
    is_passed_over: npt.NDArray[np.bool_],
    lookback_micros: int,
    null_place: Places,
    written: int,
) -> int:
    """Keep the null journey that touches `begin` to `end` make without those passed over; its places end there."""
    for touch in range(begin, end):
        if at[touch] > at[end - 1] - lookback_micros and not is_passed_over[place[touch]]:
            null_place[written] = place[touch]
            written += 1
    return written


@compiled(types.void(INT64S, INT64S, INT32S, INT64S, INT64S, _I, FLAGS, _ROOM))
def walk(  # noqa: PLR0913, PLR0917, C901
    touch_owner: Instants,
    touch_at: Instants,
    touch_place: Places,
    owner: Instants,
    converted_at: Instants,
    lookback_micros: int,
    is_passed_over: npt.NDArray[np.bool_],
    walked: Walked,
) -> None:
    """Find each conversion's touches in (t - lookback, t], and what came to nothing after the last one.

    Args:
        touch_owner: Ascending; whose touches they are, a person's or a company's.
        touch_at: Microseconds, ascending for each owner.
        touch_place: Ascending at one instant.
        owner: Of each conversion, ascending; of nobody known, who has no touches, -1.
        converted_at: Ascending for each owner.
        lookback_micros: Above 0.
        is_passed_over: By place: whether a touch there makes no null journey of someone who has converted.
        walked: Filled.
    """
    null_place, null_end, null_last_at = walked.null_place, walked.null_end, walked.null_last_at
    conversion = begin = written = nulls = 0
    while begin < len(touch_owner):
        whose = touch_owner[begin]
        end = begin + 1
        while end < len(touch_owner) and touch_owner[end] == whose:
            end += 1
        after = end
        while conversion < len(owner) and owner[conversion] < whose:
            walked.begin[conversion] = walked.end[conversion] = walked.filled[_KEPT]
            conversion += 1
        if conversion < len(owner) and owner[conversion] == whose:
            first = conversion
            while conversion < len(owner) and owner[conversion] == whose:
                conversion += 1
            _led(touch_at, touch_place, begin, end, converted_at, first, conversion, lookback_micros, walked)
            while begin < end and touch_at[begin] <= converted_at[conversion - 1]:
                begin += 1
            end = _last(touch_place, begin, end, is_passed_over)
            if end > begin:
                written = _in_vain(
                    touch_at, touch_place, begin, end, is_passed_over, lookback_micros, null_place, written
                )
        else:
            since = touch_at[end - 1] - lookback_micros
            while touch_at[begin] <= since:
                begin += 1
            for touch in range(begin, end):
                null_place[written] = touch_place[touch]
                written += 1
        if end > begin:
            null_end[nulls] = written
            null_last_at[nulls] = touch_at[end - 1]
            nulls += 1
        begin = after
    while conversion < len(owner):
        walked.begin[conversion] = walked.end[conversion] = walked.filled[_KEPT]
        conversion += 1
    walked.filled[_NULL_PLACES], walked.filled[_NULLS] = written, nulls
