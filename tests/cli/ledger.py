"""The market's files read a second time, with nothing of Outturn's: csv, json, Fraction and a calendar."""

from __future__ import annotations

import csv
from collections import defaultdict
from datetime import date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from pathlib import Path

PAID = ("paid", "partially_paid", "partially_refunded", "refunded")
# The channel that each campaign type of the simulated Google account belongs to.
GOOGLE_CHANNELS = {
    "Search": "Paid Search",
    "Performance Max": "Cross-network",
    "Display": "Display",
    "Video": "Paid Video",
}


class Sale(NamedTuple):
    """An order that counts, net of tax and shipping."""

    day: date
    net_micros: int
    refunded_micros: int

    @property
    def kept_micros(self) -> int:
        """What is left after the refund."""
        return self.net_micros - self.refunded_micros


def micros(text: str) -> int:
    """Money as written, in micros; empty is nothing."""
    whole = Fraction(text or "0") * 1_000_000
    assert whole.denominator == 1
    return whole.numerator


def sales(orders: Path) -> list[Sale]:
    """The orders that count; a refund takes tax and shipping back in the sale's proportion."""
    found = []
    with orders.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            if not row["Total"] or row["Financial Status"] not in PAID:
                continue
            if "test" in row["Tags"].split(", ") or "Bogus" in row["Payment Method"]:
                continue
            total, tax, shipping = (micros(row[name]) for name in ("Total", "Taxes", "Shipping"))
            assert micros(row["Subtotal"]) + tax + shipping == total, "the simulated shop's prices are without tax"
            refunded = micros(row["Refunded Amount"])
            back = refunded - share(refunded, tax, total) - share(refunded, shipping, total) if refunded else 0
            day = datetime.strptime(row["Created at"], "%Y-%m-%d %H:%M:%S %z").date()  # stamped in the shop's zone
            found.append(Sale(day, total - tax - shipping, back))
    return found


def share(amount: int, part: int, whole: int) -> int:
    """`amount` in the proportion of `part` to `whole`, to the micro, half to even."""
    return round(Fraction(amount * part, whole))


def rates(file: Path) -> dict[date, Fraction]:
    """US dollars for one euro by day; a day without a rate has the last one before it."""
    with file.open(encoding="utf-8", newline="") as text:
        stated = {date.fromisoformat(row["Date"]): Fraction(row["USD"]) for row in csv.DictReader(text)}
    day, last = min(stated), max(stated)
    found: dict[date, Fraction] = {}
    while day <= last:
        found[day] = stated.get(day) or found[day - timedelta(days=1)]
        day += timedelta(days=1)
    return found


def spend(exports: Path) -> dict[str, int]:
    """Euro micros that each channel's platforms billed; Meta's dollars converted day by day."""
    found: dict[str, int] = defaultdict(int)
    with (exports / "google_ads_campaigns.csv").open(encoding="utf-8", newline="") as file:
        next(file), next(file)
        for row in csv.DictReader(file):
            if row["Campaign type"] in GOOGLE_CHANNELS:
                assert row["Currency code"] == "EUR"
                found[GOOGLE_CHANNELS[row["Campaign type"]]] += micros(row["Cost"])
    for day, dollars in meta_days(exports / "meta_ads_campaigns.csv").items():
        found["Paid Social"] += round(dollars / rates(exports / "eurofxref-hist.csv")[day])
    return dict(found)


def meta_days(file: Path) -> dict[date, int]:
    """Micros of US dollars by day, the total line left out."""
    found: dict[date, int] = defaultdict(int)
    with file.open(encoding="utf-8-sig", newline="") as text:
        for row in csv.DictReader(text):
            if row["Campaign name"]:
                found[date.fromisoformat(row["Day"])] += micros(row["Amount spent (USD)"])
    return dict(found)


def money(text: str | None) -> int:
    """Micros of an amount as `--json` prints it."""
    assert text is not None
    exact = Decimal(text) * 1_000_000
    assert exact == exact.to_integral_value()
    return int(exact)
