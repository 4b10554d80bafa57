"""Removal effects: how much of all conversion would be lost if nobody could come to a player any more.

The effect of player c is 1 - P(conversion, every step to c ends the journey) / P(conversion), of the
Markov chain that journeys were counted into (`chain.py`). It is solved, not simulated.

At order 1 one inverse gives every effect. Above, the values of all states are settled for all removals
at once, by sweeps over the states (Gauss-Seidel), each followed by an exact correction of the values'
mean by last player, which is a chain of order 1 again. Two facts make that cheap and safe. The fitted
chain visits each state as often as the journeys did, so a weighted sum of what the last sweep changed
bounds the error of P(conversion), removals only visiting less. And that sum is there once the sweep
ends. Chains that do not settle, such as a few people going round in circles, are solved by sparse LU.

Papers: Anderl, Becker, von Wangenheim and Schumann (2016), Mapping the customer journey: lessons learned
from graph-based online attribution modeling, for removal effects of chains of higher order; Takahashi
(1975) and Koury, McAllister and Stewart (1984), Iterative methods for computing stationary distributions
of nearly completely decomposable Markov chains, for sweeps with aggregation.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

import numpy as np
import numpy.typing as npt
from numba import types
from scipy.sparse import csc_array
from scipy.sparse.linalg import splu

from outturn.attribution.chain import CONVERSION, Codes, Transitions, total
from outturn.attribution.journey import INT32S, INT64S, compiled, record

if TYPE_CHECKING:
    from collections.abc import Sequence

Numbers: TypeAlias = npt.NDArray[np.float64]
Places: TypeAlias = npt.NDArray[np.int32]

_TOLERANCE = 1e-11  # of P(conversion)
_MOST_SWEEPS = 200  # data of many people take about twenty
_LOST = 1e6  # times P(conversion): not settling, but running away
_TO_CONVERSION, _TO_NOTHING = -1, -2
_NOBODY = -1


class Graph(NamedTuple):
    """Which steps there are, whatever their counts; players numbered among those that were seen.

    Attributes:
        begins: The first step of each state, and the end of the last; state 0 is the start.
        target: The state that each step leads to, or _TO_CONVERSION, _TO_NOTHING.
        last: Each state's last player, _NOBODY at the start.
        before: The one before, _NOBODY where there was none.
    """

    begins: Codes
    target: Places
    last: Places
    before: Places


class Means(NamedTuple):
    """The chain of order 1 that a chain's states make when only their last player counts.

    Attributes:
        inverse: Of visits minus steps between players, shape (players, players).
        visits: Of each player.
        conversions: Of all journeys.
        from_player: P(conversion) from each player.
    """

    inverse: Numbers
    visits: Numbers
    conversions: float
    from_player: Numbers

    def effects(self) -> Numbers:
        """Removal effects at order 1; 0 where nothing converts."""
        if self.conversions <= 0:
            return np.zeros(len(self.visits))
        # P(c is ever met) is visits / (journeys x expected visits once there): what the diagonal holds.
        return np.clip(self.from_player / (np.diag(self.inverse) * self.conversions), 0.0, 1.0)

    def without_each(self) -> Numbers:
        """P(conversion) from each player (row) when another (column) is removed."""
        diagonal = np.diag(self.inverse)
        return self.from_player[:, None] - self.inverse * (self.from_player / diagonal)[None, :]


def removal_effects(transitions: Transitions) -> Numbers:
    """The effect of removing each player, in [0, 1].

    Returns:
        Shape (players,), within 1e-9 of the exact solution. 0 for players that no journey has, and
        for all of them where no journey converts. At least one player of every converting journey
        has an effect above 0.
    """
    return _spread(transitions, _Fit.of(transitions).effects)


def left_out_effects(buckets: Sequence[Transitions], *, threads: int = 1) -> Numbers:
    """The effects with each bucket's journeys left out, every one fitted anew.

    Args:
        buckets: Steps by bucket of people, of the same order over the same players.
        threads: How many fits are made at once; the answer does not depend on it.

    Returns:
        Shape (buckets, players).
    """
    every = total(buckets)
    whole = _Fit.of(every)

    def without(bucket: Transitions) -> Numbers:
        counts = whole.counts.copy()
        counts[np.searchsorted(every.codes, bucket.codes)] -= bucket.counts
        return _spread(every, whole.anew(counts).effects)

    if every.order == 1:  # an inverse has threads of its own
        return np.array([without(bucket) for bucket in buckets])
    with ThreadPoolExecutor(threads) as pool:
        return np.array(list(pool.map(without, buckets)))


class _Fit(NamedTuple):
    """A solved chain.

    Attributes:
        counts: Of each step of the graph; 0 where a left-out bucket alone had it.
        values: P(conversion) of each state (row) when a player (column) is removed; unused at order 1.
        effects: Of the players that were seen.
    """

    graph: Graph
    order: int
    counts: Numbers
    values: Numbers
    effects: Numbers

    @classmethod
    def of(cls, transitions: Transitions) -> _Fit:
        """Solved from what order 1 tells."""
        graph, counts = _graph(transitions), transitions.counts.astype(np.float64)
        means = _means(graph, counts)
        guess = np.zeros((len(graph.last), len(means.visits)))
        if transitions.order > 1 and means.conversions > 0:
            guess[1:] = means.without_each()[graph.last[1:]]
        return cls(graph, transitions.order, counts, guess, means.effects()).settled(means)

    def anew(self, counts: Numbers) -> _Fit:
        """The same graph with other counts, from these values on."""
        means = _means(self.graph, counts)
        return self._replace(counts=counts, values=self.values.copy(), effects=means.effects()).settled(means)

    def settled(self, means: Means) -> _Fit:
        """With the values that the counts imply."""
        if self.order == 1 or means.conversions <= 0:
            return self
        if _settle(self.graph, self.counts, means.inverse, means.conversions, self.values):
            without = self.values[0]
        else:
            without = _by_elimination(self.graph, self.counts, len(means.visits))
        journeys = self.counts[: self.graph.begins[1]].sum()
        # The fitted chain converts as often as the journeys did, so P(conversion) needs no solve.
        effects = np.clip(1.0 - without * (journeys / means.conversions), 0.0, 1.0)
        return self._replace(effects=np.where(means.visits > 0, effects, 0.0))


def _spread(transitions: Transitions, effects: Numbers) -> Numbers:
    """Effects of the players that were seen, among all."""
    every = np.zeros(transitions.players)
    every[_seen(transitions)] = effects
    return every


def _seen(transitions: Transitions) -> npt.NDArray[np.int64]:
    """The players of the steps, ascending."""
    nexts = np.unique(transitions.codes % transitions.nexts) - 1
    return nexts[(nexts >= 0) & (nexts < transitions.players)]


def _graph(transitions: Transitions) -> Graph:
    base = transitions.players + 1
    of_step, following = np.divmod(transitions.codes, transitions.nexts)
    firsts = np.flatnonzero(np.diff(of_step, prepend=-1))
    states = of_step[firsts]
    # Whoever was come to has been left again, if only to convert or for nothing: every target is a state.
    target = np.searchsorted(states, (of_step % base ** (transitions.order - 1)) * base + following)
    target[following == CONVERSION] = _TO_CONVERSION
    target[following == base] = _TO_NOTHING
    number = np.full(base, _NOBODY, np.int32)
    seen = _seen(transitions)
    number[seen + 1] = np.arange(len(seen), dtype=np.int32)
    before = number[states // base % base] if transitions.order > 1 else np.full(len(states), _NOBODY, np.int32)
    begins = np.append(firsts, len(of_step)).astype(np.int64)
    graph = Graph(begins, target.astype(np.int32), number[states % base], before)
    for part in graph:
        part.flags.writeable = False
    return graph


def _means(graph: Graph, counts: Numbers) -> Means:
    players = int(graph.last.max(initial=_NOBODY)) + 1
    system, visits, converting = np.zeros((players, players)), np.zeros(players), np.zeros(players)
    _flatten(graph, counts, system, visits, converting)
    unvisited = np.flatnonzero(visits == 0.0)
    system[unvisited, unvisited] = 1.0
    inverse = np.ascontiguousarray(np.linalg.inv(system))
    return Means(inverse, visits, float(converting.sum()), inverse @ converting)


def _by_elimination(graph: Graph, counts: Numbers, players: int) -> Numbers:
    """P(conversion) without each player, every removal solved by itself."""
    states = len(graph.last)
    source = np.repeat(np.arange(states), np.diff(graph.begins))
    visits = np.bincount(source, counts, states)
    converting = np.bincount(source, np.where(graph.target == _TO_CONVERSION, counts, 0.0), states)
    without = np.empty(players)
    for player in range(players):
        lasting = np.flatnonzero((graph.last != player) & (visits > 0))
        number = np.full(states, -1)
        number[lasting] = np.arange(len(lasting))
        within = (graph.target >= 0) & (number[source] >= 0) & (number[graph.target] >= 0) & (counts > 0)
        diagonal = np.arange(len(lasting))
        system = csc_array(
            (
                np.concatenate([visits[lasting], -counts[within]]),
                (
                    np.concatenate([diagonal, number[source[within]]]),
                    np.concatenate([diagonal, number[graph.target[within]]]),
                ),
            ),
            shape=(len(lasting), len(lasting)),
        )
        without[player] = splu(system).solve(converting[lasting])[0]
    return without


_MATRIX = types.Array(types.float64, 2, "C")
_VECTOR = types.Array(types.float64, 1, "C")
_GRAPH = record(Graph, (INT64S, INT32S, INT32S, INT32S))


@compiled(types.void(_GRAPH, _VECTOR, _MATRIX, _VECTOR, _VECTOR))
def _flatten(graph: Graph, counts: Numbers, system: Numbers, visits: Numbers, converting: Numbers) -> None:
    """Add up visits minus steps between last players, visits, and steps to the conversion."""
    for state in range(1, len(graph.last)):
        player = graph.last[state]
        for step in range(graph.begins[state], graph.begins[state + 1]):
            visits[player] += counts[step]
            system[player, player] += counts[step]
            target = graph.target[step]
            if target == _TO_CONVERSION:
                converting[player] += counts[step]
            elif target >= 0:
                system[player, graph.last[target]] -= counts[step]


@compiled(types.void(_GRAPH, _VECTOR, _VECTOR, _VECTOR, _VECTOR))
def _weigh(graph: Graph, counts: Numbers, leaving: Numbers, converting: Numbers, fed: Numbers) -> None:
    """Count each state's steps elsewhere, to the conversion, and into it from states that are swept before it."""
    for state in range(len(graph.last)):
        for step in range(graph.begins[state], graph.begins[state + 1]):
            target = graph.target[step]
            if target != state:
                leaving[state] += counts[step]
            if target == _TO_CONVERSION:
                converting[state] += counts[step]
            elif 0 <= target < state:
                fed[target] += counts[step]


