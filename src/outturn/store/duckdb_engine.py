"""DuckDB, the default: embedded, in memory, reading the lake's Parquet files where they lie."""

from __future__ import annotations

import os
import shutil
import tempfile
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import duckdb

from outturn.domain.errors import OutturnError, Refusal, WorkspaceError
from outturn.store.fact_files import rows_of
from outturn.store.macros import MACROS
from outturn.store.sql import inline

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    import pyarrow as pa

    from outturn.store.people import Kernel
    from outturn.store.tables import Table

NO_PARAMETERS: Final[Mapping[str, object]] = {}

# A row group is the smallest piece that a filter on `bucket` can skip: 10M sorted touches make 163 of this size, so
# that a bucket's rows lie in three or four. Smaller ones made every file larger and full scans slower.
ROW_GROUP_ROWS = 61_440


class DuckDBEngine:
    """An in-memory database whose views name Parquet files; it holds no lock on anything.

    Every statement runs on its own cursor, so threads may share an engine.
    """

    name = "duckdb"

    def __init__(
        self,
        *,
        memory_limit_mb: int = 0,
        threads: int = 0,
        temp_directory: str = "",
        only_folders: Sequence[str] | None = None,
    ) -> None:
        """Open one.

        Args:
            memory_limit_mb: Buffers beyond which statements work in temporary files; 0: a quarter of the machine's
                memory, at least 1 GB.
            threads: 0: as many as the machine has.
            temp_directory: Empty: a private folder, removed at `close`.
            only_folders: Where given, files outside these folders cannot be read or written, extensions cannot be
                loaded and no setting can be changed any more: for where the web reaches the engine.
        """
        self._spill = Path(temp_directory or tempfile.mkdtemp(prefix="outturn-"))
        self._owns_spill = not temp_directory
        config: dict[str, Any] = {
            "memory_limit": f"{memory_limit_mb or _share_of_memory_mb()}MiB",
            "temp_directory": str(self._spill),
            "preserve_insertion_order": True,
            "autoinstall_known_extensions": False,
            # A misspelt table is an error, never a Python variable that happens to bear the name.
            "python_enable_replacements": False,
        }
        if threads:
            config["threads"] = threads
        self._connection = duckdb.connect(":memory:", config=config)
        # GLOBAL, because cursors would else come up in the machine's zone. Stdout is a command's answer, where DuckDB
        # would draw its own progress after two seconds.
        self._connection.execute("SET GLOBAL TimeZone = 'UTC'; SET TimeZone = 'UTC'; SET enable_progress_bar = false")
        for macro in MACROS:
            self._connection.execute(macro.definition)
        if only_folders is not None:
            allowed = ", ".join(quoted(str(Path(folder).resolve())) for folder in only_folders)
            self._connection.execute(f"SET allowed_directories = [{allowed}]")
            self._connection.execute("SET enable_external_access = false; SET lock_configuration = true")

    def relation(self, name: str, files: Sequence[str], table: Table) -> None:
        """Name the rows of Parquet files, with the table's columns and types; no files: no rows."""
        source = rows_of(table, files)
        try:
            self._name(name, "VIEW", f"SELECT {_typed(table)} FROM {source}")
        except (duckdb.IOException, duckdb.InvalidInputException, duckdb.BinderException) as error:
            remedy = (
                "Work it out anew: outturn build" if table.kind == "derived" else "Restore the workspace from a backup"
            )
            # A column that is not there: another version of Outturn wrote the files.
            what = "of another version" if isinstance(error, duckdb.BinderException) else "damaged"
            raise WorkspaceError(f"The table {table.name} is {what}: {str(error).splitlines()[0]}. {remedy}") from None

    def register(self, name: str, rows: pa.Table) -> None:
        """Name rows that Python has made."""
        cursor = self._connection.cursor()
        cursor.register("outturn_registered", rows)
        self._name(name, "TABLE", "SELECT * FROM outturn_registered", cursor=cursor)

    def view(self, name: str, statement: str, parameters: Mapping[str, object] = NO_PARAMETERS) -> None:
        """Name a SELECT, worked out anew by each statement that reads it."""
        self._name(name, "VIEW", inline(statement, parameters))

    def table(self, name: str, statement: str, parameters: Mapping[str, object] = NO_PARAMETERS) -> None:
        """Work out a SELECT once and name its rows."""
        self._name(name, "TABLE", statement, parameters)

    def query(self, statement: str, parameters: Mapping[str, object] = NO_PARAMETERS) -> pa.Table:
        """The rows as an Arrow table."""
        relation = self._connection.cursor().sql(statement, params=dict(parameters) or None)
        refuse_wide_integers(zip(relation.columns, map(str, relation.types), strict=True))
        with _within_64_bits():
            result: pa.Table = relation.to_arrow_table()
        return result

    def rows(self, statement: str, parameters: Mapping[str, object] = NO_PARAMETERS) -> list[tuple[Any, ...]]:
        """A few rows as Python values, without loading Arrow."""
        with _within_64_bits():
            return self._connection.cursor().execute(statement, dict(parameters) or None).fetchall()

    def write(
        self,
        statement: str,
        folder: Path,
        *,
        parameters: Mapping[str, object] = NO_PARAMETERS,
        order: Sequence[str] = (),
        table: Table | None = None,
    ) -> list[Path]:
        """Write the rows to one sorted Parquet file; spills to the temporary folder beyond the memory limit."""
        folder.mkdir(parents=True, exist_ok=True)
        file = folder / "part-00000.parquet"
        sorting = f" ORDER BY {', '.join(f'{column} ASC NULLS LAST' for column in order)}" if order else ""
        columns = _typed(table) if table else "*"
        with _within_64_bits():
            self._connection.cursor().execute(
                f"COPY (SELECT {columns} FROM (\n{statement}\n) AS written{sorting}) TO {quoted(str(file))} "
                f"(FORMAT parquet, PARQUET_VERSION V2, COMPRESSION zstd, ROW_GROUP_SIZE {ROW_GROUP_ROWS})",
                dict(parameters) or None,
            )
        return [file]

    def map_people(
        self, kernel: Kernel, inputs: Mapping[str, str], *, order: Mapping[str, Sequence[str]] | None = None
    ) -> pa.Table:
        """Run a kernel over each person bucket's rows, on as many threads as DuckDB has."""
        # Here, because it loads pyarrow, which a query of KPIs never needs.
        from outturn.store.duckdb_people import map_people  # noqa: PLC0415

        return map_people(self._connection, kernel, inputs, order=order or {})

    def close(self) -> None:
        """Let go of memory, temporary files and names."""
        self._connection.close()
        if self._owns_spill:
            shutil.rmtree(self._spill, ignore_errors=True)

    def _name(
        self,
        name: str,
        kind: str,
        statement: str,
        parameters: Mapping[str, object] = NO_PARAMETERS,
        *,
        cursor: duckdb.DuckDBPyConnection | None = None,
    ) -> None:
        """Give `name` to a view or table, whichever bore it before."""
        cursor = cursor or self._connection.cursor()
        other = "TABLE" if kind == "VIEW" else "VIEW"
        with _within_64_bits():
            try:
                cursor.execute(f"CREATE OR REPLACE {kind} {name} AS {statement}", dict(parameters) or None)
            except duckdb.CatalogException:
                with suppress(duckdb.CatalogException):
                    cursor.execute(f"DROP {other} {name}")
                cursor.execute(f"CREATE {kind} {name} AS {statement}", dict(parameters) or None)


