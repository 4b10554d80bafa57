"""Whose money a spend file is: account, currency, zone and day of every row, by written rules and never by a guess."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from outturn.domain.errors import FileRefused
from outturn.sources.dates import range_of
from outturn.sources.known import Account
from outturn.sources.owners import make_owners, owner_key
from outturn.sources.source import Preamble
from outturn.store.tables import TABLES

if TYPE_CHECKING:
    from datetime import date

    import duckdb

    from outturn.sources.known import Known
    from outturn.sources.reading import Reading

LEVELS = ("account", "campaign", "ad_group", "ad", "keyword", "search_term")
_HIERARCHY = ("campaign_id", "campaign_name", "ad_group_id", "ad_group_name", "ad_id", "ad_name")


@dataclass(frozen=True, slots=True)
class Stated:
    """What the user states of files that do not say it themselves; empty: nothing."""

    account: str = ""
    currency: str = ""
    time_zone: str = ""


@dataclass(slots=True)
class Scope:
    """What was settled for one file, for its summary."""

    accounts: list[str] = field(default_factory=list)
    owner: Account = field(default_factory=lambda: Account(""))
    """The last account that was settled: the only one of most files."""
    flags: list[str] = field(default_factory=list)


def make_accepted(
    connection: duckdb.DuckDBPyConnection, reading: Reading, known: Known, stated: Stated, workspace_zone: str
) -> Scope:
    """Make the view `accepted`: the rows that were not refused, with what the file left open filled in.

    Raises:
        FileRefused: AMBIGUOUS_CURRENCY, NO_ACCOUNT, NO_DAY.
    """
    scope = Scope()
    if reading.recognised.layout.spend:
        _accept_spend(connection, reading, known, stated, workspace_zone, scope)
    else:
        _accept_plain(connection, reading, stated)
    _need_currency(connection, reading)
    return scope


def _accept_plain(connection: duckdb.DuckDBPyConnection, reading: Reading, stated: Stated) -> None:
    recognised = reading.recognised
    columns = "parsed.* EXCLUDE (refusal)"
    if recognised.layout.cell("currency"):
        columns += (
            f" REPLACE (COALESCE(currency, {_text(recognised.header_currency)}, {_text(stated.currency)}) AS currency)"
        )
    connection.execute(f"CREATE OR REPLACE VIEW accepted AS SELECT {columns} FROM parsed WHERE refusal IS NULL")  # noqa: S608


def _accept_spend(
    connection: duckdb.DuckDBPyConnection,
    reading: Reading,
    known: Known,
    stated: Stated,
    workspace_zone: str,
    scope: Scope,
) -> None:
    source, layout = reading.recognised.source, reading.recognised.layout
    cells = {cell.name for cell in layout.cells}
    by_row = "platform" in cells

    def cell(name: str) -> str:
        return name if name in cells else "NULL"

    platform = "platform" if by_row else f"'{source.platform}'"
    level = f"'{layout.level}'" if layout.level in LEVELS else layout.level
    above = _above(reading)
    by_day = reading.has("date_day") and not _bears_first_day(connection, reading, above)
    period = None if by_day else above.period
    start, end = (
        f"COALESCE({cell(name)}, {_day(day)})"
        for name, day in zip(("period_start", "period_end"), period or (None, None), strict=True)
    )
    missing = "".join(f", CAST(NULL AS VARCHAR) AS {name}" for name in _HIERARCHY if name not in cells)
    own = {
        "platform",
        "account_id",
        "account_name",
        "currency",
        "time_zone",
        "date_day",
        "period_start",
        "period_end",
        "level",
    } & cells
    connection.execute(
        f"CREATE OR REPLACE VIEW placed AS SELECT parsed.* EXCLUDE ({', '.join(['refusal', *sorted(own)])}){missing}, "  # noqa: S608
        f"LOWER({platform}) AS platform, CAST({level} AS VARCHAR) AS level, "
        f"COALESCE({cell('date_day') if by_day else 'NULL'}, CASE WHEN {start} = {end} THEN {start} END) AS date_day, "
        f"{start} AS period_start, {end} AS period_end, "
        f"CAST({cell('account_id')} AS VARCHAR) AS stated_account, CAST({cell('account_name')} AS VARCHAR) AS "
        "stated_account_name, "
        f"COALESCE({cell('currency')}, {_text(reading.recognised.header_currency)}, {_text(stated.currency)}) AS "
        "stated_currency, "
        f"COALESCE({cell('time_zone')}, {_text(above.zone or source.zone)}) AS stated_zone FROM parsed "
        "WHERE refusal IS NULL"
    )
    if not layout.day:
        _need_day(connection)
    make_owners(connection, known, source, stated, scope)
    assumed_zone = layout.zone or workspace_zone
    zone, assumed = _text(stated.time_zone), _text(assumed_zone)
    account, currency, known_zone = "owners.account_id", "owners.currency", "owners.time_zone"
    join = (
        "JOIN owners ON placed.platform = owners.platform AND placed.stated_account IS NOT DISTINCT FROM "
        "owners.stated_account "
        f"AND placed.stated_account_name IS NOT DISTINCT FROM owners.stated_account_name AND {owner_key()} IS NOT "
        "DISTINCT FROM owners.owner_key"
    )
    if len(scope.accounts) == 1 and not by_row:  # Most files: nothing to join row by row.
        owner = (scope.owner.account_id, scope.owner.currency, scope.owner.time_zone)
        account, currency, known_zone, join = *map(_text, owner), ""
    connection.execute(
        "CREATE OR REPLACE VIEW settled AS SELECT placed.* EXCLUDE (stated_account, stated_account_name, "  # noqa: S608
        "stated_currency, stated_zone, period_start, period_end), "
        "CASE WHEN date_day IS NULL THEN period_start END AS period_start, CASE WHEN date_day IS NULL THEN "
        "period_end END AS period_end, "
        f"{account} AS account_id, COALESCE(stated_currency, {currency}, {_text(source.currency)}) AS currency, "
        f"COALESCE(stated_zone, {known_zone}, {zone}, {assumed}) AS time_zone, "
        f"COALESCE(stated_zone, {known_zone}, {zone}) IS NULL AS time_zone_assumed FROM placed {join}"
    )
    fills = dict(layout.fills) | ({"date_day": layout.day} if layout.day else {})
    filled = f" REPLACE ({', '.join(f'({said}) AS {name}' for name, said in fills.items())})" if fills else ""
    connection.execute(f"CREATE OR REPLACE VIEW accepted AS SELECT *{filled} FROM settled")  # noqa: S608
    if _any(connection, "SELECT 1 FROM accepted WHERE time_zone_assumed"):
        scope.flags.append(f"time zone not stated: {assumed_zone} assumed")
    unpriced = f"SELECT 1 FROM placed {join} WHERE COALESCE(stated_currency, {currency}) IS NULL"  # noqa: S608
    if source.currency and _any(connection, unpriced):
        scope.flags.append(f"currency not stated: {source.currency}, in which {source.title} bills")


def _above(reading: Reading) -> Preamble:
    lines, layout = reading.recognised.header.preamble, reading.recognised.layout
    read = layout.preamble or (lambda above, order: Preamble(period=range_of(above, order=order)))
    try:
        return read(lines, reading.order)
    except FileRefused:
        if layout.may_be_period or not reading.has("date_day"):
            raise
        # Rows with days of their own need no range; how it reads is all that was open.
        return Preamble(zone=read(lines, "day-first").zone)


def _bears_first_day(connection: duckdb.DuckDBPyConnection, reading: Reading, above: Preamble) -> bool:
    """Whether the rows' one day may only be the first of the range that they cover."""
    if not reading.recognised.layout.may_be_period or not above.period or above.period[0] == above.period[1]:
        return False
    days = connection.execute("SELECT DISTINCT date_day FROM parsed WHERE refusal IS NULL LIMIT 2").fetchall()
    return days == [(above.period[0],)]


