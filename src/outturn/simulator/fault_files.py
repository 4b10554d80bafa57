"""A simulated folder, opened for faults: its files as records, written back as they were found."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

ARCHIVE, ORDERS, GOOGLE, META, COSTS = (
    "segment_archive.jsonl", "shopify_orders.csv", "google_ads_campaigns.csv", "meta_ads_campaigns.csv", "costs.csv",
)  # fmt: skip
GOOGLE_PREAMBLE = 2
_COUNTED = {"paid", "partially_refunded", "refunded"}

Message = dict[str, Any]
Row = dict[str, str]


@dataclass(slots=True)
class Files:
    """The files of `simulate`, with a Segment archive.

    Attributes:
        changed: Names of the files that were written anew.
    """

    folder: Path
    changed: set[str] = field(default_factory=set)

    def messages(self) -> list[Message]:
        """The archive's messages, in order of time."""
        with (self.folder / ARCHIVE).open(encoding="utf-8") as lines:
            return [json.loads(line) for line in lines]

    def write_messages(self, messages: list[Message]) -> None:
        """Write the archive anew."""
        text = "".join(json.dumps(one, ensure_ascii=False, separators=(",", ":")) + "\n" for one in messages)
        self._write(ARCHIVE, text)

    def orders(self) -> list[Row]:
        """The shop's lines; an order's own cells stand on the first of them."""
        return self.table(ORDERS)

    def table(self, name: str, *, preamble: int = 0) -> list[Row]:
        """The rows of a file under its header, which follows `preamble` lines."""
        text = (self.folder / name).read_text(encoding="utf-8-sig")
        lines = text.split("\n", preamble)[preamble]
        return list(csv.DictReader(io.StringIO(lines, newline="")))

    def write_table(self, name: str, rows: list[Row], *, preamble: int = 0, like: str = "") -> None:
        """Write a file's rows anew, under its own header and preamble, or under those of a file that it is `like`."""
        before = (self.folder / (like or name)).read_text(encoding="utf-8")
        head = before.split("\n", preamble)[:preamble]
        fields = next(
            csv.reader(io.StringIO(before.removeprefix("\ufeff").split("\n", preamble)[preamble], newline=""))
        )
        out = io.StringIO()
        writer = csv.DictWriter(out, fields, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
        mark = "\ufeff" if before.startswith("\ufeff") and not preamble else ""
        self._write(name, mark + "".join(f"{line}\n" for line in head) + out.getvalue())

    def change_arrivals(self, change: Callable[[Message], bool]) -> list[Message]:
        """Change page views in place, by a function that says whether it has; the changed ones."""
        messages = self.messages()
        changed = [one for one in messages if one["type"] == "page" and change(one)]
        self.write_messages(messages)
        return changed

    def _write(self, name: str, text: str) -> None:
        (self.folder / name).write_text(text, encoding="utf-8", newline="")
        self.changed.add(name)


def google_days(files: Files) -> list[str]:
    """The days of Google's report, in order."""
    rows = files.table(GOOGLE, preamble=GOOGLE_PREAMBLE)
    return sorted({row["Day"] for row in rows if row["Day"][:1].isdigit()})


def heads(orders: list[Row]) -> list[Row]:
    """The first line of each order, the one that has its cells."""
    return [row for row in orders if row["Id"]]


def counted(order: Row) -> bool:
    """Whether a ledger counts the order: paid, whatever flowed back, and no test."""
    return order["Financial Status"] in _COUNTED and order["Tags"] != "test"


def net_micros(order: Row) -> int:
    """Revenue without tax, shipping and discount."""
    return cents(order["Subtotal"]) * 10_000


def cents(text: str) -> int:
    """A plain amount of two decimals."""
    whole, _, part = text.partition(".")
    return int(whole) * 100 + int(part or 0)


def is_event(message: Message, name: str) -> bool:
    """Whether it is a tracked event of that name."""
    return bool(message["type"] == "track" and message["event"] == name)
