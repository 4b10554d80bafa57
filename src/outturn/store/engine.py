"""Engines sum; Python reasons: one small protocol between the rooms and whatever runs their SQL.

Statements are written once, in DuckDB's dialect within the limits that `tests/store/test_portable_sql.py` checks, and
mean the same on every engine. What SQL does badly runs as a kernel over person buckets, `map_people`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

from outturn.domain.errors import UnknownName
from outturn.domain.settings import Settings
from outturn.store.duckdb_engine import DuckDBEngine
from outturn.store.people import BUCKETS, Columns, Kernel

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    import pyarrow as pa

    from outturn.store.tables import Table

__all__ = ["BUCKETS", "ENGINES", "Columns", "Engine", "Kernel", "open_engine"]

ENGINES = ("duckdb", "spark")


class Engine(Protocol):
    """What runs statements: names for tables and SELECTs, and four ways to get at their rows."""

    name: str

    def relation(self, name: str, files: Sequence[str], table: Table) -> None:
        """Name the rows of Parquet files, with the table's columns and types; no files: no rows."""

    def register(self, name: str, rows: pa.Table) -> None:
        """Name rows that Python has made."""

    def view(self, name: str, statement: str, parameters: Mapping[str, object] = ...) -> None:
        """Name a SELECT, worked out anew by each statement that reads it."""

    def table(self, name: str, statement: str, parameters: Mapping[str, object] = ...) -> None:
        """Work out a SELECT once and name its rows, which last until `close`.

        The statement may read the very name that it replaces, so steps can be repeated until nothing changes.
        """

    def query(self, statement: str, parameters: Mapping[str, object] = ...) -> pa.Table:
        """The rows as an Arrow table: instants as timestamp[us, UTC]."""

    def rows(self, statement: str, parameters: Mapping[str, object] = ...) -> list[tuple[Any, ...]]:
        """A few rows as Python values, without loading Arrow. Instants must leave as `outturn_micros(...)`."""

    def write(
        self,
        statement: str,
        folder: Path,
        *,
        parameters: Mapping[str, object] = ...,
        order: Sequence[str] = ...,
        table: Table | None = ...,
    ) -> list[Path]:
        """Write the rows to Parquet files in `folder` and return them, at least one, in the rows' order.

        Args:
            statement: A SELECT.
            folder: Made where it is missing.
            parameters: Values of the statement's `$names`.
            order: Columns by which all rows are sorted, NULL last, across the files too; none: the SELECT's own order.
            table: Where given, its columns are picked by name, in its order, and cast to its types, so that both
                engines' files are alike; a column that the SELECT lacks is an error.
        """

    def map_people(
        self, kernel: Kernel, inputs: Mapping[str, str], *, order: Mapping[str, Sequence[str]] = ...
    ) -> pa.Table:
        """Run a kernel over each person bucket's rows and put its results together in bucket order.

        Args:
            kernel: Called once for each of the 64 buckets, in no order and on several threads or machines.
            inputs: By input name a SELECT of numbers, flags, days and instants with a `bucket` column, without NULL and
                without parameters.
            order: By input name the columns by which each bucket's rows come sorted. Where rows already lie so, as
                `touches` does, this costs one look at them; an ORDER BY in the SELECT sorts them every time.
        """

    def close(self) -> None:
        """Let go of memory, temporary files and names."""


def open_engine(
    settings: Settings | None = None, *, temp_directory: str = "", only_folders: Sequence[str] | None = None
) -> Engine:
    """Open the engine that a workspace's settings name; without settings, DuckDB.

    Args:
        settings: Their section `[engine]` counts.
        temp_directory: Where temporary files go, which hold personal data while a statement runs; empty: a private
            folder of the system's, removed at `close`.
        only_folders: DuckDB alone: nothing outside these folders can be read or written, and no setting changed.

    Raises:
        UsageError: No such engine, or it is not installed.
    """
    settings = settings or Settings()
    name, threads, memory = (settings[f"engine.{key}"] for key in ("name", "threads", "memory_limit_mb"))
    if name == "duckdb":
        return DuckDBEngine(
            memory_limit_mb=memory, threads=threads, temp_directory=temp_directory, only_folders=only_folders
        )
    if name == "spark":
        # PySpark is an optional extra of 490 MB: nothing of it loads unless it is asked for.
        from outturn.store.spark_engine import SparkEngine  # noqa: PLC0415

        return SparkEngine(settings["engine.spark_url"], memory_limit_mb=memory, threads=threads)
    raise UnknownName("engine", name, ENGINES, hint="Set [engine] name in outturn.toml.")
