"""Exports as people hold them, written by hypothesis: any combination of quirks, and the rows that must come back."""

from __future__ import annotations

import gzip
import io
import zipfile
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Literal

from hypothesis import strategies as st

from tests.sources.workbooks import Value, workbook

if TYPE_CHECKING:
    from collections.abc import Sequence

    from hypothesis.strategies import DrawFn

FIRST = date(2026, 1, 1)
LANGUAGES = {
    "google-ads": {
        "en": ("Campaign", "Campaign ID", "Day", "Currency code", "Cost", "Impr.", "Clicks"),
        "de": ("Kampagne", "Kampagnen-ID", "Tag", "Währungscode", "Kosten", "Impr.", "Klicks"),
        "fr": ("Campagne", "ID de campagne", "Jour", "Code de devise", "Coût", "Impr.", "Clics"),
        "es": ("Campaña", "ID de campaña", "Día", "Código de moneda", "Coste", "Impr.", "Clics"),
        "nl": ("Campagne", "Campagne-ID", "Dag", "Valutacode", "Kosten", "Vertoningen", "Klikken"),
    },
    "meta-ads": {
        "en": ("Campaign name", "Campaign ID", "Day", "Currency", "Amount spent ({})", "Impressions", "Link clicks"),
        "de": ("Kampagnenname", "Kampagnen-ID", "Tag", "Währung", "Ausgegebener Betrag ({})", "Impressionen",
               "Link-Klicks"),
        "fr": ("Nom de la campagne", "Identifiant de campagne", "Jour", "Devise", "Montant dépensé ({})", "Impressions",
               "Clics sur un lien"),
        "es": ("Nombre de la campaña", "Identificador de la campaña", "Día", "Divisa", "Importe gastado ({})",
               "Impresiones", "Clics en el enlace"),
        "nl": ("Campagnenaam", "Campagne-ID", "Dag", "Valuta", "Besteed bedrag ({})", "Weergaven", "Klikken op link"),
    },
}  # fmt: skip
NAMES = (
    "Spring",
    "Total",
    "Total: brand",
    "Gesamt",
    'Lamps, "new"',
    "Café – Zürich",
    "Two\nlines",
    "a;b\tc",
    "1,234",
    "(none)",
    "2026-01-01",
)
GROUPS = {
    ".": (",", "", "'", "’", " ", "\u00a0", "\u202f", "indian"),
    ",": (".", "", " ", "\u00a0", "\u202f"),
}
DAYS = {
    "iso": "%Y-%m-%d", "slashed": "%Y/%m/%d", "compact": "%Y%m%d", "dotted": "%d.%m.%Y", "day-first": "%d/%m/%Y",
    "month-first": "%m/%d/%Y", "words": "%b %d, %Y", "hour": "%Y-%m-%d 23:00:00",
}  # fmt: skip
NEGATIVE = ("-{}", "({})", "{}-", "−{}")
SIGNS = {
    "EUR": ("€{}", "{} €", "EUR {}", "{} EUR"),
    "USD": ("${}", "USD {}", "{} USD"),
    "JPY": ("¥{}", "JPY {}"),
    "GBP": ("£{}",),
}


@dataclass(frozen=True)
class Row:
    """One row, exactly."""

    name: str
    identifier: str
    day: date
    micros: int
    impressions: int
    clicks: int


@dataclass(frozen=True)
class Export:
    """A file and the truth about it.

    Attributes:
        settled: Nothing in it is open, so that refusing it would be wrong.
    """

    content: bytes
    rows: tuple[Row, ...]
    currency: str
    suffix: str
    settled: bool
    quirks: dict[str, object]


@st.composite
def rows(draw: DrawFn) -> tuple[Row, ...]:
    """Some rows, of which each campaign has one per day."""
    digits = draw(st.sampled_from([0, 2, 2, 2, 3, 6]))
    found: dict[tuple[str, date], Row] = {}
    for _ in range(draw(st.integers(1, 8))):
        name = draw(st.sampled_from(NAMES))
        day = FIRST + timedelta(draw(st.integers(0, 290)))
        units = draw(st.one_of(st.integers(-(10**4), 10**5), st.integers(0, 10**9)))
        row = Row(
            name,
            f"{7000 + NAMES.index(name)}",
            day,
            units * 10 ** (6 - digits),
            draw(st.integers(0, 10**7)),
            draw(st.integers(0, 9999)),
        )
        found[row.name, row.day] = row
    return tuple(found.values())


def amount(micros: int, decimal: str, group: str, *, decimals: int = 2) -> str:
    """An amount without its sign."""
    whole, fraction = divmod(abs(micros), 1_000_000)
    shown = f"{fraction:06d}".rstrip("0").ljust(decimals, "0")
    return grouped(whole, group) + (decimal + shown if shown else "")


def grouped(whole: int, group: str) -> str:
    """Digits in groups of three, or as in India."""
    text = f"{whole:,}"
    if group == "indian":
        head, tail = str(whole)[:-3], str(whole)[-3:]
        parts: list[str] = []
        while head:
            parts.insert(0, head[-2:])
            head = head[:-2]
        return ",".join([*parts, tail])
    return text.replace(",", group)


