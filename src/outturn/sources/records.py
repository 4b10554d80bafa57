"""A text file cut into records with the exact line on which each begins, block by block, on every core.

Blocks are cut where a record ends (a line end outside quotes), so that each can be tokenised on its own
and a file of any size needs the memory of a few blocks.
"""

from __future__ import annotations

import csv
import io
import json
import os
import re
from collections import deque
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import csv as arrow_csv

from outturn.domain.errors import FileRefused
from outturn.sources.content import BLOCK_BYTES, unwatched
from outturn.sources.encoding import Encoding, bad_encoding, is_windows, utf8_blocks

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from outturn.sources.content import Content

BLANK = 0
"""The `cells` of a record that is an empty line."""

_BLANK_LINE = re.compile(rb"^\r?$", re.MULTILINE)


class NotUtf8(Exception):
    """The file turned out to be Windows-1252 after a first part that both encodings share."""


@dataclass(frozen=True, slots=True)
class Shape:
    """How the records of one text file lie.

    Attributes:
        delimiter: One character; empty: a record is a line (JSON lines).
        columns: How many cells the header has.
        skip_lines: Physical lines before the first record.
        old_line_ends: Lines end in CR alone.
        objects: Each line is a JSON object, so that a last one without its end shows.
    """

    encoding: Encoding
    delimiter: str
    columns: int
    skip_lines: int
    old_line_ends: bool = False
    objects: bool = False


@dataclass(frozen=True, slots=True)
class _Block:
    """Whole records; but for the last block, those of a text table have an even number of quotes."""

    data: bytes
    first_line: int
    line_ends: int
    last: bool


