"""Removal effects: how much of all conversion would be lost if nobody could come to a player any more.

The effect of player c is 1 - P(conversion, every step to c ends the journey) / P(conversion), of the
Markov chain that journeys were counted into (`chain.py`). It is solved, not simulated.

At order 1 one inverse gives every effect. Above, the values of all states are settled for all removals
at once, to a certain error (`sweeps.py`), also where few go round in circles (`circles.py`).

Papers: Anderl, Becker, von Wangenheim and Schumann (2016), Mapping the customer journey: lessons learned
from graph-based online attribution modeling, for removal effects of chains of higher order.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import numpy.typing as npt

from outturn.attribution.chain import CONVERSION, Transitions, total
from outturn.attribution.circles import Circles, by_elimination
from outturn.attribution.sweeps import NOBODY, TO_CONVERSION, TO_NOTHING, Graph, Numbers, States, flatten, settle

if TYPE_CHECKING:
    from collections.abc import Sequence


_TOLERANCE = 1e-10  # of P(conversion): a certain bound, so effects are nearer still


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
        circles: What had to be solved beside sweeps; None: nothing had to.
    """

    graph: Graph
    order: int
    counts: Numbers
    values: Numbers
    effects: Numbers
    circles: Circles | None = None

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
        without, circles = self._solved(means)
        journeys = self.counts[: self.graph.begins[1]].sum()
        # The fitted chain converts as often as the journeys did, so P(conversion) needs no solve.
        effects = np.clip(1.0 - without * (journeys / means.conversions), 0.0, 1.0)
        return self._replace(effects=np.where(means.visits > 0, effects, 0.0), circles=circles)

    def _solved(self, means: Means) -> tuple[Numbers, Circles | None]:
        """P(conversion) without each player, and the circles that had to be solved; renews the values."""
        states = States.of(self.graph, self.counts)
        problem = self.graph, self.counts, states, means.inverse, _TOLERANCE * means.conversions, self.values
        if self.circles is None:
            if settle(*problem):
                return self.values[0], None
        elif self.circles.settle(*problem):
            return self.values[0], self.circles
        circles = Circles.of(self.graph, self.counts, states, self.values)
        if circles.settle(*problem):
            return self.values[0], circles
        self.values[:] = 0.0
        return by_elimination(self.graph, self.counts, len(means.visits)), None


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
    target[following == CONVERSION] = TO_CONVERSION
    target[following == base] = TO_NOTHING
    number = np.full(base, NOBODY, np.int32)
    seen = _seen(transitions)
    number[seen + 1] = np.arange(len(seen), dtype=np.int32)
    before = number[states // base % base] if transitions.order > 1 else np.full(len(states), NOBODY, np.int32)
    begins = np.append(firsts, len(of_step)).astype(np.int64)
    graph = Graph(begins, target.astype(np.int32), number[states % base], before)
    for part in graph:
        part.flags.writeable = False
    return graph


def _means(graph: Graph, counts: Numbers) -> Means:
    players = int(graph.last.max(initial=NOBODY)) + 1
    system, visits, converting = np.zeros((players, players)), np.zeros(players), np.zeros(players)
    flatten(graph, counts, system, visits, converting)
    unvisited = np.flatnonzero(visits == 0.0)
    system[unvisited, unvisited] = 1.0
    inverse = np.ascontiguousarray(np.linalg.inv(system))
    return Means(inverse, visits, float(converting.sum()), inverse @ converting)
