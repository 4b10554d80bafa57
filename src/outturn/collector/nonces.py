"""Nonces that were seen: what was signed once is not taken again, for as long as its signature is."""

from __future__ import annotations

import sqlite3
from typing import TYPE_CHECKING

from outturn.collector.journal import JournalFailed
from outturn.domain.errors import WorkspaceError

if TYPE_CHECKING:
    from pathlib import Path

_WAIT_SECONDS = 1.0
_PREPARE = """
PRAGMA journal_mode = WAL;
PRAGMA synchronous = NORMAL;
CREATE TABLE IF NOT EXISTS nonces (nonce TEXT PRIMARY KEY, seen_at INTEGER NOT NULL);
CREATE INDEX IF NOT EXISTS by_time ON nonces (seen_at);
"""


class Nonces:
    """The nonces of the last minutes, of all workers, also after a restart.

    A request that is sent again later would put back what was corrected in between.

    Args:
        keep_micros: How long a nonce is remembered, at least as long as anything signed with it is taken.
        path: Where they are kept; None: in memory, for one worker alone.

    Raises:
        WorkspaceError: What lies at the path is no such file.
    """

    def __init__(self, keep_micros: int, path: Path | None = None) -> None:
        self._keep = keep_micros
        self._seen = sqlite3.connect(
            path or ":memory:", timeout=_WAIT_SECONDS, isolation_level=None, check_same_thread=False
        )
        try:
            # Nothing waits for the disk: a power cut may forget the last ones, and nothing else.
            self._seen.executescript(_PREPARE)
        except sqlite3.Error as error:
            raise WorkspaceError(
                f"{path} cannot be used: {error}. It holds nonces of the last minutes alone: delete it and start again"
            ) from error

    def __len__(self) -> int:
        """How many are remembered."""
        (found,) = self._seen.execute("SELECT COUNT(*) FROM nonces").fetchone()
        return int(found)

    def first(self, nonce: str, at: int) -> bool:
        """Whether this is the first time; from now on it is not.

        Args:
            nonce: With whose it is.
            at: UTC microseconds.

        Raises:
            JournalFailed: The disk takes no more, so that nobody can say.
        """
        try:
            self._seen.execute("DELETE FROM nonces WHERE seen_at < ?", (at - self._keep,))
            added = self._seen.execute("INSERT OR IGNORE INTO nonces VALUES (?, ?)", (nonce, at))
        except sqlite3.Error as error:
            raise JournalFailed(f"nonces cannot be written: {error}") from error
        return added.rowcount == 1
