"""Exchange rates as the ECB publishes them: one euro in other currencies, on its business days only."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

import numpy as np

from outturn.domain.money import MICROS_PER_UNIT
from outturn.simulator.dice import dice

if TYPE_CHECKING:
    from pathlib import Path

_LEVELS = {"USD": 1.0850, "JPY": 163.40, "GBP": 0.8560, "CHF": 0.9420, "SEK": 11.310, "PLN": 4.2900}
_GONE = ("LVL", "HRK")
_LEAD_DAYS = 15


@dataclass(frozen=True, slots=True)
class Rates:
    """Millionths of each currency's unit for one euro, by business day."""

    days: tuple[date, ...]
    micros: dict[str, tuple[int, ...]]

    def on(self, day: date, currency: str) -> int:
        """The day's rate, or the last one before it."""
        index = max(i for i, known in enumerate(self.days) if known <= day)
        return self.micros[currency][index]

    def write(self, path: Path) -> None:
        """Write `eurofxref-hist.csv`: newest day first, `N/A` for currencies that are gone, a comma at the end."""
        with path.open("w", encoding="ascii", newline="") as out:
            out.write(",".join(["Date", *self.micros, *_GONE, ""]) + "\n")
            for index in range(len(self.days) - 1, -1, -1):
                cells = [_plain(rates[index]) for rates in self.micros.values()]
                out.write(",".join([self.days[index].isoformat(), *cells, *["N/A"] * len(_GONE), ""]) + "\n")


def euros(micros: int, rate_micros: int) -> int:
    """Micros of a currency in euro micros, rounded half to even."""
    whole, rest = divmod(micros * MICROS_PER_UNIT, rate_micros)
    return whole + (2 * rest > rate_micros or (2 * rest == rate_micros and whole % 2 == 1))


def draw_rates(start: date, *, days: int, seed: int) -> Rates:
    """A random walk in steps of 0.4 % a business day, from two weeks before `start` to the last day."""
    span = (start + timedelta(days=offset) for offset in range(-_LEAD_DAYS, days + 1))
    business = tuple(day for day in span if day.weekday() < 5 and not _is_holiday(day))  # noqa: PLR2004 - Saturday
    micros = {}
    for currency, level in _LEVELS.items():
        steps = dice(seed, f"rate {currency}").normal(0.0, 0.004, len(business))
        # Four digits, as the ECB gives them for most.
        micros[currency] = tuple(int(rate) * 100 for rate in np.rint(level * np.exp(np.cumsum(steps)) * 10_000))
    return Rates(business, micros)


def _plain(micros: int) -> str:
    return f"{micros // MICROS_PER_UNIT}.{micros % MICROS_PER_UNIT // 100:04d}".rstrip("0").rstrip(".")


def _is_holiday(day: date) -> bool:
    """The days on which the euro's payment system rests."""
    easter = _easter(day.year)
    fixed = {(1, 1), (5, 1), (12, 25), (12, 26)}
    return (day.month, day.day) in fixed or day in {easter - timedelta(days=2), easter + timedelta(days=1)}


def _easter(year: int) -> date:
    """Easter Sunday by the Gregorian rule (Meeus 1991, chapter 8)."""
    a, b, c = year % 19, year // 100, year % 100
    d, e = b // 4, b % 4
    g = (8 * b + 13) // 25
    h = (19 * a + b - d - g + 15) % 30
    i, k = c // 4, c % 4
    m = (32 + 2 * e + 2 * i - h - k) % 7
    n = (a + 11 * h + 22 * m) // 451
    month, day = divmod(h + m - 7 * n + 114, 31)
    return date(year, month, day + 1)
