"""Any file as records, each with the line on which it begins."""

from __future__ import annotations

import csv
import gzip
import io
import zipfile
from typing import TYPE_CHECKING

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st

from outturn.domain.errors import FileRefused
from outturn.sources import records
from outturn.sources.content import Content
from outturn.sources.encoding import Encoding
from outturn.sources.frame import Frame, open_frame
from outturn.sources.records import Records, Shape
from tests.sources.looked_at import looked_at

if TYPE_CHECKING:
    from pathlib import Path

HEADER = "Campaign,Day,Cost,Impr.\n"


def _zip(name: str) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        archive.writestr(name, "x")
    return target.getvalue()


def _opened(tmp_path: Path, content: str | bytes) -> Frame:
    path = tmp_path / "file.txt"
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return open_frame(path)


def _raw(frame: Frame, place: int = 0) -> list[tuple[object, ...]]:
    with duckdb.connect() as connection:
        header = frame.headers[place]
        frame.load(connection, header, range(len(header.names)) if frame.kind == "csv" else (0,))
        return connection.execute("SELECT * FROM raw").fetchall()


def _refused(tmp_path: Path, content: str | bytes) -> str:
    with pytest.raises(FileRefused) as refused:
        _raw(_opened(tmp_path, content))
    return refused.value.code


def test_lines_are_those_where_records_begin(tmp_path: Path) -> None:
    content = 'title\n"a b"\n' + 'x,y\n1,2\n"two\nlines",3\n\n4,5,6\n7,"8"\n'
    frame = _opened(tmp_path, content)
    (place,) = [n for n, header in enumerate(frame.headers) if header.names == ("x", "y")]
    assert frame.headers[place].line == 3
    assert frame.headers[place].preamble == ("title", '"a b"')
    assert _raw(frame, place) == [
        (4, None, "1", "2"), (5, None, "two\nlines", "3"), (7, 0, "", ""), (8, 3, "4", "5"), (9, None, "7", "8"),
    ]  # fmt: skip
    assert frame.lines(frame.headers[place], [5, 8]) == {5: '"two\nlines",3', 8: "4,5,6"}


@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("codec", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
@pytest.mark.parametrize("delimiter", [",", "\t", ";"])
def test_encodings_delimiters_and_line_ends_are_told(tmp_path: Path, line_end: str, codec: str, delimiter: str) -> None:
    rows = [["Campaign", "Day", "Cost"], ["Café – Zürich", "2026-09-01", "1.50"], ["Été", "2026-09-02", "2.50"]]
    text = line_end.join(delimiter.join(row) for row in rows) + line_end
    frame = _opened(tmp_path, text.encode(codec))
    assert frame.headers[0].names == ("Campaign", "Day", "Cost")
    assert _raw(frame) == [(2, None, *rows[1]), (3, None, *rows[2])]


def test_an_encoding_shows_late(tmp_path: Path) -> None:
    body = b"Plain,2026-09-01,1,2\n" * 30_000
    frame = _opened(tmp_path, HEADER.encode() + body + "Café,2026-09-01,1,2\n".encode("cp1252"))
    assert frame.encoding is Encoding.UTF_8
    assert _raw(frame)[-1] == (30_002, None, "Café", "2026-09-01", "1", "2")


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "EMPTY_FILE"),
        (b"  \n\n", "EMPTY_FILE"),
        (b"\xff\xfe", "EMPTY_FILE"),
        (b"PK\x03\x04rest of a spreadsheet", "NOT_CSV"),
        (b"\x1f\x8brest", "TRUNCATED"),
        (b"\x00\x01\x02\x03" * 40, "NOT_CSV"),
        (b'[{"a": 1}]', "NOT_CSV"),
        (b'{"a": 1', "TRUNCATED"),
        (b'{"a": 1}\n{"a": 2}\n{"a"', "TRUNCATED"),
        (b"PAR1 cut short", "TRUNCATED"),
        (b"just a sentence without a table\n", "NO_HEADER"),
        (HEADER.encode() + "Caf\u00e9,".encode() + b"\xe9,1,2\n", "BAD_ENCODING"),
        (HEADER.encode() + b"\x81\x8d,1,2,3\n", "BAD_ENCODING"),
        (HEADER.encode() + b'A,2026-09-01,1,2\n"B,2026-09-01,1,2\n', "TRUNCATED"),
        (HEADER.encode() + b"A,2026-09-01,1,2\nB,2026", "TRUNCATED"),
        ("\ufeff".encode("utf-16-le") + HEADER.encode("utf-16-le") + b"A", "BAD_ENCODING"),
    ],
)
def test_what_is_no_table_says_so(tmp_path: Path, content: bytes, code: str) -> None:
    assert _refused(tmp_path, content) == code


