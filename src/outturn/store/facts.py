"""Facts are appended and never changed; `imports` is their commit point, written last.

An import may bring rows of several tables. Its rows are there once its `loaded` row stands in
`imports`, and gone once an `undone` row follows, so several tables change together: a crash between
any two writes leaves rows that nobody ever sees, which the next import sweeps away.

What is current is a view over the loaded imports, one `.sql` file per table that needs a rule.
"""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, NamedTuple

from outturn.domain.errors import UnknownName, UsageError
from outturn.domain.money import MAX_MICROS
from outturn.domain.time import instant_of, micros_of
from outturn.store.fact_files import (
    Selected,
    connection,
    copy_statement,
    narrow_stem,
    rows_of,
    wide_stem,
    write_row,
    write_rows,
)
from outturn.store.import_records import ImportRecord, new_import_id
from outturn.store.lake import Lake
from outturn.store.sql import load
from outturn.store.tables import FACTS, IMPORTS, TABLES
from outturn.store.upkeep import MERGED, keep_up

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping
    from datetime import datetime
    from pathlib import Path

    import pyarrow as pa

    from outturn.store.engine import Engine
    from outturn.store.tables import Table

__all__ = ["CURRENT", "GIVEN_UP", "PLACED", "Facts", "ImportRecord", "Rewrite", "Selected", "new_import_id"]

CURRENT = ("ad_entities", "ad_spend", "accounts", "claims", "costs", "events", "outcomes", "fx_rates", "refused_rows")
"""Tables with a rule for what is current: `store/current_<table>.sql`, of claims spend's; each may read earlier."""

GIVEN_UP = {"events": "events_repeated", "outcomes": "outcomes_replaced"}
"""By fact table the derived one that says which of its loaded rows another has made out of date."""

PLACED = ("ad_spend", "claims")
"""Those of them whose rows are replaced by account, day, level and campaign: `store/ad_spend_placed.sql` says which."""


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


