"""One recognised file read into rows that are accepted, ignored, or refused with a reason: no other kind is left."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import duckdb

from outturn.domain.errors import FileRefused
from outturn.sources import cells, number_styles
from outturn.sources.cells import LOOKED_UP, Conditions, Fault
from outturn.sources.frame import quoted_text
from outturn.sources.identity import keys_together
from outturn.sources.lookups import as_written, key_cells, look_up
from outturn.sources.marks import heed_marks
from outturn.sources.number_styles import NUMERIC, PLAIN, Style
from outturn.sources.source import Kind
from outturn.sources.summary_rows import footer_sql, total_sql
from outturn.sources.texts import make_texts, texts_statement, wanted_columns

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date, datetime

    from outturn.sources.dates import Order
    from outturn.sources.frame import Frame
    from outturn.sources.recognition import Recognised
    from outturn.sources.source import Cell

_SAMPLE_ROWS = 20_000
_IGNORED = -1
_DELETED = -2
_BELOW = -3
_QUICK_BYTES = 4 << 20


@dataclass(frozen=True, slots=True)
class Manner:
    """How the user wants a file read; empty: as it says itself.

    Attributes:
        decimal: "." or ",".
        dates: "day-first" or "month-first".
        zone: IANA zone of times without an offset.
        phone_region: ISO 3166 country of phone numbers without `+`.
        usual_dates: How days read that the file itself leaves open.
        first_day: Of a spreadsheet's serial days; None: a bare number is no day.
    """

    now: datetime
    zone: str
    decimal: str = ""
    dates: Order = ""
    phone_region: str = ""
    usual_dates: Order = ""
    first_day: date | None = None


@dataclass(frozen=True, slots=True)
class Reading:
    """What became of a file's rows; the rows themselves lie in `parsed`, with `refusal` NULL where accepted.

    Attributes:
        faults: `parsed.refusal` is a place in this list.
        footer: SQL over the valued row: true for the lines of text below the table.
        below: SQL over the valued row: true for what is ignored if it turns out to stand below all else.
        order: How the file writes 03/04/2026, by its own evidence or the user's word; empty: nothing says so.
    """

    frame: Frame
    recognised: Recognised
    faults: tuple[Fault, ...] = field(default=())
    footer: str = "FALSE"
    below: str = "FALSE"
    order: Order = ""

    def has(self, name: str) -> bool:
        """Whether the file has the column of that cell."""
        return name in self.recognised.columns

    def native(self, cell: Cell) -> bool:
        """Whether a Parquet column's own type says the cell's value, so that nobody has to read its text."""
        if self.frame.kind != "parquet" or cell.expression:
            return False
        return bool(cells.native(cell, "x", self.frame.types[self.recognised.columns[cell.name]]))


def read(connection: duckdb.DuckDBPyConnection, frame: Frame, recognised: Recognised, manner: Manner) -> Reading:
    """Make `parsed`, and `texts` where rows are refused.

    Args:
        connection: In memory, for this file alone; `outturn_key` and the variables of `source.py` stand.
        frame: The opened file.
        recognised: Its layout and columns.
        manner: What the user says of numbers, dates and zones.

    Raises:
        FileRefused: What concerns the whole file: its encoding, number style, date style, an end that is missing.
    """
    connection.execute(cells.PRESENT)
    present = [cell for cell in recognised.layout.cells if cell.name in recognised.columns]
    if frame.kind == "csv" and frame.content.size > _QUICK_BYTES:
        reading = _read_quickly(connection, Reading(frame, recognised), present, manner)
        if reading is not None:
            return reading
    try:
        return _read_carefully(connection, Reading(frame, recognised), present, manner)
    except duckdb.Error:
        frame.require_whole(connection)
        raise


def _read_quickly(
    connection: duckdb.DuckDBPyConnection, reading: Reading, present: list[Cell], manner: Manner
) -> Reading | None:
    """Read a large file once, as its first records are written; None where a single row does not fit that."""
    frame, recognised = reading.frame, reading.recognised
    wanted = wanted_columns(recognised)
    frame.load_sample(connection, recognised.header, wanted)
    connection.execute(f"CREATE OR REPLACE VIEW texts AS {texts_statement(frame, recognised, 'raw')}")
    try:
        style, settled = _style(connection, present, manner.decimal or recognised.layout.number, sample=False)
    except FileRefused:
        return None
    source = f"({texts_statement(frame, recognised, 'streamed')})"
    together, written = keys_together(connection, key_cells(recognised))
    if together:
        source = f"(SELECT *, {together} AS made FROM {source})"  # noqa: S608
    written |= {
        cell.name: found
        for cell in present
        if cell.kind in LOOKED_UP and cell.name not in written
        if (found := as_written(connection, cell, manner))
    }
    if not settled or style.decorated or len(written) < sum(cell.kind in LOOKED_UP for cell in present):
        return None
    below = "cells IN (0, 1)" if recognised.layout.footed else "FALSE"
    reading = replace(reading, faults=_faults(reading), below=below)
    conditions = Conditions(style, quoted_text(manner.zone))
    statement = _parse_statement(reading, conditions, source, written)
    # Out of order each core goes on by itself; from here on lines say what comes first, never where rows lie.
    connection.execute("SET preserve_insertion_order = false")
    frame.load(connection, recognised.header, wanted, statement)
    refused = f"SELECT 1 FROM parsed WHERE refusal >= 0{_forgotten(reading)}"  # noqa: S608
    last = f"SELECT MAX(line) FROM parsed WHERE refusal IS DISTINCT FROM {_BELOW}"  # noqa: S608
    above = f"SELECT 1 FROM parsed WHERE refusal = {_BELOW} AND line < ({last})"  # noqa: S608
    if _one(connection, f"SELECT EXISTS ({refused}) OR EXISTS ({above})"):
        connection.execute("SET preserve_insertion_order = true")
        return None
    return reading


def _forgotten(reading: Reading) -> str:
    """Further SQL for rows that will be refused because of whose they are: those too are to be shown."""
    layout = reading.recognised.layout
    keys = [cell.name for cell in layout.cells if cell.kind is Kind.KEY and reading.has(cell.name)]
    if not keys or layout.suppressed == "strip":
        return ""
    return "".join(f" OR {key} IN (SELECT key FROM suppressed)" for key in keys)  # noqa: S608


def _read_carefully(
    connection: duckdb.DuckDBPyConnection, reading: Reading, present: list[Cell], manner: Manner
) -> Reading:
    frame, recognised = reading.frame, reading.recognised
    make_texts(connection, frame, recognised)
    if not _one(connection, "SELECT COUNT(*) FROM (SELECT 1 FROM texts LIMIT 1)"):
        raise FileRefused("EMPTY_FILE", "the file has a header and no rows: export it for days that have data")
    looked_up = look_up(connection, [cell for cell in present if not reading.native(cell)], manner)
    given = manner.decimal or recognised.layout.number or ("." if frame.kind != "csv" else "")
    style, settled = _style(connection, present, given, sample=True)
    if not settled:
        style, _ = _style(connection, present, given, sample=False)
    recognised, faults = heed_marks(connection, recognised, style) if style.decorated else (recognised, ())
    reading = replace(
        reading, recognised=recognised, footer=footer_sql(connection, frame, recognised.layout), order=looked_up.order
    )
    reading = replace(reading, faults=_faults(reading) + faults)
    conditions = Conditions(style, quoted_text(manner.zone), looked_up.otherwise)
    connection.execute(_parse_statement(reading, conditions, "texts", looked_up.written))
    if _has_number_faults(connection, reading):
        again, _ = _style(connection, present, given, sample=False)
        if again != style:
            again_read = _parse_statement(reading, replace(conditions, style=again), "texts", looked_up.written)
            connection.execute(again_read)
    return reading


def _style(
    connection: duckdb.DuckDBPyConnection, present: list[Cell], given: str, *, sample: bool
) -> tuple[Style, bool]:
    numeric = [cell for cell in present if cell.kind in NUMERIC]
    rows = "SELECT * FROM texts WHERE cells IS NULL" + (f" LIMIT {_SAMPLE_ROWS}" if sample else "")  # noqa: S608

    def evidence(aggregates: str) -> tuple[int | None, ...]:
        # Only the columns that are asked about: DuckDB would work through the expressions of all others each time.
        texts = ", ".join(
            f"CASE WHEN {cells.present(text)} THEN {text} END AS {text}"
            for text in (f"{cell.name}_text" for cell in numeric)
            if text in aggregates
        )
        found: tuple[int | None, ...] = connection.execute(
            f"SELECT {aggregates} FROM (SELECT {texts} FROM ({rows}))"  # noqa: S608
        ).fetchall()[0]
        return found

    try:
        return number_styles.settle([(f"{cell.name}_text", cell.kind) for cell in numeric], evidence, given=given)
    except FileRefused as refused:
        if sample and refused.code == "AMBIGUOUS_NUMBER":
            return PLAIN, False
        raise


def _parse_statement(reading: Reading, conditions: Conditions, source: str, written: Mapping[str, str]) -> str:
    """CREATE TABLE parsed out of texts; `written` holds SQL of cells that need no table of their texts."""
    recognised = reading.recognised
    layout = recognised.layout
    values, joins = [], []
    for cell in layout.cells:
        text = f"{cell.name}_text"
        if cell.name not in recognised.columns or cell.sought:
            values.append(f"CAST(NULL AS {cells.type_of(cell)}) AS {cell.name}, CAST(NULL AS VARCHAR) AS {text}")
        elif cell.name in written:
            values.append(f"{written[cell.name]} AS {cell.name}, texts.{text}")
        elif cell.kind in LOOKED_UP:
            joins.append(f"LEFT JOIN read_{cell.name} ON texts.{text} = read_{cell.name}.text")
            values.append(f"read_{cell.name}.value AS {cell.name}, texts.{text}")
        elif reading.native(cell):
            values.append(f"{cell.name}_native AS {cell.name}, texts.{text}")
        else:
            values.append(f"{cells.value(cell, text, conditions)} AS {cell.name}, texts.{text}")
    own = [
        f"NOT COALESCE({fault.when}, FALSE)" for fault in reading.faults if not fault.cell and "cells" not in fault.when
    ]
    total = total_sql(layout, reading.has)
    fallible = {fault.cell for fault in reading.faults}
    quick = [cells.quick(cell) for cell in layout.cells if reading.has(cell.name) and cell.name in fallible]
    usual = " AND ".join(["cells IS NULL", *quick, *own, f"NOT COALESCE(({total}) OR ({layout.deleted}), FALSE)"])
    refusal = " ".join(f"WHEN {fault.when} THEN {n}" for n, fault in enumerate(reading.faults))
    return (
        f"CREATE OR REPLACE TABLE parsed AS SELECT line, {', '.join(cell.name for cell in layout.cells)}, "  # noqa: S608
        f"CASE WHEN {usual} THEN NULL WHEN {reading.below} THEN {_BELOW} "
        f"WHEN cells = 0 OR (cells IS DISTINCT FROM -1 AND ({total})) OR ({reading.footer}) THEN {_IGNORED} "
        f"WHEN cells IS NULL AND ({layout.deleted}) THEN {_DELETED} {refusal} END "
        "AS refusal "
        f"FROM (SELECT texts.line, texts.cells, texts.first_text, {', '.join(values)} FROM {source} AS texts "
        f"{' '.join(joins)})"
    )


def _faults(reading: Reading) -> tuple[Fault, ...]:
    layout = reading.recognised.layout
    found = [
        Fault("TRUNCATED", "cells = -1", "the line is no whole JSON object"),
        Fault(
            "COLUMN_SHIFT",
            "cells IS NOT NULL",
            f"has another number of cells than the header's {len(reading.recognised.header.names)}",
        ),
    ]
    for cell in layout.cells:
        if reading.has(cell.name):
            filled = cell.filled or (layout.spend and cell.name == "date_day")
            found += cells.faults(cell, filled=filled)
        elif cell.filled:
            found.append(Fault("MISSING_VALUE", "TRUE", "is required and the file has no such column", cell.name))
    found += [Fault(check.code, check.when, check.detail) for check in layout.checks]
    if reading.recognised.header_currency and layout.cell("currency"):
        stated = reading.recognised.header_currency
        found.append(
            Fault("CURRENCY_MISMATCH", f"currency <> '{stated}'", f"states another currency than the header's {stated}")
        )
    return tuple(found)


def _has_number_faults(connection: duckdb.DuckDBPyConnection, reading: Reading) -> bool:
    numeric = {cell.name for cell in reading.recognised.layout.cells if cell.kind in NUMERIC}
    places = [n for n, fault in enumerate(reading.faults) if fault.cell in numeric and fault.code == "BAD_NUMBER"]
    if not places:
        return False
    return bool(_one(connection, f"SELECT COUNT(*) FROM parsed WHERE refusal IN ({', '.join(map(str, places))})"))  # noqa: S608


def _one(connection: duckdb.DuckDBPyConnection, statement: str) -> Any:
    return connection.execute(statement).fetchall()[0][0]
