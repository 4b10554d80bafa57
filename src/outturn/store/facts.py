"""Facts are appended and never changed; `imports` is their commit point, written last.

An import may bring rows of several tables. Its rows are there once its `loaded` row stands in
`imports`, and gone once an `undone` row follows, so several tables change together: a crash between
any two writes leaves rows that nobody ever sees, which the next import sweeps away.

What is current is a view over the loaded imports, one `.sql` file per table that needs a rule.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple

import duckdb

from outturn.domain.errors import UnknownName, UsageError
from outturn.domain.money import MAX_MICROS
from outturn.domain.time import instant_of, micros_of
from outturn.store.lake import Lake
from outturn.store.sql import load
from outturn.store.tables import FACTS, IMPORTS, TABLES, Column, Table, Type

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence
    from datetime import datetime
    from pathlib import Path

    import pyarrow as pa

    from outturn.store.engine import Engine

CURRENT = ("ad_entities", "ad_spend", "accounts", "claims", "costs", "events", "outcomes", "fx_rates", "refused_rows")
"""Fact tables that have a rule for what is current, in `store/current_<table>.sql`; each may read those before it."""

OFTEN_ONE_TEXT = (
    "platform", "account_id", "level", "currency", "time_zone", "conversion_action", "click_or_view",
    "attribution_window", "date_basis", "source", "trust", "system",
)  # fmt: skip
"""Columns in which the rows of one file mostly have the same text; see `_column`."""


@dataclass(frozen=True, slots=True)
class ImportRecord:
    """What one import was: the row that makes its facts visible.

    Attributes:
        import_id: Sorts by time; see `new_import_id`.
        summary: JSON-able: reasons, totals, days, accounts, restatements, flags.
        options: JSON-able: the flags that were given, so that a re-import can be told to be the same.
    """

    import_id: str
    state_at: datetime
    file: str
    sha256: str
    source: str
    layout: str
    verdict: str
    rows_read: int
    accepted: int
    refused: int
    ignored: int
    partial: bool = False
    summary: Mapping[str, Any] = field(default_factory=dict)
    options: Mapping[str, Any] = field(default_factory=dict)
    state: str = "loaded"


class Selected(NamedTuple):
    """Rows that DuckDB has yet to work out: they go to their file from where they lie, on every core.

    Attributes:
        connection: In UTC; a session of its own.
        statement: A SELECT.
    """

    connection: duckdb.DuckDBPyConnection
    statement: str


class Rewrite(NamedTuple):
    """How `Facts.rewrite` changes one table: rows dropped, columns blanked.

    Attributes:
        drop: SQL predicate of the rows to take out; "false" for none.
        blank: SQL predicate of the rows in which `columns` become NULL; "false" for none.
        columns: The columns to blank.
        parameters: Values of the `$name`s in both predicates.
    """

    drop: str = "false"
    blank: str = "false"
    columns: tuple[str, ...] = ()
    parameters: Mapping[str, object] = {}


def new_import_id(at: datetime, serial: int) -> str:
    """An id that sorts by time of import, then by the file's place in its command."""
    return f"i{at:%Y%m%dT%H%M%S%f}-{serial:04d}"


