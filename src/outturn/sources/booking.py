"""A settled file becomes facts: its rows and, written last, its record."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from outturn.sources.desk import set_variables
from outturn.sources.identity import PADS, are_many
from outturn.sources.refusals import refused_rows
from outturn.sources.scope import output_statements
from outturn.store.facts import ImportRecord, Selected, new_import_id

if TYPE_CHECKING:
    from collections.abc import Sequence

    import duckdb
    import pyarrow as pa

    from outturn.sources.desk import Desk
    from outturn.sources.jobs import Job
    from outturn.sources.reading import Reading
    from outturn.sources.scope import Scope

_LITERAL = re.compile(r"'([^']*)' AS (\w+)")


def book(
    connection: duckdb.DuckDBPyConnection,
    reading: Reading,
    desk: Desk,
    job: Job,
    scope: Scope,
    *,
    instead_of: Sequence[ImportRecord] = (),
) -> None:
    """Load the rows that are `accepted`.

    Args:
        connection: Where they are.
        reading: Of the file.
        desk: Of the command; its `loaded` imports are those after this one.
        job: The file; its report is told the import's id.
        scope: What was settled for it.
        instead_of: Earlier imports of the same file whose place this one takes.
    """
    record = _record(desk, job, scope)
    tables: dict[str, pa.Table | Selected] = {}
    sessions = []
    try:
        large = are_many(job.content.size)
        empty = _empty_columns(connection, reading) if large else ""
        for name, statement in output_statements(reading).items():
            # Of advertising's plain rows it is quicker to look.
            likely = None if reading.recognised.layout.spend else _likely(statement, list(job.report.totals))
            session = connection.cursor()
            sessions.append(session)
            session.execute("SET TimeZone = 'UTC'; SET enable_progress_bar = false")
            set_variables(session, desk, job)
            # What a view of the layout asks for once more.
            for variable in ("by_owner", *PADS):
                value = connection.execute(f"SELECT getvariable('{variable}')").fetchall()[0][0]
                session.execute(f"SET VARIABLE {variable} = $value", {"value": value})
            told = f"SELECT * EXCLUDE ({empty}) FROM ({statement})" if empty else statement  # noqa: S608
            tables[name] = Selected(session, told, likely, narrow=large)
        if job.report.refused:
            tables["refused_rows"] = refused_rows(connection, reading)
        desk.facts.load(record, tables, instead_of=instead_of)
    finally:
        for session in sessions:
            session.close()
    desk.loaded[:] = [one for one in desk.loaded if one not in instead_of]
    desk.loaded.append(record)
    job.report.import_id = record.import_id


def _empty_columns(connection: duckdb.DuckDBPyConnection, reading: Reading) -> str:
    """The columns, comma-separated, that no row of the file has anything in."""
    found: list[str] = []
    for condition, columns in reading.recognised.layout.seldom.items():
        met = connection.execute(f"SELECT EXISTS (SELECT 1 FROM accepted WHERE {condition})").fetchall()[0][0]  # noqa: S608
        found += () if met else columns
    return ", ".join(found)


def _likely(statement: str, currencies: Sequence[str]) -> dict[str, str]:
    """Of a statement's columns, the texts that it says they have, and the file's one currency."""
    said = {name: text for text, name in _LITERAL.findall(statement)}
    if statement.count("AS status") > 1:  # Each part of the statement has its own.
        said.pop("status", None)
    return said | ({"currency": currencies[0]} if len(currencies) == 1 else {})


def _record(desk: Desk, job: Job, scope: Scope) -> ImportRecord:
    report = job.report
    desk.serial += 1
    # What it restates is worked out from the facts whenever it is asked for.
    summary = {name: value for name, value in report.summary.items() if name != "restated"}
    return ImportRecord(
        import_id=new_import_id(desk.now, desk.serial),
        state_at=desk.now,
        file=job.content.name,
        sha256=job.sha256,
        source=report.source,
        layout=report.layout,
        verdict=report.verdict,
        rows_read=report.rows_read,
        accepted=report.accepted,
        refused=report.refused,
        ignored=report.ignored,
        partial=desk.options.partial,
        summary=summary
        | {"reasons": report.reasons, "totals": report.totals, "accounts": scope.accounts, "flags": report.messages},
        options=job.told,
    )
