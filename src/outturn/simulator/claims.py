"""Claims: what the platforms say of themselves, each by its own rules, the same order often twice.

Google claims an order for the last click on its ads in the 30 days before, else for a video or Performance
Max view within three days; Meta for the last click within seven days, else for a view within one. Both book
it on the day of the contact, with tax and shipping, and neither takes a refund back.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from outturn.domain.time import MICROS_PER_DAY
from outturn.simulator.contacts import affinity
from outturn.simulator.dice import fractions, scramble

if TYPE_CHECKING:
    from outturn.simulator.arrays import Bits, Flags, Floats, Ints
    from outturn.simulator.play import Part
    from outturn.simulator.world import World

_CLICK_DAYS = {"google_ads": 30, "meta_ads": 7}
_VIEW_DAYS = {"google_ads": 3, "meta_ads": 1}


@dataclass(frozen=True, slots=True)
class Tally:
    """What the platforms count, by campaign and account day: shape (campaigns, days) each.

    Attributes:
        clicks: Clicks, also of people whom the shop's tracker does not see.
        claims: Orders claimed.
        claimed_cents: Their value in euro cents.
        touches: By place: arrivals that the tracker saw.
    """

    clicks: Ints
    claims: Ints
    claimed_cents: Ints
    touches: Ints

    @classmethod
    def empty(cls, world: World) -> Tally:
        """Nothing counted yet."""
        shape = (len(world.campaigns), world.days)
        clicks, claims, cents = (np.zeros(shape, dtype=np.int64) for _ in range(3))
        return cls(clicks, claims, cents, np.zeros(world.places, dtype=np.int64))

    def add(self, world: World, part: Part) -> None:
        """Count one part's clicks, claims and touches."""
        visits = part.visits
        self.touches[:] += np.bincount(visits.place[part.seen], minlength=world.places)
        for number, line in enumerate(world.market.lines):
            first = int(world.plan.first_place[number])
            mine = (visits.place >= first) & (visits.place < first + len(line.campaigns))
            self._book(self.clicks, visits.place[mine], world.clocks[number].day(visits.at[mine]))
        for platform in _CLICK_DAYS:
            place, at, order = claimed(world, part, platform)
            day = world.clock_of(platform).day(at)
            self._book(self.claims, place, day)
            self._book(self.claimed_cents, place, day, part.orders.total[order])

    @staticmethod
    def _book(table: Ints, place: Ints, day: Ints, amount: Ints | int = 1) -> None:
        np.add.at(table, (place, np.clip(day, 0, table.shape[1] - 1)), amount)


def claimed(world: World, part: Part, platform: str) -> tuple[Ints, Ints, Ints]:
    """The orders that a platform claims: the place and instant of the contact, and which order."""
    own = np.array([line.platform == platform for line, _ in world.campaigns] + [False] * len(world.market.organic))
    place, at = _last_click(part, own, _CLICK_DAYS[platform])
    clicked = place >= 0
    seen_place, seen_at = _last_view(world, part, platform)
    place, at = np.where(clicked, place, seen_place), np.where(clicked, at, seen_at)
    order = np.flatnonzero(place >= 0)
    return place[order], at[order], order


def _last_click(part: Part, own: Flags, window_days: int) -> tuple[Ints, Ints]:
    """By order: place and instant of the person's last click within the window, or -1."""
    clicks, orders = part.visits.take(own[part.visits.place]), part.orders
    if not len(clicks) or not len(orders):
        nothing = np.full(len(orders), -1, dtype=np.int64)
        return nothing, nothing
    clicks = clicks.take(np.lexsort((clicks.at, clicks.person)))
    base = int(min(clicks.at.min(), orders.at.min()))
    span = int(max(clicks.at.max(), orders.at.max())) - base + 1
    keys = (clicks.person - part.people.first) * span + clicks.at - base
    before = np.searchsorted(keys, (orders.person - part.people.first) * span + orders.at - base, side="right") - 1
    found = np.maximum(before, 0)
    near = orders.at - clicks.at[found] <= window_days * MICROS_PER_DAY
    valid = (before >= 0) & (clicks.person[found] == orders.person) & near
    return np.where(valid, clicks.place[found], -1), np.where(valid, clicks.at[found], 0)


def _last_view(world: World, part: Part, platform: str) -> tuple[Ints, Ints]:
    """By order: place and instant of a view within the window, or -1; no click is needed for it."""
    orders, window = part.orders, _VIEW_DAYS[platform]
    place = np.full(len(orders), -1, dtype=np.int64)
    at = np.zeros(len(orders), dtype=np.int64)
    for number, line in enumerate(world.market.lines):
        if line.platform != platform or not line.views:
            continue
        bits = scramble(orders.uid, 200 + number)
        ago: Floats = fractions(scramble(bits, 1)) * window
        viewed_at = orders.at - (ago * MICROS_PER_DAY).astype(np.int64)
        weight = affinity(part.people, line, number)[orders.person - part.people.first]
        views = line.views / 1000.0 * window * weight * world.reached(number, viewed_at)
        seen = (place < 0) & (fractions(bits) < -np.expm1(-views))
        place = np.where(seen, world.campaign(number, viewed_at, _again(bits)), place)
        at = np.where(seen, viewed_at, at)
    return place, at


def _again(bits: Bits) -> Floats:
    return fractions(scramble(bits, 2))
