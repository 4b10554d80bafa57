"""Person buckets: everything that one person did lies in one of 64, and Python sees one bucket at a time.

A bucket is the last byte of the `person_key` modulo 64. One idea used three times: memory stays bounded, buckets
spread over threads and machines, and the 64 figures give intervals (grouped jackknife).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import numpy as np
    import pyarrow as pa

BUCKETS = 64

Columns: TypeAlias = "Mapping[str, np.ndarray[Any, Any]]"


class Kernel(Protocol):
    """What SQL does badly, as a function of one bucket's columns.

    A kernel is a module-level object, so that it can be pickled: it runs in threads of this process on DuckDB and in
    Python workers on Spark. It holds no state between buckets, and releases the GIL where it can.

    Attributes:
        result: The columns of the tables that it returns, in every bucket the same.
    """

    result: pa.Schema

    def __call__(self, bucket: int, inputs: Mapping[str, Columns]) -> pa.Table:
        """Work out one bucket.

        Args:
            bucket: 0..63; every bucket is called once, empty ones too.
            inputs: By input name, the columns of its rows of this bucket: instants as int64 microseconds and days as
                int32 days, both since 1970; no NULL. Their memory is used again: a result holds copies.
        """
        ...


def in_order(columns: Columns, order: Sequence[str]) -> Columns:
    """The rows sorted by the columns of `order`; free of charge where they already lie so.

    Rows that are equal in all of them keep their order.
    """
    if not order or _lies_sorted(columns, order):
        return columns
    index: Any = None
    # From the last key to the first, each time stable: the first key decides, the others break its ties.
    for name in reversed(order):
        values = columns[name] if index is None else columns[name][index]
        step = values.argsort(kind="stable")
        index = step if index is None else index[step]
    return {name: values[index] for name, values in columns.items()}


def _lies_sorted(columns: Columns, order: Sequence[str]) -> bool:
    tied: Any = True
    for name in order:
        values = columns[name]
        before, after = values[:-1], values[1:]
        if bool((tied & (after < before)).any()):
            return False
        tied = tied & (after == before)
    return True


def null_message(name: str, column: str, rows: int) -> str:
    """What to say of an input with NULLs, which an array of numbers cannot hold: they would become some number."""
    return (
        f"Input {name!r} has NULL in column {column!r} ({rows} rows of a bucket). "
        f"A kernel cannot see NULL: write COALESCE({column}, ...) in its SELECT."
    )


def not_a_number(name: str, column: str, type_name: str) -> str:
    """What to say of an input's column that no array of numbers can hold."""
    return (
        f"Input {name!r} hands column {column!r} as {type_name}. A kernel takes numbers, flags, days and instants: "
        f"give texts a code in the SELECT, and CAST sums to BIGINT."
    )


def no_bucket(name: str, columns: Sequence[str]) -> str:
    """What to say of an input that does not say which bucket its rows belong to."""
    return f"Input {name!r} has no column 'bucket'; its columns are {', '.join(columns)}."


def outside_buckets(name: str, rows: int) -> str:
    """What to say of rows that no kernel would see."""
    return f"Input {name!r} has {rows} rows whose bucket is not in 0..{BUCKETS - 1}: no kernel would see them."
