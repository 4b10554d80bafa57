"""Spark, for when one machine is not enough: the same statements, translated, and the same kernels in Python workers.

An optional extra (`pip install outturn[spark]`, Java 17). It connects by URL: `local[2]`, `spark://host:7077`, or
Spark Connect's `sc://host:15002`.
"""

from __future__ import annotations

import logging
import os
import re
import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from outturn.domain.errors import OutturnError, UsageError
from outturn.store.sql import check_parameters, inline, parameters_of
from outturn.store.tables import Type
from outturn.store.translate import to_spark

try:
    from pyspark.sql import DataFrame, SparkSession
    from pyspark.sql import functions as F  # noqa: N812 - its name in every Spark program

    from outturn.store.spark_people import map_people
except ImportError as error:
    raise UsageError(
        "The engine 'spark' is not installed. Run: pip install 'outturn[spark]' (it needs Java 17)."
    ) from error

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pyarrow as pa

    from outturn.store.people import Kernel
    from outturn.store.tables import Table

# It prints the whole stack of the JVM beside the error that is raised.
logging.getLogger("SQLQueryContextLogger").setLevel(logging.CRITICAL)

NO_PARAMETERS: Final[Mapping[str, object]] = {}

_TYPES = {
    Type.TEXT: "STRING",
    Type.COUNT: "BIGINT",
    Type.SMALL: "INT",
    Type.MICROS: "BIGINT",
    Type.SHARE: "DOUBLE",
    Type.FLAG: "BOOLEAN",
    Type.DAY: "DATE",
    Type.AT: "TIMESTAMP",
    Type.KEY: "BINARY",
}

# What a statement means must not depend on how a cluster is set up.
_MEANING = {
    "spark.sql.session.timeZone": "UTC",
    "spark.sql.ansi.enabled": "true",
    "spark.sql.parquet.outputTimestampType": "TIMESTAMP_MICROS",
    "spark.sql.parquet.compression.codec": "zstd",
    "spark.sql.execution.arrow.pyspark.enabled": "true",
    # Of named steps with many CASEs it makes ever more constraints, until the heap is full and nothing has run.
    "spark.sql.constraintPropagation.enabled": "false",
}
_LOCAL = {
    "spark.driver.bindAddress": "127.0.0.1",
    "spark.driver.host": "127.0.0.1",
    "spark.sql.shuffle.partitions": "8",
}
_QUIET = {
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
    "spark.log.level": "ERROR",
}


