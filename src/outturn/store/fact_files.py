"""One Parquet file of a fact table: rows handed over in whatever form, as the table's columns and types."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, NamedTuple

import duckdb

from outturn.store.tables import Column, Table, Type

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence
    from pathlib import Path

    import pyarrow as pa

OFTEN_ONE_TEXT = (
    "platform", "account_id", "level", "currency", "time_zone", "conversion_action", "click_or_view",
    "attribution_window", "date_basis", "source", "trust", "system",
)  # fmt: skip
"""Columns in which the rows of one file mostly have the same text; see `_column`."""


class Selected(NamedTuple):
    """Rows that DuckDB has yet to work out: they go to their file from where they lie, on every core.

    Attributes:
        connection: In UTC; a session of its own.
        statement: A SELECT.
    """

    connection: duckdb.DuckDBPyConnection
    statement: str


def write_rows(
    table: Table, rows: Selected | pa.Table | pa.RecordBatchReader, target: Path, stamps: Mapping[str, object]
) -> int:
    """Write rows as a file of the table; columns that they lack become NULL.

    Args:
        table: Whose file it is.
        rows: With any of the table's columns.
        target: The file.
        stamps: Values that every row has in a column of that name, where the table has it.

    Returns:
        How many rows were written.

    Raises:
        ValueError: The rows have a column that the table has not.
    """
    if isinstance(rows, Selected):
        described = rows.connection.execute(f"DESCRIBE {rows.statement}").fetchall()
        source, given = f"({rows.statement})", {row[0] for row in described}
        return _write_from(rows.connection, source, table, given, target, stamps)
    with connection() as opened:
        opened.register("handed", rows)
        return _write_from(opened, "handed", table, set(rows.schema.names), target, stamps)


def write_row(table: Table, row: Mapping[str, object], target: Path) -> None:
    """Write a file of one row."""
    select = ", ".join(_column(column, set(), row, {}) for column in table.columns)
    with connection() as opened:
        opened.execute(copy_statement(f"SELECT {select}", target), dict(row))


def connection() -> duckdb.DuckDBPyConnection:
    """A session of its own, in UTC."""
    opened = _instance().cursor()
    # Stdout is a command's answer, where DuckDB would draw its own progress.
    opened.execute("SET TimeZone = 'UTC'; SET enable_progress_bar = false")
    return opened


@functools.cache
def _instance() -> duckdb.DuckDBPyConnection:
    """One for the process: it takes longer to come up than an import's small questions take together."""
    return duckdb.connect()


def copy_statement(select: str, target: Path) -> str:
    """SQL that writes a SELECT's rows as Parquet."""
    return f"COPY ({select}) TO '{quoted(target)}' (FORMAT parquet, COMPRESSION snappy)"


def quoted(path: Path) -> str:
    """A path inside an SQL literal."""
    return str(path).replace("'", "''")


def _write_from(
    opened: duckdb.DuckDBPyConnection,
    source: str,
    table: Table,
    given: set[str],
    target: Path,
    stamps: Mapping[str, object],
) -> int:
    unknown = given - set(table.names)
    if unknown:
        raise ValueError(f"{table.name} has no column {', '.join(sorted(unknown))}")
    used = {name: value for name, value in stamps.items() if name in table.names}
    said = _said_once(opened, source, [name for name in OFTEN_ONE_TEXT if name in given])
    said |= {name: str(value) for name, value in used.items() if name == "import_id"}
    bound = {name: value for name, value in used.items() if name not in said}
    select = ", ".join(_column(column, given, bound, said) for column in table.columns)
    written: int = opened.execute(copy_statement(f"SELECT {select} FROM {source}", target), bound).fetchall()[0][0]
    return written


def _said_once(opened: duckdb.DuckDBPyConnection, source: str, names: Sequence[str]) -> dict[str, str]:
    """The columns in which every row has the same text, with that text."""
    # Not LIMIT 1: where two readers share a step of the statement, DuckDB 2.0 waits for ever once one of them stops.
    some = ", ".join(f"ANY_VALUE({name})" for name in names)
    first = opened.execute(f"SELECT {some} FROM {source}").fetchone() if names else None
    said = {name: text for name, text in zip(names, first or (), strict=False) if text is not None}
    if not said:
        return {}
    # To compare with the first row's texts costs a fraction of finding the least and the greatest.
    other = ", ".join(f"BOOL_OR({name} IS DISTINCT FROM {_quoted(text)})" for name, text in said.items())
    differ = opened.execute(f"SELECT {other} FROM {source}").fetchall()[0]
    return {name: text for (name, text), differs in zip(said.items(), differ, strict=True) if not differs}


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def _column(column: Column, given: Collection[str], stamps: Mapping[str, object], said: Mapping[str, str]) -> str:
    """One column of the file: its value for every row, as the declared type.

    A text that all rows share, or none has, goes as an ENUM of that one text, which Parquet stores as text all the
    same: DuckDB takes about 0.15 s for a million copies of a text, and next to nothing for such an ENUM.
    """
    name = column.name
    if name in said:
        text = _quoted(said[name])
        return f"CAST({text} AS ENUM ({text})) AS {name}"
    if column.type is Type.TEXT and name not in stamps and name not in given:
        return f"CAST(NULL AS ENUM ('')) AS {name}"
    value = f"${name}" if name in stamps else name if name in given else "NULL"
    return f"CAST({value} AS {column.type.duckdb}) AS {name}"
