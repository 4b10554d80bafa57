"""Sweeps: P(conversion) of every state of a chain, for all removals at once, until it is certain.

A sweep renews each state's values from those of the states it leads to (Gauss-Seidel, self loops
solved). After it, all states with the same last player are shifted together so that their equations
hold in sum, which is a chain of order 1 again, solved exactly: that takes out what sweeps are slow at.
About ten rounds do for the journeys of many people.

Two facts make it cheap and safe. The fitted chain visits each state as often as the journeys did, and
a removal only makes visits fewer; so what the last sweep changed, weighted by the steps that did not
see it yet, bounds the error of P(conversion) at the start. And those weights are known beforehand.

Papers: Takahashi (1975), A lumping method for numerical calculations of stationary distributions of
Markov chains; Koury, McAllister and Stewart (1984), Iterative methods for computing stationary
distributions of nearly completely decomposable Markov chains.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, TypeAlias, cast

import numpy as np
import numpy.typing as npt
from numba import types

from outturn.attribution.journey import INT32S, INT64S, Instants, compiled, record

if TYPE_CHECKING:
    from collections.abc import Callable

Numbers: TypeAlias = npt.NDArray[np.float64]

TO_CONVERSION, TO_NOTHING = -1, -2
NOBODY = -1

_MOST_SWEEPS = 100  # data of many people take about ten
LOST = 1e16  # times what is certain: not settling, but running away


class Graph(NamedTuple):
    """Which steps there are, whatever their counts; players numbered among those that were seen.

    Attributes:
        begins: The first step of each state, and the end of the last; state 0 is the start.
        target: The state that each step leads to, or TO_CONVERSION, TO_NOTHING.
        last: Each state's last player, NOBODY at the start.
        before: The one before, NOBODY where there was none.
    """

    begins: npt.NDArray[np.int64]
    target: npt.NDArray[np.int32]
    last: npt.NDArray[np.int32]
    before: npt.NDArray[np.int32]


class States(NamedTuple):
    """What a sweep needs of each state, in steps.

    Attributes:
        visits: All that leave it.
        leaving: Those that do not lead to itself.
        converting: Those to the conversion.
        fed: Those into it, from states that are swept before it.
    """

    visits: Numbers
    leaving: Numbers
    converting: Numbers
    fed: Numbers

    @classmethod
    def of(cls, graph: Graph, counts: Numbers) -> States:
        """Added up over the steps."""
        states = cls(*np.zeros((4, len(graph.last))))
        _weigh(graph, counts, states)
        return states


_MATRIX = types.Array(types.float64, 2, "C")
_VECTOR = types.Array(types.float64, 1, "C")
_GRAPH = record(Graph, (INT64S, INT32S, INT32S, INT32S))
_STATES = cast("Callable[..., types.Type]", types.NamedUniTuple)(_VECTOR, len(States._fields), States)


@compiled(types.void(_GRAPH, _VECTOR, _MATRIX, _VECTOR, _VECTOR))
def flatten(graph: Graph, counts: Numbers, system: Numbers, visits: Numbers, converting: Numbers) -> None:
    """Add up visits minus steps between last players, visits, and steps to the conversion."""
    for state in range(1, len(graph.last)):
        player = graph.last[state]
        for step in range(graph.begins[state], graph.begins[state + 1]):
            visits[player] += counts[step]
            system[player, player] += counts[step]
            target = graph.target[step]
            if target == TO_CONVERSION:
                converting[player] += counts[step]
            elif target >= 0:
                system[player, graph.last[target]] -= counts[step]


@compiled(types.void(_GRAPH, _VECTOR, _STATES))
def _weigh(graph: Graph, counts: Numbers, states: States) -> None:
    """Add up every state's steps."""
    for state in range(len(graph.last)):
        for step in range(graph.begins[state], graph.begins[state + 1]):
            target = graph.target[step]
            states.visits[state] += counts[step]
            if target != state:
                states.leaving[state] += counts[step]
            if target == TO_CONVERSION:
                states.converting[state] += counts[step]
            elif 0 <= target < state:
                states.fed[target] += counts[step]


