"""Contacts: whom each channel reaches, and which of them it makes buy."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from outturn.domain.time import MICROS_PER_DAY
from outturn.simulator.clock import MINUTE
from outturn.simulator.dice import dice, scramble
from outturn.simulator.orders import luck
from outturn.simulator.people import People, shares

if TYPE_CHECKING:
    from outturn.simulator.arrays import Bits, Flags, Floats, Ints
    from outturn.simulator.market import Line
    from outturn.simulator.world import World

AT_ONCE = 0.35
"""The share of orders caused by a click that are placed in the same visit."""


@dataclass(frozen=True, slots=True)
class Visits:
    """Arrivals at the shop, one row each; `uid` is the arrival's own number in every counterfactual."""

    at: Ints
    person: Ints
    place: Ints
    uid: Bits

    def __len__(self) -> int:
        return len(self.at)

    def take(self, chosen: Ints | Flags) -> Visits:
        """The chosen rows."""
        return Visits(self.at[chosen], self.person[chosen], self.place[chosen], self.uid[chosen])


@dataclass(frozen=True, slots=True)
class Purchases:
    """Purchases before it is known from which visit they are placed.

    Attributes:
        cause: The campaign that caused it; -1 for baseline.
        happens: Whether this market has it; rows that it lacks keep their draws, so that others keep theirs.
        at_once: The number of the visit in which it is placed, or 0: a later visit leads to it.
        luck: Shape (n, 16), see `orders.luck`.
    """

    name: str
    at: Ints
    person: Ints
    cause: Ints
    uid: Bits
    happens: Flags
    at_once: Bits
    luck: Floats

    def __len__(self) -> int:
        return len(self.at)


def numbers(world: World, purpose: int, part: int, count: int) -> Bits:
    """Numbers that no other batch has, never 0 in practice, and equal in every counterfactual."""
    counter = np.arange(1, count + 1, dtype=np.int64) + (part << 44) + (purpose << 36)
    return scramble(counter, 4 * world.seed + 1)


def affinity(people: People, line: Line, number: int) -> Floats:
    """How much of a line's contacts each person gets, mean 1: in part by interest, in part by chance."""
    person = people.first + np.arange(len(people), dtype=np.int64)
    chance = -np.log1p(-shares(person, 100 + number))
    weight: Floats = (1.0 - line.interest) * chance + line.interest * people.interest
    return weight


def clicks_of(world: World, people: People, number: int, part: int) -> tuple[Visits, Purchases]:
    """The clicks of a line, and the orders that they cause.

    Attainable clicks are drawn first (Poisson per person), placed in time, and each happens when its
    uniform lies under that day's reach: more spend keeps all that less spend had.
    """
    line = world.market.lines[number]
    rng = dice(world.seed, f"clicks {line.name}", part)
    rate = line.clicks / 1000.0 * world.days
    person = np.repeat(np.arange(len(people)), rng.poisson(rate * affinity(people, line, number)))
    draws = rng.random((len(person), 6))
    at = world.demand.at(draws[:, 0])
    happens = draws[:, 1] < world.reached(number, at)
    place = world.campaign(number, at, draws[:, 2])
    visits = Visits(at, people.first + person, place, numbers(world, 2 * number, part, len(person)))
    causes = draws[:, 3] < line.click_effect
    at_once = draws[causes, 5] < AT_ONCE
    wait = np.where(at_once, (3 + 17 * draws[causes, 4]) * MINUTE, _carry(draws[causes, 4], line.carry_days))
    bought = at[causes] + wait.astype(np.int64)
    purchases = Purchases(
        f"click {line.name}", bought, visits.person[causes], place[causes],
        numbers(world, 64 + 2 * number, part, len(bought)), happens[causes] & (bought < world.last),
        np.where(at_once, visits.uid[causes], np.uint64(0)), luck(rng, len(bought)),
    )  # fmt: skip
    return visits.take(happens), purchases


def views_of(world: World, people: People, number: int, part: int) -> Purchases:
    """The orders that a line's unclicked views cause; only views that cause one are drawn."""
    line = world.market.lines[number]
    rng = dice(world.seed, f"views {line.name}", part)
    rate = line.view_effect / 1000.0 * world.days
    person = np.repeat(np.arange(len(people)), rng.poisson(rate * affinity(people, line, number)))
    draws = rng.random((len(person), 4))
    at = world.demand.at(draws[:, 0])
    bought = at + _carry(draws[:, 3], line.carry_days)
    return Purchases(
        f"view {line.name}", bought, people.first + person, world.campaign(number, at, draws[:, 2]),
        numbers(world, 65 + 2 * number, part, len(person)),
        (draws[:, 1] < world.reached(number, at)) & (bought < world.last),
        np.zeros(len(person), dtype=np.uint64), luck(rng, len(person)),
    )  # fmt: skip


def baseline_of(world: World, people: People, part: int) -> Purchases:
    """The orders that no channel causes: a Poisson stream per person, by interest."""
    rng = dice(world.seed, "baseline", part)
    rate = world.market.baseline_orders / 1000.0 * world.days
    person = np.repeat(np.arange(len(people)), rng.poisson(rate * people.interest))
    count = len(person)
    return Purchases(
        "baseline", world.demand.at(rng.random(count)), people.first + person, np.full(count, -1, dtype=np.int64),
        numbers(world, 128, part, count), np.ones(count, dtype=np.bool_), np.zeros(count, dtype=np.uint64),
        luck(rng, count),
    )  # fmt: skip


def strolls_of(world: World, people: People, number: int, part: int) -> Visits:
    """Visits from an organic channel that lead to nothing."""
    organic = world.market.organic[number]
    rng = dice(world.seed, f"stroll {organic.channel}", part)
    rate = organic.visits / 1000.0 * world.days
    person = np.repeat(np.arange(len(people)), rng.poisson(rate * (0.35 + 0.65 * people.interest)))
    place = np.full(len(person), len(world.campaigns) + number, dtype=np.int64)
    at = world.demand.at(rng.random(len(person)))
    return Visits(at, people.first + person, place, numbers(world, 130 + number, part, len(person)))


def _carry(uniforms: Floats, carry_days: float) -> Ints:
    """Exponential time from contact to order; in whole days this is geometric adstock."""
    micros: Ints = (-carry_days * np.log1p(-uniforms) * MICROS_PER_DAY).astype(np.int64)
    return micros
