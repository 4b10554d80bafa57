"""Ready-made paths: what tools that begin after the journeys are given, so that they can be set beside ours.

Drawn with a seed: a million paths of 3.34 touches over twelve channels, of which about one in seven converts.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from pathlib import Path

    import numpy.typing as npt

PATHS = 1_000_000
MEAN_TOUCHES = 3.34
CHANNELS = tuple(f"Channel {letter}" for letter in "ABCDEFGHIJKL")
SEPARATOR = " > "

_LONGEST = 60
_STAYS = 0.25
"""How often the next touch is of the same channel again."""


class Paths(NamedTuple):
    """Paths one after the other.

    Attributes:
        channel: Of each touch, a number.
        end: Of each path, the touch after its last.
        is_converting: Of each path.
        value_micros: Of each path; 0 where it does not convert.
    """

    channel: npt.NDArray[np.int32]
    end: npt.NDArray[np.int64]
    is_converting: npt.NDArray[np.bool_]
    value_micros: npt.NDArray[np.int64]

    def texts(self) -> list[str]:
        """Each path as `A > B > C`."""
        names = np.array(CHANNELS, dtype=object)[self.channel].tolist()
        return [
            SEPARATOR.join(names[begin:end])
            for begin, end in zip([0, *self.end[:-1].tolist()], self.end.tolist(), strict=True)
        ]


def draw(paths: int = PATHS, *, seed: int = 7) -> Paths:
    """Draw paths; equal arguments give equal ones."""
    dice = np.random.default_rng(seed)
    lengths = np.minimum(dice.geometric(1 / MEAN_TOUCHES, paths), _LONGEST)
    end = np.cumsum(lengths)
    weights = 1 / np.arange(1, len(CHANNELS) + 1) ** 0.7
    channel = dice.choice(len(CHANNELS), int(end[-1]), p=weights / weights.sum()).astype(np.int32)
    stays = dice.random(len(channel)) < _STAYS
    stays[np.concatenate([[0], end[:-1]])] = False
    # A touch that stays takes the channel of the last one that did not.
    channel = channel[np.maximum.accumulate(np.where(stays, 0, np.arange(len(channel))))]
    rate = dice.permutation(np.linspace(0.005, 0.075, len(CHANNELS)))
    kept_off = np.add.reduceat(np.log1p(-rate[channel]), np.concatenate([[0], end[:-1]]))
    is_converting = dice.random(paths) < 1 - np.exp(kept_off)
    cents = np.round(np.exp(dice.normal(4.0, 0.8, paths)) * 100).astype(np.int64)
    return Paths(channel, end.astype(np.int64), is_converting, np.where(is_converting, cents * 10_000, 0))


def write_for_peer(paths: Paths, folder: Path) -> None:
    """As a peer in another environment reads them: `paths.txt`, and numpy's own files."""
    (folder / "paths.txt").write_text("\n".join(paths.texts()), encoding="utf-8")
    np.save(folder / "conversions.npy", paths.is_converting.astype(np.int64))
    np.save(folder / "value.npy", paths.value_micros / 1_000_000)
