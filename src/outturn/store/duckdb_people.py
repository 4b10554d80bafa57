"""Person buckets on DuckDB: rows as they come, each bucket handed to the kernel as numpy columns."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
import pyarrow as pa

from outturn.domain.errors import OutturnError
from outturn.store.people import BUCKETS, in_order, no_bucket, not_a_number, null_message, outside_buckets

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from concurrent.futures import Future

    import duckdb

    from outturn.store.people import Columns, Kernel

# An input of so many rows is read as it comes, bucket by bucket, beside the kernels: what it holds is used again after
# a few buckets, where a whole table of 10M rows asks the system for 60,000 fresh pages.
STREAMED_ROWS = 1 << 20
_BATCH_ROWS = 1 << 17
_AHEAD = 8  # buckets

_NONE = np.array([], np.int64)
_NUMBERS = frozenset({"BOOLEAN", "TINYINT", "SMALLINT", "INTEGER", "BIGINT", "FLOAT", "DOUBLE"})


def map_people(
    connection: duckdb.DuckDBPyConnection,
    kernel: Kernel,
    inputs: Mapping[str, str],
    *,
    order: Mapping[str, Sequence[str]],
) -> pa.Table:
    """Run `kernel` over every bucket of `inputs`; see `Engine.map_people`."""
    selects = {name: _numbers(connection, name, statement) for name, statement in inputs.items()}
    threads = connection.execute("SELECT CAST(current_setting('threads') AS INTEGER)").fetchall()[0][0]
    with ThreadPoolExecutor(max_workers=int(threads)) as pool:
        try:
            results = _mapped(pool, kernel, _opened(connection, selects), order)
        except _OutOfOrderError:
            results = _mapped(pool, kernel, _opened(connection, selects, in_order=False), order)
    return pa.concat_tables([table.cast(kernel.result) for table in results])


def _mapped(
    pool: ThreadPoolExecutor, kernel: Kernel, read: Mapping[str, _Input], order: Mapping[str, Sequence[str]]
) -> list[pa.Table]:
    def work(bucket: int, columns: Mapping[str, Columns]) -> pa.Table:
        return kernel(bucket, {name: in_order(part, order.get(name, ())) for name, part in columns.items()})

    begun: list[Future[pa.Table]] = []
    for bucket in range(BUCKETS):
        # A few buckets ahead of the slowest kernel, so that what was read does not pile up.
        if bucket >= _AHEAD:
            begun[bucket - _AHEAD].result()
        begun.append(pool.submit(work, bucket, {name: part.of(bucket) for name, part in read.items()}))
    return [one.result() for one in begun]


def _opened(
    connection: duckdb.DuckDBPyConnection, selects: Mapping[str, str], *, in_order: bool = True
) -> dict[str, _Input]:
    """The inputs: small ones whole, large ones as a stream, or by queries where they do not lie in order."""
    opened: dict[str, _Input] = {}
    for name, select in selects.items():
        ((rows,),) = connection.cursor().execute(f"SELECT COUNT(*) FROM ({select})").fetchall()
        if rows < STREAMED_ROWS:
            opened[name] = _Whole(connection.cursor(), name, select)
        elif in_order:
            opened[name] = _Stream(connection.cursor(), name, select)
        else:
            opened[name] = _Queries(connection, name, select)
    return opened


def _numbers(connection: duckdb.DuckDBPyConnection, name: str, statement: str) -> str:
    """The input's SELECT with instants as microseconds and days as day numbers; refuses what is no number."""
    described = connection.cursor().execute(f"DESCRIBE {statement}").fetchall()
    types = {str(row[0]): str(row[1]) for row in described}
    if "bucket" not in types:
        raise OutturnError(no_bucket(name, list(types)))
    columns = ", ".join(_number(name, column, type_name) for column, type_name in types.items())
    return f"SELECT {columns} FROM (\n{statement}\n) AS {name}"


def _number(name: str, column: str, type_name: str) -> str:
    if type_name == "TIMESTAMP WITH TIME ZONE":
        return f"outturn_micros({column}) AS {column}"
    if type_name == "DATE":
        return f"CAST({column} - DATE '1970-01-01' AS INTEGER) AS {column}"
    if type_name in _NUMBERS:
        return column
    raise OutturnError(not_a_number(name, column, type_name))


class _OutOfOrderError(Exception):
    """A stream's rows do not come bucket by bucket."""


class _Input(Protocol):
    """One input, asked for bucket 0, 1, 2 …, each once."""

    def of(self, bucket: int) -> Columns:
        """The columns of one bucket."""


