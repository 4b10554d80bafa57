"""One Parquet file of a fact table: rows handed over in whatever form, as the table's columns and types."""

from __future__ import annotations

import functools
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import duckdb

from outturn.store.tables import Column, Table, Type

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

    import pyarrow as pa

OFTEN_ONE_TEXT = (
    "platform", "account_id", "level", "currency", "time_zone", "conversion_action", "click_or_view",
    "attribution_window", "date_basis", "source", "trust", "system", "status",
)  # fmt: skip
"""Columns in which the rows of one file mostly have the same text; see `_column`."""

_NARROW = "-narrow"


class Selected(NamedTuple):
    """Rows that DuckDB has yet to work out: they go to their file from where they lie, on every core.

    Attributes:
        connection: In UTC; a session of its own.
        statement: A SELECT.
        narrow: Whether columns that no row has are left out of the file; see `narrow_stem`.
        likely: Column of `OFTEN_ONE_TEXT` -> the text that its rows have, if any; others have many. It saves working
            out the statement to find that out; where it is wrong, the file is written a second time. None: not known.
    """

    connection: duckdb.DuckDBPyConnection
    statement: str
    likely: Mapping[str, str] | None = None
    narrow: bool = False


def narrow_stem(stem: str) -> str:
    """The name of a file that lacks columns: no row of it has anything in them.

    Forty empty columns take as long to write as four full ones. Readers fill them in, for which they look at each such
    file once more: that is worth it for large imports, and not for a thousand of a few rows.
    """
    return f"{stem}{_NARROW}"


def wide_stem(file: Path) -> str:
    """The name of a file that is to take this one's place, with all columns."""
    return file.stem.replace(_NARROW, "")


def rows_of(table: Table, files: Sequence[Path | str], *, lacking: bool = False) -> str:
    """SQL that stands in FROM: the rows of Parquet files, with the table's columns; no files: no rows.

    Args:
        table: Whose files they are.
        files: Where they lie.
        lacking: Whether any of them may lack columns, and not narrow ones alone: those declared since it was written.
    """
    narrow = [file for file in files if lacking or _NARROW in Path(file).stem]
    wide = [file for file in files if file not in narrow]
    nothing = ", ".join(f"CAST(NULL AS {column.type.duckdb}) AS {column.name}" for column in table.columns)
    parts = [f"SELECT {nothing} WHERE FALSE"] if narrow or not wide else []
    parts += [f"SELECT * FROM read_parquet([{_listed(wide)}])"] if wide else []
    parts += [f"SELECT * FROM read_parquet([{_listed(narrow)}], union_by_name = true)"] if narrow else []
    return f"({' UNION ALL BY NAME '.join(parts)})"


def _listed(files: Iterable[Path | str]) -> str:
    return ", ".join(f"'{quoted(file)}'" for file in files)


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
        types = {name: type_name for name, type_name, *_ in described}
        try:
            return _write_selected(rows, table, types, target, stamps)
        except duckdb.ConversionException:
            if not rows.likely:
                raise
            return _write_selected(rows._replace(likely=None), table, types, target, stamps)
    with connection() as opened:
        opened.register("handed", rows)
        handed = Selected(opened, "SELECT * FROM handed")
        return _write_selected(handed, table, dict.fromkeys(rows.schema.names, ""), target, stamps)


def write_row(table: Table, row: Mapping[str, object], target: Path) -> None:
    """Write a file of one row."""
    select = ", ".join(_column(column, (), row, {}) for column in table.columns)
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


def copy_statement(select: str, target: Path, *, in_order: bool = True) -> str:
    """SQL that writes a SELECT's rows as Parquet.

    Out of order it takes half the time on several cores, since none of them keeps rows for the others to come first.
    """
    order = "" if in_order else ", PRESERVE_ORDER false"
    return (
        f"COPY ({select}) TO '{quoted(target)}' (FORMAT parquet, PARQUET_VERSION V2, DICTIONARY_SIZE_LIMIT 4000, "
        f"COMPRESSION snappy{order})"
    )


