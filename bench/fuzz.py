"""Files that nobody meant, by the thousand: atheris changes bytes where that reaches new code of the reader.

atheris (Google, Apache-2.0) is no dependency: install it beside the project, then `python -m bench.fuzz 1800`.
The first byte of an input says how the others are packed, so that changes reach what lies inside an archive as well as
the archive itself. Whatever is not read must be refused with a code; an exception, a record that nobody counts, or a
file that takes over a minute ends the run.
"""

from __future__ import annotations

import csv
import gzip
import importlib
import io
import sys
import tempfile
import zipfile
from pathlib import Path
from types import FunctionType, ModuleType
from typing import TYPE_CHECKING, Any

import pyarrow as pa
from pyarrow import parquet

from outturn.sources import (
    cells,
    content,
    counts,
    dates,
    encoding,
    frame,
    lookups,
    marks,
    number_styles,
    preambles,
    reading,
    recognition,
    records,
    sheets,
    summary_rows,
    texts,
)
from tests.sources.looked_at import LookedAt, looked_at
from tests.sources.workbooks import workbook

if TYPE_CHECKING:
    from collections.abc import Iterator

_INSTRUMENTED = (
    cells, content, counts, dates, encoding, frame, lookups, marks, number_styles, preambles, reading, recognition,
    records, sheets, summary_rows, texts,
)  # fmt: skip
_HEADER = "Campaign,Campaign ID,Day,Currency code,Cost,Impr.,Clicks\n"
_ROWS = 'Spring,1,2026-09-01,EUR,"1,234.50",10,1\nTotal,,,EUR,1234.50,10,1\n'
_LINES = '{"date_day": "2026-09-01", "platform": "x", "channel": "y", "spend": "1.5", "currency": "EUR"}\n'
_TEXTS = (
    (_HEADER + _ROWS).encode(),
    ("Report\n\n" + _HEADER.replace(",", ";") + "A;1;1.9.2026;EUR;1.234,50 €;1.000;< 10%\n\n© Ana\n").encode("cp1252"),
    ("\ufeff" + _HEADER.replace(",", "\t") + "A\t1\t13/09/2026\tEUR\t(1,50)\t10\t1\r\n").encode("utf-16-le"),
    ("\ufeff" + _HEADER + "A,1.2E+14,09/13/2026,EUR,-$1.50,10,1\n").encode("utf-16-be"),
    b'sep=;\rReporting starts;Campaign name;Day;Amount spent (EUR);Impressions\r;"a\nb";1. M\xe4rz 2026;1 234,50;5\r',
    _LINES.encode() * 2,
    b'id,Created date (UTC),Amount,Currency,Status\nch_1,22/11/2026 14:05,"1,50",eur,Paid\n',
)
_SHEET = workbook({"Data": [["Campaign", "Day", "Currency code", "Cost", "Impr."], ["A", 46266, "EUR", 1.5, 3]]})
_AS_IT_IS, _GZIP, _ZIP, _WORKBOOK = range(4)


def _in_zip(inner: bytes, name: str = "a.csv") -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr(name, inner)
    return target.getvalue()


def _in_workbook(sheet: bytes) -> bytes:
    """The workbook of the seeds, with these bytes as the XML of its sheet."""
    target = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(_SHEET)) as old, zipfile.ZipFile(target, "w") as new:
        for name in old.namelist():
            new.writestr(name, sheet if name.endswith("sheet1.xml") else old.read(name))
    return target.getvalue()


def _file(data: bytes) -> bytes:
    """What an input stands for. A spreadsheet takes a process of its own, so only one byte asks for it."""
    packing, inner = data[:1], data[1:]
    if packing == bytes([_GZIP]):
        return gzip.compress(inner, 1)
    if packing == bytes([_ZIP]):
        return _in_zip(inner)
    return _in_workbook(inner) if packing == bytes([_WORKBOOK]) else inner


def _seeds() -> Iterator[bytes]:
    for text in _TEXTS:
        yield from (bytes([packing]) + text for packing in (_AS_IT_IS, _GZIP, _ZIP))
    table = pa.table({"date_day": ["2026-09-01"], "platform": ["x"], "channel": ["y"], "spend": [1.5]})
    target = io.BytesIO()
    parquet.write_table(table.append_column("currency", pa.array(["EUR"])), target)
    with zipfile.ZipFile(io.BytesIO(_SHEET)) as packed:
        yield bytes([_WORKBOOK]) + packed.read("xl/worksheets/sheet1.xml")
    whole = (target.getvalue(), _SHEET, gzip.compress(_TEXTS[0]), _in_zip(_TEXTS[0]))
    yield from (bytes([_AS_IT_IS]) + one for one in whole)


def _instrument(atheris: Any, module: ModuleType) -> None:
    """Have the module's functions and methods tell where they branch; they change in place."""
    for thing in vars(module).values():
        if getattr(thing, "__module__", "") != module.__name__:
            continue
        functions = vars(thing).values() if isinstance(thing, type) else [thing]
        for function in functions:
            if isinstance(function, FunctionType):
                atheris.instrument_func(function)


def _records(file: bytes, found: LookedAt) -> int | None:
    """How many records of a text table `csv` counts below the header; None where it is none, or `csv` gives up."""
    if found.header is None or not found.header.delimiter:
        return None
    codec = {"utf-8": "utf-8-sig"}.get(found.encoding, found.encoding)
    try:
        text = file.decode(codec).removeprefix("\ufeff")
        lines = text.replace("\r", "\n") if "\n" not in text else text
        below = "".join(io.StringIO(lines, newline="\n").readlines()[found.header.skip_lines :])
        return sum(1 for _row in csv.reader(io.StringIO(below, newline=""), delimiter=found.header.delimiter))
    except (UnicodeDecodeError, csv.Error):
        return None


def main(seconds: int) -> None:
    """Run for so long."""
    atheris: Any = importlib.import_module("atheris")
    for module in _INSTRUMENTED:
        _instrument(atheris, module)
    folder = Path(tempfile.mkdtemp(prefix="outturn-fuzz-"))
    corpus = folder / "corpus"
    corpus.mkdir()
    for number, seed in enumerate(_seeds()):
        (corpus / str(number)).write_bytes(seed)
    path = folder / "file"

    def one(data: bytes) -> None:
        file = _file(data)
        path.write_bytes(file)
        found = looked_at(path)
        if found.code:
            return
        report = found.report
        if report.rows_read != report.accepted + report.refused + report.ignored:
            raise AssertionError(report)
        text = data[1:] if data[:1] in {bytes([_GZIP]), bytes([_ZIP])} else file
        counted = None if data[:1] == bytes([_WORKBOOK]) or file[:2] in {b"PK", b"\x1f\x8b"} else _records(text, found)
        if counted not in {None, report.rows_read}:
            raise AssertionError((counted, report))

    atheris.Setup([sys.argv[0], str(corpus), f"-max_total_time={seconds}", "-timeout=60", "-rss_limit_mb=2048"], one)
    atheris.Fuzz()


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 1800)