class Facts:
    """The fact tables of one workspace. Whoever writes holds `Workspace.lock`.

    Args:
        root: The lake's folder.
        between_writes: Called with a table's name after each write: where tests pull the plug.
    """

    def __init__(self, root: Path, *, between_writes: Callable[[str], None] = lambda _name: None) -> None:
        self._lake = Lake(root)
        self._between_writes = between_writes

    def load(self, record: ImportRecord, tables: Mapping[str, Selected | pa.Table | pa.RecordBatchReader]) -> None:
        """Append one import's rows, all of them or (to any reader) none.

        Args:
            record: What the import was; its row is written last.
            tables: Rows by fact table. Columns that they lack become NULL; `import_id`,
                `imported_at` and `refused_at` are filled from the record.
        """
        self.sweep()
        stamps = {"import_id": record.import_id, "imported_at": record.state_at, "refused_at": record.state_at}
        for name, rows in tables.items():
            self._append(TABLES[name], rows, f"{record.import_id}", stamps)
        self._append_import(record)

    def undo(self, import_id: str, at: datetime) -> None:
        """Make an import's rows invisible again; what it had restated comes back.

        Raises:
            UnknownName: No such import.
            UsageError: It is undone already.
        """
        known = {record.import_id: record for record in self.history()}
        if import_id not in known:
            raise UnknownName("import", import_id, known, hint="`outturn imports` lists them.")
        if known[import_id].state == "undone":
            raise UsageError(f"import {import_id} is undone already")
        previous = asdict(known[import_id])
        self._append_import(ImportRecord(**{**previous, "state_at": at, "state": "undone"}))

    def history(self, *, as_of: datetime | None = None) -> list[ImportRecord]:
        """Every import in its latest state, oldest first, `state_at` being when that state began.

        Args:
            as_of: What came at this instant or later is left out.
        """
        files = self._lake.files(IMPORTS)
        if not files:
            return []
        until = "" if as_of is None else "WHERE epoch_us(state_at) < $as_of"
        parameters = {"files": [str(file) for file in files]} | ({} if as_of is None else {"as_of": micros_of(as_of)})
        with _connection() as connection:
            found = connection.execute(
                "SELECT * EXCLUDE (state_at), state_micros FROM ("
                "SELECT *, epoch_us(state_at) AS state_micros, ROW_NUMBER() OVER "
                f"(PARTITION BY import_id ORDER BY state_at DESC, state DESC) AS n FROM read_parquet($files) {until}) "
                "WHERE n = 1 ORDER BY import_id",
                parameters,
            )
            names = [column[0] for column in found.description or ()]
            return [_record(dict(zip(names, row, strict=True))) for row in found.fetchall()]

    def loaded(self, *, as_of: datetime | None = None) -> list[ImportRecord]:
        """The imports whose rows count, oldest first."""
        return [record for record in self.history(as_of=as_of) if record.state == "loaded"]

    def expose(self, engine: Engine, *, as_of: datetime | None = None, only: Collection[str] = FACTS) -> None:
        """Name every fact table on an engine, holding its current rows and nothing else.

        `loaded_imports` (import_id, file, partial) comes beside them, and `<table>_rows`
        with everything ever written.

        Args:
            engine: Where the names are made.
            as_of: Only imports from before this instant exist.
            only: The fact tables that are asked for.
        """
        before = MAX_MICROS if as_of is None else micros_of(as_of)
        engine.relation("imports_rows", [str(file) for file in self._lake.files(IMPORTS)], IMPORTS)
        engine.table("loaded_imports", load("outturn.store", "loaded_imports"), {"as_of_micros": before})
        asked = set(only)
        if not asked.isdisjoint({"ad_spend", "claims"}):
            asked |= {"ad_spend", "ad_entities"}  # which the statements of both read
        for name in asked:
            engine.relation(f"{name}_rows", [str(file) for file in self._lake.files(TABLES[name])], TABLES[name])
        if "imports" in asked:
            engine.view("imports", "SELECT imports_rows.* FROM imports_rows SEMI JOIN loaded_imports USING (import_id)")
        if "events" in asked:
            engine.table("events_repeated", load("outturn.store", "events_repeated"))
        for name in CURRENT:
            if name not in asked:
                continue
            if name == "ad_spend":
                for step in ("account_adopters", "ad_parents"):
                    engine.table(step, load("outturn.store", step))
            engine.view(name, load("outturn.store", f"current_{name}"))

    def rewrite(self, table_name: str, rewrite: Rewrite) -> int:
        """Change the past of one table, physically: for erasure, and for nothing else.

        Every file that holds such a row is written anew without it and replaced in one commit, then
        the old files are deleted.

        Returns:
            How many rows were dropped or blanked.
        """
        table = TABLES[table_name]
        blanked = set(rewrite.columns)
        columns = ", ".join(
            f"CASE WHEN ({rewrite.blank}) THEN NULL ELSE {name} END AS {name}" if name in blanked else name
            for name in table.names
        )
        changed = 0
        old: list[Path] = []
        new: list[Path] = []
        with _connection() as connection:
            for file in self._lake.files(table):
                source = f"read_parquet('{_quoted(file)}')"
                count = f"SELECT COUNT(*) FROM {source} WHERE ({rewrite.drop}) OR ({rewrite.blank})"
                touched: int = connection.execute(count, dict(rewrite.parameters)).fetchall()[0][0]
                if not touched:
                    continue
                target = file.with_name(f"{file.stem}-r.parquet")
                kept = f"SELECT {columns} FROM {source} WHERE NOT coalesce(({rewrite.drop}), false)"
                connection.execute(_copy(kept, target), dict(rewrite.parameters))
                changed += touched
                old.append(file)
                new.append(target)
        if old:
            self._lake.replace(table, old, new)
            self._lake.vacuum(table)
        return changed

    def sweep(self) -> None:
        """Take out what a crashed import left behind: rows of imports that `imports` does not know."""
        known = {record.import_id for record in self.history()}
        for name in FACTS:
            if name == IMPORTS.name:
                continue
            orphans = [file for file in self._lake.files(TABLES[name]) if _import_of(file) not in known]
            if orphans:
                self._lake.replace(TABLES[name], orphans, [])
                self._lake.vacuum(TABLES[name])

    def vacuum(self) -> None:
        """Delete every file that no table's newest snapshot holds."""
        for name in FACTS:
            self._lake.vacuum(TABLES[name])

    def _append_import(self, record: ImportRecord) -> None:
        row = {
            **asdict(record),
            "summary": json.dumps(record.summary, sort_keys=True),
            "options": json.dumps(record.options, sort_keys=True),
        }
        with _connection() as connection:
            select = ", ".join(_column(column, set(), row, {}) for column in IMPORTS.columns)
            self._write(connection, IMPORTS, f"SELECT {select}", f"{record.import_id}-{record.state}", row)

    def _append(
        self, table: Table, rows: Selected | pa.Table | pa.RecordBatchReader, stem: str, stamps: Mapping[str, object]
    ) -> None:
        if isinstance(rows, Selected):
            described = rows.connection.execute(f"DESCRIBE {rows.statement}").fetchall()
            self._append_from(
                rows.connection, f"({rows.statement})", table, {row[0] for row in described}, stem, stamps
            )
            return
        with _connection() as connection:
            connection.register("handed", rows)
            self._append_from(connection, "handed", table, set(rows.schema.names), stem, stamps)

    def _append_from(
        self,
        connection: duckdb.DuckDBPyConnection,
        source: str,
        table: Table,
        given: set[str],
        stem: str,
        stamps: Mapping[str, object],
    ) -> None:
        unknown = given - set(table.names)
        if unknown:
            raise ValueError(f"{table.name} has no column {', '.join(sorted(unknown))}")
        used = {name: value for name, value in stamps.items() if name in table.names}
        said = _said_once(connection, source, [name for name in OFTEN_ONE_TEXT if name in given])
        said |= {name: str(value) for name, value in used.items() if name == "import_id"}
        bound = {name: value for name, value in used.items() if name not in said}
        select = ", ".join(_column(column, given, bound, said) for column in table.columns)
        self._write(connection, table, f"SELECT {select} FROM {source}", stem, bound)

    def _write(
        self,
        connection: duckdb.DuckDBPyConnection,
        table: Table,
        select: str,
        stem: str,
        parameters: Mapping[str, object],
    ) -> None:
        folder = self._lake.folder(table)
        folder.mkdir(parents=True, exist_ok=True)
        target = folder / f"{stem}.parquet"
        written: int = connection.execute(_copy(select, target), dict(parameters)).fetchall()[0][0]
        if written:
            self._lake.append(table, [target])
        else:
            target.unlink(missing_ok=True)
        self._between_writes(table.name)