@st.composite
def exports(draw: DrawFn) -> Export:  # noqa: C901, PLR0915 (one choice after the other)
    """A file of Google's or Meta's."""
    data = draw(rows())
    source = draw(st.sampled_from(sorted(LANGUAGES)))
    language = draw(st.sampled_from(sorted(LANGUAGES[source])))
    currency = draw(st.sampled_from(["EUR", "USD", "JPY", "GBP"]))
    decimal = draw(st.sampled_from(".,"))
    group = draw(st.sampled_from(GROUPS[decimal]))
    count_group = draw(st.sampled_from([group, ""]))
    decimals = draw(st.sampled_from([0, 2]))
    style = draw(st.sampled_from(sorted(DAYS)))
    negative = draw(st.sampled_from(NEGATIVE))
    sign = draw(st.sampled_from(["{}", "{}", "{}", *SIGNS[currency]]))
    where = draw(st.sampled_from(["column", "header", "preamble", "sign"]))
    header = [
        one.format(currency) if source == "meta-ads" and where == "header" else one.replace(" ({})", "")
        for one in LANGUAGES[source][language]
    ]
    if source == "google-ads" and where == "header":
        where = "column"
    if where == "sign" and (sign == "{}" or "$" in sign or "¥" in sign or "£" in sign):
        where = "column"
    with_id = draw(st.booleans())
    kept = [place for place in range(7) if (place != 1 or with_id) and (place != 3 or where == "column")]

    def money(micros: int) -> str:
        text = sign.format(amount(micros, decimal, group, decimals=decimals))
        return negative.format(text) if micros < 0 else text

    def line(row: Row) -> list[str]:
        cells = [
            row.name, row.identifier, row.day.strftime(DAYS[style]), currency, money(row.micros),
            grouped(row.impressions, count_group), grouped(row.clicks, count_group),
        ]  # fmt: skip
        return [cells[place] for place in kept]

    def total(label: str) -> list[str]:
        missing = draw(st.sampled_from(["", "--", " --"]))
        cells = [
            label,
            missing,
            missing,
            currency,
            money(sum(row.micros for row in data)),
            grouped(9, ""),
            grouped(9, ""),
        ]
        return [cells[place] for place in kept]

    label = "Total: Account" if source == "google-ads" else ""
    totals = draw(st.sampled_from(["none", "first", "last"]))
    lines: list[list[str]] = [line(row) for row in data]
    lines = [*([total(label)] if totals == "first" else []), *lines, *([total(label)] if totals == "last" else [])]
    preamble = draw(st.sampled_from([[], ["Campaign report"], ["Campaign report", ""], [f'"Rows: {len(data)}"']]))
    if where == "preamble":
        preamble = [*preamble, f"Currency: {currency}"]
    footer = draw(st.sampled_from([[], ["", "Exported by Ana"], ['"©2026 Example Corporation"']]))
    packing = draw(st.sampled_from(["plain", "plain", "gzip", "zip", "xlsx"]))
    names = [header[place] for place in kept]
    quirks: dict[str, object] = {
        "source": source, "language": language, "currency": currency, "where": where, "decimal": decimal,
        "group": group, "count_group": count_group, "day": style, "sign": sign, "negative": negative,
        "totals": totals, "packing": packing, "preamble": preamble, "footer": footer,
    }  # fmt: skip
    numbers = [amount(row.micros, decimal, group, decimals=decimals) for row in data]
    numbers += [grouped(n, count_group) for row in data for n in (row.impressions, row.clicks)]
    settled = not open_questions(data, numbers, style) and totals == "none"
    if packing == "xlsx":
        sheet: list[list[Value]] = [[one] for one in preamble]
        native = draw(st.booleans())
        if native:
            quirks["native"] = True
        body: list[list[Value]] = [list(cells) for cells in lines]
        if native:
            body = [[_typed(row, place, text) for place, text in zip(kept, line(row), strict=True)] for row in data]
        sheet.append([*names])
        sheet += body
        sheet += [[one] for one in footer]
        return Export(
            workbook({"Data": sheet}), data, currency, "xlsx", settled and not preamble_quoted(preamble), quirks
        )
    content, text_quirks = draw(as_text(preamble, names, lines, footer))
    quirks |= text_quirks
    if packing == "gzip":
        content = gzip.compress(content)
    if packing == "zip":
        content = zipped(content)
    return Export(content, data, currency, packing, settled, quirks)


def _typed(row: Row, place: int, text: str) -> Value:
    """The cell as a spreadsheet keeps it: days and numbers are no texts."""
    typed: dict[int, Value] = {2: row.day, 4: row.micros / 1_000_000, 5: row.impressions, 6: row.clicks}
    return typed.get(place, text)


def preamble_quoted(preamble: Sequence[str]) -> bool:
    """A sheet has no quotes."""
    return any('"' in line for line in preamble)


def open_questions(data: Sequence[Row], numbers: Sequence[str], style: str) -> bool:
    """Whether the file leaves a question open that only the user can settle, or may seem to."""
    days = [row.day for row in data if row.day.day != row.day.month]
    if style in {"day-first", "month-first"} and days and not any(day.day > 12 for day in days):
        return True
    return any(mark in text for text in numbers for mark in ".,")


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


def zipped(content: bytes) -> bytes:
    """A zip of one file."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("export.csv", content)
    return target.getvalue()


def squeezed(name: str) -> str:
    """A name without the line ends that some files cannot hold."""
    return " ".join(name.split())
