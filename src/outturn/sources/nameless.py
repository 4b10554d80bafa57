"""Rows without an id of their own are known by what they say and, where they repeat, by how often so far in the file.

So the same rows in a later, longer file are the same rows. Only rows that repeat are numbered, so that ten million rows
need no window over all of them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

_DIGITS = 24


def with_row_ids(stated: str, columns: Iterable[str], *, rows: str = "accepted") -> str:
    """A SELECT of `rows` with `row_id`: what `stated` says, else its columns' hash, with `:2` and on where it repeats.

    Args:
        stated: The cell that holds an id; NULL where the row has none.
        columns: What makes two rows the same.
        rows: A relation with `line`.
    """
    same = tuple(columns)
    texts = " || chr(31) || ".join(f"COALESCE({_text(name)}, '')" for name in same)
    # The engine's own quick hash finds what may repeat; which of it does, and every id, rests on the texts.
    mark = f"hash({', '.join(same)})"
    return f"""
        WITH marks AS (
            SELECT {mark} AS mark FROM {rows} WHERE {stated} IS NULL GROUP BY mark HAVING COUNT(*) > 1
        ), repeated AS (
            SELECT line, ROW_NUMBER() OVER (PARTITION BY {texts} ORDER BY line) AS occurrence
            FROM {rows} SEMI JOIN marks ON {mark} = marks.mark WHERE {stated} IS NULL
        )
        SELECT {rows}.*, COALESCE({stated}, left(md5({texts}), {_DIGITS})
            || CASE WHEN occurrence > 1 THEN ':' || CAST(occurrence AS VARCHAR) ELSE '' END) AS row_id
        FROM {rows} LEFT JOIN repeated USING (line)
    """  # noqa: S608


def _text(column: str) -> str:
    return f"hex({column})" if column.endswith("_key") else f"CAST({column} AS VARCHAR)"
