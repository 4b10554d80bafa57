"""What became of a file's rows: whose are forgotten, and how many were accepted, ignored or refused."""

from __future__ import annotations

from typing import TYPE_CHECKING

from outturn.domain.errors import FileRefused
from outturn.sources.preambles import rows_above
from outturn.sources.source import Kind
from outturn.sources.summary_rows import differing_totals

if TYPE_CHECKING:
    import duckdb

    from outturn.sources.reading import Reading
    from outturn.sources.report import FileReport


def forget(connection: duckdb.DuckDBPyConnection, reading: Reading, report: FileReport) -> None:
    """Whoever asked to be forgotten stays so: rows are refused, or kept as amounts of nobody."""
    keys = [cell.name for cell in reading.recognised.layout.cells if cell.kind is Kind.KEY and reading.has(cell.name)]
    if not keys or not connection.execute("SELECT COUNT(*) FROM suppressed").fetchall()[0][0]:
        return
    forgotten = " OR ".join(f"{key} IN (SELECT key FROM suppressed)" for key in keys)  # noqa: S608
    hit = connection.execute(f"SELECT COUNT(*) FROM parsed WHERE refusal IS NULL AND ({forgotten})").fetchall()[0][0]  # noqa: S608
    if not hit:
        return
    if reading.recognised.layout.suppressed == "strip":
        connection.execute(f"UPDATE parsed SET {', '.join(f'{key} = NULL' for key in keys)} WHERE {forgotten}")  # noqa: S608
        report.summary["stripped"] = hit
        report.messages.append(f"{hit} rows are of people who asked to be forgotten: amounts kept, identifiers not")
    else:
        connection.execute(f"UPDATE parsed SET refusal = {len(reading.faults)} WHERE refusal IS NULL AND ({forgotten})")  # noqa: S608


def count(connection: duckdb.DuckDBPyConnection, reading: Reading, report: FileReport) -> None:
    """Put the file's rows into the report.

    Raises:
        FileRefused: EMPTY_FILE, ROWCOUNT_MISMATCH, or the commonest reason where not one row was accepted.
    """
    used = reading.recognised.layout.used
    for refusal, rows in connection.execute("SELECT refusal, COUNT(*) FROM parsed GROUP BY 1 ORDER BY 1").fetchall():
        report.rows_read += rows
        if refusal is None and used:
            report.accepted += rows
        elif refusal is None or refusal < 0 or not used:
            report.ignored += rows
        else:
            report.refused += rows
            code = reading.faults[refusal].code if refusal < len(reading.faults) else "SUPPRESSED"
            report.reasons[code] = report.reasons.get(code, 0) + rows
    stated = rows_above(reading.recognised.header.preamble)
    if used and stated is not None and stated != report.rows_read - report.ignored:
        raise FileRefused(
            "ROWCOUNT_MISMATCH",
            f"it states {stated:,} rows above its header and has {report.rows_read - report.ignored:,}: export it anew",
        )
    report.messages += differing_totals(connection, reading)
    if used and not report.accepted:
        if not report.refused:
            raise FileRefused("EMPTY_FILE", "it has totals and no rows of its own")
        code, rows = max(report.reasons.items(), key=lambda item: item[1])
        raise FileRefused(
            code, f"not one of its {report.rows_read:,} rows could be accepted; {_first_fault(connection, reading)}"
        )


def _first_fault(connection: duckdb.DuckDBPyConnection, reading: Reading) -> str:
    rows = connection.execute("SELECT line, refusal FROM parsed WHERE refusal >= 0 ORDER BY line LIMIT 1").fetchall()
    line, refusal = rows[0]
    fault = reading.faults[refusal] if refusal < len(reading.faults) else None
    return (
        f"line {line}: {fault.cell or 'the row'} {fault.detail}"
        if fault
        else f"line {line}: the person asked to be forgotten"
    )
