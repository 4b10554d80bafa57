"""A program of its own that reads one xlsx file: a hostile one can end it, and nothing but it.

A spreadsheet of two cells in opposite corners asks for terabytes, and a zip may unpack to a thousand times what it
says. So the reading is done by a child process with bounded memory and time, which writes text to its standard output:

    sheet_reader.py FILE head LINES     JSON: the sheets with their first lines, as `sheets.py` wants them
    sheet_reader.py FILE whole PLACE    one sheet as comma-separated text, a line per row of the sheet

It imports nothing of Outturn, so that it starts in a fraction of a tenth of a second.
"""

from __future__ import annotations

import csv
import io
import itertools
import json
import sys
import zipfile
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, TextIO

from python_calamine import CalamineError, CalamineSheet, SheetTypeEnum, SheetVisibleEnum, load_workbook

if TYPE_CHECKING:
    from collections.abc import Iterable

MEMORY_BYTES = 1 << 30
SECONDS = 120
_EXACT = 10**15  # A spreadsheet keeps fifteen digits. What is longer was rounded, and must not pass for an id.
_THREE = 3
_Value = int | float | str | bool | time | date | datetime | timedelta


def main(file: str, mode: str, number: int) -> int:
    """Write what is asked for; 1: this is no spreadsheet that can be read."""
    _bound()
    try:
        book = load_workbook(file)
        if mode == "whole":
            out = io.TextIOWrapper(sys.stdout.buffer, encoding="utf-8", newline="")
            _write(book.get_sheet_by_index(number).iter_rows(), out)
            out.flush()
            return 0
        found = []
        for place, sheet in enumerate(book.sheets_metadata):
            if sheet.typ is not SheetTypeEnum.WorkSheet:
                continue
            head = io.StringIO(newline="")
            rows = book.get_sheet_by_index(place)
            _write(itertools.islice(rows.iter_rows(), number), head)
            shown = sheet.visible is SheetVisibleEnum.Visible
            found.append(
                {
                    "name": sheet.name,
                    "place": place,
                    "shown": shown,
                    "head": head.getvalue(),
                    "whole": _height(rows) <= number,
                }
            )
        json.dump({"sheets": found, "first_day": "1904-01-01" if _from_1904(file) else "1899-12-30"}, sys.stdout)
    except (CalamineError, OSError, ValueError, zipfile.BadZipFile) as error:
        sys.stderr.write(str(error)[:500])
        return 1
    return 0


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


def _write(rows: Iterable[list[_Value]], target: TextIO) -> None:
    """A line per row. A row with nothing but its first cell is a title or a footer, and a line of one cell."""
    writer = csv.writer(target, lineterminator="\n")
    for row in rows:
        texts = [_text(value) for value in row]
        filled = [place for place, text in enumerate(texts) if text]
        if not filled:
            target.write("\n")
        else:
            writer.writerow(texts if filled[-1] else texts[:1])


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


def _from_1904(file: str) -> bool:
    with zipfile.ZipFile(file) as packed, packed.open("xl/workbook.xml") as book:
        head = book.read(1 << 16)
    return b'date1904="1"' in head or b'date1904="true"' in head


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2], int(sys.argv[3])))
