"""A model's compiled function by its name, and what it gives to a journey written by hand."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any, cast

import numpy as np
import numpy.typing as npt

from outturn.attribution.journey import DAY_MICROS, UNKNOWN_AT, Credit, Journey
from outturn.attribution.models import file_of, known

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    Weights = Callable[[Journey, Credit], None]

_loaded: dict[str, Weights] = {}


def weights(name: str) -> Weights:
    """The compiled function of a known model.

    Raises:
        UnknownName: No file of that name.
    """
    function = _loaded.get(name)
    if function is None:
        known([name])
        function = cast("Weights", import_module(f"outturn.attribution.{file_of(name)}").weights)
        _loaded[name] = function
    return function


def weights_of(  # noqa: PLR0913 (a journey, spelt out)
    name: str,
    *,
    days: Sequence[float],
    channels: Sequence[str] = (),
    converted: float | None = None,
    lead: float | None = None,
    opportunity: float | None = None,
    removal_effects: Mapping[str, float] | None = None,
) -> list[float]:
    """What a model gives to the touches of one journey.

    Args:
        name: The model.
        days: When each touch was, in days from any zero, ascending; at least one.
        channels: Each touch's channel; all the same when empty.
        converted: Day of the conversion; None: at the last touch.
        lead: Day on which the person became a lead; None: never.
        opportunity: Day on which the deal was opened; None: never.
        removal_effects: By channel; 1 where it is not given.

    Returns:
        One weight for each touch.
    """
    channels = channels or ["Paid Search"] * len(days)
    numbers = {channel: number for number, channel in enumerate(dict.fromkeys(channels))}
    journey = Journey(
        _frozen([_instant(day) for day in days], np.int64),
        _frozen([numbers[channel] for channel in channels], np.int32),
        _frozen([channel == "Direct" for channel in channels], np.bool_),
        _instant(days[-1] if converted is None else converted),
        UNKNOWN_AT if lead is None else _instant(lead),
        UNKNOWN_AT if opportunity is None else _instant(opportunity),
        _frozen([(removal_effects or {}).get(channel, 1.0) for channel in numbers], np.float64),
    )
    credit = np.full(len(days), np.nan)
    weights(name)(journey, credit)
    return [float(weight) for weight in credit]


def _instant(day: float) -> int:
    return round(day * DAY_MICROS)


def _frozen(values: Sequence[object], type_: type[np.generic]) -> npt.NDArray[Any]:
    array = np.array(values, dtype=type_)
    array.flags.writeable = False
    return array
