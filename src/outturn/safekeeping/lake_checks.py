"""The lake: its tables can be read and have the declared columns, nothing lies about, builds are fresh."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.parquet as pq

from outturn.domain.errors import OutturnError
from outturn.safekeeping.finding import advice, wrong
from outturn.store.builds import AS_OF_PREFIX, Builds
from outturn.store.facts import Facts
from outturn.store.lake import Lake
from outturn.store.tables import FACTS, TABLES, Type

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from outturn.safekeeping.finding import Examined, Finding
    from outturn.store.tables import Table

# What readers of an earlier snapshot, a question or a step under way may still need.
_LEFT_OVER = timedelta(days=1)
_STALE = timedelta(days=1)
_SKEW = timedelta(minutes=5)
_SHOWN = 3
_RESTORE = "Restore it from a backup."
_KINDS = {
    Type.TEXT: pa.types.is_string, Type.COUNT: pa.types.is_int64, Type.SMALL: pa.types.is_int32,
    Type.MICROS: pa.types.is_int64, Type.SHARE: pa.types.is_float64, Type.FLAG: pa.types.is_boolean,
    Type.DAY: pa.types.is_date32, Type.AT: pa.types.is_timestamp, Type.KEY: pa.types.is_binary,
}  # fmt: skip


def tables(examined: Examined) -> Iterator[Finding]:
    """Every file of every table is there, and its columns are declared ones."""
    lake = Lake(examined.root / "lake")
    for name in FACTS:
        try:
            files = lake.files(TABLES[name])
        except Exception as error:  # noqa: BLE001 - Delta's own errors, whatever is damaged
            yield wrong("lake", f"The log of {name} cannot be read: {str(error)[:200]}", _RESTORE)
            continue
        yield from _read(TABLES[name], files, _RESTORE)
    try:
        build = Builds(examined.root / "lake").published()
    except OutturnError:
        return  # `builds` says it.
    for name, files in build.files.items() if build else ():
        if name in TABLES:
            yield from _read(TABLES[name], files, "outturn build makes it anew.")


def _read(table: Table, files: Iterable[Path], do: str) -> Iterator[Finding]:
    for file in files:
        if why := _unfit(table, file):
            yield wrong("lake", f"{file} {why}", do)


def _unfit(table: Table, file: Path) -> str:
    """Why a file is none of the table's; empty: it is one. Columns that were declared later may lack."""
    try:
        schema = pq.read_schema(file)
    except FileNotFoundError:
        return f"is missing, though {table.name} needs it"
    except (OSError, pa.ArrowInvalid) as error:
        return f"is damaged: {str(error)[:200]}"
    declared = {column.name: column.type for column in table.columns}
    if unknown := sorted(set(schema.names) - declared.keys()):
        return f"has columns that {table.name} does not: {', '.join(unknown)}"
    other = [field.name for field in schema if not _KINDS[declared[field.name]](field.type)]
    return f"has columns of other types than {table.name}: {', '.join(other)}" if other else ""


def orphans(examined: Examined) -> Iterator[Finding]:
    """Nothing lies about that no table holds."""
    lake = Lake(examined.root / "lake")
    left: list[Path] = []
    for name in FACTS:
        try:
            held = set(lake.files(TABLES[name]))
        except Exception:  # noqa: BLE001, S112 - `tables` says what is wrong with it
            continue
        left += [file for file in lake.folder(TABLES[name]).glob("*.parquet") if file not in held]
    left += (examined.root / "lake" / "builds").glob(f"{AS_OF_PREFIX}*")
    left += examined.root.glob(".*.????????")
    left += examined.root.glob("journal/*/kept/*.part")
    before = (examined.now - _LEFT_OVER).timestamp()
    old = sorted(path for path in left if path.stat().st_mtime < before)
    if old:
        shown = ", ".join(str(path) for path in old[:_SHOWN])
        yield advice(
            "lake", f"{len(old)} files or folders that nothing needs were left behind by a crash: {shown}",
            "Delete them once no outturn command runs.",
        )  # fmt: skip


def builds(examined: Examined) -> Iterator[Finding]:
    """The figures are of what was loaded lately."""
    try:
        build = Builds(examined.root / "lake").published()
        history = Facts(examined.root / "lake").history()
    except OutturnError as error:
        yield wrong("builds", str(error))
        return
    except Exception:  # noqa: BLE001 - `tables` says what is wrong with it
        return
    if not history:
        return
    latest = max(record.state_at for record in history)
    if build is None:
        yield advice("builds", "Rows were loaded and nothing was built of them", "outturn build")
        return
    seen_until = datetime.fromtimestamp(build.figures.get("facts_before_micros", 0) / 1e6, UTC)
    if latest > seen_until and examined.now - seen_until > _STALE:
        yield advice(
            "builds",
            f"The figures are of {seen_until:%Y-%m-%d %H:%M} UTC, and rows came until {latest:%Y-%m-%d %H:%M}",
            "outturn build",
        )


def clock(examined: Examined) -> Iterator[Finding]:
    """Nothing was loaded in the future."""
    try:
        history = Facts(examined.root / "lake").history()
    except Exception:  # noqa: BLE001 - `tables` says what is wrong with it
        return
    latest = max((record.state_at for record in history), default=examined.now)
    if latest > examined.now + _SKEW:
        yield wrong(
            "clock", f"An import is of {latest:%Y-%m-%d %H:%M} UTC, which is to come: a clock was, or is, wrong",
            "Set this machine's clock (NTP). Later imports are booked just after that one, so nothing is reordered.",
        )  # fmt: skip
