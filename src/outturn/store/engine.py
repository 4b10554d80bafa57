"""Engines sum; Python reasons: one small protocol between the rooms and whatever runs their SQL.

Statements are written once, in DuckDB's dialect within the limits that `tests/store/test_portable_sql.py` checks, and
mean the same on every engine. What SQL does badly runs as a kernel over person buckets, `map_people`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from outturn.domain.errors import UnknownName
from outturn.store.duckdb_engine import DuckDBEngine
from outturn.store.people import BUCKETS, Columns, Kernel

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    import pyarrow as pa

    from outturn.store.tables import Table

__all__ = ["BUCKETS", "ENGINES", "Columns", "Engine", "EngineSettings", "Kernel", "open_engine"]

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
        self, statement: str, folder: Path, *, parameters: Mapping[str, object] = ..., order: Sequence[str] = ...
    ) -> list[Path]:
        """Write the rows to Parquet files in `folder` and return them, at least one, in the rows' order.

        Args:
            statement: A SELECT.
            folder: Made where it is missing.
            parameters: Values of the statement's `$names`.
            order: Columns by which all rows are sorted, NULL last, across the files too; none: the SELECT's own order.
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


@dataclass(frozen=True, slots=True)
class EngineSettings:
    """Which engine, and how much of the machine it may take.

    Attributes:
        name: `duckdb` or `spark`.
        memory_limit: DuckDB's own buffers, such as `1GB`; beyond them it works in temporary files.
        threads: 0: as many as the machine has.
        temp_directory: Where temporary files go, which hold personal data while a statement runs; empty: a private
            folder of the system's, removed at close.
        spark_url: `local[2]`, `spark://host:7077` or `sc://host:15002`.
    """

    name: str = "duckdb"
    memory_limit: str = "1GB"
    threads: int = 0
    temp_directory: str = ""
    spark_url: str = "local[2]"


def open_engine(settings: EngineSettings = EngineSettings()) -> Engine:  # noqa: B008 - frozen, so one for all is right
    """Open the engine that the settings name.

    Raises:
        UsageError: No such engine, or it is not installed.
    """
    if settings.name == "duckdb":
        return DuckDBEngine(
            memory_limit=settings.memory_limit, threads=settings.threads, temp_directory=settings.temp_directory
        )
    if settings.name == "spark":
        # PySpark is an optional extra of 490 MB: nothing of it loads unless it is asked for.
        from outturn.store.spark_engine import SparkEngine  # noqa: PLC0415

        return SparkEngine(settings.spark_url, memory_limit=settings.memory_limit)
    raise UnknownName("engine", settings.name, ENGINES, hint="Set [engine] name in outturn.toml.")
