"""Which source and layout a file is, by its content alone: the most specific layout that its header fits.

Where two platforms' files bear the same headers, what stands in their first rows tells them apart.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING

from outturn.domain.currencies import MINOR_DIGITS
from outturn.domain.errors import FileRefused
from outturn.domain.masking import masked
from outturn.sources.first_values import agreement
from outturn.sources.preambles import currency_above
from outturn.sources.registry import source_named, sources

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from outturn.sources.dates import Order
    from outturn.sources.frame import Frame, Header
    from outturn.sources.source import Layout, Source

CURRENCY_MARK = "{currency}"
_MARK_PATTERN = r"(?P<currency>[a-z]{3})"
_LONGEST_SHOWN = 120
_VALUE = re.compile(r"[\d.,:;/ +%€$£()-]*\d[\d.,:;/ +%€$£()-]*")


@dataclass(frozen=True, slots=True)
class Recognised:
    """A file's layout, and which of its columns is which cell.

    Attributes:
        columns: Cell name -> place of its column in the header. JSON lines: -1 for cells read by path or expression.
        paths: JSON lines: cell name -> the paths at which it may stand, in order of preference.
        header_currency: The currency that a header names, such as in `Amount spent (EUR)`, else empty.
        sign_currencies: What the signs beside its amounts may stand for, where they leave it open; empty: they do not.
    """

    source: Source
    layout: Layout
    header: Header
    columns: Mapping[str, int]
    header_currency: str = ""
    sign_currencies: frozenset[str] = frozenset()
    paths: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @property
    def usual_dates(self) -> Order:
        """How the language of the day column's header writes days; empty: it is not known."""
        for cell in self.layout.cells:
            place = self.columns.get(cell.name, -1)
            usual = {_folded(header): order for header, order in cell.usual_dates.items()}
            if place >= 0 and (order := usual.get(_folded(self.header.names[place]))):
                return order
        return ""


def recognise(frame: Frame, *, named: str = "") -> Recognised:
    """Find the layout that a file's header fits.

    Args:
        frame: The opened file.
        named: The source that the user says it is; empty: any.

    Raises:
        UnknownName: No source is called `named`.
        FileRefused: UNRECOGNISED, NO_HEADER, DUPLICATE_HEADER; WRONG_PLATFORM where it is another's than `named`.
    """
    wanted = [source_named(named)] if named else list(sources().values())
    found = _best(frame, wanted)
    if found is not None:
        return found
    other = _best(frame, sources().values()) if named else None
    if other is not None:
        raise FileRefused(
            "WRONG_PLATFORM", f"this is a file of {other.source.title} ({other.layout.name}), not of {wanted[0].title}"
        )
    if not frame.header_seen:
        raise FileRefused(
            "NO_HEADER", "no header line was found among the first 30 lines: export the report with its header"
        )
    raise FileRefused("UNRECOGNISED", _unrecognised(frame, named))


def _unrecognised(frame: Frame, named: str) -> str:
    """What stands where the columns' names should, cut and without persons, and what to do."""
    nearest = max(frame.headers, key=lambda header: len(header.names))
    names = [name.strip() for name in nearest.names if name.strip()]
    # Two capitalised words are a column's title, or a person where the first line is already a row.
    is_row = any(_VALUE.fullmatch(name) or masked(name, personal=False) != name for name in names)
    shown = masked(", ".join(names), personal=is_row)
    if len(shown) > _LONGEST_SHOWN:
        shown = shown[:_LONGEST_SHOWN].rstrip() + "…"
    if not named:
        return (
            f"no source has these columns: {shown}. Name the one that it comes from with --as SOURCE to hear what is "
            f"missing; there are {', '.join(sources())}"
        )
    return f"no layout of {named} has these columns: {shown}. {_missing(frame, source_named(named))}"


def _missing(frame: Frame, source: Source) -> str:
    """What the layout that comes nearest asks for and the file does not have."""
    found: list[tuple[int, int, str]] = []
    for header in frame.headers:
        present = _present(header.names)
        for layout in source.layouts:
            lacking = [
                *(cell.headers[0] for cell in layout.cells if cell.required and not _any(cell.headers, present)),
                *(mark for mark in layout.marks if not _any((mark,), present)),
            ]
            told = ", ".join(lacking) or ("fewer columns" if layout.shape == "any" else "the form of JSON lines")
            told = told.replace(CURRENCY_MARK, "EUR")
            found.append((len(lacking) - _specificity(layout), len(lacking), f"{layout.name}, which needs {told}"))
    return f"Nearest is {min(found)[2]}"


def _any(headers: Iterable[str], present: frozenset[str]) -> bool:
    return any(_folded(header) in present for header in headers)