def _need_day(connection: duckdb.DuckDBPyConnection) -> None:
    if _any(connection, "SELECT 1 FROM placed WHERE date_day IS NULL AND (period_start IS NULL OR period_end IS NULL)"):
        raise FileRefused(
            "NO_DAY", "the rows state neither a day nor the period that they cover: export with the Day segment"
        )


def _need_currency(connection: duckdb.DuckDBPyConnection, reading: Reading) -> None:
    layout = reading.recognised.layout
    priced = [name for name in layout.priced_cells if reading.has(name)]
    needed = "TRUE" if "ad_spend" in layout.tables else " OR ".join(f"{name} IS NOT NULL" for name in priced) or "FALSE"
    columns = {row[0] for row in connection.execute("DESCRIBE accepted").fetchall()}
    if "currency" in columns and _any(connection, f"SELECT 1 FROM accepted WHERE currency IS NULL AND ({needed})"):  # noqa: S608
        raise FileRefused(
            "AMBIGUOUS_CURRENCY",
            "the file states no currency and no account table does: pass --currency, or import the account's table "
            "with it",
            needs=("currency",),
        )


def output_statements(reading: Reading) -> dict[str, str]:
    """The SELECT over `accepted` of each fact table that the layout writes."""
    layout = reading.recognised.layout
    statements = dict(layout.outputs)
    if not layout.table:
        return statements
    spend = {
        "platform",
        "account_id",
        "currency",
        "time_zone",
        "time_zone_assumed",
        "date_day",
        "period_start",
        "period_end",
        "level",
    }
    cells = {cell.name for cell in layout.cells} | ({*spend, *_HIERARCHY} if layout.spend else set())
    columns = ["line"]
    for column in TABLES[layout.table].columns:
        if column.name in layout.constants:
            columns.append(f"{layout.constants[column.name]} AS {column.name}")
        elif column.name in cells:
            columns.append(column.name)
        elif column.name == "platform" and reading.recognised.source.platform:
            columns.append(f"'{reading.recognised.source.platform}' AS platform")
    statements[layout.table] = f"SELECT {', '.join(columns)} FROM accepted"  # noqa: S608
    return statements


def _any(connection: duckdb.DuckDBPyConnection, statement: str) -> bool:
    return bool(connection.execute(f"SELECT EXISTS ({statement})").fetchall()[0][0])


def _text(value: str) -> str:
    return "'" + value.replace("'", "''") + "'" if value else "NULL"


def _day(day: date | None) -> str:
    return f"DATE '{day}'" if day else "NULL"