@compiled(types.float64(_GRAPH, _VECTOR, _STATES, _MATRIX, _MATRIX))
def sweep(graph: Graph, counts: Numbers, states: States, values: Numbers, residual: Numbers) -> float:
    """Renew every state's values from those of its targets, last state first, so the start last.

    Returns:
        What no removal's P(conversion) at the start is further off than, times journeys. `residual`
        is then by how much the equations of all states with a last player (row) are out together.
    """
    players = values.shape[1]
    renewed, off = np.empty(players), np.zeros(players)
    residual[:] = 0.0
    for state in range(len(graph.last) - 1, -1, -1):
        renewed[:] = states.converting[state]
        for step in range(graph.begins[state], graph.begins[state + 1]):
            target = graph.target[step]
            if target >= 0 and target != state:
                times = counts[step]
                for player in range(players):
                    renewed[player] += times * values[target, player]
        scale = 1.0 / states.leaving[state] if states.leaving[state] > 0.0 else 0.0
        last, before = graph.last[state], graph.before[state]
        for player in range(players):
            renewed[player] *= scale
        if last >= 0:
            renewed[last] = 0.0  # nobody comes here once its player is removed
        weight = states.fed[state]
        if weight > 0.0:
            for player in range(players):
                change = weight * (renewed[player] - values[state, player])
                off[player] += abs(change)
                residual[before, player] += change
        for player in range(players):
            values[state, player] = renewed[player]
    return float(off.max())


@compiled(types.void(_MATRIX, _MATRIX, _MATRIX))
def multiply(left: Numbers, right: Numbers, product: Numbers) -> None:
    """The product of two matrices, on the thread that asks: a library's own threads would meet ours."""
    product[:] = 0.0
    for row in range(left.shape[0]):
        for via in range(left.shape[1]):
            share = left[row, via]
            for column in range(right.shape[1]):
                product[row, column] += share * right[via, column]


@compiled(types.void(_GRAPH, _MATRIX, _MATRIX, _MATRIX))
def correct(graph: Graph, inverse: Numbers, residual: Numbers, values: Numbers) -> None:
    """Shift all states with a last player so that their equations hold together; uses up `residual`."""
    players = len(inverse)
    shift = np.empty((players, players))
    for player in range(players):
        residual[player, player] = 0.0
    multiply(inverse, residual, shift)
    for player in range(players):
        removed = shift[player, player] / inverse[player, player]
        for last in range(players):
            shift[last, player] -= inverse[last, player] * removed
        shift[player, player] = 0.0
    for state in range(1, len(graph.last)):
        last = graph.last[state]
        for player in range(players):
            values[state, player] += shift[last, player]


@compiled(types.void(_GRAPH, _VECTOR, _STATES, INT64S, _MATRIX, _MATRIX))
def residuals(graph: Graph, counts: Numbers, states: States, chosen: Instants, values: Numbers, off: Numbers) -> None:
    """By how much the equation of each chosen state (row of `off`) is out, in steps."""
    players = values.shape[1]
    for row in range(len(chosen)):
        state = chosen[row]
        for player in range(players):
            off[row, player] = states.converting[state] - states.leaving[state] * values[state, player]
        for step in range(graph.begins[state], graph.begins[state + 1]):
            target = graph.target[step]
            if target >= 0 and target != state:
                for player in range(players):
                    off[row, player] += counts[step] * values[target, player]
        if graph.last[state] >= 0:
            off[row, graph.last[state]] = 0.0


@compiled(types.boolean(_GRAPH, _VECTOR, _STATES, _MATRIX, types.float64, _MATRIX))
def settle(graph: Graph, counts: Numbers, states: States, inverse: Numbers, certain: float, values: Numbers) -> bool:
    """Sweep and correct until P(conversion) is certain; False where that takes too long.

    Args:
        graph: The chain's.
        counts: Of each step.
        states: Of these.
        inverse: Of visits minus steps between last players.
        certain: What a sweep may be off.
        values: P(conversion) of each state (row) when a player (column) is removed, as far as known;
            renewed.
    """
    residual = np.zeros(inverse.shape)
    for _ in range(_MOST_SWEEPS):
        off = sweep(graph, counts, states, values, residual)
        if off <= certain:
            return True
        if not off < LOST * certain:
            return False
        correct(graph, inverse, residual, values)
    return False