def quoted(path: Path | str) -> str:
    """A path inside an SQL literal."""
    return str(path).replace("'", "''")


def _write_selected(
    rows: Selected, table: Table, given: Mapping[str, str], target: Path, stamps: Mapping[str, object]
) -> int:
    unknown = set(given) - set(table.names)
    if unknown:
        raise ValueError(f"{table.name} has no column {', '.join(sorted(unknown))}")
    used = {name: value for name, value in stamps.items() if name in table.names}
    few = _few_texts(rows, given)
    few |= {name: _one_text(str(value)) for name, value in used.items() if name == "import_id"}
    bound = {name: value for name, value in used.items() if name not in few}
    columns = [one for one in table.columns if not rows.narrow or one.name in given or one.name in used]
    select = ", ".join(_column(column, given, bound, few) for column in columns)
    # What comes first among an import's rows is said by their lines, never by where they lie.
    statement = copy_statement(f"SELECT {select} FROM ({rows.statement})", target, in_order=False)
    written: int = rows.connection.execute(statement, bound).fetchall()[0][0]
    return written


def _few_texts(rows: Selected, given: Mapping[str, str]) -> dict[str, str]:
    """SQL, of type ENUM, of columns that have one text or none in every row, or that are of such a type already."""
    found = {name: name for name, type_name in given.items() if type_name.startswith("ENUM(")}
    asked = [name for name in OFTEN_ONE_TEXT if name in given and name not in found]
    if rows.likely is not None:  # Another text than these makes the cast fail.
        return found | {name: f"CAST({name} AS {_enum(rows.likely[name])})" for name in asked if name in rows.likely}
    if not asked:
        return found
    source = f"({rows.statement})"
    # Not LIMIT 1: where two readers share a step of the statement, DuckDB 2.0 waits for ever once one of them stops.
    some = ", ".join(f"ANY_VALUE({name})" for name in asked)
    first = dict(zip(asked, rows.connection.execute(f"SELECT {some} FROM {source}").fetchall()[0], strict=True))
    found |= {name: _NO_TEXT for name, text in first.items() if text is None}
    texts = {name: text for name, text in first.items() if text is not None}
    if not texts:
        return found
    # To compare with the first row's texts costs a fraction of finding the least and the greatest.
    other = ", ".join(f"BOOL_OR({name} <> {_quoted(text)}), BOOL_OR({name} IS NULL)" for name, text in texts.items())
    answers = iter(rows.connection.execute(f"SELECT {other} FROM {source}").fetchall()[0])
    for (name, text), differs, blank in zip(texts.items(), answers, answers, strict=True):
        if not differs:
            found[name] = f"CASE WHEN {name} IS NOT NULL THEN {_one_text(text)} END" if blank else _one_text(text)
    return found


_NO_TEXT = "CAST(NULL AS ENUM (''))"


def _one_text(text: str) -> str:
    return f"CAST({_quoted(text)} AS {_enum(text)})"


def _enum(text: str) -> str:
    return f"ENUM ({_quoted(text)})"


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def _column(column: Column, given: Collection[str], stamps: Mapping[str, object], few: Mapping[str, str]) -> str:
    """One column of the file: its value for every row, as the declared type.

    A text that is one of a few, or that no row has, goes as an ENUM of these, which Parquet stores as text all the
    same: DuckDB takes 0.04 s and more for a million texts, and next to nothing for such an ENUM.
    """
    name = column.name
    if name in few:
        return f"{few[name]} AS {name}"
    if column.type is Type.TEXT and name not in stamps and name not in given:
        return f"{_NO_TEXT} AS {name}"
    value = f"${name}" if name in stamps else name if name in given else "NULL"
    return f"CAST({value} AS {column.type.duckdb}) AS {name}"
