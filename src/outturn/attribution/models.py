"""Which attribution models there are: the files of this folder that are not the room's own."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import numpy as np
import numpy.typing as npt

from outturn.attribution.journey import DAY_MICROS, UNKNOWN_AT, Credit, Journey
from outturn.domain.errors import UnknownName

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

OWN_FILES = frozenset({"credits", "journey", "kernel", "models", "shares", "walk"})
_loaded: dict[str, Callable[[Journey, Credit], None]] = {}


def names() -> tuple[str, ...]:
    """Every model's name, sorted; imports none of them."""
    files = (file.stem for file in Path(__file__).parent.glob("[a-z]*.py"))
    return tuple(sorted(name for name in files if name not in OWN_FILES))


def known(asked: Iterable[str]) -> tuple[str, ...]:
    """The asked models without repetition; `all` stands for every one.

    Raises:
        UnknownName: With the nearest name, and the file that would add it.
    """
    every = names()
    found: dict[str, None] = {}
    for name in asked:
        if name == "all":
            found.update(dict.fromkeys(every))
        elif name in every:
            found[name] = None
        else:
            hint = f"To add one, create outturn/attribution/{name}.py."
            raise UnknownName("attribution model", name, (*every, "all"), hint=hint)
    return tuple(found)


def weights(name: str) -> Callable[[Journey, Credit], None]:
    """The compiled function of a known model."""
    function = _loaded.get(name)
    if function is None:
        known([name])
        function = cast("Callable[[Journey, Credit], None]", import_module(f"outturn.attribution.{name}").weights)
        _loaded[name] = function
    return function


def weights_of(
    name: str,
    *,
    days: Sequence[float],
    channels: Sequence[str] = (),
    converted: float | None = None,
    lead: float | None = None,
    opportunity: float | None = None,
) -> list[float]:
    """What a model gives to the touches of one journey, written by hand.

    Args:
        name: The model.
        days: When each touch was, in days from any zero, ascending.
        channels: Each touch's channel; all the same when empty.
        converted: Day of the conversion; None: at the last touch.
        lead: Day on which the person became a lead; None: never.
        opportunity: Day on which the deal was opened; None: never.

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
