"""A simulated folder, read as a stranger would: with csv and json alone."""

from __future__ import annotations

import csv
import json
from collections import Counter
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from functools import cached_property
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathlib import Path

    from outturn.simulator import Truth


@dataclass
class Files:
    """A simulated folder and what stands in it, read without the simulator's help."""

    folder: Path
    truth: Truth

    @cached_property
    def shop_lines(self) -> list[dict[str, str]]:
        """All lines of the shop's export."""
        with (self.folder / "shopify_orders.csv").open(encoding="utf-8", newline="") as file:
            return list(csv.DictReader(file))

    @cached_property
    def orders(self) -> list[dict[str, str]]:
        """The first line of each order."""
        return [line for line in self.shop_lines if line["Id"]]

    @cached_property
    def google(self) -> list[dict[str, str]]:
        """All rows below the preamble, totals too."""
        with (self.folder / "google_ads_campaigns.csv").open(encoding="utf-8", newline="") as file:
            return list(csv.DictReader(file.readlines()[2:]))

    @cached_property
    def meta(self) -> list[dict[str, str]]:
        """All rows, the total first."""
        with (self.folder / "meta_ads_campaigns.csv").open(encoding="utf-8-sig", newline="") as file:
            return list(csv.DictReader(file))

    @cached_property
    def dollars_per_euro(self) -> dict[date, Fraction]:
        """The ECB's rate by business day."""
        with (self.folder / "eurofxref-hist.csv").open(encoding="ascii", newline="") as file:
            return {date.fromisoformat(row["Date"]): Fraction(row["USD"]) for row in csv.DictReader(file)}

    @cached_property
    def messages(self) -> list[dict[str, Any]]:
        """All messages of the Segment archive."""
        with (self.folder / "segment_archive.jsonl").open(encoding="utf-8") as file:
            return [json.loads(line) for line in file]

    def kinds(self) -> Counter[str]:
        """How many messages there are of each event or type."""
        return Counter(message.get("event", message["type"]) for message in self.messages)


def micros(text: str) -> int:
    """Exact micros of a plain decimal, thousands commas allowed."""
    exact = Fraction(text.replace(",", "")) * 1_000_000
    assert exact.denominator == 1
    return exact.numerator
