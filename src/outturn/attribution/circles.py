"""Chains that settle slowly: some few states lead round in circles, as one program's thousand visits do.

The states that still move when sweeps have not settled a chain are solved exactly, all together,
between sweeps; what is left is as easy as any other chain. What even that does not settle is
solved by sparse LU, one removal after the other, which takes long where states are many.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import numpy.typing as npt
from scipy.sparse import csc_array
from scipy.sparse.linalg import splu

from outturn.attribution.sweeps import LOST, TO_CONVERSION, Graph, Numbers, States, correct, multiply, residuals, sweep

if TYPE_CHECKING:
    from outturn.attribution.journey import Instants

_MOST_CIRCLING = 256
_MOST_SWEEPS = 200


class Circles(NamedTuple):
    """States to be solved together.

    Attributes:
        chosen: The states, ascending.
        inverse: Of what leaves each of them, minus the steps among them.
        kept_out: Of each player, its own states among the chosen and what takes their shift away again:
            nobody comes to a removed player's states, so their values stay 0.
    """

    chosen: Instants
    inverse: Numbers
    kept_out: tuple[tuple[Instants, Numbers], ...]

    @classmethod
    def of(cls, graph: Graph, counts: Numbers, states: States, values: Numbers) -> Circles:
        """The states that one more sweep moves most, weighted by their visits."""
        before = values.copy()
        sweep(graph, counts, states, values, np.zeros((values.shape[1], values.shape[1])))
        moving = np.abs(values - before).sum(axis=1) * states.visits
        chosen = np.sort(np.argsort(-moving, kind="stable")[:_MOST_CIRCLING])
        inverse = _inverse_among(graph, counts, states, chosen)
        owned = [np.flatnonzero(graph.last[chosen] == player) for player in range(values.shape[1])]
        return cls(
            chosen,
            inverse,
            tuple((own, inverse[:, own] @ np.linalg.inv(inverse[np.ix_(own, own)])) for own in owned),
        )

    def settle(
        self, graph: Graph, counts: Numbers, states: States, inverse: Numbers, certain: float, values: Numbers
    ) -> bool:
        """Like `sweeps.settle`, these states solved between sweeps; with those of a chain much like it, too."""
        residual = np.zeros(inverse.shape)
        off, shift = np.empty((2, len(self.chosen), values.shape[1]))
        for _ in range(_MOST_SWEEPS):
            moved = sweep(graph, counts, states, values, residual)
            if moved <= certain:
                return True
            if not moved < LOST * certain:
                return False
            correct(graph, inverse, residual, values)
            residuals(graph, counts, states, self.chosen, values, off)
            multiply(self.inverse, off, shift)
            for player, (own, share) in enumerate(self.kept_out):
                shift[:, player] -= share @ shift[own, player]
                shift[own, player] = 0.0
            values[self.chosen] += shift
        return False


def by_elimination(graph: Graph, counts: Numbers, players: int) -> Numbers:
    """P(conversion) without each player, every removal solved by itself."""
    states = len(graph.last)
    source = np.repeat(np.arange(states), np.diff(graph.begins))
    visits = np.bincount(source, counts, states)
    converting = np.bincount(source, np.where(graph.target == TO_CONVERSION, counts, 0.0), states)
    without = np.empty(players)
    for player in range(players):
        lasting = np.flatnonzero((graph.last != player) & (visits > 0))
        within, rows, columns = _steps_among(graph, counts, source, lasting)
        diagonal = np.arange(len(lasting))
        system = csc_array(
            (
                np.concatenate([visits[lasting], -counts[within]]),
                (np.concatenate([diagonal, rows]), np.concatenate([diagonal, columns])),
            ),
            shape=(len(lasting), len(lasting)),
        )
        without[player] = splu(system).solve(converting[lasting])[0]
    return without


def _inverse_among(graph: Graph, counts: Numbers, states: States, chosen: Instants) -> Numbers:
    """Of steps that leave each chosen state, minus those that lead to another chosen one."""
    source = np.repeat(np.arange(len(graph.last)), np.diff(graph.begins))
    within, rows, columns = _steps_among(graph, counts, source, chosen)
    system = np.diag(np.where(states.leaving[chosen] > 0.0, states.leaving[chosen], 1.0))
    is_elsewhere = rows != columns
    system[rows[is_elsewhere], columns[is_elsewhere]] -= counts[within][is_elsewhere]
    return np.linalg.inv(system)


def _steps_among(
    graph: Graph, counts: Numbers, source: Instants, chosen: Instants
) -> tuple[Instants, npt.NDArray[np.intp], npt.NDArray[np.intp]]:
    """The steps between chosen states, and the positions of both among the chosen."""
    number = np.full(len(graph.last) + 1, -1)  # the last one for what is no state
    number[chosen] = np.arange(len(chosen))
    rows, columns = number[source], number[np.maximum(graph.target, -1)]
    within = np.flatnonzero((rows >= 0) & (columns >= 0) & (counts > 0))
    return within, rows[within], columns[within]
