"""What models credit, worked out slowly and exactly: plain Python over fractions, one conversion at a time."""

from __future__ import annotations

from collections import defaultdict
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from tests.attribution.test_chain import Path, dense_effects
from tests.attribution.world import MEASURES

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from tests.attribution.world import Entry, Touch, World

Weights = list[Fraction]


def _one(touches: int, at: int) -> Weights:
    return [Fraction(int(i == at)) for i in range(touches)]


def _last_non_direct(touches: Sequence[Touch], _: Entry, channels: Sequence[str]) -> Weights:
    named = [i for i, touch in enumerate(touches) if channels[touch.place] != "Direct"]
    return _one(len(touches), named[-1] if named else len(touches) - 1)


def _position_based(touches: Sequence[Touch], _: Entry, __: Sequence[str]) -> Weights:
    n = len(touches)
    if n < 3:
        return [Fraction(1, n)] * n
    return [Fraction(2, 5), *[Fraction(1, 5 * (n - 2))] * (n - 2), Fraction(2, 5)]


def _time_decay(touches: Sequence[Touch], entry: Entry, _: Sequence[str]) -> Weights:
    ages = [Fraction(2.0 ** (-(entry.hour - touch.hour) / (7 * 24))) for touch in touches]
    return [age / sum(ages) for age in ages]


def _w_shaped(touches: Sequence[Touch], entry: Entry, _: Sequence[str]) -> Weights:
    closing = entry.hour if entry.opportunity_hour is None else entry.opportunity_hour
    stages = [touches[0].hour, closing] if entry.lead_hour is None else [touches[0].hour, entry.lead_hour, closing]
    shares = [Fraction(0)] * len(touches)
    for number, instant in enumerate(stages):
        before = [i for i, touch in enumerate(touches) if touch.hour <= instant]
        if before:
            shares[0 if number == 0 else before[-1]] += Fraction(3, 10)
    rest = [i for i, share in enumerate(shares) if not share]
    for i in rest:
        shares[i] = Fraction(1, 10 * len(rest))
    return [share / sum(shares) for share in shares]


MODELS: dict[str, Callable[[Sequence[Touch], Entry, Sequence[str]], Weights]] = {
    "first_touch": lambda touches, _, __: _one(len(touches), 0),
    "last_touch": lambda touches, _, __: _one(len(touches), len(touches) - 1),
    "last_non_direct": _last_non_direct,
    "linear": lambda touches, _, __: [Fraction(1, len(touches))] * len(touches),
    "position_based": _position_based,
    "time_decay": _time_decay,
    "w_shaped": _w_shaped,
    "shapley": lambda touches, _, channels: _by_channel(touches, lambda _: Fraction(1), channels),
}
ORDERS = {"markov_1": 1, "markov_2": 2, "markov_3": 3}


def _by_channel(touches: Sequence[Touch], effect: Callable[[str], Fraction], channels: Sequence[str]) -> Weights:
    of = [channels[touch.place] for touch in touches]
    total = sum(effect(channel) for channel in dict.fromkeys(of))
    return [effect(channel) / total / of.count(channel) for channel in of]


def null_journeys(world: World, goal: int) -> list[list[Touch]]:
    """What each person did in vain after their last conversion, cut to the lookback before the last touch."""
    lookback = world.lookback_days[goal] * 24
    found = []
    for person in sorted({touch.person for touch in world.touches}):
        bought = [entry.hour for entry in world.entries if entry.person == person and entry.goal == goal]
        later = sorted(
            (t for t in world.touches if t.person == person and t.hour > max(bought, default=-1)),
            key=lambda touch: (touch.hour, touch.place),
        )
        if bought and not world.keeps_owned[goal]:
            later = [touch for touch in later if world.channels[touch.place] != "Email"]
        if later:
            found.append([touch for touch in later if touch.hour > later[-1].hour - lookback])
    return found


