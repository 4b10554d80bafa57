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

from python_calamine import (
    CalamineError,
    CalamineSheet,
    CalamineWorkbook,
    SheetTypeEnum,
    SheetVisibleEnum,
    load_workbook,
)

if TYPE_CHECKING:
    from collections.abc import Iterable
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
_Value = int | float | str | bool | time | date | datetime | timedelta


def main(file: str, mode: str, *numbers: int) -> int:
    """Write what is asked for; 1: this is no spreadsheet that can be read."""
    _bound()
    try:
        if mode == "whole":
            _write_whole(file, *numbers)
        else:
            json.dump({"sheets": _heads(file, *numbers), "first_day": _first_day(file)}, sys.stdout)
    except (CalamineError, OSError, ValueError, zipfile.BadZipFile) as error:
        sys.stderr.write(str(error)[:500])
        return 1
    return 0


def _write_whole(file: str, place: int, column: int, columns: int) -> None:
    sheet = load_workbook(file).get_sheet_by_index(place)
    # The rows begin at the sheet's first used column, which may be one that the first rows do not use.
    before = column - (sheet.start or (0, column))[1]
    out = io.TextIOWrapper(sys.stdout.buffer, encoding="utf-8", newline="")
    _write(sheet.iter_rows(), out, before, columns)
    out.flush()


def _heads(file: str, lines: int) -> list[dict[str, object]]:
    """The first lines of each sheet; where the beginnings of its parts cannot be read alone, out of the whole file."""
    try:
        first_parts, cut = beginnings(file, lines)
        return sheets_of(load_workbook(first_parts), lines, cut=cut)
    except (KeyboardInterrupt, SystemExit):
        raise
    except BaseException:  # noqa: BLE001 (of what is cut anything may come, calamine's panics too: whole it may be right)
        return sheets_of(load_workbook(file), lines, cut=False)


def sheets_of(book: CalamineWorkbook, lines: int, *, cut: bool) -> list[dict[str, object]]:
    """What `sheets.py` is told of each sheet; `cut`: the book lacks rows."""
    found: list[dict[str, object]] = []
    for place, sheet in enumerate(book.sheets_metadata):
        if sheet.typ is not SheetTypeEnum.WorkSheet:
            continue
        rows = book.get_sheet_by_index(place)
        column, columns = (rows.start or (0, 0))[1], rows.width
        head = io.StringIO(newline="")
        _write(itertools.islice(rows.iter_rows(), lines), head, 0, columns)
        found.append(
            {
                "name": sheet.name, "place": place, "shown": sheet.visible is SheetVisibleEnum.Visible,
                "head": head.getvalue(), "whole": not cut and _height(rows) <= lines,
                "column": column, "columns": columns,
            }
        )  # fmt: skip
    return found


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
