"""Play: one part of the population lives through the span; out come its visits and its orders."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from outturn.simulator.contacts import Purchases, Visits, baseline_of, clicks_of, strolls_of, views_of
from outturn.simulator.dice import fractions, scramble
from outturn.simulator.landing import draw_landings
from outturn.simulator.leadup import lead_up
from outturn.simulator.orders import Orders, decide_fates, fill_baskets
from outturn.simulator.people import People, browser_keys

if TYPE_CHECKING:
    from outturn.simulator.arrays import Flags, Ints
    from outturn.simulator.world import World

_SEEN_VISITS, _SEEN_ORDERS = 0.965, 0.97
_LOGINS = 0.22


@dataclass(frozen=True, slots=True)
class Part:
    """What happened to one part of the population; visits and orders each in order of time.

    Attributes:
        browser: By visit, the browser's key.
        landing: By visit, what its landing URL had kept of its tags.
        seen: By visit, whether the tracker saw it.
        logged_in: By visit, whether the person had logged in.
    """

    number: int
    people: People
    visits: Visits
    browser: Ints
    landing: Ints
    seen: Flags
    logged_in: Flags
    orders: Orders


def play(world: World, number: int) -> Part:
    """Play one part; equal worlds and numbers give equal parts."""
    first = number * world.market.part_people
    people = People.draw(world.seed, number, first=first, count=min(world.market.part_people, world.people - first))
    visits = [strolls_of(world, people, organic, number) for organic in range(len(world.market.organic))]
    batches = [baseline_of(world, people, number)]
    for line in range(len(world.market.lines)):
        clicks, purchases = clicks_of(world, people, line, number)
        visits.append(clicks)
        batches += [purchases, views_of(world, people, line, number)]
    bought: list[tuple[Purchases, Visits]] = []
    for batch, purchases in enumerate(batches):
        closing, research = lead_up(world, purchases, batch, number)
        visits += [closing.take(purchases.happens & (purchases.at_once == 0)), research]
        bought.append((purchases, closing))
    return _assembled(world, number, people, visits=_in_time(visits), bought=bought)


def _in_time(batches: list[Visits]) -> Visits:
    joined = Visits(
        np.concatenate([batch.at for batch in batches]), np.concatenate([batch.person for batch in batches]),
        np.concatenate([batch.place for batch in batches]), np.concatenate([batch.uid for batch in batches]),
    )  # fmt: skip
    return joined.take(np.lexsort((joined.uid, joined.at)))


def _assembled(
    world: World, number: int, people: People, *, visits: Visits, bought: list[tuple[Purchases, Visits]]
) -> Part:
    own = visits.person - people.first
    uniforms = fractions(scramble(visits.uid, 7))
    landing = draw_landings(world, visits)
    seen = ~people.hidden[own] & (fractions(scramble(visits.uid, 5)) < _SEEN_VISITS)
    orders = _ordered(world, visits=visits, landing=landing, seen=seen, bought=bought)
    return Part(
        number, people, visits,
        browser=browser_keys(visits.person, people.devices[own], uniforms, visits.at),
        landing=landing, seen=seen,
        logged_in=people.account[own] & (fractions(scramble(visits.uid, 8)) < _LOGINS),
        orders=orders,
    )  # fmt: skip


def _ordered(
    world: World, *, visits: Visits, landing: Ints, seen: Flags, bought: list[tuple[Purchases, Visits]]
) -> Orders:
    """The purchases that happened as orders, each with the visit from which it was placed."""
    by_uid = np.argsort(visits.uid)
    parts = []
    for purchases, closing in bought:
        kept = purchases.happens
        visit_uid = np.where(purchases.at_once == 0, closing.uid, purchases.at_once)[kept]
        visit = by_uid[np.searchsorted(visits.uid, visit_uid, sorter=by_uid)]
        at, luck, uid = purchases.at[kept], purchases.luck[kept], purchases.uid[kept]
        basket = fill_baskets(luck)
        fate = decide_fates(luck, at, basket["total"], exported_at=world.last)
        parts.append(
            Orders(
                at=at, person=purchases.person[kept], cause=purchases.cause[kept], uid=uid,
                visit=visit, place=visits.place[visit], visit_uid=visit_uid, landing=landing[visit],
                seen=seen[visit] & (fractions(scramble(uid, 9)) < _SEEN_ORDERS), **basket, **fate,
            )
        )  # fmt: skip
    orders = Orders.joined(parts)
    return orders.take(np.lexsort((orders.uid, orders.at)))
