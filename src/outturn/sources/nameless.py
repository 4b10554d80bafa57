"""Rows without an id of their own: known by what they say and, where they say the same, by how often so far in the file.

So the same rows in a later, longer file are the same rows. Only rows that repeat are numbered, so that ten million rows need
no window over all of them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

_DIGITS = 24


def with_row_ids(stated: str, columns: Iterable[str], *, rows: str = "accepted") -> str:
    """A SELECT of `rows` with `row_id`: what `stated` says, else the hash of the row's columns, `:2` and on where it repeats.

    Args:
        stated: The cell that holds an id; NULL where the row has none.
        columns: What makes two rows the same.
        rows: A relation with `line`.
    """
    texts = " || chr(31) || ".join(f"COALESCE(CAST({name} AS VARCHAR), '')" for name in columns)
    return f"""
        WITH hashed AS (
            SELECT *, COALESCE({stated}, left(md5({texts}), {_DIGITS})) AS hash FROM {rows}
        ), repeated AS (
            SELECT hash FROM hashed WHERE {stated} IS NULL GROUP BY hash HAVING COUNT(*) > 1
        ), numbered AS (
            SELECT line, ROW_NUMBER() OVER (PARTITION BY hash ORDER BY line) AS occurrence
            FROM hashed SEMI JOIN repeated USING (hash) WHERE {stated} IS NULL
        )
        SELECT hashed.* EXCLUDE (hash), hash || CASE WHEN occurrence > 1 THEN ':' || CAST(occurrence AS VARCHAR) ELSE '' END AS row_id
        FROM hashed LEFT JOIN numbered USING (line)
    """  # noqa: S608