@dataclass(slots=True)
class Records:
    """The records of a file as Arrow batches: `line`, `cells` (NULL: as many as the header) and `c<n>` wanted."""

    content: Content
    shape: Shape
    wanted: Sequence[int]
    block_bytes: int = BLOCK_BYTES
    watch: Callable[[float], None] = unwatched
    _text_seen: bool = field(default=False, init=False)

    @property
    def schema(self) -> pa.Schema:
        """The batches' schema."""
        texts = [(f"c{n}", pa.string()) for n in self.wanted]
        return pa.schema([("line", pa.int64()), ("cells", pa.int32()), *texts])

    def reader(self) -> pa.RecordBatchReader:
        """All records, in order.

        Raises:
            FileRefused: BAD_ENCODING, TRUNCATED; while it is read.
            NotUtf8: Read it again as Windows-1252.
        """
        return pa.RecordBatchReader.from_batches(self.schema, self._batches())

    def _batches(self) -> Iterator[pa.RecordBatch]:
        threads = os.cpu_count() or 1
        with ThreadPoolExecutor(threads) as pool:
            waiting: deque[Future[pa.RecordBatch]] = deque()
            for block in self._blocks():
                waiting.append(pool.submit(self._tokenise, block))
                if len(waiting) > threads:
                    yield waiting.popleft().result()
            while waiting:
                yield waiting.popleft().result()

    def _blocks(self) -> Iterator[_Block]:
        shape = self.shape
        rest, line, skip = b"", 1, shape.skip_lines
        for read in utf8_blocks(self.content, shape.encoding, self.block_bytes, self.watch):
            data = rest + (read.replace(b"\r", b"\n") if shape.old_line_ends else read)
            while skip and (end := data.find(b"\n")) >= 0:
                data, skip, line = data[end + 1 :], skip - 1, line + 1
            cut = 0 if skip else _last_record_end(data, quoted=bool(shape.delimiter))
            if cut:
                block = self._checked(data[:cut], line, last=False)
                yield block
                line += block.line_ends
            rest = data[cut:]
        if rest and not skip:
            if shape.delimiter and _ends_inside_quotes(rest, shape.delimiter):
                raise FileRefused(
                    "TRUNCATED", f"the file ends inside a quoted cell of the record that begins on line {line}"
                )
            if shape.objects and not _is_object(rest):
                raise FileRefused("TRUNCATED", f"the file ends inside the JSON object of line {line}")
            yield self._checked(rest, line, last=True)

    def _checked(self, data: bytes, line: int, *, last: bool) -> _Block:
        if not data.isascii() and self.shape.encoding in {Encoding.UTF_8, Encoding.UTF_8_MARKED}:
            try:
                data.decode()
            except UnicodeDecodeError as error:
                if self._text_seen or self.shape.encoding is Encoding.UTF_8_MARKED or not is_windows(data):
                    raise bad_encoding(data, error, line) from None
                raise NotUtf8 from None
            self._text_seen = True
        return _Block(data, line, _line_ends(data), last)

    def _tokenise(self, block: _Block) -> pa.RecordBatch:
        if not self.shape.delimiter:
            return self._lines(block)
        # A quote inside an unquoted cell: only the slow reader counts such rightly.
        if block.last and block.data.count(b'"') % 2:
            return self._slowly(block)
        table, ragged = self._arrow(block.data, self.wanted)
        count = table.num_rows + len(ragged)
        lines = block.first_line + np.arange(count, dtype=np.int64)
        newlines = block.line_ends + (0 if block.data.endswith(b"\n") else 1)
        if newlines != count:
            lines = self._lines_of_records(block, count)
        cells = np.zeros(count, dtype=np.int32)
        known = np.zeros(count, dtype=bool)
        for number, actual, _text in ragged:
            cells[number - 1], known[number - 1] = actual, True
        # The search for empty lines is dear, and all cells of such a line are empty.
        if ragged or pc.min(pc.binary_length(table.column(0))).as_py() == 0:
            self._mark_blank(block, lines, cells, known)
        self._refuse_cut_end(block, ragged, count)
        if not ragged:
            return self._batch(lines, cells, known, table)
        places = np.ones(count, dtype=bool)
        places[[number - 1 for number, _actual, _text in ragged]] = False
        order = np.concatenate([np.flatnonzero(places), [number - 1 for number, _a, _t in ragged]]).astype(np.int64)
        padded = pa.concat_tables([table, self._padded([text for _n, _a, text in ragged])])
        sorting = np.argsort(order, kind="stable")
        return self._batch(lines, cells, known, padded.take(pa.array(sorting)))

    def _arrow(self, data: bytes, wanted: Sequence[int]) -> tuple[pa.Table, list[tuple[int, int, str]]]:
        """Tokenise one block: the wanted columns, and (number from 1, cells, text) of records of another width."""
        ragged: list[tuple[int, int, str]] = []

        def keep(row: arrow_csv.InvalidRow) -> str:
            ragged.append((row.number, row.actual_columns, row.text))
            return "skip"

        names = [f"c{n}" for n in range(self.shape.columns)]
        included = [f"c{n}" for n in wanted]
        table = arrow_csv.read_csv(
            pa.BufferReader(data),
            read_options=arrow_csv.ReadOptions(use_threads=False, column_names=names, block_size=len(data) + 1),
            parse_options=arrow_csv.ParseOptions(
                delimiter=self.shape.delimiter,
                newlines_in_values=True,
                ignore_empty_lines=False,
                invalid_row_handler=keep,
            ),
            convert_options=arrow_csv.ConvertOptions(
                column_types=dict.fromkeys(names, pa.string()),
                strings_can_be_null=False,
                include_columns=included,
                check_utf8=False,
            ),
        )
        return table, ragged

    def _lines_of_records(self, block: _Block, count: int) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
        """First lines of records some of which hold line ends of their own."""
        table, ragged = self._arrow(block.data, range(self.shape.columns))
        inner = np.zeros(count, dtype=np.int64)
        places = np.ones(count, dtype=bool)
        for number, _actual, text in ragged:
            places[number - 1], inner[number - 1] = False, text.count("\n")
        whole = np.zeros(table.num_rows, dtype=np.int64)
        for column in table.columns:
            whole += pc.count_substring(column, "\n").to_numpy(zero_copy_only=False).astype(np.int64)
        inner[places] = whole
        lines: np.ndarray[tuple[int], np.dtype[np.int64]] = block.first_line + np.arange(count, dtype=np.int64)
        lines[1:] += np.cumsum(inner)[:-1]
        return lines

    def _mark_blank(
        self,
        block: _Block,
        lines: np.ndarray[tuple[int], np.dtype[np.int64]],
        cells: np.ndarray[tuple[int], np.dtype[np.int32]],
        known: np.ndarray[tuple[int], np.dtype[np.bool_]],
    ) -> None:
        data = block.data
        if not (data.startswith((b"\n", b"\r\n")) or b"\n\n" in data or b"\n\r\n" in data):
            return
        blank = [block.first_line + data.count(b"\n", 0, match.start()) for match in _BLANK_LINE.finditer(data)]
        at = np.isin(lines, np.array(blank, dtype=np.int64))
        cells[at], known[at] = BLANK, True

    def _refuse_cut_end(self, block: _Block, ragged: list[tuple[int, int, str]], count: int) -> None:
        if not (block.last and ragged and ragged[-1][0] == count):
            return
        _number, actual, text = ragged[-1]
        # A footer or a total may be short; a record that lost its end has begun like all others.
        if 1 < actual < self.shape.columns and not re.match(r"\W*(grand )?total", text, re.IGNORECASE):
            raise FileRefused(
                "TRUNCATED", f"the file ends after {actual} of {self.shape.columns} cells of its last record"
            )

    def _padded(self, texts: Sequence[str]) -> pa.Table:
        """Records of another width, cut or filled up to the header's."""
        rows = [next(csv.reader([text], delimiter=self.shape.delimiter), []) for text in texts]
        return self._table(rows)

    def _table(self, rows: Sequence[Sequence[str]]) -> pa.Table:
        return pa.table(
            {f"c{n}": pa.array([row[n] if n < len(row) else "" for row in rows], pa.string()) for n in self.wanted}
        )

    def _slowly(self, block: _Block) -> pa.RecordBatch:
        reader = csv.reader(io.StringIO(block.data.decode(), newline=""), delimiter=self.shape.delimiter)
        lines, rows, before = [], [], 0
        for row in reader:
            lines.append(block.first_line + before)
            rows.append(row)
            before = reader.line_num
        widths = np.array([len(row) for row in rows], dtype=np.int32)
        return self._batch(np.array(lines, dtype=np.int64), widths, widths != self.shape.columns, self._table(rows))

    def _lines(self, block: _Block) -> pa.RecordBatch:
        """One record per line, as it is."""
        texts = [text.removesuffix("\r") for text in block.data.decode().removesuffix("\n").split("\n")]
        blank = np.array([not text.strip() for text in texts], dtype=bool)
        lines = block.first_line + np.arange(len(texts), dtype=np.int64)
        return self._batch(
            lines, np.zeros(len(texts), dtype=np.int32), blank, pa.table({"c0": pa.array(texts, pa.string())})
        )

    def _batch(
        self,
        lines: np.ndarray[tuple[int], np.dtype[np.int64]],
        cells: np.ndarray[tuple[int], np.dtype[np.int32]],
        known: np.ndarray[tuple[int], np.dtype[np.bool_]],
        table: pa.Table,
    ) -> pa.RecordBatch:
        columns = [pa.array(lines), pa.array(cells, pa.int32(), mask=~known)]
        columns += [_chunk(table.column(f"c{n}")) for n in self.wanted]
        return pa.RecordBatch.from_arrays(columns, schema=self.schema)


