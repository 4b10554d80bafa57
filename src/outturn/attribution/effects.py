"""Removal effects of one goal's journeys, and what Markov models credit when a bucket of people is left out."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from os import cpu_count
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

import numpy as np
import numpy.typing as npt
from numba import types

from outturn.attribution.cells import ENTRIES, Entries, Numbers
from outturn.attribution.chain import Transitions, count, total
from outturn.attribution.journey import INT32S, compiled
from outturn.attribution.kernel import frozen
from outturn.attribution.removal import left_out_effects, removal_effects
from outturn.store.engine import BUCKETS

if TYPE_CHECKING:
    from collections.abc import Iterable

    from outturn.attribution.walked import Journeys

Shares: TypeAlias = npt.NDArray[np.float64]

_CUBE = types.Array(types.float64, 3, "C")


class Fit(NamedTuple):
    """A chain fitted on a goal's journeys.

    Attributes:
        effect: By player, 0 to 1.
        left_out: Shape (buckets, players): fitted anew without each bucket; None where it was not asked for.
    """

    effect: npt.NDArray[np.float64]
    left_out: npt.NDArray[np.float64] | None


def fit(
    journeys: Journeys, player: Numbers, players: int, orders: Iterable[int], *, maturity_micros: int, left_out: bool
) -> dict[int, Fit]:
    """Fit chains on all journeys of a goal, converting ones and mature null ones.

    Args:
        journeys: Of one goal.
        player: By place, whose touch one there is.
        players: How many there are.
        orders: Of the chains.
        maturity_micros: From which age on a null journey counts.
        left_out: Whether to fit them anew without each bucket, too.

    Returns:
        By order.
    """
    wanted = sorted(set(orders))
    if not wanted:
        return {}
    with ThreadPoolExecutor(cpu_count()) as pool:

        def counted(bucket: int) -> Transitions:
            return _count(journeys, bucket, player, players, wanted[-1], maturity_micros)

        buckets = list(pool.map(counted, range(BUCKETS)))
    fits = {}
    for order in wanted:
        parts = [bucket.of_order(order) for bucket in buckets]
        effect = removal_effects(total(parts))
        fits[order] = Fit(effect, left_out_effects(parts, threads=cpu_count() or 1) if left_out else None)
    return fits


def _count(
    journeys: Journeys, bucket: int, player: Numbers, players: int, order: int, maturity_micros: int
) -> Transitions:
    """Count the steps along one bucket's journeys."""
    own = slice(*np.searchsorted(journeys.columns["bucket"], [bucket, bucket + 1]))
    begin, end, counts = (journeys.columns[name][own] for name in ("begin", "end", "counts"))
    led = (counts == 1) & (end > begin)
    lengths = (end - begin)[led]
    ends = np.cumsum(lengths)
    touches = np.arange(lengths.sum()) + np.repeat(begin[led] - ends + lengths, lengths)
    places, all_ends, is_counted = [journeys.place[touches]], [ends], [np.ones(len(ends), np.bool_)]
    for nulls in journeys.nulls:
        if nulls.bucket == bucket:
            all_ends.append(nulls.end + sum(map(len, places)))
            places.append(nulls.place)
            is_counted.append(journeys.are_mature(nulls, maturity_micros))
    return count(
        player[np.concatenate(places)],
        np.concatenate(all_ends),
        np.arange(sum(map(len, all_ends))) < len(ends),
        of_players=players,
        order=order,
        is_counted=np.concatenate(is_counted),
    )


_INT64S = types.Array(types.int64, 1, "C")
_EFFECTS = types.Array(types.float64, 2, "C", readonly=True)


@compiled(types.int64(INT32S, types.int64, types.int64, _EFFECTS, _INT64S, types.Array(types.float64, 1, "C")))
def _share(
    player: Numbers, begin: int, end: int, effect: Shares, sharing: npt.NDArray[np.int64], shared: Shares
) -> int:
    """Count a journey's touches by player, and add up its distinct players' effects; how many these are."""
    distinct = 0
    shared[:] = 0.0
    for touch in range(begin, end):
        if sharing[player[touch]] == 0:
            distinct += 1
            for bucket in range(len(shared)):
                shared[bucket] += effect[player[touch], bucket]
        sharing[player[touch]] += 1
    return distinct


@compiled(types.void(INT32S, _EFFECTS, ENTRIES, _CUBE))
def _left_out(player: Numbers, effect: Shares, entries: Entries, sums: Shares) -> None:
    """Add up what each place is credited with every bucket left out in turn.

    Args:
        player: By touch.
        effect: Shape (players, buckets): fitted without the bucket.
        entries: All of them.
        sums: Shape (places, 2, buckets), conversions and micros; added to.
    """
    shared = np.empty(effect.shape[1])
    sharing = np.zeros(effect.shape[0], np.int64)
    for e in range(len(entries.begin)):
        begin, end, own = entries.begin[e], entries.end[e], entries.bucket[e]
        counts, value = float(entries.counts[e]), float(entries.value[e])
        distinct = _share(player, begin, end, effect, sharing, shared) if end > begin + 1 else 1
        for step in range(max(end - begin, 1)):
            place = entries.place[begin + step] if end > begin else 0
            conversions, micros = sums[place, 0], sums[place, 1]
            if distinct == 1:
                share = 1.0 / max(end - begin, 1)
                for bucket in range(len(shared)):
                    conversions[bucket] += counts * share
                    micros[bucket] += value * share
                conversions[own] -= counts * share
                micros[own] -= value * share
                continue
            each = effect[player[begin + step]]
            of_player = 1.0 / sharing[player[begin + step]]
            for bucket in range(len(shared)):
                share = each[bucket] / shared[bucket] if shared[bucket] > 0.0 else 1.0 / distinct
                conversions[bucket] += counts * share * of_player
                micros[bucket] += value * share * of_player
            share = each[own] / shared[own] if shared[own] > 0.0 else 1.0 / distinct
            conversions[own] -= counts * share * of_player
            micros[own] -= value * share * of_player
        for touch in range(begin, end):
            sharing[player[touch]] = 0


def credit_left_out(
    effect: npt.NDArray[np.float64], player: Numbers, entries: Entries, places: int
) -> npt.NDArray[np.float64]:
    """What a Markov model credits with each bucket left out and the chain fitted anew.

    Args:
        effect: `Fit.left_out`.
        player: By touch.
        entries: The goal's.
        places: How many there are.

    Returns:
        Shape (2, buckets, places): conversions, micros.
    """
    sums = np.zeros((places, 2, BUCKETS))
    _left_out(player, frozen(effect.T, np.float64), entries, sums)
    return sums.transpose(1, 2, 0)
