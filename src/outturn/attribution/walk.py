"""The walk over one bucket of people: which touches came before which conversion.

Journeys are found once, as spans of the bucket's touches, and then laid out one after the other, so
that every model, and whatever else is counted along them, reads them straight through.
"""

from __future__ import annotations

from typing import NamedTuple, TypeAlias

import numpy as np
import numpy.typing as npt
from numba import types

from outturn.attribution.journey import FLAGS, INT32S, INT64S, Instants, compiled, record

Spans: TypeAlias = npt.NDArray[np.int64]
"""Shape (conversions, 2): the first touch and the one after the last; equal where there is no touch."""


@compiled(types.boolean(INT64S, INT64S, INT32S))
def lie_in_order(person: Instants, at: Instants, place: npt.NDArray[np.int32]) -> bool:
    """Whether touches are sorted by person, time and place, as the walk needs them."""
    for touch in range(1, len(person)):
        if person[touch] > person[touch - 1]:
            continue
        if person[touch] < person[touch - 1] or at[touch] < at[touch - 1]:
            return False
        if at[touch] == at[touch - 1] and place[touch] < place[touch - 1]:
            return False
    return True


@compiled(types.Array(types.int64, 2, "C")(INT64S, INT64S, INT64S, INT64S, INT64S))
def journey_spans(
    touch_person: Instants,
    touch_at: Instants,
    person: Instants,
    converted_at: Instants,
    lookback_micros: Instants,
) -> Spans:
    """The touches of each conversion's person in (t - lookback, t].

    Args:
        touch_person: Ascending; inside a person the touches ascend in time.
        touch_at: Microseconds.
        person: Of each conversion, ascending; below 0 where nobody is known, which has no touches.
        converted_at: Of each conversion, in any order inside a person.
        lookback_micros: Of each conversion, above 0.

    Returns:
        One span for each conversion.
    """
    spans = np.zeros((len(person), 2), np.int64)
    touches = len(touch_person)
    begin = 0
    end = 0
    for conversion in range(len(person)):
        wanted = person[conversion]
        if wanted < 0:
            continue
        if end == begin or touch_person[begin] != wanted:
            begin = end
            while begin < touches and touch_person[begin] < wanted:
                begin += 1
            end = begin
            while end < touches and touch_person[end] == wanted:
                end += 1
        instant = converted_at[conversion]
        spans[conversion, 0] = begin + np.searchsorted(
            touch_at[begin:end], instant - lookback_micros[conversion], side="right"
        )
        spans[conversion, 1] = begin + np.searchsorted(touch_at[begin:end], instant, side="right")
    return spans


class Touches(NamedTuple):
    """The touches of journeys, one journey after the other."""

    at: Instants
    place: npt.NDArray[np.int32]
    channel: npt.NDArray[np.int32]
    is_direct: npt.NDArray[np.bool_]

    @classmethod
    def of(cls, touches: int) -> Touches:
        """Room for so many touches."""
        return cls(
            np.empty(touches, np.int64),
            np.empty(touches, np.int32),
            np.empty(touches, np.int32),
            np.empty(touches, np.bool_),
        )

    def frozen(self) -> Touches:
        """The same, read only."""
        for part in self:
            part.flags.writeable = False
        return self


_ROOM = record(
    Touches,
    (
        types.Array(types.int64, 1, "C"),
        types.Array(types.int32, 1, "C"),
        types.Array(types.int32, 1, "C"),
        types.Array(types.boolean, 1, "C"),
    ),
)


@compiled(types.void(types.Array(types.int64, 2, "C", readonly=True), INT64S, INT32S, INT32S, FLAGS, _ROOM))
def lay_out(
    spans: Spans,
    at: Instants,
    place: npt.NDArray[np.int32],
    channel_of_place: npt.NDArray[np.int32],
    place_is_direct: npt.NDArray[np.bool_],
    room: Touches,
) -> None:
    """Copy each span's touches behind one another, with their channels."""
    laid = 0
    for journey in range(len(spans)):
        for touch in range(spans[journey, 0], spans[journey, 1]):
            room.at[laid] = at[touch]
            room.place[laid] = place[touch]
            room.channel[laid] = channel_of_place[place[touch]]
            room.is_direct[laid] = place_is_direct[place[touch]]
            laid += 1
