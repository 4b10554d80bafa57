"""Amounts in a currency's minor unit, as payment systems state them: cents, yen, and thousandths of a dinar."""

from __future__ import annotations

from typing import TYPE_CHECKING

from outturn.domain.currencies import MINOR_DIGITS
from outturn.sources.source import Check

if TYPE_CHECKING:
    from collections.abc import Mapping

_MOST = 9_000_000_000_000
"""The largest count of minor units that is an amount in micros, whatever the currency."""


def minor_micros(amount: str, currency: str, *, own: Mapping[str, int] | None = None) -> str:
    """SQL for the micros of a count of minor units.

    Args:
        amount: SQL, BIGINT.
        currency: SQL, an ISO 4217 code in capitals.
        own: Currency -> digits where the system departs from ISO 4217.
    """
    digits = MINOR_DIGITS | dict(own or {})
    cases = " ".join(
        f"WHEN {currency} IN ({', '.join(_quoted(digits, count))}) THEN {10 ** (6 - count)}" for count in (0, 3)
    )
    return f"{amount} * CASE {cases} ELSE {10**4} END"


def within_range(*amounts: str) -> Check:
    """Refuses rows whose amount is none: more than any money there is."""
    beyond = " OR ".join(f"{amount} NOT BETWEEN -{_MOST} AND {_MOST}" for amount in amounts)
    return Check("BAD_NUMBER", beyond, "an amount in minor units (cents) is out of range")


def _quoted(digits: Mapping[str, int], count: int) -> list[str]:
    return [f"'{code}'" for code, own in sorted(digits.items()) if own == count]
