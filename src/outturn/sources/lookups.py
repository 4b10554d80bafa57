"""Days, currencies, zones and identifiers are read once per distinct text of a file, not once per row."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from outturn.domain.currencies import MINOR_DIGITS
from outturn.domain.errors import FileRefused
from outturn.sources import cells, dates, instants
from outturn.sources.cells import INSTANTS, LOOKED_UP
from outturn.sources.frame import quoted_text
from outturn.sources.identity import key_sql, make_keys
from outturn.sources.instants import Otherwise
from outturn.sources.source import Kind
from outturn.sources.zone_names import zone_names

if TYPE_CHECKING:
    from collections.abc import Mapping

    import duckdb

    from outturn.sources.reading import Manner
    from outturn.sources.recognition import Recognised
    from outturn.sources.source import Cell

_FEW = 16
_MOST_KEYS = 2_000_000  # Each takes some 120 bytes in a table that is joined, and an import has a gigabyte.
_ISO_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


@dataclass(frozen=True, slots=True)
class LookedUp:
    """What a file's distinct texts say beside the tables of their values.

    Attributes:
        written: By cell that has no such table: the SQL for its value.
        order: How the file writes 03/04/2026; empty: it has nothing of the kind.
        otherwise: How its instants are written that are no ISO 8601; None: there are none.
    """

    written: dict[str, str]
    order: dates.Order = ""
    otherwise: Otherwise | None = None


def look_up(connection: duckdb.DuckDBPyConnection, present: list[Cell], manner: Manner) -> LookedUp:
    """Make the tables `read_<cell>` (text, value) of kinds that are read once per distinct text.

    Raises:
        FileRefused: AMBIGUOUS_DATE (needs dates).
    """
    looked_up = [cell for cell in present if cell.kind in LOOKED_UP]
    days: dict[str, list[str]] = {}
    written = _too_many(connection, [cell for cell in looked_up if cell.kind is Kind.KEY])
    for cell in looked_up:
        if cell.kind is Kind.KEY:
            if cell.name not in written:
                make_keys(connection, cell, manner.phone_region)
            continue
        found = connection.execute(
            f"SELECT DISTINCT {cell.name}_text FROM texts WHERE {cells.present(f'{cell.name}_text')} AND cells IS NULL"  # noqa: S608
        ).fetchall()
        texts = [row[0] for row in found]
        if cell.kind is Kind.DAY:
            days[cell.name] = texts
        else:
            known = _currencies(texts) if cell.kind is Kind.CURRENCY else _zones(texts)
            _register(connection, cell, known, pa.string())
    shown = [
        instants.evidence(connection, f"{cell.name}_text", cells.present(f"{cell.name}_text"))
        for cell in present
        if cell.kind in INSTANTS
    ]
    # One order of day and month for the whole file: two columns of one export never differ.
    numeric = [text for texts in (*days.values(), *(examples for _otherwise, examples in shown)) for text in texts]
    order = manner.dates or _order(numeric, manner.usual_dates)
    last = dates.last_possible_day(manner.now)
    for cell in looked_up:
        if cell.kind is Kind.DAY:
            read_days = dates.days_of(days[cell.name], given=order, first_day=manner.first_day)
            past = {text: day if day and (cell.future or day <= last) else None for text, day in read_days.items()}
            _register(connection, cell, past, pa.date32())
    unusual = any(otherwise for otherwise, _examples in shown)
    return LookedUp(written, order, Otherwise(order, manner.first_day) if unusual else None)


def _order(texts: list[str], usual: dates.Order) -> dates.Order:
    """How the file's days are to be read: by the evidence among them, else as its header's language writes them."""
    try:
        return dates.order_of(texts)
    except FileRefused:
        if not usual:
            raise
        # Beside a day that settles it for `usual`, only evidence against it is refused.
        return dates.order_of([*texts, "12/31/2000" if usual == "month-first" else "31/12/2000"])


def _too_many(connection: duckdb.DuckDBPyConnection, keys: list[Cell]) -> dict[str, str]:
    """The SQL of identifiers that are so many that tables of them all would not fit beside one another."""
    own = [cell for cell in keys if cell.identity != "phone"]
    if not own or connection.execute("SELECT COUNT(*) FROM texts").fetchall()[0][0] <= _MOST_KEYS:
        return {}
    counts = ", ".join(f"approx_count_distinct({cell.name}_text)" for cell in own)
    texts = connection.execute(f"SELECT {counts} FROM texts").fetchall()[0]  # noqa: S608
    written: dict[str, str] = {}
    together = 0
    for count, cell in sorted(zip(texts, own, strict=True), key=lambda one: one[0]):
        together += count
        if together > _MOST_KEYS:
            written[cell.name] = key_sql(connection, cell)
    return written


def _currencies(texts: list[str]) -> dict[str, str | None]:
    return {text: code if (code := text.strip().upper()) in MINOR_DIGITS else None for text in texts}


def _zones(texts: list[str]) -> dict[str, str | None]:
    return {text: text.strip() if text.strip() in zone_names() else None for text in texts}


def _register(connection: duckdb.DuckDBPyConnection, cell: Cell, known: Mapping[str, Any], kind: pa.DataType) -> None:
    looked_up = pa.table({"text": pa.array(list(known), pa.string()), "value": pa.array(list(known.values()), kind)})
    connection.register("looked_up", looked_up)
    connection.execute(f"CREATE OR REPLACE TABLE read_{cell.name} AS SELECT * FROM looked_up")  # noqa: S608
    connection.unregister("looked_up")


def key_cells(recognised: Recognised) -> list[Cell]:
    """The identifiers that a file has."""
    return [cell for cell in recognised.layout.cells if cell.kind is Kind.KEY and cell.name in recognised.columns]


def as_written(connection: duckdb.DuckDBPyConnection, cell: Cell, manner: Manner) -> str:
    """SQL for a cell whose few texts, or whose one form, the sample shows; empty where it shows neither."""
    if cell.kind is Kind.KEY:
        return key_sql(connection, cell)
    text = f"{cell.name}_text"
    found = connection.execute(
        f"SELECT DISTINCT {text} FROM texts WHERE {cells.present(text)} AND cells IS NULL LIMIT 2000"  # noqa: S608
    ).fetchall()
    texts = [row[0] for row in found]
    if cell.kind is Kind.DAY:
        if any(not _ISO_DAY.fullmatch(one) for one in texts):
            return ""
        day = f"CASE WHEN CAST(TRY_CAST({text} AS DATE) AS VARCHAR) = {text} THEN TRY_CAST({text} AS DATE) END"
        if cell.future:
            return day
        return f"CASE WHEN {day} <= DATE '{dates.last_possible_day(manner.now)}' THEN {day} END"
    known = _currencies(texts) if cell.kind is Kind.CURRENCY else _zones(texts)
    if not known or len(known) > _FEW or None in known.values():
        return ""
    quoted = {quoted_text(one): quoted_text(value or "") for one, value in known.items()}
    return f"CASE {text} {' '.join(f'WHEN {one} THEN {value}' for one, value in quoted.items())} END"