def _best(frame: Frame, among: Iterable[Source]) -> Recognised | None:
    best: Recognised | None = None
    best_rank, twice = (False, 0, 0, 0, 0), ""
    for order, header in enumerate(frame.headers):
        present = _present(header.names)
        for source in among:
            for layout in source.layouts:
                if not _fits(layout, present, frame):
                    continue
                columns, currency, stands_twice = _columns(layout, header.names, frame)
                agreed = agreement(layout, frame, header, columns)
                # Another platform's looks leave a layout the last resort, which then refuses the file by its name.
                rank = (agreed >= 0, _specificity(layout), agreed, len(columns), -order)
                if rank > best_rank:
                    paths = _paths(layout, header.names, frame)
                    stated = currency or currency_above(header.preamble)
                    best, best_rank = Recognised(source, layout, header, columns, stated, paths=paths), rank
                    twice = stands_twice
    if twice:
        raise FileRefused("DUPLICATE_HEADER", twice)
    return best


def _present(names: Iterable[str]) -> frozenset[str]:
    """The header's names as layouts write them, with a currency in brackets also as its mark."""
    plain = [_folded(name) for name in names if name.strip()]
    marked = [
        re.sub(r"\b[a-z]{3}\b", lambda code: CURRENCY_MARK if code[0].upper() in MINOR_DIGITS else code[0], name)
        for name in plain
    ]
    return frozenset(plain) | frozenset(marked)


def _fits(layout: Layout, present: frozenset[str], frame: Frame) -> bool:
    if (layout.shape == "records" and frame.kind == "csv") or (layout.shape == "lines" and frame.kind != "json"):
        return False
    required, marks, without = _asked(layout)
    # Some eight thousand times a file: written so that Python runs no code of its own for each.
    return not any(map(present.isdisjoint, required)) and marks <= present and present.isdisjoint(without)


@cache
def _asked(layout: Layout) -> tuple[tuple[frozenset[str], ...], frozenset[str], frozenset[str]]:
    required = tuple(frozenset(map(_folded, cell.headers)) for cell in layout.cells if cell.required)
    return required, frozenset(map(_folded, layout.marks)), frozenset(map(_folded, layout.without))


def _specificity(layout: Layout) -> int:
    return len(_asked(layout)[0]) + len(layout.marks)


def _columns(layout: Layout, names: tuple[str, ...], frame: Frame) -> tuple[dict[str, int], str, str]:
    """Where the cells stand, which currency a header names, and which needed column stands twice, if one does."""
    folded = [_folded(name) for name in names]
    columns: dict[str, int] = {}
    currencies: set[str] = set()
    twice = ""
    for cell in layout.cells:
        if cell.expression or frame.kind == "json":
            columns[cell.name] = -1
            for alias in cell.headers:
                _places(folded, alias, currencies)
            continue
        for alias in cell.headers:
            places = _places(folded, alias, currencies)
            if len(places) > 1:
                twice = f"the column {names[places[0]]!r} stands {len(places)} times in the header"
            if places:
                columns[cell.name] = places[0]
                break
    if len(currencies) > 1:
        raise FileRefused("CURRENCY_MISMATCH", f"the header names several currencies: {', '.join(sorted(currencies))}")
    return columns, next(iter(currencies), ""), twice


def _places(folded: list[str], alias: str, currencies: set[str]) -> list[int]:
    wanted = _folded(alias)
    if CURRENCY_MARK not in wanted:
        return [n for n, name in enumerate(folded) if name == wanted]
    pattern = re.compile(re.escape(wanted).replace(re.escape(CURRENCY_MARK), _MARK_PATTERN))
    hits = [(n, match["currency"].upper()) for n, name in enumerate(folded) if (match := pattern.fullmatch(name))]
    hits = [(n, code) for n, code in hits if code in MINOR_DIGITS]
    currencies |= {code for _n, code in hits}
    return [n for n, _code in hits]


def _folded(name: str) -> str:
    return " ".join(name.replace("\ufeff", "").replace("’", "'").split()).casefold()


def _paths(layout: Layout, names: tuple[str, ...], frame: Frame) -> dict[str, tuple[str, ...]]:
    """The fields of each cell: as the first records write them, and as the layout does, for records that have more."""
    if frame.kind != "json":
        return {}
    folded = [_folded(name) for name in names]
    found: dict[str, tuple[str, ...]] = {}
    for cell in layout.cells:
        seen: dict[str, None] = {}
        for alias in cell.headers:
            seen |= dict.fromkeys(names[n] for n in _places(folded, alias, set()))
            if CURRENCY_MARK not in alias:
                seen[alias] = None
        found[cell.name] = tuple(seen)
    return found


def json_path(field_path: str) -> str:
    """A dotted path as engines write it: `context.campaign` becomes `$."context"."campaign"`.

    A full stop of an abbreviation (`Impr.`, `Id. de la cuenta`) parts nothing.
    """
    return "$" + "".join(f'."{part}"' for part in re.split(r"\.(?=\S)", field_path))
