"""The ledger: every order of the shop in order of time, numbered, with the staff's test orders among them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

import numpy as np

from outturn.simulator.contacts import numbers
from outturn.simulator.dice import dice
from outturn.simulator.landing import BARE
from outturn.simulator.orders import TEST, Orders, fill_baskets, luck

if TYPE_CHECKING:
    from collections.abc import Sequence

    from outturn.simulator.arrays import Ints
    from outturn.simulator.world import World

_FIRST_NUMBER = 1001
_FIRST_ID = 6_100_000_000_000
_ORDERS_PER_TEST = 400
_TEST_NUMBERS = 255


@dataclass(frozen=True, slots=True)
class Ledger:
    """All orders, and by part of the population the numbers that its orders got."""

    orders: Orders
    numbers: tuple[Ints, ...]

    @classmethod
    def of(cls, world: World, parts: Sequence[Orders]) -> Self:
        """Put the parts' orders in order of time and number them."""
        joined = Orders.joined([*parts, _test_orders(world, sum(len(part) for part in parts))])
        sequence = np.lexsort((joined.uid, joined.at))
        rank = np.empty(len(joined), dtype=np.int64)
        rank[sequence] = np.arange(len(joined))
        ends = np.cumsum([len(part) for part in parts])
        return cls(joined.take(sequence), tuple(np.split(rank, ends))[:-1])


def order_name(rank: int) -> str:
    """The number that customers see, without its `#`."""
    return str(_FIRST_NUMBER + rank)


def order_id(rank: int) -> str:
    """The shop system's own id."""
    return str(_FIRST_ID + 32_768 * rank)


def _test_orders(world: World, orders: int) -> Orders:
    rng = dice(world.seed, "test orders")
    count = orders // _ORDERS_PER_TEST + 1
    nothing = np.zeros(count, dtype=np.int64)
    return Orders(
        at=world.demand.at(rng.random(count)), person=nothing - 1, cause=nothing - 1,
        uid=numbers(world, _TEST_NUMBERS, 0, count), status=nothing + TEST, visit=nothing,
        place=nothing + world.organic_place("Direct"), visit_uid=nothing.astype(np.uint64), landing=nothing + BARE,
        seen=np.zeros(count, dtype=np.bool_), **fill_baskets(luck(rng, count)), refunded=nothing, refund_at=nothing,
    )  # fmt: skip
