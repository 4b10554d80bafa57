"""A workspace from a backup: in a new folder, and only after every byte was found to be what it was."""

from __future__ import annotations

import os
import secrets
import shutil
from typing import IO, TYPE_CHECKING, NamedTuple

from outturn.domain.errors import UsageError, WorkspaceError
from outturn.safekeeping.archive import MANIFEST, reading, verified
from outturn.store.workspace import SCHEMA_VERSION, Workspace, sync_folder

if TYPE_CHECKING:
    from pathlib import Path

    from outturn.safekeeping.archive import Manifest

_CHUNK = 1024 * 1024


class Restored(NamedTuple):
    """What was restored.

    Attributes:
        made_at: ISO 8601: whatever came later, forgetting people included, is not in it.
    """

    workspace: str
    made_at: str
    files: int
    bytes: int


def restore(file: Path, folder: Path) -> Restored:
    """Make a workspace of a backup.

    Args:
        file: Of `backup`.
        folder: New or empty; its parent is there.

    Raises:
        UsageError: The folder holds something.
        Refusal: The file is no backup, or damaged. Nothing is made then.
        WorkspaceError: A newer Outturn wrote it, or the disk has no room for it.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise UsageError(f"{folder} is there already and not empty: name a new folder")
    if not folder.parent.is_dir():
        raise UsageError(f"There is no folder {folder.parent}: make it first")
    manifest = verified(file)
    size = sum(one.bytes for one in manifest.files)
    _check(file, manifest, size, folder.parent)
    temporary = folder.with_name(f".{folder.name}.{secrets.token_hex(4)}")
    temporary.mkdir(mode=0o700)
    try:
        with reading(file) as entries:
            for entry, content in entries:
                if entry.name != MANIFEST:
                    _write(temporary / entry.name, content, int(entry.mtime))
        for made in [*temporary.rglob("*"), temporary]:
            if made.is_dir():
                sync_folder(made)
        Workspace.open(temporary)
        temporary.replace(folder)
        sync_folder(folder.parent)
    except BaseException:
        shutil.rmtree(temporary, ignore_errors=True)
        raise
    return Restored(str(folder), manifest.made_at, len(manifest.files), size)


def _check(file: Path, manifest: Manifest, size: int, parent: Path) -> None:
    if manifest.schema > SCHEMA_VERSION:
        raise WorkspaceError(
            f"{file} holds a workspace of a newer Outturn (schema {manifest.schema}; this program knows "
            f"{SCHEMA_VERSION}). Update Outturn to restore it."
        )
    free = shutil.disk_usage(parent).free
    if size > free:
        raise WorkspaceError(f"{file} unpacks to {size:,} bytes; the disk of {parent} has {free:,} left")


def _write(path: Path, content: IO[bytes], modified_at: int) -> None:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as target:
        shutil.copyfileobj(content, target, _CHUNK)
        target.flush()
        os.fsync(target.fileno())
    if modified_at:
        os.utime(path, (modified_at, modified_at))
