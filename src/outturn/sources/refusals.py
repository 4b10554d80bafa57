"""The refused rows of a file, as they are kept to be looked at: line, reason, what stood there, and no person."""

from __future__ import annotations

import csv
import json
from typing import TYPE_CHECKING

import pyarrow as pa

from outturn.domain.masking import MASK, is_personal_column, masked
from outturn.sources.source import Kind

if TYPE_CHECKING:
    from collections.abc import Iterator

    import duckdb

    from outturn.sources.frame import Header
    from outturn.sources.reading import Reading


def refused_rows(connection: duckdb.DuckDBPyConnection, reading: Reading) -> pa.Table:
    """Rows for `refused_rows`, by line."""
    layout = reading.recognised.layout
    header = reading.recognised.header
    # In reports of ads a customer is an account, and a phone is what they were seen on.
    personal = any(cell.kind is Kind.KEY for cell in layout.cells) or bool({"events", "outcomes"} & {*layout.tables})
    keys = [
        cell.name
        for cell in layout.cells
        if reading.has(cell.name)
        and (cell.kind is Kind.KEY or (personal and any(map(is_personal_column, cell.headers))))
    ]
    present = [cell.name for cell in layout.cells if reading.has(cell.name)]
    texts = ", ".join(f"texts.{name}_text" for name in present) or "NULL"
    found = connection.execute(
        f"SELECT parsed.line, parsed.refusal, {texts} FROM parsed JOIN texts USING (line) WHERE parsed.refusal >= 0 "  # noqa: S608
        "ORDER BY parsed.line"
    ).fetchall()
    raw = reading.frame.lines(header, (row[0] for row in found))
    rows = []
    for line, refusal, *cells in found:
        by_name = dict(zip(present, cells, strict=False))
        fault = reading.faults[refusal] if refusal < len(reading.faults) else None
        text = raw.get(line) or ",".join(str(cell) for cell in cells if cell is not None)
        known = [*(by_name[key] for key in keys if by_name[key]), *(_named(text, header) if personal else ())]
        stood = f" {by_name[fault.cell]!r}:" if fault and fault.cell and by_name.get(fault.cell) else ""
        detail = f"{fault.cell}{stood} {fault.detail}".strip() if fault else "the person asked to be forgotten"
        rows.append(
            {
                "line": line, "file": reading.frame.content.name, "reason": fault.code if fault else "SUPPRESSED",
                "detail": masked(detail, personal=personal, known=known),
                # Of whoever asked to be forgotten nothing is kept, not even what is left without them.
                "raw": masked(text, personal=personal, known=known) if fault else MASK,
            }
        )  # fmt: skip
    return pa.Table.from_pylist(rows)


def _named(text: str, header: Header) -> Iterator[str]:
    """What stands in those columns of a record whose names say that it is somebody's."""
    if header.delimiter:
        record = next(csv.reader([text.replace("\n", " ")], delimiter=header.delimiter), [])
        for name, cell in zip(header.names, record, strict=False):
            # A name without letters is an order's, such as #1001.
            if is_personal_column(name) and (name.lower() != "name" or any(map(str.isalpha, cell))):
                yield cell
        return
    try:
        yield from _named_within("", json.loads(text))
    except (ValueError, RecursionError):
        return


def _named_within(name: str, value: object) -> Iterator[str]:
    if isinstance(value, dict):
        for key, part in value.items():
            yield from _named_within(key, part)
    elif isinstance(value, list):
        for part in value:
            yield from _named_within(name, part)
    elif value is not None and not isinstance(value, bool) and is_personal_column(name):
        yield str(value)
