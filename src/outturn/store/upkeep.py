"""Upkeep: what many small commits leave behind, so that the thousandth costs what the first did.

A collector commits every minute. Small files of a table become one, the log gets a checkpoint, and
what is older than any reader still needs is deleted. No row changes.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from outturn.store.fact_files import connection, copy_statement, rows_of
from outturn.store.tables import FACTS, TABLES

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    from outturn.store.lake import Lake
    from outturn.store.tables import Table

MERGED = "merged-"
"""How the names of files begin that hold rows of several imports."""

READERS_NEED = timedelta(hours=1)
"""A reader takes a table's list of files once and reads on from it: so long what was replaced stays."""

_FEW = 8
_SMALL_BYTES = 16 * 1024 * 1024
_MERGED_BYTES = 128 * 1024 * 1024


def keep_up(lake: Lake, at: datetime) -> dict[str, int]:
    """Merge small files, shorten logs and delete what nobody reads any more. Whoever calls it holds `Workspace.lock`.

    Args:
        lake: Without rows of crashed imports: `Facts.sweep` comes first.
        at: Now; names the merged files.

    Returns:
        By table, how many files became one; tables in which there was nothing to do are left out.
    """
    merged = {}
    for name in FACTS:
        table = TABLES[name]
        small = _small(lake.files(table))
        if len(small) >= _FEW:
            _merge(lake, table, small, at)
            merged[name] = len(small)
        lake.shorten(table, READERS_NEED)
    return merged


def _small(files: list[Path]) -> list[Path]:
    """Small files of one table, together no larger than a merged file should be."""
    found = []
    room = _MERGED_BYTES
    for file in files:
        size = file.stat().st_size
        if size <= min(room, _SMALL_BYTES):
            found.append(file)
            room -= size
    return found


def _merge(lake: Lake, table: Table, files: list[Path], at: datetime) -> None:
    target = lake.folder(table) / f"{MERGED}{at:%Y%m%dT%H%M%S%f}.parquet"
    with connection() as opened:
        # Rows stay in the order in which they came, which is that of their imports.
        opened.execute(copy_statement(f"SELECT * FROM {rows_of(table, files, lacking=True)}", target))
    lake.replace(table, files, [target], at=at)
