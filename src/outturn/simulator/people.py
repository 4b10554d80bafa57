"""People: how interested each is, the devices that each browses with, and what each tells the shop."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

import numpy as np

from outturn.domain.time import MICROS_PER_DAY
from outturn.simulator.dice import dice, fractions, scramble

if TYPE_CHECKING:
    from outturn.simulator.arrays import Bits, Flags, Floats, Ints

_FIRST = (
    "Ada", "Alan", "Amira", "Anton", "Bela", "Carla", "Chen", "Clara", "Dario", "Edith", "Elif", "Emil", "Fatou",
    "Finn", "Greta", "Hugo", "Ida", "Ines", "Jonas", "Kaya", "Lena", "Luca", "Maja", "Malik", "Mina", "Nils", "Noor",
    "Oskar", "Paula", "Quinn", "Rosa", "Samir", "Tilda", "Vera", "Wanda", "Yara",
)  # fmt: skip
_LAST = (
    "Adler", "Baum", "Costa", "Dahl", "Ebert", "Falk", "Gruber", "Haas", "Ivanova", "Jung", "Kern", "Lindt", "Moser",
    "Nowak", "Okafor", "Petit", "Quist", "Roth", "Sommer", "Tanaka", "Urban", "Vogt", "Weiss", "Yilmaz", "Zeller",
)  # fmt: skip
_COOKIE_DAYS = 21
_ERAS = 64
_DEVICES = 4


@dataclass(frozen=True, slots=True)
class People:
    """One part of the population.

    Attributes:
        first: The number of the first person; numbers run on.
        interest: Mean 1, skewed: how likely to visit and to buy anyway.
        devices: 1 to 3.
        account: Has an account and logs in now and then.
        hidden: Refused tracking: nothing of them is in the archive.
    """

    first: int
    interest: Floats
    devices: Ints
    account: Flags
    hidden: Flags

    @classmethod
    def draw(cls, seed: int, part: int, *, first: int, count: int) -> Self:
        """Draw the people of one part."""
        rng = dice(seed, "people", part)
        interest = rng.gamma(0.7, 1.0 / 0.7, count)
        devices = 1 + np.searchsorted([0.58, 0.91], rng.random(count)).astype(np.int64)
        return cls(first, interest, devices, rng.random(count) < 0.34, rng.random(count) < 0.08)  # noqa: PLR2004 - shares

    def __len__(self) -> int:
        return len(self.interest)


def browser_keys(person: Ints, devices: Ints, uniforms: Floats, at: Ints) -> Ints:
    """Which browser cookie a hit carries, as person * 256 + device * 64 + era.

    Most hits come from the first device. On every third first device cookies live 21 days, so that one
    person has several anonymous ids even there.
    """
    device = (devices * uniforms**1.6).astype(np.int64)
    short_lived = scramble(person * _DEVICES + device, 3) % np.uint64(3) == 0
    era = np.where(short_lived, at // (MICROS_PER_DAY * _COOKIE_DAYS) % _ERAS, 0)
    keys: Ints = person * (_DEVICES * _ERAS) + device * _ERAS + era
    return keys


def anonymous_ids(keys: Ints, seed: int) -> list[str]:
    """A version-4 UUID per browser key."""
    upper, lower = scramble(keys, 2 * seed + 11).tolist(), scramble(keys, 2 * seed + 12).tolist()
    return [
        f"{a >> 32:08x}-{a >> 16 & 0xFFFF:04x}-4{a & 0xFFF:03x}-a{b >> 48 & 0xFFF:03x}-{b & 0xFFFFFFFFFFFF:012x}"
        for a, b in zip(upper, lower, strict=True)
    ]


def user_id(person: int) -> str:
    """The shop's id of a person who has an account."""
    return f"AU{person + 100_000}"


def full_name(person: int) -> tuple[str, str]:
    """Invented first and last name."""
    spread = (person * 2_654_435_761) & 0xFFFFFFFF
    return _FIRST[spread % len(_FIRST)], _LAST[(spread >> 8) % len(_LAST)]


def email(person: int) -> str:
    """An address under example.com, one per person."""
    first, last = full_name(person)
    return f"{first}.{last}.{person}@example.com".lower()


def shares(person: Ints, salt: int) -> Floats:
    """One fixed number in [0, 1) per person."""
    bits: Bits = scramble(person, salt)
    return fractions(bits)