@compiled(types.float64(_GRAPH, _VECTOR, _VECTOR, _VECTOR, _VECTOR, _MATRIX, _MATRIX))
def _sweep(  # noqa: PLR0913, PLR0917
    graph: Graph,
    counts: Numbers,
    leaving: Numbers,
    converting: Numbers,
    fed: Numbers,
    values: Numbers,
    residual: Numbers,
) -> float:
    """Renew every state's values from those of its targets, last state first, so the start last.

    Returns:
        What no removal's P(conversion) at the start is further off than, times journeys. `residual`
        is then by how much the equations of all states with a last player (row) are out together.
    """
    players = values.shape[1]
    renewed, off = np.empty(players), np.zeros(players)
    residual[:] = 0.0
    for state in range(len(graph.last) - 1, -1, -1):
        renewed[:] = converting[state]
        for step in range(graph.begins[state], graph.begins[state + 1]):
            target = graph.target[step]
            if target >= 0 and target != state:
                for player in range(players):
                    renewed[player] += counts[step] * values[target, player]
        scale = 1.0 / leaving[state] if leaving[state] > 0.0 else 0.0
        last, before = graph.last[state], graph.before[state]
        for player in range(players):
            renewed[player] *= scale
        if last >= 0:
            renewed[last] = 0.0  # nobody comes here once its player is removed
        if fed[state] > 0.0:
            for player in range(players):
                change = fed[state] * (renewed[player] - values[state, player])
                off[player] += abs(change)
                residual[before, player] += change
        for player in range(players):
            values[state, player] = renewed[player]
    return float(off.max())