def effects(world: World, goal: int, order: int) -> dict[str, Fraction]:
    """By channel, the removal effect of the chain of all the goal's journeys, null ones of any age."""
    channels = sorted(set(world.channels))
    led = [_touches(world, entry) for entry in world.entries if entry.goal == goal and entry.counts]
    paths = [
        Path(tuple(channels.index(world.channels[touch.place]) for touch in touches), is_converting=is_converting)
        for journeys, is_converting in ((led, True), (null_journeys(world, goal), False))
        for touches in journeys
        if touches
    ]
    dense = dense_effects(paths, order=order, players=len(channels))
    return {channel: Fraction(float(effect)) for channel, effect in zip(channels, dense, strict=True)}


def split(amount: int, weights: Sequence[Fraction]) -> list[int]:
    """Largest remainder over fractions, ties to the earlier part."""
    exact = [abs(amount) * weight for weight in weights]
    parts = [share.__floor__() for share in exact]
    order = sorted(range(len(parts)), key=lambda i: (parts[i] - exact[i], i))
    for i in order[: abs(amount) - sum(parts)]:
        parts[i] += 1
    return parts if amount >= 0 else [-part for part in parts]


def cells(world: World, model: str) -> dict[tuple[Any, ...], dict[str, Any]]:
    """By (goal, model, date_day, cash_day, place), as `World.cells`; shares of conversions as fractions."""
    fitted = [
        effects(world, goal, ORDERS[model]) if model in ORDERS else {} for goal in range(len(world.lookback_days))
    ]
    found: dict[tuple[Any, ...], dict[str, Any]] = defaultdict(lambda: dict.fromkeys(MEASURES, 0))
    for entry in world.entries:
        for place, share, value, margin in _parts(world, model, entry, fitted[entry.goal]):
            cell = found[entry.goal, model, entry.date_day, entry.cash_day, place]
            _put(cell, "conversions", share * entry.counts)
            _put(cell, "kept_conversions", share * entry.counts * entry.kept)
            _put(cell, "revenue_micros", value)
            _put(cell, "margin_micros", None if entry.margin is None else margin)
            _put(cell, "refunded_micros", -value if not entry.counts and entry.value < 0 else 0)
            unknown, is_new = entry.new_customer is None, bool(entry.new_customer)
            _put(cell, "new_customers", None if unknown else share * entry.counts * is_new)
            _put(cell, "new_customer_revenue_micros", None if unknown else value * is_new)
    return {key: cell for key, cell in found.items() if any(figure != 0 for figure in cell.values())}


def _touches(world: World, entry: Entry) -> list[Touch]:
    lookback = world.lookback_days[entry.goal] * 24
    return sorted(
        (t for t in world.touches if t.person == entry.person and entry.hour - lookback < t.hour <= entry.hour),
        key=lambda touch: (touch.hour, touch.place),
    )


def _parts(world: World, model: str, entry: Entry, fitted: dict[str, Fraction]) -> list[tuple[int, Fraction, int, int]]:
    """(place, share, value, margin) of each touch with credit."""
    touches = _touches(world, entry)
    if not touches or entry.person < 0:
        return [(0, Fraction(1), entry.value, entry.margin or 0)]
    if model in ORDERS:
        whole = sum(fitted[channel] for channel in {world.channels[touch.place] for touch in touches})
        weights = _by_channel(touches, fitted.__getitem__ if whole else lambda _: Fraction(1), world.channels)
    else:
        weights = MODELS[model](touches, entry, world.channels)
    values, margins = split(entry.value, weights), split(entry.margin or 0, weights)
    rows = zip(touches, weights, values, margins, strict=True)
    return [(touch.place, weight, value, margin) for touch, weight, value, margin in rows if weight]


def _put(cell: dict[str, Any], name: str, figure: Any) -> None:
    cell[name] = None if figure is None or cell[name] is None else cell[name] + figure
