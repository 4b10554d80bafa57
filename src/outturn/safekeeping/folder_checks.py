"""The folder itself: who may read it, its layout, its keys, its book, the disk below it."""

from __future__ import annotations

import json
import shutil
import sqlite3
import stat
from contextlib import closing
from typing import TYPE_CHECKING

from outturn.collector import journal
from outturn.safekeeping.finding import advice, wrong
from outturn.store.workspace import SCHEMA_VERSION

if TYPE_CHECKING:
    from collections.abc import Iterator

    from outturn.safekeeping.finding import Examined, Finding

_OTHERS = 0o077
_SECRET = ("identity.key", "collector.key", "book.sqlite")
_KEY_BYTES = 32
_GB = 1024**3
_TOO_LITTLE = 1 * _GB
_LITTLE = 5 * _GB


def modes(examined: Examined) -> Iterator[Finding]:
    """Only its owner may read a workspace."""
    for path in (examined.root, *(examined.root / name for name in _SECRET)):
        if path.exists() and (mode := stat.S_IMODE(path.stat().st_mode)) & _OTHERS:
            yield wrong(
                "folder",
                f"Others than its owner may read {path} (mode {mode:04o}): it holds keys and personal data",
                f"chmod {'700' if path.is_dir() else '600'} {path}",
            )


def schema(examined: Examined) -> Iterator[Finding]:
    """The layout is one that this program knows."""
    path = examined.root / "schema.json"
    try:
        version = int(json.loads(path.read_bytes())["version"])
    except (OSError, ValueError, KeyError, TypeError):
        yield wrong("folder", f"{path} is missing or damaged", "Restore it from a backup.")
        return
    if version > SCHEMA_VERSION:
        yield wrong(
            "folder",
            f"A newer Outturn wrote this workspace (schema {version}; this program knows {SCHEMA_VERSION})",
            "Update Outturn.",
        )


def keys(examined: Examined) -> Iterator[Finding]:
    """The keys are there and whole."""
    identity = examined.root / "identity.key"
    if not identity.is_file() or identity.stat().st_size != _KEY_BYTES:
        yield wrong(
            "keys", f"{identity} is missing or damaged: no new row can be joined to a known person",
            "Restore it from a backup. A new one would make everybody somebody else.",
        )  # fmt: skip
    collector = examined.root / "collector.key"
    if collector.is_file():
        whole = collector.stat().st_size == _KEY_BYTES
    else:
        whole = not journal.streams(examined.root / "journal")
    if not whole:
        yield wrong(
            "keys", f"{collector} is missing or damaged: signing secrets and links between sites are made with it",
            "Restore it from a backup; else `outturn serve` makes a new one, and servers need new signing secrets.",
        )  # fmt: skip


def room(examined: Examined) -> Iterator[Finding]:
    """The disk has room for what comes."""
    free = shutil.disk_usage(examined.root).free
    says = f"{free / _GB:.1f} GB are left on the disk of {examined.root}"
    do = "Make room. A full disk makes the collector answer 503, and builds fail; what is stored stays."
    if free < _TOO_LITTLE:
        yield wrong("disk", says, do)
    elif free < _LITTLE:
        yield advice("disk", says, do)


def book(examined: Examined) -> Iterator[Finding]:
    """SQLite finds its file whole."""
    path = examined.root / "book.sqlite"
    if not path.exists():
        return
    try:
        with closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)) as opened:
            said = [row[0] for row in opened.execute("PRAGMA integrity_check(3)")]
    except sqlite3.Error as error:
        said = [str(error)]
    if said != ["ok"]:
        yield wrong("book", f"{path} is damaged: {'; '.join(said)}", "Restore it from a backup.")