def _is_object(line: bytes) -> bool:
    try:
        return isinstance(json.loads(line), dict)
    except (ValueError, RecursionError):
        return False


def _chunk(column: pa.ChunkedArray) -> pa.Array:
    return column.chunk(0) if column.num_chunks == 1 else pa.concat_arrays(column.chunks or [pa.array([], pa.string())])


def _line_ends(data: bytes) -> int:
    # In a fifth of the time that it takes `bytes.count`.
    return int(np.count_nonzero(np.frombuffer(data, np.uint8) == ord("\n")))


def _last_record_end(data: bytes, *, quoted: bool) -> int:
    """Where the last whole record ends: after a line end with an even number of quotes before it; 0: nowhere."""
    cut = data.rfind(b"\n") + 1
    if not quoted:
        return cut
    odd = data.count(b'"', 0, cut) % 2
    while cut and odd:
        previous = data.rfind(b"\n", 0, cut - 1) + 1
        odd ^= data.count(b'"', previous, cut) % 2
        cut = previous
    return cut


def _ends_inside_quotes(data: bytes, delimiter: str) -> bool:
    """Whether the last cell was opened and never closed; a quote inside an unquoted cell opens nothing."""
    if data.count(b'"') % 2 == 0:
        return False
    try:
        for _row in csv.reader(
            io.StringIO(data.decode(errors="replace"), newline=""), delimiter=delimiter, strict=True
        ):
            pass
    except csv.Error as error:
        return "unexpected end of data" in str(error)
    return False