class _Whole:
    """All rows in memory, in any order."""

    def __init__(self, cursor: duckdb.DuckDBPyConnection, name: str, select: str) -> None:
        rows = cursor.sql(select).to_arrow_table()
        _check(name, rows)
        self._columns = _arrays(rows.schema.names, [rows])
        bucket = self._columns["bucket"]
        if (bucket[1:] < bucket[:-1]).any():
            # Stable, so that rows of a bucket keep the SELECT's order.
            order = np.argsort(bucket, kind="stable")
            self._columns = {column: values[order] for column, values in self._columns.items()}
        self._begins = np.searchsorted(self._columns["bucket"], range(BUCKETS + 1))

    def of(self, bucket: int) -> Columns:
        begin, end = self._begins[bucket], self._begins[bucket + 1]
        return {name: values[begin:end] for name, values in self._columns.items()}


class _Stream:
    """Rows that come bucket by bucket, of which at most one bucket is held."""

    def __init__(self, cursor: duckdb.DuckDBPyConnection, name: str, select: str) -> None:
        self._name = name
        self._cursor = cursor
        self._batches = cursor.sql(select).to_arrow_reader(_BATCH_ROWS)
        self._rest: pa.RecordBatch | None = None
        self._rooms: list[dict[str, np.ndarray[Any, Any]]] = [{} for _ in range(_AHEAD)]

    def of(self, bucket: int) -> Columns:
        parts = []
        while (batch := self._next()) is not None:
            buckets = batch["bucket"].to_numpy()
            if (buckets[1:] < buckets[:-1]).any() or buckets[0] < bucket:
                raise _OutOfOrderError
            end = int(np.searchsorted(buckets, bucket, side="right"))
            parts.append(batch.slice(0, end))
            if end < len(buckets):
                self._rest = batch.slice(end)
                break
        return self._together(parts, self._rooms[bucket % _AHEAD])

    def _together(self, parts: Sequence[pa.RecordBatch], room: dict[str, np.ndarray[Any, Any]]) -> Columns:
        """The parts in one piece, in the room of a bucket that is done with."""
        rows = sum(part.num_rows for part in parts)
        columns = {}
        for name in self._batches.schema.names:
            arrays = [part[name].to_numpy(zero_copy_only=False) for part in parts] or [_NONE]
            if name not in room or len(room[name]) < rows or room[name].dtype != arrays[0].dtype:
                room[name] = np.empty(rows + rows // 4, arrays[0].dtype)
            columns[name] = np.concatenate(arrays, out=room[name][:rows])
        return columns

    def _next(self) -> pa.RecordBatch | None:
        if self._rest is not None:
            rest, self._rest = self._rest, None
            return rest
        while (batch := next(self._batches, None)) is not None and not batch.num_rows:
            pass
        if batch is not None:
            _check(self._name, batch)
        return batch


class _Queries:
    """A query for each bucket: slow, for rows that lie in no order."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, name: str, select: str) -> None:
        self._connection, self._name, self._select = connection, name, select
        outside = f"SELECT COUNT(*) FROM ({select}) WHERE bucket IS NULL OR bucket NOT BETWEEN 0 AND {BUCKETS - 1}"
        ((strays,),) = connection.cursor().execute(outside).fetchall()
        if strays:
            raise OutturnError(outside_buckets(name, strays))

    def of(self, bucket: int) -> Columns:
        rows = self._connection.cursor().sql(f"{self._select} WHERE bucket = {bucket}").to_arrow_table()
        _check(self._name, rows)
        return _arrays(rows.schema.names, [rows])


def _check(name: str, rows: pa.Table | pa.RecordBatch) -> None:
    """Refuse what no kernel must see."""
    for column in rows.schema.names:
        if nulls := rows[column].null_count:
            raise OutturnError(null_message(name, column, nulls))
    bucket = rows["bucket"].to_numpy()
    if strays := int(((bucket < 0) | (bucket >= BUCKETS)).sum()):
        raise OutturnError(outside_buckets(name, strays))


def _arrays(names: Sequence[str], rows: Sequence[pa.Table | pa.RecordBatch]) -> dict[str, np.ndarray[Any, Any]]:
    """Columns as arrays, each in one piece."""
    parts = {name: [part[name].to_numpy(zero_copy_only=False) for part in rows] or [_NONE] for name in names}
    return {name: arrays[0] if len(arrays) == 1 else np.concatenate(arrays) for name, arrays in parts.items()}
