"""The tracker's archive: which hits of one part there are, in order of time, whatever format they are written in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

import numpy as np

from outturn.domain.time import MICROS_PER_SECOND
from outturn.simulator.dice import fractions, scramble
from outturn.simulator.landing import PATHS, SHOP, click_value

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from outturn.simulator.arrays import Bits, Ints
    from outturn.simulator.inquiries import Inquiries
    from outturn.simulator.landing import Landings
    from outturn.simulator.play import Part

ARRIVAL, SECOND_PAGE, LOGIN, CHECKOUT, ORDER, REFUND, INQUIRY = range(7)
SLICE = 20_000
_SECOND_PAGES = 0.35


@dataclass(frozen=True, slots=True)
class Hits:
    """The hits of one part in order of time.

    Attributes:
        kind: One of the codes above.
        row: The visit (arrival, second page, login), inquiry, or order (the others) that the hit belongs to.
        at: UTC micros.
    """

    kind: Ints
    row: Ints
    at: Ints

    @classmethod
    def of(cls, part: Part, inquiries: Inquiries | None = None) -> Self:
        """All hits that the tracker saw; `inquiries` are the part's, where forms are tracked."""
        visits, orders = part.visits, part.orders
        seen = np.flatnonzero(part.seen)
        second = seen[fractions(scramble(visits.uid[seen], 12)) < _SECOND_PAGES]
        login = seen[part.logged_in[seen]]
        bought = np.flatnonzero(orders.seen)
        back = bought[orders.refund_at[bought] > 0]
        batches = [
            (ARRIVAL, seen, visits.at[seen]),
            (SECOND_PAGE, second, visits.at[second] + _later(visits.uid[second], 35, 140)),
            (LOGIN, login, visits.at[login] + _later(visits.uid[login], 8, 20)),
            (CHECKOUT, bought, orders.at[bought] - 4 * MICROS_PER_SECOND),
            (ORDER, bought, orders.at[bought]),
            (REFUND, back, orders.refund_at[back]),
        ]
        if inquiries is not None:
            sent = np.flatnonzero(inquiries.seen)
            batches.append((INQUIRY, sent, inquiries.at[sent]))
        kind = np.concatenate([np.full(len(rows), code, dtype=np.int64) for code, rows, _ in batches])
        row = np.concatenate([rows for _, rows, _ in batches])
        at = np.concatenate([times for _, _, times in batches])
        sequence = np.lexsort((row, kind, at))
        return cls(kind[sequence], row[sequence], at[sequence])

    def texts(self, formatters: Mapping[int, Callable[[Ints, Ints], list[str]]]) -> Iterator[str]:
        """The hits as text, a slice at a time; a formatter takes rows and instants of its kind."""
        for first in range(0, len(self.at), SLICE):
            span = slice(first, first + SLICE)
            kind, row, at = self.kind[span], self.row[span], self.at[span]
            lines = [""] * len(at)
            for code, formatter in formatters.items():
                mine = np.flatnonzero(kind == code)
                for index, text in zip(mine.tolist(), formatter(row[mine], at[mine]), strict=True):
                    lines[index] = text
            yield "".join(lines)


def arrival_pages(part: Part, landings: Landings, rows: Ints) -> Iterator[tuple[int, int, str, str, str]]:
    """By visit: landing row, number, path, URL and referrer of its first page."""
    codes = (part.visits.place[rows] * 6 + part.landing[rows]).tolist()
    queries = [landing.query for landing in landings.rows]
    kinds = [landing.click_id for landing in landings.rows]
    referrers = [landing.referrers for landing in landings.rows]
    for code, uid in zip(codes, part.visits.uid[rows].tolist(), strict=True):
        path = PATHS[uid % len(PATHS)]
        query = queries[code]
        click = click_value(kinds[code], uid) if kinds[code] else ""
        url = f"{SHOP}{path}?{query}{click}" if query else f"{SHOP}{path}"
        choices = referrers[code]
        yield code, uid, path, url, choices[uid % len(choices)]


def _later(uid: Bits, least: int, most: int) -> Ints:
    seconds = least + (most - least) * fractions(scramble(uid, 13))
    later: Ints = (seconds * MICROS_PER_SECOND).astype(np.int64)
    return later
