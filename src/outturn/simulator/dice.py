"""Dice: one generator per purpose, so that changing one channel never changes another's luck.

Runs of one seed share their random numbers draw by draw (*common random numbers*). That makes a
counterfactual exact: the same market without a channel loses just the orders that the channel caused.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from zlib import crc32

import numpy as np

if TYPE_CHECKING:
    from outturn.simulator.arrays import Bits, Floats, Ints


def dice(seed: int, purpose: str, part: int = 0) -> np.random.Generator:
    """A generator for one purpose in one part of the population; equal arguments give equal draws."""
    return np.random.default_rng(np.random.SeedSequence(seed, spawn_key=(part, crc32(purpose.encode()))))


def scramble(numbers: Ints | Bits, salt: int) -> Bits:
    """Spread whole numbers over 64 bits, one to one for one salt (Steele, Lea, Flood 2014, SplitMix64)."""
    bits = numbers.astype(np.uint64) + np.uint64((salt * 0x9E3779B97F4A7C15 + 0x9E3779B97F4A7C15) & (2**64 - 1))
    bits = (bits ^ (bits >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    bits = (bits ^ (bits >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    mixed: Bits = bits ^ (bits >> np.uint64(31))
    return mixed


def fractions(bits: Bits) -> Floats:
    """The 53 upper bits as numbers in [0, 1)."""
    shares: Floats = (bits >> np.uint64(11)).astype(np.float64) * 2.0**-53
    return shares
