"""The desk of one worker, made anew when keys, links or settings change, without a restart."""

from __future__ import annotations

import logging
import os
import secrets
import time
from contextlib import closing, suppress
from typing import TYPE_CHECKING

from sqlalchemy.exc import SQLAlchemyError

from outturn.collector.desk import Desk, Rules
from outturn.collector.key_book import KeyBook
from outturn.collector.keys import KeyRing
from outturn.collector.limits import Limits
from outturn.collector.link_book import LinkBook
from outturn.collector.nonces import Nonces
from outturn.collector.signatures import KEEP_NONCES_MICROS, signing_secret
from outturn.store.workspace import sync_folder

if TYPE_CHECKING:
    from outturn.store.workspace import Workspace

_log = logging.getLogger(__name__)
_LOOK_EVERY_SECONDS = 1.0
_SECRET_BYTES = 32


def collector_secret(workspace: Workspace) -> bytes:
    """What the collector signs with: made when it is first needed, beside the identities' key and apart from it."""
    path = workspace.root / "collector.key"
    if not path.exists():
        # Linked into place whole: two workers that start together must not sign with two secrets.
        temporary = path.with_name(f".collector.key.{os.getpid()}")
        descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(secrets.token_bytes(_SECRET_BYTES))
            file.flush()
            os.fsync(file.fileno())
        with suppress(FileExistsError):
            path.hardlink_to(temporary)
        temporary.unlink()
        sync_folder(workspace.root)
    return path.read_bytes()


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
        workspace.journal.mkdir(mode=0o700, exist_ok=True)
        self._nonces = Nonces(KEEP_NONCES_MICROS, workspace.journal / "nonces.sqlite3")
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
                self._renew(state)
        return self._desk

    def _renew(self, state: tuple[int, int]) -> None:
        try:
            self._seen, self._desk = state, self._made()
        except SQLAlchemyError as error:
            # The keys of a second ago are better than none; the next look tries again.
            _log.error("keys and links not read anew", extra={"reason": type(error).__name__})

    def _made(self) -> Desk:
        with closing(KeyBook(self._workspace.book)) as book:
            keys = book.counting()
        with closing(LinkBook(self._workspace.book)) as links:
            known = links.links()
        return Desk(
            keys=KeyRing(keys),
            secret=self._secret,
            dice=secrets.token_bytes,
            rules=self._rules,
            limits=self._limits,
            links=known,
            secrets={key.id: signing_secret(self._secret, key.id) for key in keys if key.trust == "secret"},
            nonces=self._nonces,
        )

    def _state(self) -> tuple[int, int]:
        """Changes whenever the book was written."""
        try:
            found = os.stat(self._workspace.book)  # noqa: PTH116 - asked once a second on the hot path
        except FileNotFoundError:
            return (0, 0)
        return found.st_mtime_ns, found.st_size
