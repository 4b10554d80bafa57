"""The desk of one worker, made anew when keys, links or settings change, without a restart."""

from __future__ import annotations

import os
import secrets
import time
from typing import TYPE_CHECKING

from outturn.collector.desk import Desk, Rules
from outturn.collector.key_book import KeyBook
from outturn.collector.keys import KeyRing
from outturn.collector.limits import Limits

if TYPE_CHECKING:
    from outturn.store.workspace import Workspace

_LOOK_EVERY_SECONDS = 1.0


class Desks:
    """Gives the desk that counts now; called at every request.

    Args:
        workspace: Whose keys and links; its settings are those of the start.
        secret: The collector's own.
    """

    def __init__(self, workspace: Workspace, secret: bytes) -> None:
        self._workspace = workspace
        self._secret = secret
        self._rules = Rules.of(workspace.settings)
        setting = workspace.settings
        self._limits = Limits.of(
            key_rate=setting["server.key_rate"],
            address_rate=setting["server.address_rate"],
            refused_per_minute=setting["server.refused_per_minute"],
        )
        self._seen = self._state()
        self._look_at = time.monotonic() + _LOOK_EVERY_SECONDS
        self._desk = self._made()

    def __call__(self) -> Desk:
        """The desk, with what was changed up to a second ago."""
        now = time.monotonic()
        if now >= self._look_at:
            self._look_at = now + _LOOK_EVERY_SECONDS
            state = self._state()
            if state != self._seen:
                self._seen, self._desk = state, self._made()
        return self._desk

    def _made(self) -> Desk:
        keys = KeyBook(self._workspace.book)
        try:
            return Desk(
                keys=KeyRing(keys.counting()),
                secret=self._secret,
                dice=secrets.token_bytes,
                rules=self._rules,
                limits=self._limits,
            )
        finally:
            keys.close()

    def _state(self) -> tuple[int, int]:
        """Changes whenever the book was written."""
        try:
            found = os.stat(self._workspace.book)  # noqa: PTH116 - asked once a second on the hot path
        except FileNotFoundError:
            return (0, 0)
        return found.st_mtime_ns, found.st_size
