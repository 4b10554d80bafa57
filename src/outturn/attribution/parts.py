"""The compiled arithmetic of credit, for one journey: its weights, and amounts divided by them."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from outturn.attribution import rules
from outturn.attribution.cells import ONE_CONVERSION
from outturn.attribution.journey import UNKNOWN_AT, Credit, Journey
from outturn.attribution.kernel import frozen
from outturn.attribution.shares import split, units_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_DIRECT = "Direct"
_TOLERANCE = 1e-9

Divided: TypeAlias = "tuple[tuple[float, ...], tuple[float, ...], dict[str, tuple[int, ...]]]"


def weighed(
    model: str,
    *,
    at: Sequence[int],
    channels: Sequence[str],
    stages: tuple[int, int | None, int | None],
    removal_effects: Mapping[str, float],
) -> Credit:
    """A model's weights.

    Args:
        model: Its name.
        at: When each touch was, microseconds, ascending; at least one.
        channels: Each touch's.
        stages: When the conversion was, when the lead and when the opportunity; None: never.
        removal_effects: By channel.
    """
    numbers = {channel: number for number, channel in enumerate(removal_effects)}
    converted_at, *milestones = stages
    lead_at, opportunity_at = (UNKNOWN_AT if stage is None else stage for stage in milestones)
    journey = Journey(
        frozen(at, np.int64),
        frozen([numbers[channel] for channel in channels], np.int32),
        frozen([channel == _DIRECT for channel in channels], np.bool_),
        converted_at,
        lead_at,
        opportunity_at,
        frozen(list(removal_effects.values()), np.float64),
    )
    credit = np.zeros(len(at))
    rules.weights(model)(journey, credit)
    return credit


def divided(model: str, weights: Credit, amounts: Mapping[str, int]) -> Divided:
    """Weights as plain numbers, the shares of one conversion, and by name the parts of each amount.

    Raises:
        ValueError: They are no weighting.
    """
    touches = len(weights)
    if weights.min() < 0.0 or not abs(weights.sum() - 1.0) < _TOLERANCE:
        raise ValueError(f"{model} gave no weights in [0, 1] that add up to 1 to a journey of {touches} touches")
    units = np.zeros(touches, np.int64)
    units_of(weights, touches, units)
    parts, ranks = np.zeros(touches, np.int64), np.zeros(touches, np.int64)
    micros = {}
    for name, amount in amounts.items():
        split(amount, weights, touches, parts, ranks)
        micros[name] = tuple(parts.tolist())
    return tuple(weights.tolist()), tuple((units / ONE_CONVERSION).tolist()), micros
