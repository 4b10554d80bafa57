"""Lead-up: people who have made up their minds still search the brand, click a reminder, type the address.

This is why last touch flatters brand search, retargeting and affiliates: they are met on the way to an
order that was coming. Where such a channel has no spend, the visit comes another way; the order stays.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from outturn.domain.time import MICROS_PER_DAY
from outturn.simulator.clock import MINUTE
from outturn.simulator.contacts import Purchases, Visits, numbers
from outturn.simulator.dice import dice

if TYPE_CHECKING:
    from outturn.simulator.arrays import Floats, Ints
    from outturn.simulator.world import World

_RESEARCH_VISITS = 1.1
_RESEARCH_DAYS = 4.5
_BATCHES = 140


def lead_up(world: World, purchases: Purchases, batch: int, part: int) -> tuple[Visits, Visits]:
    """The visits on the way to purchases.

    Returns:
        The visit from which each purchase is placed, one row per purchase (also where it is placed at
        once, or does not happen: the caller leaves those out), and the visits of research before it,
        only for purchases that happen.
    """
    rng = dice(world.seed, f"lead-up {purchases.name}", part)
    count = len(purchases)
    owner = np.repeat(np.arange(count), rng.poisson(_RESEARCH_VISITS, count))
    closing_draws, research_draws = rng.random((count, 4)), rng.random((len(owner), 4))
    closed = purchases.at - ((3 + 24 * closing_draws[:, 3]) * MINUTE).astype(np.int64)
    closing = Visits(
        np.maximum(closed, world.first), purchases.person, np.zeros(count, dtype=np.int64),
        numbers(world, _BATCHES + 2 * batch, part, count),
    )  # fmt: skip
    ago = (-_RESEARCH_DAYS * np.log1p(-research_draws[:, 3]) * MICROS_PER_DAY).astype(np.int64)
    research = Visits(
        purchases.at[owner] - ago - 40 * MINUTE, purchases.person[owner], np.zeros(len(owner), dtype=np.int64),
        numbers(world, _BATCHES + 2 * batch + 1, part, len(owner)),
    )  # fmt: skip
    kept = purchases.happens[owner] & (research.at >= world.first)
    return (
        _arrived(world, closing, closing_draws, research=False),
        _arrived(world, research, research_draws, research=True).take(kept),
    )


def _arrived(world: World, visits: Visits, draws: Floats, *, research: bool) -> Visits:
    """The same visits with the place that each came from."""
    lines, organic = world.market.lines, world.market.organic
    free = [source.visits / 14.0 if research else source.harvest for source in organic]
    paid = [line.harvest * (0.6 if research else 1.0) for line in lines]
    cumulated = np.cumsum([*paid, *free])
    source = np.searchsorted(cumulated / cumulated[-1], draws[:, 0], side="right")
    source = np.minimum(source, len(cumulated) - 1)
    place: Ints = len(world.campaigns) + source - len(lines)
    for number, line in enumerate(lines):
        mine = np.flatnonzero(source == number)
        at = visits.at[mine]
        # Someone who meets no ad takes the next way in.
        instead = world.organic_place("Organic Search" if "earch" in line.channel else "Direct")
        met = draws[mine, 1] < world.reached(number, at)
        place[mine] = np.where(met, world.campaign(number, at, draws[mine, 2]), instead)
    return Visits(visits.at, visits.person, place, visits.uid)
