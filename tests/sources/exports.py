"""Exports as people hold them, written by hypothesis: any combination of quirks, and the rows that must come back."""

from __future__ import annotations

import gzip
import io
import re
import zipfile
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import TYPE_CHECKING, Literal

from hypothesis import strategies as st

from tests.sources.export_words import (
    DAYS,
    GROUPS,
    LANGUAGES,
    NAMES,
    NEGATIVE,
    SIGNS,
    TOTALS,
    UNKNOWN,
    amount,
    day_text,
    grouped,
)
from tests.sources.workbooks import Formula, Spoilt, Value, serial, workbook

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from hypothesis.strategies import DrawFn

FIRST = date(2026, 1, 1)
_IDS = ("{}", "{}", "[{}]", "'{}", '="{}"', "{}.0")
_ROUNDED, _ERROR = "1.20211E+14", "#REF!"


@dataclass(frozen=True)
class Row:
    """One row, exactly; None: the file does not know.

    Attributes:
        spoilt: What a spreadsheet has done to one of its cells, so that it must be refused.
    """

    name: str
    identifier: str
    day: date
    micros: int | None
    impressions: int | None
    clicks: int | None
    spoilt: Literal["", "id", "money", "day"] = ""


@dataclass(frozen=True)
class Export:
    """A file and the truth about it.

    Attributes:
        settled: Nothing in it is open, so that refusing it would be wrong.
        wrong: It contradicts itself, so that taking it would be wrong.
    """

    content: bytes
    rows: tuple[Row, ...]
    currency: str
    suffix: str
    settled: bool
    wrong: bool
    with_id: bool
    quirks: dict[str, object]


@dataclass(frozen=True)
class Hand:
    """Who wrote the file: how numbers, days, signs and what is missing look."""

    source: str
    language: str
    currency: str
    decimal: str
    group: str
    count_group: str
    decimals: int
    day: str
    negative: str
    sign: str
    identifier: str
    missing: str

    def money(self, micros: int | None) -> str:
        """An amount with everything round it."""
        if micros is None:
            return self.missing
        text = self.sign.format(amount(micros, self.decimal, self.group, decimals=self.decimals))
        return self.negative.format(text) if micros < 0 else text

    def count(self, number: int | None) -> str:
        """A count."""
        return self.missing if number is None else grouped(number, self.count_group)

    def cells(self, row: Row) -> list[str]:
        """Name, id, day, currency, money, impressions, clicks."""
        identifier = _ROUNDED if row.spoilt == "id" else self.identifier.format(row.identifier)
        day = _ERROR if row.spoilt == "day" else day_text(row.day, self.day, self.language)
        money = _ERROR if row.spoilt == "money" else self.money(row.micros)
        return [row.name, identifier, day, self.currency, money, self.count(row.impressions), self.count(row.clicks)]


@st.composite
def hands(draw: DrawFn) -> Hand:
    """Any."""
    source = draw(st.sampled_from(sorted(LANGUAGES)))
    currency = draw(st.sampled_from(["EUR", "USD", "JPY", "GBP"]))
    decimal = draw(st.sampled_from(".,"))
    group = draw(st.sampled_from(GROUPS[decimal]))
    return Hand(
        source, draw(st.sampled_from(sorted(LANGUAGES[source]))), currency, decimal, group,
        draw(st.sampled_from([group, ""])), draw(st.sampled_from([0, 2])), draw(st.sampled_from(sorted(DAYS))),
        draw(st.sampled_from(NEGATIVE)), draw(st.sampled_from(["{}", "{}", "{}", *SIGNS[currency]])),
        draw(st.sampled_from(_IDS)), draw(st.sampled_from(UNKNOWN)),
    )  # fmt: skip


@st.composite
def rows(draw: DrawFn) -> tuple[Row, ...]:
    """Some rows, of which each campaign has one per day."""
    digits = draw(st.sampled_from([0, 2, 2, 2, 3, 6]))
    spoilt: st.SearchStrategy[Literal["", "id", "money", "day"]] = st.sampled_from(
        ("", "", "", "", "id", "money", "day")
    )
    found: dict[tuple[str, date], Row] = {}
    for _ in range(draw(st.integers(1, 8))):
        name = draw(st.sampled_from(NAMES))
        day = FIRST + timedelta(draw(st.integers(0, 290)))
        units = draw(st.one_of(st.none(), st.integers(-(10**4), 10**5), st.integers(0, 10**9)))
        found[name, day] = Row(
            name, f"{7000 + NAMES.index(name)}", day, None if units is None else units * 10 ** (6 - digits),
            draw(st.one_of(st.none(), st.integers(0, 10**7))), draw(st.integers(0, 9999)),
            draw(spoilt) if draw(st.integers(0, 9)) == 0 else "",
        )  # fmt: skip
    return tuple(found.values())


