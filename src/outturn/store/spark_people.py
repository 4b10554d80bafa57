"""Person buckets on Spark: all inputs travel as one frame, grouped by bucket, to a kernel in a Python worker."""

from __future__ import annotations

from dataclasses import dataclass
from functools import reduce
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F  # noqa: N812 - its name in every Spark program
from pyspark.sql import types as T  # noqa: N812
from pyspark.sql.pandas.types import from_arrow_schema

from outturn.domain.errors import OutturnError
from outturn.store.people import BUCKETS, in_order, no_bucket, not_a_number, null_message, outside_buckets
from outturn.store.translate import ordering, to_spark

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from pyspark.sql import Column

    from outturn.store.people import Columns, Kernel

_INPUT = "outturn_input"
_BUCKET = "outturn_bucket"
_ROW = "outturn_row"
_NUMBERS = (T.BooleanType, T.ByteType, T.ShortType, T.IntegerType, T.LongType, T.FloatType, T.DoubleType)


@dataclass(frozen=True, slots=True)
class _Task:
    """What a worker needs for one bucket.

    Attributes:
        columns: By input its columns' names; in the frame they bear the input's number as a prefix.
        order: By input the columns that its rows come sorted by.
    """

    kernel: Kernel
    columns: Mapping[str, Sequence[str]]
    order: Mapping[str, Sequence[str]]

    def run(self, bucket: int, rows: pa.Table) -> pa.Table:
        inputs = {name: self._input(number, name, rows) for number, name in enumerate(self.columns)}
        result = self.kernel(bucket, inputs).cast(self.kernel.result)
        result = result.append_column(_BUCKET, pa.array(np.full(result.num_rows, bucket, np.int32)))
        return result.append_column(_ROW, pa.array(np.arange(result.num_rows, dtype=np.int64)))

    def _input(self, number: int, name: str, rows: pa.Table) -> Columns:
        own = rows.filter(pc.equal(rows[_INPUT], number))
        columns: dict[str, np.ndarray[Any, Any]] = {}
        for column in self.columns[name]:
            values = own[f"{number}_{column}"]
            if values.null_count:
                raise OutturnError(null_message(name, column, values.null_count))
            columns[column] = values.to_numpy()
        return in_order(columns, self.order.get(name, ()))


def map_people(
    session: SparkSession, kernel: Kernel, inputs: Mapping[str, str], *, order: Mapping[str, Sequence[str]]
) -> pa.Table:
    """Run `kernel` over every bucket of `inputs`; see `Engine.map_people`."""
    frames = {name: _numbers(session, name, statement) for name, statement in inputs.items()}
    task = _Task(
        kernel,
        {name: tuple(frame.columns) for name, frame in frames.items()},
        {name: tuple(order.get(name, ())) or ordering(statement) for name, statement in inputs.items()},
    )

    def run(key: tuple[pa.Scalar, ...], rows: pa.Table) -> pa.Table:
        return task.run(key[0].as_py(), rows)

    schema = from_arrow_schema(kernel.result).add(_BUCKET, T.IntegerType()).add(_ROW, T.LongType())
    result = _together(session, frames).groupBy(_BUCKET).applyInArrow(run, schema).toArrow()
    return (
        result.sort_by([(_BUCKET, "ascending"), (_ROW, "ascending")]).drop_columns([_BUCKET, _ROW]).cast(kernel.result)
    )


def _together(session: SparkSession, frames: Mapping[str, DataFrame]) -> DataFrame:
    """All inputs' rows below each other, each with NULL in the others' columns."""
    # A row of no input per bucket, so that empty buckets are called too.
    parts = [session.range(BUCKETS).select(F.lit(-1).alias(_INPUT), F.col("id").cast("int").alias(_BUCKET))]
    for number, frame in enumerate(frames.values()):
        own = [F.col(column).alias(f"{number}_{column}") for column in frame.columns]
        parts.append(frame.select(F.lit(number).alias(_INPUT), F.col("bucket").cast("int").alias(_BUCKET), *own))
    return reduce(lambda above, below: above.unionByName(below, allowMissingColumns=True), parts)


def _numbers(session: SparkSession, name: str, statement: str) -> DataFrame:
    """The input with instants as microseconds and days as day numbers; refuses what is no number."""
    frame = session.sql(to_spark(statement))
    if "bucket" not in frame.columns:
        raise OutturnError(no_bucket(name, frame.columns))
    lost = frame.where(F.col("bucket").isNull() | ~F.col("bucket").between(0, BUCKETS - 1)).count()
    if lost:
        raise OutturnError(outside_buckets(name, lost))
    return frame.select(*(_number(name, field) for field in frame.schema.fields))


def _number(name: str, field: T.StructField) -> Column:
    if isinstance(field.dataType, T.TimestampType):
        return F.unix_micros(field.name).alias(field.name)
    if isinstance(field.dataType, T.DateType):
        return F.unix_date(field.name).alias(field.name)
    if isinstance(field.dataType, _NUMBERS):
        return F.col(field.name)
    raise OutturnError(not_a_number(name, field.name, field.dataType.simpleString()))
