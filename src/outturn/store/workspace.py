"""A workspace is one folder: settings, the lake of tables, the book, and the key of its identities."""

from __future__ import annotations

import fcntl
import json
import os
import secrets
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from outturn.domain.errors import UsageError, WorkspaceError
from outturn.domain.settings import checked
from outturn.store.settings import FILE_NAME, first_settings_text, load_settings

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from outturn.domain.goals import Per
    from outturn.domain.settings import Settings

SCHEMA_VERSION = 1
"""The layout of the folder. A newer one is refused; an older one goes through `UPGRADES`."""

UPGRADES: dict[int, Callable[[Path], None]] = {}
"""From a version to the step that lifts a folder to the next one; each is tested on a folder of that age."""

_KEY_BYTES = 32


@dataclass(frozen=True, slots=True)
class Workspace:
    """An opened workspace folder, its settings read and its schema version checked."""

    root: Path
    settings: Settings

    @classmethod
    def create(cls, root: Path, *, currency: str, time_zone: str, per: Per = "person") -> Workspace:
        """Make a new workspace, readable by its owner alone.

        Args:
            root: A new or empty folder.
            currency: ISO 4217, of every report.
            time_zone: IANA name, of the business's days.
            per: Whose journeys the first goal takes.

        Raises:
            UsageError: An unknown currency or zone, or a folder that is not empty. Nothing is made then.
        """
        checked({"workspace": {"currency": currency, "time_zone": time_zone}}, where=FILE_NAME)
        if root.exists() and (not root.is_dir() or any(root.iterdir())):
            raise UsageError(f"{root} is there already and not empty: name a new folder")
        root.mkdir(mode=0o700, parents=True, exist_ok=True)
        root.chmod(0o700)
        (root / "lake").mkdir(mode=0o700)
        descriptor = os.open(root / "identity.key", os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(secrets.token_bytes(_KEY_BYTES))
        write_durably(root / "schema.json", json.dumps({"version": SCHEMA_VERSION}).encode())
        # The settings come last: a folder without them is no workspace, so a half-made one is none.
        write_durably(root / FILE_NAME, first_settings_text(currency, time_zone, per).encode())
        return cls.open(root)

    @classmethod
    def open(cls, root: Path) -> Workspace:
        """Open the workspace in that very folder, upgrading an older one first.

        Raises:
            WorkspaceError: No workspace there, or one that a newer Outturn has written.
        """
        if not (root / FILE_NAME).is_file():
            raise WorkspaceError(
                f"{root} is no workspace: it has no {FILE_NAME}. Make one with: outturn init {root} --currency EUR"
            )
        _upgrade(root)
        return cls(root, load_settings(root / FILE_NAME))

    @classmethod
    def find(cls, start: Path) -> Workspace:
        """Open the workspace in `start` or the nearest folder above it."""
        return cls.open(cls.nearest(start))

    @staticmethod
    def nearest(start: Path) -> Path:
        """The folder of the workspace in `start` or above it, which may be damaged.

        Raises:
            WorkspaceError: There is none.
        """
        folders = [start.resolve(), *start.resolve().parents]
        for folder in folders:
            if (folder / FILE_NAME).is_file():
                return folder
        raise WorkspaceError(
            f"No workspace in {folders[0]} or any folder above it. Name one with -w DIR, "
            "or make one with: outturn init DIR --currency EUR"
        )

    @property
    def lake(self) -> Path:
        """The folder of the tables."""
        return self.root / "lake"

    @property
    def journal(self) -> Path:
        """The folder of the collector's segments."""
        return self.root / "journal"

    @property
    def book(self) -> Path:
        """The SQLite file of small transactional things."""
        return self.root / "book.sqlite"

    def secret(self) -> bytes:
        """The key under which identifiers are hashed. It never enters the lake.

        Raises:
            WorkspaceError: The key file is gone or damaged: new imports could not be joined to old ones.
        """
        path = self.root / "identity.key"
        key = path.read_bytes() if path.is_file() else b""
        if len(key) != _KEY_BYTES:
            raise WorkspaceError(
                f"{path} is missing or damaged: without it no new row can be joined to a known person. "
                "Restore it from a backup."
            )
        return key

    @contextmanager
    def lock(self) -> Iterator[None]:
        """Hold the one place from which facts and builds are written; a second writer is refused at once.

        Readers never need it. The lock goes with the process, so a killed one leaves none behind.
        """
        with (self.root / ".lock").open("w") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise WorkspaceError(
                    f"Another outturn command is writing to {self.root}. Wait until it is done and try again."
                ) from None
            yield


def write_durably(path: Path, content: bytes) -> None:
    """Put a file in place whole or not at all, on the disk when this returns."""
    temporary = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    with temporary.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    temporary.replace(path)
    sync_folder(path.parent)


def sync_folder(folder: Path) -> None:
    """Make a folder's entries durable: a new file is only there once its folder knows it."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _upgrade(root: Path) -> None:
    path = root / "schema.json"
    try:
        document: Any = json.loads(path.read_bytes())
        version = int(document["version"])
    except (OSError, ValueError, KeyError, TypeError):
        raise WorkspaceError(f"{path} is missing or damaged: restore it from a backup") from None
    if version > SCHEMA_VERSION:
        raise WorkspaceError(
            f"{root} was written by a newer Outturn (schema {version}; this program knows {SCHEMA_VERSION}). "
            "Update Outturn to open it."
        )
    while version < SCHEMA_VERSION:
        UPGRADES[version](root)
        version += 1
        write_durably(path, json.dumps({"version": version}).encode())
