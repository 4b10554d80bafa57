"""Money is whole micros of one currency: what comes in as 12.34 is 12.34 everywhere.

A micro is one millionth of the currency's major unit, for every currency alike, so that amounts
with 0, 2 or 3 minor digits, and a platform's fractions of a cent, all have one exact form.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING

from outturn.domain.currencies import minor_digits
from outturn.domain.errors import CurrencyMismatch

if TYPE_CHECKING:
    from collections.abc import Sequence

MICROS_PER_UNIT = 1_000_000
MAX_MICROS = 2**63 - 1


@dataclass(frozen=True, slots=True, order=False)
class Money:
    """An exact amount: `micros` of `currency` (ISO 4217), negative for what flows back.

    >>> Money(12_340_000, "EUR")
    Money(12.34 EUR)
    >>> Money(100_000_000, "EUR").split([1, 1, 1])[0]
    Money(33.333334 EUR)
    """

    micros: int
    currency: str

    def __post_init__(self) -> None:
        minor_digits(self.currency)
        if not -MAX_MICROS <= self.micros <= MAX_MICROS:
            raise OverflowError(f"{self.micros} micros do not fit in 64 bits")

    @classmethod
    def parse(cls, text: str, currency: str) -> Money:
        """Read a plain decimal ("-12.34") exactly.

        Raises:
            ValueError: Not a decimal number, or finer than a micro: money is never rounded.
        """
        try:
            exact = Decimal(text) * MICROS_PER_UNIT
        except InvalidOperation:
            raise ValueError(f"{text!r} is not a decimal number") from None
        if not exact.is_finite() or exact != exact.to_integral_value():
            raise ValueError(f"{text!r} is not a whole number of micros")
        return cls(int(exact), currency)

    def __add__(self, other: Money) -> Money:
        self._same_currency(other)
        return Money(self.micros + other.micros, self.currency)

    def __sub__(self, other: Money) -> Money:
        self._same_currency(other)
        return Money(self.micros - other.micros, self.currency)

    def __neg__(self) -> Money:
        return Money(-self.micros, self.currency)

    def __str__(self) -> str:
        return f"{decimal_text(self.micros, self.currency)} {self.currency}"

    def __repr__(self) -> str:
        return f"Money({self})"

    def split(self, weights: Sequence[int]) -> list[Money]:
        """Divide in proportion to `weights`; the parts add up to this amount exactly."""
        return [Money(part, self.currency) for part in split_micros(self.micros, weights)]

    def _same_currency(self, other: Money) -> None:
        if self.currency != other.currency:
            raise CurrencyMismatch(f"{self} and {other} cannot be added: convert one of them by its day's rate first")


def exact_micros(given: str | int | Decimal) -> int:
    """The micros of an amount as a message brings it: text, a whole number, or JSON's number as a Decimal.

    A browser adds 0.1 and 0.2 to 0.30000000000000004: what its doubles cannot tell from a whole micro is that micro.

    Raises:
        ValueError: No amount; its text says what was expected.

    >>> exact_micros("12.34"), exact_micros(Decimal("0.30000000000000004"))
    (12340000, 300000)
    """
    if isinstance(given, bool) or (isinstance(given, str) and not _PLAIN.fullmatch(given.strip())):
        raise ValueError("expected a plain number such as 12.34")
    amount = Decimal(given)
    if not amount.is_finite() or abs(amount) > _LARGEST_AMOUNT:
        raise ValueError("out of range")
    exact = amount * MICROS_PER_UNIT
    whole = exact.to_integral_value()
    if abs(exact - whole) > abs(exact) * _DOUBLE_NOISE:
        raise ValueError("finer than a millionth, and money is never rounded")
    return int(whole)


_PLAIN = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]{1,3})?")
_DOUBLE_NOISE = Decimal(2) ** -50
_LARGEST_AMOUNT = Decimal(MAX_MICROS) / MICROS_PER_UNIT


def split_micros(micros: int, weights: Sequence[int]) -> list[int]:
    """Divide whole micros by largest remainder, ties to the earlier part.

    A negative amount is split as its absolute value and negated, so that a refund takes back from
    each part just what the sale gave it.

    Args:
        micros: The amount, of either sign.
        weights: Whole numbers >= 0, at least one positive.

    Returns:
        As many whole numbers as weights; their sum is `micros`, and none differs from its exact
        share by one micro or more.
    """
    total = sum(weights)
    if total <= 0 or any(weight < 0 for weight in weights):
        raise ValueError("weights are whole numbers >= 0 with a positive sum")
    amount = abs(micros)
    parts = [amount * weight // total for weight in weights]
    rests = [amount * weight % total for weight in weights]
    missing = amount - sum(parts)
    for at in sorted(range(len(parts)), key=lambda i: (-rests[i], i))[:missing]:
        parts[at] += 1
    return parts if micros >= 0 else [-part for part in parts]


def decimal_text(micros: int, currency: str) -> str:
    """Write micros as a decimal: at least the currency's own digits, at most six, nothing lost.

    >>> decimal_text(12_300_000, "EUR"), decimal_text(12_300_001, "EUR"), decimal_text(5_000_000, "JPY")
    ('12.30', '12.300001', '5')
    """
    sign = "-" if micros < 0 else ""
    units, rest = divmod(abs(micros), MICROS_PER_UNIT)
    digits = f"{rest:06d}".rstrip("0").ljust(minor_digits(currency), "0")
    return f"{sign}{units}.{digits}" if digits else f"{sign}{units}"
