"""A program of its own that reads one xlsx file: a hostile one can end it, and nothing but it.

A spreadsheet of two cells in opposite corners asks for terabytes, and a zip may unpack to a thousand times what it
says. So the reading is done by a child process with bounded memory and time, which writes text to its standard output:

    sheet_reader.py FILE head LINES                   JSON: the sheets with their first lines, as `sheets.py` wants them
    sheet_reader.py FILE whole PLACE COLUMN COLUMNS   one sheet as comma-separated text, a line per row of the sheet:
                                                      so many columns from that one on

Whoever only looks reads a copy of the file in which large sheets end after their first rows, since reading a sheet of
five megabytes takes half a second.

It imports nothing of Outturn, so that it starts in a fraction of a tenth of a second.
"""

from __future__ import annotations

import csv
import io
import itertools
import json
import re
import sys
import zipfile
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, TextIO
from xml.parsers import expat

from python_calamine import (
    CalamineError,
    CalamineSheet,
    CalamineWorkbook,
    SheetTypeEnum,
    SheetVisibleEnum,
    load_workbook,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from typing import IO

MEMORY_BYTES = 1 << 30
SECONDS = 120
_EXACT = 10**15  # A spreadsheet keeps fifteen digits. What is longer was rounded, and must not pass for an id.
_THREE = 3
_SMALL_BYTES = 128 << 10
"""Parts of the packed file up to that size are read as they are."""
_LOOKED_AT_BYTES = 32 << 20
_STEP_BYTES = 64 << 10
_SHARED = re.compile(rb"""<(?:\w+:)?c\b[^>]*\bt=["']s["'][^>]*>\s*(?:<(?:\w+:)?v>(\d+)<)?""")
_SPOILT = re.compile(rb"""\bt=["']e["']|<(?:\w+:)?f[\s/>]""")
_SHEET = re.compile(rb"""<(?:\w+:)?sheet\b[^>]*\s\w+:id=["']([^"']+)""")
_LINK = re.compile(rb"<(?:\w+:)?Relationship\b([^>]*)>")
_ATTRIBUTE = re.compile(rb"""(\w+)=["']([^"']*)""")
_UNCOMPUTED = "#FORMULA!"
_Value = int | float | str | bool | time | date | datetime | timedelta


def main(file: str, mode: str, *numbers: int) -> int:
    """Write what is asked for; 1: this is no spreadsheet that can be read."""
    _bound()
    try:
        if mode == "whole":
            _write_whole(file, *numbers)
        else:
            json.dump({"sheets": _heads(file, *numbers), "first_day": _first_day(file)}, sys.stdout)
    except (CalamineError, KeyError, OSError, ValueError, expat.ExpatError, zipfile.BadZipFile) as error:
        sys.stderr.write(str(error)[:500])
        return 1
    return 0


def _write_whole(file: str, place: int, column: int, columns: int) -> None:
    book = load_workbook(file)
    sheet = book.get_sheet_by_index(place)
    # The rows begin at the sheet's first used column, which may be one that the first rows do not use.
    before = column - (sheet.start or (0, column))[1]
    out = io.TextIOWrapper(sys.stdout.buffer, encoding="utf-8", newline="")
    _write(_with_errors(sheet, spoilt_cells(file, place)), out, before, columns)
    out.flush()


def _heads(file: str, lines: int) -> list[dict[str, object]]:
    """The first lines of each sheet; where the beginnings of its parts cannot be read alone, out of the whole file."""
    try:
        first_parts, cut = beginnings(file, lines)
        return sheets_of(load_workbook(first_parts), lines, cut=cut, file="" if cut else file)
    except (KeyboardInterrupt, SystemExit):
        raise
    except BaseException:  # noqa: BLE001 (of what is cut anything may come, calamine's panics too: whole it may be right)
        return sheets_of(load_workbook(file), lines, cut=False, file=file)


def sheets_of(book: CalamineWorkbook, lines: int, *, cut: bool, file: str = "") -> list[dict[str, object]]:
    """What `sheets.py` is told of each sheet; `cut`: it lacks rows; `file`: where to look for errors, if at all."""
    found: list[dict[str, object]] = []
    for place, sheet in enumerate(book.sheets_metadata):
        if sheet.typ is not SheetTypeEnum.WorkSheet:
            continue
        rows = book.get_sheet_by_index(place)
        column, columns = (rows.start or (0, 0))[1], rows.width
        head = io.StringIO(newline="")
        spoilt = spoilt_cells(file, place) if file else {}
        _write(itertools.islice(_with_errors(rows, spoilt), lines), head, 0, columns)
        found.append(
            {
                "name": sheet.name, "place": place, "shown": sheet.visible is SheetVisibleEnum.Visible,
                "head": head.getvalue(), "whole": not cut and _height(rows) <= lines,
                "column": column, "columns": columns,
            }
        )  # fmt: skip
    return found


def spoilt_cells(file: str, place: int) -> dict[int, dict[int, str]]:
    """By row and column: the errors (`#REF!`), and the formulas that nobody worked out, which calamine leaves blank."""
    with zipfile.ZipFile(file) as packed:
        part = _part_of(packed, place)
        with packed.open(part) as source:
            before = b""
            while block := source.read(_LOOKED_AT_BYTES):
                if _SPOILT.search(before + block):
                    break
                before = block[-16:]
            else:
                return {}
        errors = _Errors()
        with packed.open(part) as source:
            errors.read(source)
    return errors.found


def _part_of(packed: zipfile.ZipFile, place: int) -> str:
    """The name of a sheet's part, by its place in the book.

    Raises:
        ValueError: The book does not say.
    """
    names = [match[1] for match in _SHEET.finditer(packed.read("xl/workbook.xml"))]
    links = [dict(_ATTRIBUTE.findall(one)) for one in _LINK.findall(packed.read("xl/_rels/workbook.xml.rels"))]
    targets = {link.get(b"Id"): link.get(b"Target", b"").decode() for link in links}
    target = targets.get(names[place]) if place < len(names) else None
    if not target:
        raise ValueError("the book does not say where its sheets are")
    return target.lstrip("/") if target.startswith(("/", "xl/")) else f"xl/{target}"


class _Errors:
    """Reads a sheet's XML, cell by cell, for what no value stands for."""

    def __init__(self) -> None:
        self.found: dict[int, dict[int, str]] = {}
        self._row = self._column = -1
        self._kind, self._formula, self._value, self._reading = "", False, "", False

    def read(self, source: IO[bytes]) -> None:
        parser = expat.ParserCreate()
        parser.StartElementHandler, parser.EndElementHandler = self._begin, self._end
        parser.CharacterDataHandler = self._text
        parser.ParseFile(source)

    def _begin(self, name: str, attributes: dict[str, str]) -> None:
        tag = name.rpartition(":")[2]
        if tag == "row":
            self._row, self._column = int(attributes.get("r", self._row + 2)) - 1, -1
        elif tag == "c":
            letters = attributes.get("r", "").rstrip("0123456789")
            self._column = _place(letters) if letters else self._column + 1
            self._kind, self._formula, self._value = attributes.get("t", "n"), False, ""
        elif tag == "f":
            self._formula = True
        self._reading = tag == "v"

    def _text(self, text: str) -> None:
        if self._reading:
            self._value += text

    def _end(self, name: str) -> None:
        self._reading = False
        if name.rpartition(":")[2] != "c":
            return
        # A formula whose text is empty has no value either, and says that it is a text.
        if self._kind == "e" or (self._formula and not self._value and self._kind != "str"):
            self.found.setdefault(self._row, {})[self._column] = self._value or _UNCOMPUTED


def _place(letters: str) -> int:
    place = 0
    for letter in letters:
        place = place * 26 + ord(letter) - ord("A") + 1
    return place - 1


def _with_errors(sheet: CalamineSheet, spoilt: dict[int, dict[int, str]]) -> Iterator[list[_Value]]:
    """The rows, with the names of errors where cells hold one."""
    first = (sheet.start or (0, 0))[1]
    for number, row in enumerate(sheet.iter_rows()):
        for column, error in spoilt.get(number, {}).items():
            if 0 <= column - first < len(row):
                row[column - first] = error
        yield row


def beginnings(file: str, lines: int) -> tuple[io.BytesIO, bool]:
    """The file with only so many rows of its large sheets, and the texts that these rows use; whether any was cut.

    Raises:
        ValueError: A large part is of no kind that can be cut.
    """
    target, cut, most_shared = io.BytesIO(), False, -1
    with zipfile.ZipFile(file) as packed, zipfile.ZipFile(target, "w") as new:
        parts = {part.filename: part for part in packed.infolist() if part.filename.endswith((".xml", ".rels"))}
        texts = next((name for name in parts if name.lower().endswith("sharedstrings.xml")), "")
        for name, part in parts.items():
            if name == texts:
                continue
            with packed.open(part) as source:
                data = source.read(_SMALL_BYTES)
                if len(data) == _SMALL_BYTES and b"<sheetData" in data:
                    data, cut = _until(source, data, rb"</row>", lines) + b"</sheetData></worksheet>", True
                elif len(data) == _SMALL_BYTES:
                    data += source.read(_LOOKED_AT_BYTES)
            most_shared = max(most_shared, _most_shared(data))
            new.writestr(name, data)
        if texts:
            with packed.open(parts[texts]) as source:
                data = source.read(_SMALL_BYTES)
                if len(data) == _SMALL_BYTES:
                    data = _until(source, data, rb"</si>|<si/>", most_shared + 1) + b"</sst>"
            new.writestr(texts, data)
    target.seek(0)
    return target, cut


def _until(source: IO[bytes], data: bytes, end: bytes, count: int) -> bytes:
    """What is read until an end has come so many times; none of them: until the first.

    Raises:
        ValueError: It does not come so often.
    """
    while True:
        ends = [match.end() for match in itertools.islice(re.finditer(end, data), max(1, count))]
        if len(ends) >= max(1, count):
            return data[: ends[-1]]
        more = source.read(max(_STEP_BYTES, len(data)))
        if not more or len(data) > _LOOKED_AT_BYTES:
            raise ValueError("the rows are not where they should be")
        data += more


def _most_shared(sheet: bytes) -> int:
    """The last of the shared texts that a sheet's cells use; -1: none.

    Raises:
        ValueError: A cell names its text in another way than all others.
    """
    places = _SHARED.findall(sheet)
    if b"" in places:
        raise ValueError("a cell names its text in a way of its own")
    return max(map(int, places), default=-1)


def _bound() -> None:
    """No more memory and time than an honest spreadsheet needs."""
    try:
        import resource  # noqa: PLC0415 (not on every system)
    except ImportError:
        return
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _height(sheet: CalamineSheet) -> int:
    return 0 if sheet.end is None else sheet.end[0] + 1


def _write(rows: Iterable[list[_Value]], target: TextIO, before: int, columns: int) -> None:
    """A line per row. A row with nothing but its first cell is a title or a footer, and a line of one cell.

    Columns that the first rows do not have are left out: no header names them.
    """
    writer = csv.writer(target, lineterminator="\n")
    for row in rows:
        texts = [_text(value) for value in row]
        filled = [place for place, text in enumerate(texts) if text]
        if not filled:
            target.write("\n")
        elif filled[-1] <= before:
            writer.writerow([texts[filled[-1]]])
        else:
            kept = texts[before : before + columns]
            writer.writerow(kept + [""] * (columns - len(kept)))


def _text(value: _Value) -> str:
    """The value as text that reads in one way: no thousands, `.` for decimals, ISO days."""
    if isinstance(value, str):
        return " ".join(value.splitlines()) if "\n" in value or "\r" in value else value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (int, float)):
        return _number(float(value))
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%d" if value.time() == time() else "%Y-%m-%d %H:%M:%S")
    return value.isoformat() if isinstance(value, (date, time)) else str(value)


def _number(value: float) -> str:
    """All the fifteen digits that a spreadsheet has."""
    if abs(value) >= _EXACT:
        return f"{value:.14E}"
    if value == int(value):
        return str(int(value))
    text = f"{Decimal(f'{value:.15g}'):f}"
    # 1.234 would read as one thousand and some, too; 1.2340 does not.
    return text + "0" if len(text.rpartition(".")[2]) == _THREE else text


def _first_day(file: str) -> str:
    with zipfile.ZipFile(file) as packed, packed.open("xl/workbook.xml") as book:
        head = book.read(1 << 16)
    return "1904-01-01" if b'date1904="1"' in head or b'date1904="true"' in head else "1899-12-30"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2], *map(int, sys.argv[3:])))