@st.composite
def exports(draw: DrawFn) -> Export:
    """A file of Google's or Meta's."""
    data, hand = draw(rows()), draw(hands())
    where, header = draw(currency_in(hand))
    with_id = draw(st.booleans())
    if not with_id:
        data = tuple(replace(row, spoilt="") if row.spoilt == "id" else row for row in data)
    kept = [place for place in range(7) if (place != 1 or with_id) and (place != 3 or where == "column")]
    names, lines = [header[place] for place in kept], [[hand.cells(row)[place] for place in kept] for row in data]
    totals = draw(st.sampled_from(["none", "first", "last"]))
    if totals != "none":
        total = [
            TOTALS[hand.language] if hand.source == "google-ads" else "", hand.missing, hand.missing, hand.currency,
            hand.money(sum(row.micros or 0 for row in data)), "9", "9",
        ]  # fmt: skip
        lines.insert(0 if totals == "first" else len(lines), [total[place] for place in kept])
    further = draw(st.sampled_from(["", "", "shares", "notes twice", "cost twice"]))
    for title, texts in _FURTHER[further]:
        names = [*names, names[kept.index(4)] if title == "cost" else title]
        lines = [[*line, texts[n % len(texts)]] for n, line in enumerate(lines)]
    above, stated = draw(preambles(hand, len(data), stated_currency=where == "preamble"))
    below = draw(st.sampled_from([[], ["", "Exported by Ana"], ['"©2026 Example Corporation"']]))
    packing = draw(st.sampled_from(["plain", "plain", "gzip", "zip", "xlsx"]))
    quirks: dict[str, object] = {
        "hand": hand, "where": where, "totals": totals, "further": further, "above": above, "below": below,
        "packing": packing,
    }  # fmt: skip
    typed = False
    if packing == "xlsx":
        around = [[line] for line in above], [[line] for line in below]
        whole = [*around[0], names, *lines, *around[1]]
        content, typed = draw(as_workbook(data, kept, whole, native=totals == "none"))
    else:
        content, text_quirks = draw(as_text(above, names, lines, below))
        quirks |= text_quirks
        content = _PACKED[packing](content)
    all_spoilt = all(row.spoilt for row in data)
    # A sign says the currency only where there is an amount to bear it, and a spreadsheet's number bears none.
    unsigned = where == "sign" and (typed or all(row.micros is None or row.spoilt for row in data))
    return Export(
        content, data, hand.currency, packing,
        settled=not (open_questions(data, hand) or all_spoilt or unsigned)
        and not (packing == "xlsx" and '"' in "".join(above)),
        wrong=further == "cost twice" or stated not in {None, len(data)}, with_id=with_id, quirks=quirks,
    )  # fmt: skip


