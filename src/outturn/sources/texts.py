"""A recognised file as the relation `texts`: each cell as it stands, beside the line on which its record begins."""

from __future__ import annotations

from typing import TYPE_CHECKING

from outturn.sources import cells
from outturn.sources.frame import quoted_name, quoted_path, quoted_text
from outturn.sources.recognition import json_path

if TYPE_CHECKING:
    import duckdb

    from outturn.sources.frame import Frame
    from outturn.sources.recognition import Recognised


def wanted_columns(recognised: Recognised) -> list[int]:
    """Places of the columns that some cell reads, the first one among them."""
    return sorted({n for n in recognised.columns.values() if n >= 0} | {0})


def texts_statement(frame: Frame, recognised: Recognised, source: str) -> str:
    """SELECT line, cells, first_text, `<cell>_text`, and `<cell>_native` where Parquet knows better."""
    parquet = frame.kind == "parquet"
    first = "CAST(c0 AS VARCHAR)" if parquet else "c0"
    columns = ["line", "cells", f"{first} AS first_text"]
    for cell in recognised.layout.cells:
        place = recognised.columns.get(cell.name)
        if cell.expression:
            columns.append(f"CAST(({cell.expression}) AS VARCHAR) AS {cell.name}_text")
            source = _with_record(frame)
        elif place is not None:
            kept = cells.native(cell, f"c{place}", frame.types[place]) if parquet else None
            if kept:
                columns.append(f"{kept} AS {cell.name}_native")
            columns.append((f"CAST(c{place} AS VARCHAR)" if parquet else f"c{place}") + f" AS {cell.name}_text")
    return f"SELECT {', '.join(columns)} FROM {source}"  # noqa: S608


def make_texts(connection: duckdb.DuckDBPyConnection, frame: Frame, recognised: Recognised) -> None:
    """Make the view or table `texts` of the whole file."""
    if frame.kind == "json":
        _make_json_texts(connection, frame, recognised)
        return
    frame.load(connection, recognised.header, wanted_columns(recognised))
    connection.execute(f"CREATE OR REPLACE VIEW texts AS {texts_statement(frame, recognised, 'raw')}")


def _with_record(frame: Frame) -> str:
    path = quoted_path(frame.content.path)
    names = ", ".join(quoted_name(name) for name in frame.headers[0].names)
    rows = f"(SELECT file_row_number + 1 AS line, to_json(whole) AS record FROM (SELECT file_row_number, struct_pack({names}) AS whole FROM read_parquet('{path}', file_row_number = true)))"  # noqa: E501, S608
    return f"(SELECT raw.*, record FROM raw JOIN {rows} USING (line))"  # noqa: S608


def _make_json_texts(connection: duckdb.DuckDBPyConnection, frame: Frame, recognised: Recognised) -> None:
    """Every path of a line is taken out in one pass over it, while the file streams by."""
    paths: list[str] = []
    columns = [
        "line",
        "CASE WHEN fields IS NULL AND cells IS NULL THEN -1 ELSE cells END AS cells",
        "CAST(NULL AS VARCHAR) AS first_text",
    ]
    for cell in recognised.layout.cells:
        if cell.expression:
            columns.append(f"TRY(CAST(({cell.expression}) AS VARCHAR)) AS {cell.name}_text")
            continue
        own = [json_path(one) for one in recognised.paths[cell.name]]
        found = [f"fields[{len(paths) + n + 1}]" for n in range(len(own))]
        paths += own
        columns.append(
            (f"COALESCE({', '.join(found)})" if found else "CAST(NULL AS VARCHAR)") + f" AS {cell.name}_text"
        )
    asked = ", ".join(quoted_text(path) for path in paths or ["$"])
    record = (
        ", CASE WHEN json_valid(c0) THEN CAST(c0 AS JSON) END AS record"
        if any(cell.expression for cell in recognised.layout.cells)
        else ""
    )
    statement = (
        f"CREATE OR REPLACE TABLE texts AS SELECT {', '.join(columns)} FROM ("  # noqa: S608
        f"SELECT line, cells, TRY(json_extract_string(c0, [{asked}])) AS fields{record} FROM streamed)"
    )
    frame.load(connection, recognised.header, (0,), statement)