class SparkEngine:
    """A session of its own on a shared connection: names made here are seen by nobody else."""

    name = "spark"

    def __init__(self, url: str = "local[2]", *, memory_limit_mb: int = 0, threads: int = 0) -> None:
        """Connect.

        Args:
            url: `local[2]`, `spark://host:7077` or `sc://host:15002`.
            memory_limit_mb: The driver's heap; 0: 2 GB. Has no effect on a Spark that runs already.
            threads: Of a local Spark, instead of its URL's; 0: as the URL says.

        Raises:
            UsageError: A local Spark without Java.
        """
        if url.startswith("local") and threads:
            url = f"local[{threads}]"
        self._session = _session(url, memory_limit_mb or 2048)
        for key, value in _MEANING.items():
            self._session.conf.set(key, value)
        self._names: set[str] = set()

    def relation(self, name: str, files: Sequence[str], table: Table) -> None:
        """Name the rows of Parquet files, with the table's columns and types; no files: no rows."""
        schema = ", ".join(f"`{column.name}` {_TYPES[column.type]}" for column in table.columns)
        if files:
            frame = self._session.read.schema(schema).parquet(*(_no_glob(file) for file in files))
        else:
            frame = self._session.createDataFrame([], schema)
        self._keep(name, frame)

    def register(self, name: str, rows: pa.Table) -> None:
        """Name rows that Python has made."""
        self._keep(name, self._session.createDataFrame(rows))

    def view(self, name: str, statement: str, parameters: Mapping[str, object] = NO_PARAMETERS) -> None:
        """Name a SELECT, worked out anew by each statement that reads it."""
        self._keep(name, self._frame(statement, parameters))

    def table(self, name: str, statement: str, parameters: Mapping[str, object] = NO_PARAMETERS) -> None:
        """Work out a SELECT once and name its rows."""
        # A checkpoint cuts the lineage, which an iteration would else make longer with every step.
        self._keep(name, self._frame(statement, parameters).localCheckpoint())

    def query(self, statement: str, parameters: Mapping[str, object] = NO_PARAMETERS) -> pa.Table:
        """The rows as an Arrow table."""
        return self._frame(statement, parameters).toArrow()

    def rows(self, statement: str, parameters: Mapping[str, object] = NO_PARAMETERS) -> list[tuple[Any, ...]]:
        """A few rows as Python values."""
        return [tuple(row) for row in self._frame(statement, parameters).collect()]

    def write(
        self,
        statement: str,
        folder: Path,
        *,
        parameters: Mapping[str, object] = NO_PARAMETERS,
        order: Sequence[str] = (),
        table: Table | None = None,
    ) -> list[Path]:
        """Write the rows to Parquet files, one per range of `order`."""
        frame = self._frame(statement, parameters)
        if table is not None:
            frame = frame.select(*(F.col(column.name).cast(_TYPES[column.type]) for column in table.columns))
        if order:
            frame = frame.orderBy(*(F.col(column).asc_nulls_last() for column in order))
        folder.mkdir(parents=True, exist_ok=True)
        raw = folder / "_spark"
        frame.write.mode("overwrite").parquet(str(raw))
        # Spark numbers its parts in the order of the ranges.
        files = [
            part.rename(folder / f"part-{number:05}.parquet")
            for number, part in enumerate(sorted(raw.glob("part-*.parquet")))
        ]
        shutil.rmtree(raw)
        return files

    def map_people(
        self, kernel: Kernel, inputs: Mapping[str, str], *, order: Mapping[str, Sequence[str]] | None = None
    ) -> pa.Table:
        """Run a kernel over each person bucket's rows, in Spark's Python workers."""
        return map_people(self._session, kernel, inputs, order=order or {})

    def close(self) -> None:
        """Let go of the names; a local Spark itself ends with the process, since it takes ten seconds to start."""
        for name in self._names:
            self._session.catalog.dropTempView(name)
        self._names.clear()

    def _frame(self, statement: str, parameters: Mapping[str, object]) -> DataFrame:
        check_parameters(parameters_of(statement), parameters)
        return self._session.sql(to_spark(inline(statement, parameters)))

    def _keep(self, name: str, frame: DataFrame) -> None:
        frame.createOrReplaceTempView(name)
        self._names.add(name)


def _session(url: str, memory_limit_mb: int) -> SparkSession:
    if url.startswith("sc://"):
        return SparkSession.builder.remote(url).create()
    builder = SparkSession.builder.master(url).appName("outturn")
    settings = {
        **_MEANING,
        **_QUIET,
        **(_LOCAL if url.startswith("local") else {}),
        "spark.driver.memory": f"{memory_limit_mb}m",
        "spark.pyspark.python": sys.executable,
        # Workers import kernels by name: they must find what this process finds.
        "spark.executorEnv.PYTHONPATH": os.pathsep.join(_import_paths()),
    }
    if not (shutil.which("java") or os.environ.get("JAVA_HOME")):
        raise UsageError("The engine 'spark' needs Java 17, and no 'java' was found. Install it, or set JAVA_HOME.")
    for key, value in settings.items():
        builder = builder.config(key, value)
    try:
        return builder.getOrCreate().newSession()
    except Exception as error:
        raise OutturnError(f"Spark at {url} does not answer: {error}") from error


def _no_glob(file: str) -> str:
    """A path whose folders may be named like patterns: `[client]`."""
    return re.sub(r"([\[\]{}*?\\])", r"\\\1", file)


def _import_paths() -> list[str]:
    own = str(Path(__file__).resolve().parents[2])
    return [own, *(path for path in sys.path if path and path != own)]
