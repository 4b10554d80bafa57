"""One file read as an import reads it, rows in hand, without a workspace: fast enough for thousands of files."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache
from typing import TYPE_CHECKING, Any

import duckdb

from outturn.domain.errors import FileRefused
from outturn.domain.time import micros_of
from outturn.sources.counts import count
from outturn.sources.frame import contents_of, open_content
from outturn.sources.reading import Manner, read
from outturn.sources.recognition import recognise
from outturn.sources.report import FileReport
from outturn.sources.sheets import Sheet

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from outturn.sources.content import Content
    from outturn.sources.frame import Frame, Header
    from outturn.sources.recognition import Recognised

NOW = datetime(2026, 11, 1, 12, tzinfo=UTC)
_COLUMNS = (
    "campaign_name", "CAST(date_day AS VARCHAR)", "currency", "spend_micros", "impressions", "clicks", "campaign_id",
)  # fmt: skip


@dataclass
class LookedAt:
    """What became of the file.

    Attributes:
        code: What refused it; empty: it was read.
        header: The one that was recognised, and `encoding` as Python calls it.
        rows: The accepted ones (name, day, currency, micros, impressions, clicks, id), and how many of each.
    """

    code: str = ""
    told: str = ""
    source: str = ""
    header: Header | None = None
    encoding: str = ""
    rows: Counter[tuple[Any, ...]] = field(default_factory=Counter)
    report: FileReport = field(default_factory=lambda: FileReport(""))


def looked_at(path: Path) -> LookedAt:
    """Read a spend file of one table; only a refusal is caught."""
    connection = _engine()
    # A database of its own in one engine for all: an engine per file would be a fifth of the time.
    connection.execute("ATTACH ':memory:' AS one_file; USE one_file")
    try:
        return _looked_at(path, connection)
    finally:
        connection.execute("USE memory; DETACH one_file")


@cache
def _engine() -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect(config={"threads": 1})
    connection.execute("SET TimeZone = 'UTC'; SET VARIABLE currency = CAST(NULL AS VARCHAR)")
    connection.execute("SET VARIABLE now = make_timestamptz($now::BIGINT)", {"now": micros_of(NOW)})
    return connection


def _looked_at(path: Path, connection: duckdb.DuckDBPyConnection) -> LookedAt:
    found = LookedAt()
    try:
        content, frame, recognised = _only(contents_of(path))
        found.source = recognised.source.name
        found.header, found.encoding = recognised.header, frame.encoding.value
        first_day = content.first_day if isinstance(content, Sheet) else None
        manner = Manner(NOW, "Europe/Berlin", usual_dates=recognised.usual_dates, first_day=first_day)
        reading = read(connection, frame, recognised, manner)
        count(connection, reading, found.report)
    except FileRefused as refused:
        found.code, found.told = refused.code, str(refused)
        return found
    names = {cell.name for cell in reading.recognised.layout.cells}
    if not {"campaign_name", "date_day", "spend_micros"} <= names:
        return found
    stated = reading.recognised.header_currency
    columns = ", ".join(_COLUMNS).replace(
        " currency,", f" COALESCE(currency, {f'{stated!r}' if stated else 'NULL'}) AS currency,"
    )
    rows = connection.execute(f"SELECT {columns} FROM parsed WHERE refusal IS NULL").fetchall()
    found.rows.update(rows)
    if any(row[2] is None for row in rows):
        found.code = "AMBIGUOUS_CURRENCY"
    return found


def _only(contents: Sequence[Content]) -> tuple[Content, Frame, Recognised]:
    """The one table of a file that is known, as the importer chooses it; else what refuses the first."""
    found, refusals = [], []
    for content in contents:
        try:
            frame = open_content(content)
            found.append((content, frame, recognise(frame)))
        except FileRefused as refused:
            refusals.append(refused)
    if len(found) == 1:
        return found[0]
    raise refusals[0] if refusals else FileRefused("XLSX_MULTIPLE_SHEETS", f"{len(found)} tables")
