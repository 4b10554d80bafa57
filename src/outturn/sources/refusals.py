"""The refused rows of a file, as they are kept to be looked at: line, reason, what stood there, and no person."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyarrow as pa

from outturn.domain.masking import masked
from outturn.sources.source import Kind

if TYPE_CHECKING:
    import duckdb

    from outturn.sources.reading import Reading


def refused_rows(connection: duckdb.DuckDBPyConnection, reading: Reading) -> pa.Table:
    """Rows for `refused_rows`, by line."""
    layout = reading.recognised.layout
    keys = [cell.name for cell in layout.cells if cell.kind is Kind.KEY and reading.has(cell.name)]
    present = [cell.name for cell in layout.cells if reading.has(cell.name)]
    texts = ", ".join(f"texts.{name}_text" for name in present) or "NULL"
    found = connection.execute(
        f"SELECT parsed.line, parsed.refusal, {texts} FROM parsed JOIN texts USING (line) WHERE parsed.refusal >= 0 "  # noqa: S608
        "ORDER BY parsed.line"
    ).fetchall()
    raw = reading.frame.lines(reading.recognised.header, (row[0] for row in found))
    rows = []
    for line, refusal, *cells in found:
        by_name = dict(zip(present, cells, strict=False))
        fault = reading.faults[refusal] if refusal < len(reading.faults) else None
        known = [by_name[key] for key in keys if by_name[key]]
        text = raw.get(line) or ",".join(str(cell) for cell in cells if cell is not None)
        stood = f" {by_name[fault.cell]!r}:" if fault and fault.cell and by_name.get(fault.cell) else ""
        detail = f"{fault.cell}{stood} {fault.detail}".strip() if fault else "the person asked to be forgotten"
        rows.append(
            {
                "line": line, "file": reading.frame.content.name, "reason": fault.code if fault else "SUPPRESSED",
                "detail": masked(detail, personal=bool(keys), known=known),
                "raw": masked(text, personal=bool(keys), known=known),
            }
        )  # fmt: skip
    return pa.Table.from_pylist(rows)
