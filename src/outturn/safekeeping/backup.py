"""A backup: one file with all that a workspace is, taken while its collector and its readers go on.

Nothing is loaded into the lake and nothing is built meanwhile, so that the lake says exactly up to
where it has read the journal. The collector only ever adds to its newest segments: of those, what
stands there in whole frames is taken, so everything that was acknowledged before the backup began is in it.
"""

from __future__ import annotations

import contextlib
import os
import secrets
import sqlite3
import time
from contextlib import closing, contextmanager
from typing import TYPE_CHECKING, NamedTuple

from outturn.collector import journal
from outturn.domain.errors import UsageError, WorkspaceError
from outturn.domain.version import VERSION
from outturn.safekeeping.archive import NEEDED, Archive
from outturn.store.builds import Builds
from outturn.store.lake import Lake
from outturn.store.tables import FACTS, TABLES
from outturn.store.workspace import SCHEMA_VERSION, sync_folder

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime
    from pathlib import Path

    from outturn.store.workspace import Workspace

PATIENCE_SECONDS = 60.0
"""How long a backup waits for a load, an import or a build to end."""

_PACKED = (".gz", ".tgz")


class BackedUp(NamedTuple):
    """What a backup holds."""

    file: str
    files: int
    bytes: int


def backup(workspace: Workspace, target: Path, *, now: datetime, patience: float = PATIENCE_SECONDS) -> BackedUp:
    """Write a backup; there is a whole one in the end, or none.

    Args:
        workspace: Its collector may run; loads, imports and builds wait or are refused meanwhile.
        target: A new file, which its owner alone may read; compressed where its name ends in .gz or .tgz.
        now: Stated in it.
        patience: Seconds to wait for whoever is writing to the workspace.

    Raises:
        UsageError: The file is there already, or its folder is not.
        WorkspaceError: Somebody wrote to the workspace for longer than that.
    """
    if target.exists():
        raise UsageError(f"{target} is there already: name a new file")
    if not target.parent.is_dir():
        raise UsageError(f"There is no folder {target.parent}: make it first")
    temporary = target.with_name(f".{target.name}.{secrets.token_hex(4)}")
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as file:
            archive = Archive(file, packed=target.suffix in _PACKED)
            with _locked(workspace, patience):
                _put_all(workspace, archive)
            manifest = archive.close(made_at=now.isoformat(), outturn=VERSION, schema=SCHEMA_VERSION)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(target)
        sync_folder(target.parent)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    return BackedUp(str(target), len(manifest.files), target.stat().st_size)


@contextmanager
def _locked(workspace: Workspace, patience: float) -> Iterator[None]:
    """The workspace's lock, waited for: a running collector loads every minute, which takes it for a moment."""
    until = time.monotonic() + patience
    with contextlib.ExitStack() as held:
        while True:
            try:
                held.enter_context(workspace.lock())
                break
            except WorkspaceError:
                if time.monotonic() > until:
                    raise
                time.sleep(0.1)
        yield


def _put_all(workspace: Workspace, archive: Archive) -> None:
    for name in (*NEEDED, "collector.key"):
        if (workspace.root / name).exists():
            archive.add(name, (workspace.root / name).read_bytes())
    if workspace.book.exists():
        archive.add("book.sqlite", _book(workspace.book))
    for file in _lake_files(workspace):
        archive.add_file(file.relative_to(workspace.root.resolve()).as_posix(), file)
    for stream in journal.streams(workspace.journal):
        _put_stream(stream, f"journal/{stream.name}", archive)


def _book(path: Path) -> bytes:
    """The book as it stands between two of its transactions, whoever writes to it."""
    with (
        closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)) as book,
        closing(sqlite3.connect(":memory:")) as copy,
    ):
        book.backup(copy)
        return copy.serialize()


def _lake_files(workspace: Workspace) -> Iterator[Path]:
    """The files of every table's newest snapshot, its log, and the published build."""
    root = workspace.lake.resolve()
    lake = Lake(root)
    for name in FACTS:
        yield from lake.files(TABLES[name])
        yield from _plain_files(lake.folder(TABLES[name]) / "_delta_log")
    if build := Builds(root).published():
        yield root / "builds" / "published.json"
        yield from _plain_files(build.folder)


def _plain_files(folder: Path) -> Iterator[Path]:
    yield from sorted(path for path in folder.rglob("*") if path.is_file())


def _put_stream(stream: Path, name: str, archive: Archive) -> None:
    # What is loaded and packed away is listed before what is not: nothing moves while the lock is held.
    for packed in sorted((stream / "kept").glob("*.seg.gz")):
        archive.add_file(f"{name}/kept/{packed.name}", packed)
    for segment in journal.segments(stream):
        content = segment.path.read_bytes()
        archive.add(f"{name}/{segment.path.name}", content if segment.finished else content[: _whole(content)])
    for kept in ("lock", "counts"):
        if (stream / kept).exists():
            archive.add(f"{name}/{kept}", (stream / kept).read_bytes())


def _whole(content: bytes) -> int:
    """Where the last whole frame ends."""
    return max((one.end for one in journal.frames(content)), default=0)
