"""Journeys told apart by their touches in order: each distinct one is a node of a tree, and none is spelt out."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING, TypeAlias

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from collections.abc import Sequence

Whole: TypeAlias = npt.NDArray[np.int64]

ROOT, UNKNOWN = 0, -1


class Trie:
    """Sequences of players; a node is a sequence, its parent the same without the last player.

    Attributes:
        players: How many there are.
        key: By node, its parent times `players` plus its last player; of the root, the empty sequence, nothing.
    """

    def __init__(self, players: int) -> None:
        self.players = players
        self.key: Whole = np.zeros(1, np.int64)
        self._levels: list[tuple[int, Whole]] = []

    def grow(self, player: npt.NDArray[np.int32], end: Whole) -> Whole:
        """Make the sequences nodes; once for all of them.

        Args:
            player: Of all sequences, one after the other.
            end: One past each sequence's last.

        Returns:
            By sequence, its node.
        """
        begin = np.concatenate([[0], end[:-1]]).astype(np.int64) if len(end) else end
        node = np.zeros(len(end), np.int64)
        longer = np.flatnonzero(end > begin)
        step, nodes, keys = 0, 1, [self.key]
        while len(longer):
            found, at = np.unique(node[longer] * self.players + player[begin[longer] + step], return_inverse=True)
            self._levels.append((nodes, found))
            node[longer] = nodes + at
            keys.append(found)
            nodes += len(found)
            step += 1
            longer = longer[end[longer] - begin[longer] > step]
        self.key = np.concatenate(keys)
        return node

    def find(self, player: npt.NDArray[np.int32], end: Whole) -> Whole:
        """The nodes of other sequences, each of at least one player; UNKNOWN for those that never grew."""
        begin = np.concatenate([[0], end[:-1]]).astype(np.int64) if len(end) else end
        node = np.full(len(end), UNKNOWN, np.int64)
        going, parent = np.arange(len(end)), np.zeros(len(end), np.int64)
        for step, (first, keys) in enumerate(self._levels):
            sought = parent * self.players + player[begin[going] + step]
            at = np.minimum(np.searchsorted(keys, sought), len(keys) - 1)
            known = keys[at] == sought
            going, parent = going[known], first + at[known]
            ends = end[going] - begin[going] == step + 1
            node[going[ends]] = parent[ends]
            going, parent = going[~ends], parent[~ends]
            if not len(going):
                break
        return node

    def sequence(self, node: int) -> tuple[int, ...]:
        """The players of a node."""
        found: list[int] = []
        while node != ROOT:
            node, player = divmod(int(self.key[node]), self.players)
            found.append(player)
        return tuple(reversed(found))


def without_repeats(player: npt.NDArray[np.int32], end: Whole) -> tuple[npt.NDArray[np.int32], Whole]:
    """The sequences with each run of one player as a single one; `player` and `end` as in `Trie.grow`."""
    if not len(player):
        return player, end
    kept = np.ones(len(player), np.bool_)
    kept[1:] = player[1:] != player[:-1]
    begins = np.concatenate([[0], end[:-1]])
    kept[begins[begins < end]] = True
    return player[kept], np.concatenate([[0], np.cumsum(kept)])[end]


def runs(sequence: Sequence[int]) -> list[tuple[int, int]]:
    """Each run of one player, and how long it is."""
    return [(player, len(list(run))) for player, run in groupby(sequence)]