@compiled(types.void(_GRAPH, _MATRIX, _MATRIX, _MATRIX))
def _correct(graph: Graph, inverse: Numbers, residual: Numbers, values: Numbers) -> None:
    """Shift all states with a last player so that their equations hold together; uses up `residual`."""
    players = len(inverse)
    shift = np.zeros((players, players))
    for player in range(players):
        residual[player, player] = 0.0
    for last in range(players):
        for via in range(players):
            for player in range(players):
                shift[last, player] += inverse[last, via] * residual[via, player]
    for player in range(players):
        removed = shift[player, player] / inverse[player, player]
        for last in range(players):
            shift[last, player] -= inverse[last, player] * removed
        shift[player, player] = 0.0
    for state in range(1, len(graph.last)):
        last = graph.last[state]
        for player in range(players):
            values[state, player] += shift[last, player]


@compiled(types.boolean(_GRAPH, _VECTOR, _MATRIX, types.float64, _MATRIX))
def _settle(graph: Graph, counts: Numbers, inverse: Numbers, conversions: float, values: Numbers) -> bool:
    """Sweep and correct `values` until P(conversion) is certain; False where that takes too long."""
    states, players = values.shape
    leaving, converting, fed = np.zeros(states), np.zeros(states), np.zeros(states)
    _weigh(graph, counts, leaving, converting, fed)
    residual = np.zeros((players, players))
    for _ in range(_MOST_SWEEPS):
        off = _sweep(graph, counts, leaving, converting, fed, values, residual)
        if off <= _TOLERANCE * conversions:
            return True
        if not off < _LOST * conversions:
            return False
        _correct(graph, inverse, residual, values)
    return False