class Facts:
    """The fact tables of one workspace. Whoever writes holds `Workspace.lock`.

    Args:
        root: The lake's folder.
        between_writes: Called with a table's name after each write: where tests pull the plug.
    """

    def __init__(self, root: Path, *, between_writes: Callable[[str], None] = lambda _name: None) -> None:
        self._lake = Lake(root)
        self._between_writes = between_writes

    def load(
        self,
        record: ImportRecord,
        tables: Mapping[str, Selected | pa.Table | pa.RecordBatchReader],
        *,
        instead_of: Collection[ImportRecord] = (),
        stream: tuple[str, int] | None = None,
    ) -> None:
        """Append one import's rows, all of them or (to any reader) none.

        Args:
            record: What the import was; its row is written last.
            tables: Rows by fact table. Columns that they lack become NULL; `import_id`,
                `imported_at` and `refused_at` are filled from the record.
            instead_of: Loaded imports whose place it takes: they are undone in the same commit.
            stream: (stream id, offset): up to where a stream has been read, told in the same commit.
        """
        self.sweep()
        stamps = {"import_id": record.import_id, "imported_at": record.state_at, "refused_at": record.state_at}
        for name, rows in tables.items():
            self._append(TABLES[name], rows, record.import_id, stamps)
        self._append_states([record, *(_undone(replaced, record.state_at) for replaced in instead_of)], stream)

    def after_all(self, at: datetime) -> datetime:
        """That instant, or just after the latest state of any import: a clock that was set back reorders nothing."""
        files = self._lake.files(IMPORTS)
        if not files:
            return at
        with connection() as opened:
            asked = "SELECT epoch_us(MAX(state_at)) FROM read_parquet($files)"
            latest: int = opened.execute(asked, {"files": [str(file) for file in files]}).fetchall()[0][0]
        return max(at, instant_of(latest + 1))

    def stream_offset(self, stream: str) -> int:
        """Up to where a stream has been loaded, as `load` was told; 0 where it never was."""
        return self._lake.stream_offset(IMPORTS, stream)

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
        self._append_states([_undone(known[import_id], at)])

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
        with connection() as opened:
            found = opened.execute(
                "SELECT * EXCLUDE (state_at), state_micros FROM ("
                "SELECT *, epoch_us(state_at) AS state_micros, ROW_NUMBER() OVER "
                f"(PARTITION BY import_id ORDER BY state_at DESC, state DESC) AS n FROM read_parquet($files) {until}) "
                "WHERE n = 1 ORDER BY import_id",
                parameters,
            )
            names = [column[0] for column in found.description or ()]
            rows = [dict(zip(names, row, strict=True)) for row in found.fetchall()]
        return [ImportRecord.of(row, row["state_micros"]) for row in rows]

    def loaded(self, *, as_of: datetime | None = None) -> list[ImportRecord]:
        """The imports whose rows count, oldest first."""
        return [record for record in self.history(as_of=as_of) if record.state == "loaded"]

    def expose(
        self,
        engine: Engine,
        *,
        as_of: datetime | None = None,
        only: Collection[str] = FACTS,
        without: Collection[str] = (),
        known: Collection[str] = (),
    ) -> None:
        """Name every fact table on an engine, holding its current rows and nothing else.

        `loaded_imports` (import_id, file, partial) comes beside them, and `<table>_rows`
        with everything ever written; `ad_spend_placed` and `claims_placed` are all loaded rows of these two.

        Args:
            engine: Where the names are made.
            as_of: Only imports from before this instant exist.
            only: The fact tables that are asked for.
            without: Ids of loaded imports that are left out.
            known: Tables of `GIVEN_UP` that the engine knows as they were at `as_of`: to find them costs as much as to
                read all events.
        """
        before = MAX_MICROS if as_of is None else micros_of(as_of)
        engine.relation("imports_rows", [str(file) for file in self._lake.files(IMPORTS)], IMPORTS)
        engine.table("loaded_imports", _loaded(without), {"as_of_micros": before})
        asked = set(only)
        if not asked.isdisjoint(PLACED):
            asked |= {"ad_spend", "ad_entities"}  # which the statements of both read
        for name in asked:
            engine.relation(f"{name}_rows", [str(file) for file in self._lake.files(TABLES[name])], TABLES[name])
        if "imports" in asked:
            engine.view("imports", "SELECT imports_rows.* FROM imports_rows SEMI JOIN loaded_imports USING (import_id)")
        for given_up in {GIVEN_UP[name] for name in asked & GIVEN_UP.keys()}.difference(known):
            engine.table(given_up, load("outturn.store", given_up))
        for name in CURRENT:
            if name not in asked:
                continue
            if name == "ad_spend":
                for step in ("account_adopters", "ad_parents", "spend_bearers"):
                    engine.table(step, load("outturn.store", step))
            if name in PLACED:
                engine.view(f"{name}_placed", as_spend("ad_spend_placed", name))
                engine.view(name, as_spend("current_ad_spend", name))
            else:
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
        with connection() as opened:
            for file in self._lake.files(table):
                source = rows_of(table, [file])
                count = f"SELECT COUNT(*) FROM {source} WHERE ({rewrite.drop}) OR ({rewrite.blank})"
                touched: int = opened.execute(count, dict(rewrite.parameters)).fetchall()[0][0]
                if not touched:
                    continue
                target = file.with_name(f"{wide_stem(file)}-r.parquet")
                kept = f"SELECT {columns} FROM {source} WHERE NOT coalesce(({rewrite.drop}), false)"
                opened.execute(copy_statement(kept, target), dict(rewrite.parameters))
                changed += touched
                old.append(file)
                new.append(target)
        if old:
            self._lake.replace(table, old, new)
            self._lake.vacuum(table)
        return changed

    def sweep(self) -> None:
        """Take out what a crashed import left behind: rows of imports that `imports` does not know."""
        known: set[str] | None = None
        for name in FACTS:
            if name == IMPORTS.name:
                continue
            files = [file for file in self._lake.files(TABLES[name]) if not file.name.startswith(MERGED)]
            if files and known is None:
                known = self._known()
            orphans = [file for file in files if _import_of(file) not in (known or ())]
            if orphans:
                self._lake.replace(TABLES[name], orphans, [])
                self._lake.vacuum(TABLES[name])

    def keep_up(self, at: datetime) -> dict[str, int]:
        """Merge what many small imports have written: see `outturn.store.upkeep`."""
        self.sweep()
        return keep_up(self._lake, at)

    def _known(self) -> set[str]:
        """The ids of all imports."""
        files = [str(file) for file in self._lake.files(IMPORTS)]
        if not files:
            return set()
        with connection() as opened:
            return {row[0] for row in opened.execute("SELECT import_id FROM read_parquet($f)", {"f": files}).fetchall()}

    def vacuum(self) -> None:
        """Delete every file that no table's newest snapshot holds."""
        for name in FACTS:
            self._lake.vacuum(TABLES[name])

    def _append(
        self, table: Table, rows: Selected | pa.Table | pa.RecordBatchReader, stem: str, stamps: Mapping[str, object]
    ) -> None:
        narrow = isinstance(rows, Selected) and rows.narrow
        target = self._new_file(table, narrow_stem(stem) if narrow else stem)
        if write_rows(table, rows, target, stamps):
            self._lake.append(table, [target])
        else:
            target.unlink(missing_ok=True)
        self._between_writes(table.name)

    def _append_states(self, records: Collection[ImportRecord], stream: tuple[str, int] | None = None) -> None:
        """Rows of `imports`, all in one commit."""
        targets = []
        for record in records:
            target = self._new_file(IMPORTS, f"{record.import_id}-{record.state}")
            write_row(IMPORTS, record.row, target)
            targets.append(target)
        self._lake.append(IMPORTS, targets, stream=stream)
        self._between_writes(IMPORTS.name)

    def _new_file(self, table: Table, stem: str) -> Path:
        folder = self._lake.folder(table)
        folder.mkdir(parents=True, exist_ok=True)
        return folder / f"{stem}.parquet"


def as_spend(statement: str, table: str) -> str:
    """A statement about `ad_spend` as one about another of `PLACED`, whose rows are placed and replaced alike."""
    return load("outturn.store", statement).replace("ad_spend", table)


def _loaded(without: Collection[str]) -> str:
    statement = load("outturn.store", "loaded_imports")
    left_out = ", ".join(f"'{import_id}'" for import_id in without)
    return f"SELECT * FROM (\n{statement}\n) AS loaded WHERE import_id NOT IN ({left_out})" if without else statement


def _undone(record: ImportRecord, at: datetime) -> ImportRecord:
    return ImportRecord(**{**asdict(record), "state_at": at, "state": "undone"})


def _import_of(file: Path) -> str:
    return "-".join(file.stem.split("-")[:2])
