"""Markov chains at sizes that hurt: order 3 over 20 channels, 300 campaigns at order 1, of 10M touches in memory.

What is measured is all that a chain costs beside reading: counting the steps of every journey and solving all
removal effects. It is held against DuckDB counting as many raw touches by user.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from os import cpu_count
from pathlib import Path

import numpy as np

from bench.attribution import TOUCHES, counted
from bench.measured import Ratio, alternating, hand_over
from outturn.attribution.chain import count, total
from outturn.attribution.removal import removal_effects

BUCKETS = 64
TOUCHES_PER_JOURNEY = 4
CONVERTING = 0.15

Bucket = tuple[np.ndarray, np.ndarray, np.ndarray]


def draw(players: int) -> list[Bucket]:
    """By bucket: players along journeys, where journeys end, which convert. Some players are met far more often."""
    dice = np.random.default_rng(players)
    buckets = []
    for _ in range(BUCKETS):
        lengths = dice.geometric(1 / TOUCHES_PER_JOURNEY, TOUCHES // BUCKETS // TOUCHES_PER_JOURNEY)
        met = (players * dice.random(int(lengths.sum())) ** 2).astype(np.int32)
        buckets.append((met, np.cumsum(lengths), dice.random(len(lengths)) < CONVERTING))
    return buckets


def fitted(buckets: list[Bucket], players: int, order: int) -> np.ndarray:
    """The removal effects."""
    with ThreadPoolExecutor(cpu_count()) as pool:
        parts = pool.map(lambda bucket: count(*bucket, of_players=players, order=order), buckets)
        return removal_effects(total(list(parts)))


def main() -> None:
    """Measure and hand over."""
    folder = Path(tempfile.mkdtemp(prefix="outturn-bench-"))
    try:
        subprocess.run([sys.executable, "-m", "bench.attribution", str(folder)], check=True)
        ratios = []
        for players, order, what in ((20, 3, "20 channels at order 3"), (300, 1, "300 campaigns at order 1")):
            buckets = draw(players)
            touches = sum(len(met) for met, _, _ in buckets)
            effects = fitted(buckets, players, order)  # and once for the compiler
            assert 0 < effects.min() < effects.max() < 1
            mine, theirs = alternating(
                lambda buckets=buckets, players=players, order=order: fitted(buckets, players, order),
                lambda: counted(folder / "raw.parquet"),
            )
            note = f"{touches:,} touches in memory"
            ratios.append(Ratio(f"Markov, {what}", mine, "DuckDB `GROUP BY user_id`", theirs, "<= 0.50", note))
        print("\n".join(ratio.row() for ratio in ratios), file=sys.stderr)
        hand_over(ratios)
    finally:
        shutil.rmtree(folder)


if __name__ == "__main__":
    main()
