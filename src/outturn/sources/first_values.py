"""What the first rows of a file say of whose it is, where two platforms' files bear the same headers."""

from __future__ import annotations

import csv
import io
import json
import re
from itertools import islice
from typing import TYPE_CHECKING

import duckdb

from outturn.sources.encoding import HEAD_BYTES, text_of
from outturn.sources.frame import quoted_name, quoted_path

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from outturn.sources.frame import Frame, Header
    from outturn.sources.source import Layout

_ENOUGH = 20


def agreement(layout: Layout, frame: Frame, header: Header, columns: Mapping[str, int]) -> int:
    """Whether the first values of the layout's `looks` are of its platform: 1 all, -1 none, 0 nothing said.

    Args:
        layout: One that the header fits.
        frame: The opened file.
        header: How it is read.
        columns: Cell name -> place of its column in the header.
    """
    verdicts = [
        re.fullmatch(look, value) is not None
        for name, look in layout.looks.items()
        for value in _values(layout, name, frame, header, columns)
    ]
    if not verdicts or (any(verdicts) and not all(verdicts)):
        return 0
    return 1 if verdicts[0] else -1


def _values(layout: Layout, name: str, frame: Frame, header: Header, columns: Mapping[str, int]) -> list[str]:
    """The first values of a cell that are not blank."""
    if frame.kind == "parquet":
        found = _of_parquet(frame, header.names[columns[name]])
    elif frame.kind == "json":
        cell = layout.cell(name)
        found = _of_objects(_text(frame), cell.headers if cell else ())
    else:
        found = _of_table(_text(frame), header, columns[name])
    return list(islice(filter(None, (value.strip() for value in found)), _ENOUGH))


def _text(frame: Frame) -> str:
    head, whole = frame.content.head(HEAD_BYTES)
    text = text_of(head, frame.encoding, whole=whole)
    return text.replace("\r", "\n") if frame.old_line_ends else text


def _of_table(text: str, header: Header, place: int) -> Iterator[str]:
    lines = io.StringIO(text, newline="")
    for _line in range(header.skip_lines):
        lines.readline()
    try:
        for row in csv.reader(lines, delimiter=header.delimiter):
            if len(row) > place:
                yield row[place]
    except csv.Error:  # The head was cut inside a cell.
        return


def _of_objects(text: str, names: tuple[str, ...]) -> Iterator[str]:
    for line in text.split("\n"):
        try:
            record = json.loads(line)
        except (ValueError, RecursionError):
            continue
        if isinstance(record, dict):
            yield from (str(record[name]) for name in names if record.get(name) is not None)


def _of_parquet(frame: Frame, name: str) -> Iterator[str]:
    column = quoted_name(name)
    with duckdb.connect() as connection:
        rows = connection.execute(
            f"SELECT CAST({column} AS VARCHAR) FROM read_parquet('{quoted_path(frame.content.path)}') "  # noqa: S608
            f"WHERE {column} IS NOT NULL LIMIT {_ENOUGH}"
        ).fetchall()
    yield from (row[0] for row in rows)