def _said_once(connection: duckdb.DuckDBPyConnection, source: str, names: Sequence[str]) -> dict[str, str]:
    """The columns in which every row has the same text, with that text."""
    if not names:
        return {}
    asked = ", ".join(f"MIN({name}), MAX({name}), COUNT({name})" for name in names)
    (total, *found) = connection.execute(f"SELECT COUNT(*), {asked} FROM {source}").fetchall()[0]
    parts = zip(names, found[::3], found[1::3], found[2::3], strict=True)
    return {name: least for name, least, most, rows in parts if least is not None and least == most and rows == total}


def _column(column: Column, given: Collection[str], stamps: Mapping[str, object], said: Mapping[str, str]) -> str:
    """One column of the file: its value for every row, as the declared type.

    A text that all rows share, or none has, goes as an ENUM of that one text, which Parquet stores as text all the
    same: DuckDB takes about 0.15 s for a million copies of a text, and next to nothing for such an ENUM.
    """
    name = column.name
    if name in said:
        text = "'" + said[name].replace("'", "''") + "'"
        return f"CAST({text} AS ENUM ({text})) AS {name}"
    if column.type is Type.TEXT and name not in stamps and name not in given:
        return f"CAST(NULL AS ENUM ('')) AS {name}"
    value = f"${name}" if name in stamps else name if name in given else "NULL"
    return f"CAST({value} AS {column.type.duckdb}) AS {name}"


def _copy(select: str, target: Path) -> str:
    return f"COPY ({select}) TO '{_quoted(target)}' (FORMAT parquet, COMPRESSION snappy)"


def _quoted(path: Path) -> str:
    return str(path).replace("'", "''")


def _connection() -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect()
    # Stdout is a command's answer, where DuckDB would draw its own progress.
    connection.execute("SET TimeZone = 'UTC'; SET enable_progress_bar = false")
    return connection


def _import_of(file: Path) -> str:
    return "-".join(file.stem.split("-")[:2])


def _record(row: dict[str, Any]) -> ImportRecord:
    fields = {name: row[name] for name in ImportRecord.__dataclass_fields__ if name in row}
    return ImportRecord(
        **{
            **fields,
            "state_at": instant_of(row["state_micros"]),
            "summary": json.loads(row["summary"]),
            "options": json.loads(row["options"]),
        }
    )
