"""The lake: fact tables as Delta Lake, so that many processes read while one appends.

Engines read the Parquet files of a table's newest snapshot directly; Delta only says which files
those are. A Delta commit does not reach the disk by itself, so every append syncs the new file, the
commit and their folders before it returns: what is loaded may be deleted at its origin.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from deltalake import DeltaTable
from deltalake.schema import Field, PrimitiveType, Schema
from deltalake.transaction import AddAction, CommitProperties, RemoveAction, Transaction, create_table_with_add_actions

from outturn.store.tables import Table, Type
from outturn.store.workspace import sync_folder

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime, timedelta

_DELTA = {
    Type.TEXT: "string",
    Type.COUNT: "long",
    Type.SMALL: "integer",
    Type.MICROS: "long",
    Type.SHARE: "double",
    Type.FLAG: "boolean",
    Type.DAY: "date",
    Type.AT: "timestamp",
    Type.KEY: "binary",
}


_CONFIGURATION = {
    "delta.enableDeletionVectors": "false",
    # Builds keep lists of files, never versions: a day of log is enough to see what went on.
    "delta.logRetentionDuration": "interval 1 days",
}


class Lake:
    """The Delta tables under one folder, each created when it is first written."""

    def __init__(self, root: Path) -> None:
        # Delta names files by their whole path, and those are held against our folders.
        self._root = root.resolve()

    def folder(self, table: Table) -> Path:
        """Where a table's Parquet files lie."""
        return self._root / table.name

    def files(self, table: Table) -> list[Path]:
        """The Parquet files of the newest snapshot; none where nothing was ever written."""
        if not self._exists(table):
            return []
        return sorted(Path(uri.removeprefix("file://")) for uri in self._open(table).file_uris())

    def append(self, table: Table, files: Sequence[Path], *, stream: tuple[str, int] | None = None) -> None:
        """Make Parquet files in the table's folder part of it, in one commit, durably.

        Args:
            table: Whose columns the files have, in its order.
            files: In `folder(table)`, complete.
            stream: (stream id, offset) to commit with them; a stale offset is refused by Delta.
        """
        self._commit(table, [_add(self.folder(table), file) for file in files], "append", stream)

    def stream_offset(self, table: Table, stream: str) -> int:
        """The offset that was last committed with this stream id; 0 where none was."""
        return (self._open(table).transaction_version(stream) or 0) if self._exists(table) else 0

    def replace(self, table: Table, old: Sequence[Path], new: Sequence[Path], *, at: datetime | None = None) -> None:
        """Take files out and put others in, in one commit; readers see the one state or the other.

        Args:
            table: Whose files they are.
            old: To take out.
            new: In `folder(table)`, complete.
            at: When; None: long ago, so that `vacuum` and `shorten` delete the old ones at once.
        """
        gone_at = int(at.timestamp() * 1000) if at else 0
        gone = [RemoveAction(path=file.name, deletion_timestamp=gone_at, data_change=True) for file in old]
        self._commit(table, [*gone, *(_add(self.folder(table), file) for file in new)], "append", None)

    def vacuum(self, table: Table) -> None:
        """Delete the files that the newest snapshot no longer has, at once."""
        if self._exists(table):
            self._open(table).vacuum(retention_hours=0, enforce_retention_duration=False, dry_run=False, full=True)

    def shorten(self, table: Table, spare: timedelta) -> None:
        """Sum the log up in a checkpoint, and delete old entries and files that nobody reads any more.

        Args:
            table: Whose.
            spare: Files that were taken out more lately stay, for readers of an earlier snapshot.
        """
        if not self._exists(table):
            return
        opened = self._open(table)
        opened.create_checkpoint()
        opened.cleanup_metadata()
        hours = int(spare.total_seconds() // 3600)
        opened.vacuum(retention_hours=hours, enforce_retention_duration=False, dry_run=False)

    def _exists(self, table: Table) -> bool:
        return (self.folder(table) / "_delta_log").is_dir()

    def _open(self, table: Table) -> DeltaTable:
        return DeltaTable(str(self.folder(table)))

    def _commit(
        self,
        table: Table,
        actions: list[AddAction | RemoveAction],
        mode: str,
        stream: tuple[str, int] | None,
    ) -> None:
        folder = self.folder(table)
        folder.mkdir(parents=True, exist_ok=True)
        schema = delta_schema(table)
        if not self._exists(table):
            DeltaTable.create(str(folder), schema=schema, configuration=_CONFIGURATION)
        for action in actions:
            if isinstance(action, AddAction):
                _sync(folder / action.path)
        transactions = [Transaction(*stream)] if stream else None
        self._open(table).create_write_transaction(
            actions, mode, schema, commit_properties=CommitProperties(app_transactions=transactions)
        )
        log = folder / "_delta_log"
        _sync(max(log.glob("*.json")))
        sync_folder(log)
        sync_folder(folder)


def declare(folder: Path, table: Table, files: Sequence[Path]) -> None:
    """Make a Delta table of Parquet files that lie in `folder`, in one commit, durably."""
    for file in files:
        _sync(file)
    create_table_with_add_actions(str(folder), delta_schema(table), [_add(folder, file) for file in files])
    _sync(max((folder / "_delta_log").glob("*.json")))
    sync_folder(folder / "_delta_log")
    sync_folder(folder)


def delta_schema(table: Table) -> Schema:
    """The table's schema in Delta's own words."""
    return Schema([Field(column.name, PrimitiveType(_DELTA[column.type])) for column in table.columns])


def _add(folder: Path, file: Path) -> AddAction:
    stat = file.stat()
    return AddAction(
        path=str(file.relative_to(folder)),
        size=stat.st_size,
        partition_values={},
        modification_time=int(stat.st_mtime * 1000),
        data_change=True,
        stats="{}",
    )


def _sync(path: Path) -> None:
    with path.open("rb") as file:
        os.fsync(file.fileno())