@contextmanager
def _within_64_bits() -> Iterator[None]:
    """Sums that no BIGINT holds are a word about the data, not an engine's error."""
    try:
        yield
    except (duckdb.ConversionException, duckdb.OutOfRangeException) as error:
        if "out of range" not in str(error).lower() and "overflow" not in str(error).lower():
            raise
        raise Refusal(
            "Amounts or counts add up to more than 64 bits hold (9.2 million million of a currency). Look for one in "
            "the wrong unit, such as cents for whole units, and take its import back: outturn imports"
        ) from error


def _typed(table: Table) -> str:
    return ", ".join(f"CAST({column.name} AS {column.type.duckdb}) AS {column.name}" for column in table.columns)


def _share_of_memory_mb() -> int:
    return max(1024, os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // 2**20 // 4)


def quoted(text: str) -> str:
    """A text as an SQL literal."""
    return "'" + text.replace("'", "''") + "'"


def refuse_wide_integers(columns: Iterable[tuple[str, str]]) -> None:
    """Refuse columns of 128 bits, which leave DuckDB as floats or decimals: a bare SUM of micros makes them."""
    wide = [name for name, type_name in columns if type_name in {"HUGEINT", "UHUGEINT"}]
    if wide:
        raise OutturnError(
            f"The columns {', '.join(wide)} have 128 bits, which no other engine has. Write CAST(SUM(x) AS BIGINT)."
        )
