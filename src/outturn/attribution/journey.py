"""A journey: the touches inside the lookback before one conversion, as a model sees them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple, TypeAlias, TypeVar, cast

import numba
import numpy as np
import numpy.typing as npt
from numba import types

Instants: TypeAlias = npt.NDArray[np.int64]
Credit: TypeAlias = npt.NDArray[np.float64]
Function = TypeVar("Function", bound=Callable[..., Any])

DAY_MICROS = 86_400_000_000
UNKNOWN_AT = -(2**63)
"""Stands for an instant that is not known, such as the lead of a sale that had none."""

INT64S = types.Array(types.int64, 1, "C", readonly=True)
INT32S = types.Array(types.int32, 1, "C", readonly=True)
FLAGS = types.Array(types.boolean, 1, "C", readonly=True)
FLOATS = types.Array(types.float64, 1, "C")
EFFECTS = types.Array(types.float64, 1, "C", readonly=True)


class Journey(NamedTuple):
    """At least one touch, in order of time; ties in order of place, then touch id.

    Attributes:
        at: When each touch was, microseconds UTC.
        channel: Each touch's channel, as a number that means nothing but sameness.
        is_direct: Whether each touch's channel is Direct.
        converted_at: When the conversion was, at or after the last touch.
        lead_at: When its person became a lead; `UNKNOWN_AT` for never.
        opportunity_at: When its deal was opened; `UNKNOWN_AT` for never.
        removal_effect: By channel number, what share of all conversions would be lost without it, 0 to 1, as
            fitted on all journeys; 1 for a model that asks for none (`models.ORDERS`).
    """

    at: Instants
    channel: npt.NDArray[np.int32]
    is_direct: npt.NDArray[np.bool_]
    converted_at: int
    lead_at: int
    opportunity_at: int
    removal_effect: Credit


def record(of: type[tuple[Any, ...]], fields: tuple[object, ...]) -> types.Type:
    """The compiler's type of a NamedTuple whose fields have these types."""
    named: Callable[..., types.Type] = types.NamedTuple
    return named(fields, of)


JOURNEY = record(Journey, (INT64S, INT32S, FLAGS, types.int64, types.int64, types.int64, EFFECTS))
WEIGHTS = types.void(JOURNEY, FLOATS)
MODEL = types.FunctionType(WEIGHTS)


def compiled(signature: object) -> Callable[[Function], Function]:
    """Compile a function once per machine: the machine code is kept on disk beside the source.

    The compiler looks only at the function's own file to see whether its code is still good, so a
    compiled function calls compiled functions of its own file only, or is handed them (`MODEL`).
    """
    decorate = numba.njit(signature, cache=True, nogil=True, error_model="numpy")
    return cast("Callable[[Function], Function]", decorate)


def model(weights: Function) -> Function:
    """Mark a file's `weights(journey, credit)`: it fills `credit`, one number for each touch.

    What it writes lies in [0, 1] and adds up to 1; whatever stood in `credit` before means nothing.
    """
    return compiled(WEIGHTS)(weights)