@pytest.mark.parametrize(
    ("content", "code", "todo"),
    [
        (b"", "EMPTY_FILE", "download it again"),
        (b"\xff\xfe", "EMPTY_FILE", "download it again"),
        (b"Campaign,Day,Currency code,Cost,Impr.,Clicks\n", "EMPTY_FILE", "export it for days"),
        (bytes(range(256)) * 4, "NOT_CSV", "download it again"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "NOT_CSV", "save the sheet as CSV"),
        (b"PK\x03\x04 and no more", "NOT_CSV", "download it again"),
        (b"PK\x05\x06" + b"\0" * 18, "NOT_CSV", "download it again"),
        (gzip.compress(HEADER.encode(), mtime=0)[:-9], "TRUNCATED", "download it again"),
        (gzip.compress(b"", mtime=0), "EMPTY_FILE", "download it again"),
        (b"PAR1 cut short", "TRUNCATED", "download it again"),
        (b"7z\xbc\xaf\x27\x1c more", "NOT_CSV", "unpack it"),
        (b"%PDF-1.7", "NOT_CSV", "export the report as CSV"),
        (b"<!DOCTYPE html><html><body>Log in</body></html>", "NOT_CSV", "as CSV"),
        (b'<?xml version="1.0"?><Workbook><Table></Table></Workbook>', "NOT_CSV", "as CSV"),
        (_zip("content.xml"), "NOT_CSV", "as CSV or xlsx"),
        (_zip("xl/workbook.bin"), "NOT_CSV", "as CSV or xlsx"),
        (b'[{"a": 1}]', "NOT_CSV", "one object per line"),
    ],
)
def test_what_cannot_be_read_says_what_to_do(tmp_path: Path, content: bytes, code: str, todo: str) -> None:
    path = tmp_path / "export"
    path.write_bytes(content)
    found = looked_at(path)
    assert (found.code, todo in found.told) == (code, True), found.told


def test_sep_line_and_quotes_inside_cells(tmp_path: Path) -> None:
    frame = _opened(tmp_path, 'sep=;\nname;size\nlamp;5" wide\nrug;"2"" thick"\n')
    assert frame.headers[0].names == ("name", "size")
    assert _raw(frame) == [(3, None, "lamp", '5" wide'), (4, None, "rug", '2" thick')]


_CELL = st.text(st.sampled_from('ab1é,;"\n '), max_size=6).filter(lambda cell: cell != "")


@given(rows=st.lists(st.lists(_CELL, min_size=2, max_size=4), min_size=1, max_size=12), block=st.integers(1, 40))
def test_blocks_of_any_size_give_the_records_that_csv_gives(
    tmp_path_factory: pytest.TempPathFactory, rows: list[list[str]], block: int
) -> None:
    target = io.StringIO(newline="")
    csv.writer(target, lineterminator="\n").writerows([["h1", "h2", "h3"], *rows, ["last", "row", "whole"]])
    path = tmp_path_factory.mktemp("blocks") / "file.csv"
    path.write_text(target.getvalue(), newline="")
    reader = Records(Content(path), Shape(Encoding.UTF_8, ",", 3, 1), (0, 1, 2), block)
    found = [tuple(row.values()) for batch in reader.reader() for row in batch.to_pylist()]
    lines = csv.reader(io.StringIO(target.getvalue(), newline=""))
    expected, before = [], 0
    for row in lines:
        if before:
            expected.append((before + 1, None if len(row) == 3 else len(row), *[*row, "", "", ""][:3]))
        before = lines.line_num
    assert found == expected
    assert records.BLANK == 0
