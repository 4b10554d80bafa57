"""Any file as records of named columns: what kind it is, how its text lies, where its header stands.

The frame knows nothing of platforms. Where several lines could be the header, whoever knows the
layouts decides (`recognition.py`): every line of the head is offered with every delimiter.
"""

from __future__ import annotations

import csv
import io
import json
import re
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Literal

import duckdb
import pyarrow as pa

from outturn.domain.errors import FileRefused
from outturn.sources.content import BLOCK_BYTES, Content, Gzipped, members, unwatched
from outturn.sources.encoding import HEAD_BYTES, Encoding, encoding_of, text_of
from outturn.sources.records import NotUtf8, Records, Shape
from outturn.sources.sheets import Sheet, is_spreadsheet, sheets

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from pathlib import Path

HEADER_LINES = 30
"""How far down a header is looked for."""

SAMPLE_BYTES = 1 << 19
_AS_IT_IS = "CREATE OR REPLACE TABLE raw AS SELECT * FROM streamed"
_DELIMITERS = (",", "\t", ";")
_JSON_DEPTH = 3
_HEAD_RECORDS = 200
_ZIP, _GZIP = b"PK\x03\x04", b"\x1f\x8b"
_MAGIC = {
    _ZIP: "a zip or spreadsheet within another packed file: unpack that and import what is in it",
    b"PK\x05\x06": "an empty zip file: download it again",
    _GZIP: "a gzip file within another packed file: unpack that and import what is in it",
    b"\xd0\xcf\x11\xe0": "an old Excel file, or one with a password: save the sheet as CSV and import that",
    b"%PDF": "a PDF: export the report as CSV and import that",
    b"7z\xbc\xaf\x27\x1c": "a 7z archive: unpack it and import what is in it",
    b"Rar!": "a rar archive: unpack it and import what is in it",
    b"BZh": "a bzip2 file: unpack it and import what is in it",
    b"\xfd7zXZ": "an xz file: unpack it and import what is in it",
    b"\x28\xb5\x2f\xfd": "a zstd file: unpack it and import what is in it",
}
_MARKUP = re.compile(r"\s*<(!doctype|html|head|body|table|script|\?xml)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Header:
    """One way to read a file: which columns it then has.

    Attributes:
        names: As they stand in the file; JSON lines: dotted paths of the first records' fields.
        delimiter: Of a text table; empty for JSON lines and Parquet.
        line: On which the header begins, from 1; 0 where there is none.
        skip_lines: Physical lines up to the header's end.
        preamble: The lines before the header.
    """

    names: tuple[str, ...]
    delimiter: str = ""
    line: int = 0
    skip_lines: int = 0
    preamble: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Frame:
    """One opened file, of which only the head has been read.

    Attributes:
        headers: Every way to read it, likelier ones first.
        header_seen: False where no line looks like a header.
        types: Parquet: DuckDB's type of each column, in the order of the names.
        watch: Told how much of a text file was read, 0 to 1, while `load` reads it.
    """

    content: Content
    kind: Literal["csv", "json", "parquet"]
    headers: tuple[Header, ...]
    encoding: Encoding = Encoding.UTF_8
    old_line_ends: bool = False
    header_seen: bool = True
    types: tuple[str, ...] = field(default=())
    watch: Callable[[float], None] = unwatched

    def load(
        self, connection: duckdb.DuckDBPyConnection, header: Header, wanted: Sequence[int], statement: str = _AS_IT_IS
    ) -> None:
        """Run a statement over `streamed`: `line`, `cells` and the record.

        `cells` is how many the record has where not as many as the header. A text table has `c<n>` for each wanted
        column of the header, JSON lines have `c0` (the line). By default they make the table `raw`. Of Parquet
        `raw` is a view with `c<n>` as they are.

        Raises:
            FileRefused: BAD_ENCODING, TRUNCATED, NOT_CSV.
        """
        if self.kind == "parquet":
            columns = "".join(f", {quoted_name(header.names[n])} AS c{n}" for n in wanted)
            connection.execute(
                "CREATE OR REPLACE VIEW raw AS SELECT file_row_number + 1 AS line, CAST(NULL AS INTEGER) AS cells"  # noqa: S608
                f"{columns} FROM read_parquet('{quoted_path(self.content.path)}', file_row_number = true)"
            )
            return
        shape = self._shape(header)
        try:
            self._stream(connection, shape, wanted, statement)
        except NotUtf8:
            self._stream(connection, replace(shape, encoding=Encoding.WINDOWS), wanted, statement)

    def load_sample(self, connection: duckdb.DuckDBPyConnection, header: Header, wanted: Sequence[int]) -> None:
        """Make the table `raw` of the first records of a text table, some ten thousand."""
        shape = self._shape(header)
        try:
            batch = next(iter(Records(self.content, shape, wanted, SAMPLE_BYTES).reader()), None)
        except NotUtf8:
            batch = next(
                iter(Records(self.content, replace(shape, encoding=Encoding.WINDOWS), wanted, SAMPLE_BYTES).reader()),
                None,
            )
        connection.register(
            "streamed", pa.Table.from_batches([batch] if batch else [], Records(self.content, shape, wanted).schema)
        )
        connection.execute(_AS_IT_IS)
        connection.unregister("streamed")

    def _stream(
        self, connection: duckdb.DuckDBPyConnection, shape: Shape, wanted: Sequence[int], statement: str
    ) -> None:
        _stream(connection, Records(self.content, shape, wanted, BLOCK_BYTES, self.watch), statement)
        self.watch(1.0)

    def _shape(self, header: Header) -> Shape:
        return Shape(
            self.encoding,
            header.delimiter,
            len(header.names),
            header.skip_lines,
            self.old_line_ends,
            objects=self.kind == "json",
        )

    def require_whole(self, connection: duckdb.DuckDBPyConnection) -> None:
        """Refuse a Parquet file of which some page cannot be read.

        Raises:
            FileRefused: TRUNCATED.
        """
        if self.kind != "parquet":
            return
        try:
            connection.execute(f"SELECT MAX(hash(COLUMNS(*))) FROM read_parquet('{quoted_path(self.content.path)}')")  # noqa: S608
        except duckdb.Error as error:
            raise _damaged_parquet(error) from None

    def lines(self, header: Header, numbers: Iterable[int]) -> dict[int, str]:
        """The text of records by the line on which they begin, for showing what was refused."""
        sought = set(numbers)
        if not sought or self.kind == "parquet":
            return {}
        found: dict[int, str] = {}
        shape = Shape(self.encoding, "", 1, 0, self.old_line_ends)
        records = Records(self.content, shape, (0,))
        with_quotes = bool(header.delimiter)
        open_line = 0
        try:
            for batch in records.reader():
                lines, texts = batch.column("line").to_pylist(), batch.column("c0").to_pylist()
                for line, text in zip(lines, texts, strict=True):
                    if open_line:
                        found[open_line] += "\n" + text
                        open_line = open_line if found[open_line].count('"') % 2 else 0
                    elif line in sought:
                        found[line] = text
                        open_line = line if with_quotes and text.count('"') % 2 else 0
        except NotUtf8:
            return replace(self, encoding=Encoding.WINDOWS).lines(header, sought)
        return found


def contents_of(path: Path, *, sheet: str = "") -> tuple[Content, ...]:
    """What a file holds: itself, what is packed in it, or its sheets.

    Args:
        path: The file.
        sheet: Of a spreadsheet: this one alone.

    Raises:
        FileRefused: NOT_CSV, EMPTY_FILE, TOO_LARGE.
        UnknownName: There is no such sheet.
    """
    with path.open("rb") as file:
        magic = file.read(len(_ZIP))
    if magic.startswith(_GZIP):
        return (Gzipped(path),)
    if magic != _ZIP:
        return (Content(path),)
    return sheets(path, named=sheet) if is_spreadsheet(path) else members(path)


def open_frame(path: Path) -> Frame:
    """Read the head of a file that holds one table.

    Raises:
        FileRefused: As `contents_of` and `open_content`; XLSX_MULTIPLE_SHEETS.
    """
    first, *others = contents_of(path)
    if others:
        raise FileRefused("XLSX_MULTIPLE_SHEETS", f"the file holds {len(others) + 1} tables", needs=("sheet",))
    return open_content(first)


def open_content(content: Content) -> Frame:
    """Read the head of a table and tell what kind it is.

    Raises:
        FileRefused: EMPTY_FILE, NOT_CSV, BAD_ENCODING, TRUNCATED.
    """
    head, whole = content.head(HEAD_BYTES)
    if not head.strip():
        raise FileRefused("EMPTY_FILE", "the file is empty: download it again, for days that have data")
    for magic, what in _MAGIC.items():
        if head.startswith(magic):
            raise FileRefused("NOT_CSV", f"this is {what}")
    if head.startswith(b"PAR1"):
        return _parquet(content)
    encoding = encoding_of(head)
    text = text_of(head, encoding, whole=whole)
    if not text.strip():
        raise FileRefused("EMPTY_FILE", "the file is empty but for its encoding's mark: download it again")
    if isinstance(content, Sheet):
        return _table(content, text, encoding, (",",))
    if text.lstrip().startswith("{"):
        return _json_lines(content, text, encoding, whole=whole)
    _require_table(text)
    return _table(content, text, encoding, _DELIMITERS)


def _require_table(text: str) -> None:
    """Refuse what is text, or passes for it, and no table."""
    if _MARKUP.match(text):
        raise FileRefused("NOT_CSV", "this is a web page or XML, maybe a log-in page: download the report again as CSV")
    if text.lstrip().startswith("["):
        raise FileRefused("NOT_CSV", "this is one JSON array: write one object per line (JSON lines)")
    if sum(not (sign.isprintable() or sign.isspace()) for sign in text[:4096]) > len(text[:4096]) // 20:
        raise FileRefused(
            "NOT_CSV",
            "the bytes are no text: it is damaged, or no export (CSV, xlsx, JSON lines, Parquet): download it again",
        )


def quoted_name(name: str) -> str:
    """A column's name as SQL writes it."""
    return '"' + name.replace('"', '""') + '"'


def quoted_path(path: Path) -> str:
    """A path inside an SQL text."""
    return str(path).replace("'", "''")


def quoted_text(text: str) -> str:
    """A text as SQL writes it."""
    return "'" + text.replace("'", "''") + "'"


def _stream(connection: duckdb.DuckDBPyConnection, records: Records, statement: str) -> None:
    failure: list[Exception] = []

    def batches() -> Iterator[pa.RecordBatch]:
        try:
            yield from records.reader()
        except Exception as error:
            failure.append(error)
            raise

    connection.register("streamed", pa.RecordBatchReader.from_batches(records.schema, batches()))
    try:
        connection.execute(statement)
    except duckdb.Error:
        # What the reader raised comes back wrapped in an error of DuckDB's: the one below says more.
        if failure:
            raise failure[0] from None
        raise
    finally:
        connection.unregister("streamed")


def _table(content: Content, text: str, encoding: Encoding, possible: Sequence[str]) -> Frame:
    old = "\r" in text and "\n" not in text
    lines = text.replace("\r", "\n") if old else text
    stated = re.match(r'"?sep=(.)"?\r?\n', lines, re.IGNORECASE)
    delimiters = (stated[1],) if stated else tuple(sorted(possible, key=lambda sign: -_cells_seen(lines, sign)))
    headers: list[Header] = []
    for delimiter in delimiters:
        headers += _candidates(lines, delimiter, start=1 if stated else 0)
    if not headers:
        raise FileRefused("NO_HEADER", "no line has more than one cell: expected a table with a header")
    seen = any(_looks_like_header(header.names) for header in headers)
    return Frame(content, "csv", tuple(headers), encoding, old_line_ends=old, header_seen=seen)


def _cells_seen(text: str, delimiter: str) -> int:
    return text[:8192].count(delimiter)


def _candidates(text: str, delimiter: str, *, start: int) -> Iterator[Header]:
    physical = text.split("\n")
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    before = 0
    try:
        for row in reader:
            if before >= HEADER_LINES:
                return
            if before >= start and len(row) > 1:
                preamble = tuple(line.rstrip("\r") for line in physical[start:before])
                names = tuple(name.strip() for name in row)
                yield Header(names, delimiter, before + 1, reader.line_num, preamble)
            before = reader.line_num
    except csv.Error:  # The head was cut inside a cell: later lines are no header anyway.
        return


def _looks_like_header(names: Sequence[str]) -> bool:
    filled = [name for name in names if name]
    return len(filled) > 1 and not any(re.fullmatch(r"[-+]?[\d.,:/ %-]+", name) for name in filled)


def _json_lines(content: Content, text: str, encoding: Encoding, *, whole: bool) -> Frame:
    lines = text.split("\n")
    if not whole:
        lines = lines[:-1]
    names: dict[str, None] = {}
    read = 0
    for line in lines[:_HEAD_RECORDS]:
        try:
            record = json.loads(line)
        except (ValueError, RecursionError):
            continue
        if isinstance(record, dict):
            read += 1
            names |= dict.fromkeys(_paths(record, _JSON_DEPTH))
    if not read:
        if not whole or text.rstrip().endswith("}"):
            raise FileRefused("NOT_CSV", "no line is a whole JSON object: write one object per line (JSON lines)")
        raise FileRefused("TRUNCATED", "the file ends inside its first JSON object")
    return Frame(content, "json", (Header(tuple(names)),), encoding)


def _paths(record: dict[str, object], depth: int, prefix: str = "") -> Iterator[str]:
    for name, value in record.items():
        yield prefix + name
        if isinstance(value, dict) and depth > 1:
            yield from _paths(value, depth - 1, f"{prefix}{name}.")


def _parquet(content: Content) -> Frame:
    if content.packed:
        raise FileRefused("NOT_CSV", "this is a Parquet file within a packed one: unpack it and import what is in it")
    path = content.path
    with duckdb.connect() as connection:
        try:
            rows = connection.execute(f"DESCRIBE SELECT * FROM read_parquet('{quoted_path(path)}')").fetchall()  # noqa: S608
        except duckdb.Error as error:
            raise _damaged_parquet(error) from None
    names = tuple(row[0] for row in rows)
    return Frame(content, "parquet", (Header(names),), types=tuple(row[1] for row in rows))


def _damaged_parquet(error: duckdb.Error) -> FileRefused:
    said = str(error).partition("\n")[0]
    return FileRefused("TRUNCATED", f"the Parquet file is cut short or damaged ({said}): write or download it again")