def zipped(content: bytes) -> bytes:
    """A zip of one file."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("export.csv", content)
    return target.getvalue()


_PACKED: dict[str, Callable[[bytes], bytes]] = {"plain": bytes, "gzip": gzip.compress, "zip": zipped}
_FURTHER: dict[str, list[tuple[str, tuple[str, ...]]]] = {
    "": [],
    "shares": [("CTR", ("5.20%", "< 10%", "--", "#DIV/0!")), ("Search impr. share", ("< 10%", " --", "> 90%"))],
    "notes twice": [("Note", ("x", "")), ("Note", ("y, z",))],
    "cost twice": [("cost", ("1.00", "2.00"))],
}


@st.composite
def currency_in(draw: DrawFn, hand: Hand) -> tuple[str, list[str]]:
    """Where the file states its currency, and its header then."""
    where = draw(st.sampled_from(["column", "header", "preamble", "sign"]))
    own_sign = any(mark in hand.sign for mark in ("€", "EUR", "USD", "JPY"))
    if (where == "header" and hand.source == "google-ads") or (where == "sign" and not own_sign):
        where = "column"
    names = LANGUAGES[hand.source][hand.language]
    return where, [one.format(hand.currency) if where == "header" else one.replace(" ({})", "") for one in names]


@st.composite
def preambles(draw: DrawFn, hand: Hand, count: int, *, stated_currency: bool) -> tuple[list[str], int | None]:
    """The lines above the header, up to some two dozen, and how many rows they say that there are."""
    lines = draw(st.sampled_from([[], ["Campaign report"], ["Campaign report", ""], ["Report"] * 12 + [""] * 12]))
    lines = [*lines, *draw(st.sampled_from([[], ["2026-01-01 - 2026-10-31"], ["Account: Acme"]]))]
    stated = draw(st.sampled_from([None, None, None, count, count, count + 1]))
    if stated is not None:
        lines = [*lines, draw(st.sampled_from(['"Rows: {}"', "Rows: {}"])).format(stated)]
    return [*lines, f"Currency: {hand.currency}"] if stated_currency else lines, stated


@st.composite
def as_workbook(
    draw: DrawFn, data: Sequence[Row], kept: Sequence[int], lines: Sequence[Sequence[str]], *, native: bool
) -> tuple[bytes, bool]:
    """The file's lines as a sheet among others: the table's cells as texts, or (true) as a spreadsheet keeps them."""
    sheet: list[list[Value]] = [[*line] for line in lines]
    from_1904 = draw(st.booleans())
    typed = native and draw(st.booleans())
    if typed:
        bare = draw(st.booleans())
        first = next(n for n, line in enumerate(lines) if len(line) > 1) + 1
        for row, cells in zip(data, sheet[first:], strict=False):
            for place, cell in enumerate(kept):
                cells[place] = _typed(row, cell, cells[place], bare=bare, from_1904=from_1904)
    notes: list[list[Value]] = [["Note", "By"], ["All campaigns", "Ana"]]
    books: list[dict[str, list[list[Value]]]] = [
        {"Data": sheet}, {"Notes": notes, "Data": sheet}, {"Data": sheet, "Notes": notes, "Empty": []},
    ]  # fmt: skip
    return workbook(draw(st.sampled_from(books)), from_1904=from_1904), typed


def _typed(row: Row, place: int, text: Value, *, bare: bool, from_1904: bool) -> Value:
    """The cell as a spreadsheet keeps it: days and numbers are no texts, and an error is none of either."""
    if text == _ERROR:
        return Spoilt(_ERROR)
    if place == 2:
        return serial(row.day, from_1904=from_1904) if bare else row.day
    if place == 4:
        number = None if row.micros is None else row.micros / 1_000_000
        return number if number is None or row.clicks is None or row.clicks % 2 else Formula("SUM(1)", number)
    return {5: row.impressions, 6: row.clicks}.get(place, text)


def open_questions(data: Sequence[Row], hand: Hand) -> bool:
    """Whether the file leaves a question open that only the user can settle, or may seem to."""
    days = [row.day for row in data if row.spoilt != "day" and row.day.day != row.day.month]
    if hand.day.endswith(("day-first", "month-first")) and days and not any(day.day > 12 for day in days):
        return True
    numbers = [amount(row.micros, hand.decimal, hand.group, decimals=hand.decimals) for row in data if row.micros]
    numbers += [grouped(n, hand.count_group) for row in data for n in (row.impressions, row.clicks) if n]
    proof = re.compile(rf"[{hand.decimal}]\d{{1,2}}$|[{hand.decimal}]\d{{4,}}$")
    return any(mark in text for text in numbers for mark in ".,") and not any(map(proof.search, numbers))


@st.composite
def as_text(
    draw: DrawFn, preamble: Sequence[str], names: Sequence[str], body: Sequence[Sequence[str]], footer: Sequence[str]
) -> tuple[bytes, dict[str, object]]:
    """The table as bytes of some encoding, with some delimiter and some line ends."""
    delimiter = draw(st.sampled_from([",", ";", "\t", "|"]))
    end = draw(st.sampled_from(["\n", "\r\n", "\r"]))
    stated = delimiter == "|" or draw(st.booleans())
    codec = draw(st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "utf-16-be-mark", "utf-16-le", "cp1252"]))
    quote: Literal["all", "needed"] = draw(st.sampled_from(["all", "needed"]))
    last_end = draw(st.booleans())

    def cell(text: str) -> str:
        text = text.replace("\n", "\n" if end != "\r" else " ")
        needs = quote == "all" or any(mark in text for mark in (delimiter, '"', "\n", "\r"))
        return '"' + text.replace('"', '""') + '"' if needs else text

    lines = [
        *([f"sep={delimiter}"] if stated else []),
        *preamble,
        *(delimiter.join(map(cell, row)) for row in [names, *body]),
        *footer,
    ]
    text = end.join(lines) + (end if last_end or not footer else "")
    if codec == "cp1252":
        text = text.replace("\u202f", "\u00a0").replace("−", "-")
    content = ("\ufeff" + text).encode("utf-16-be") if codec == "utf-16-be-mark" else text.encode(codec)
    return content, {
        "delimiter": delimiter,
        "end": end,
        "sep": stated,
        "codec": codec,
        "quote": quote,
        "last_end": last_end,
    }


def squeezed(name: str) -> str:
    """A name without the line ends that some files cannot hold."""
    return " ".join(name.split())
