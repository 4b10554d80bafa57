"""Write keys in the workspace's book: made, listed, taken back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import sqlalchemy as sa

from outturn.collector.keys import Trust, WriteKey, digest_of, new_key
from outturn.domain.errors import UnknownName, UsageError

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime
    from pathlib import Path

_METADATA = sa.MetaData()
_KEYS = sa.Table(
    "write_keys",
    _METADATA,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("trust", sa.Text, nullable=False),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("digest", sa.LargeBinary(32), nullable=False, unique=True),
    sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("revoked_at", sa.DateTime(timezone=True)),
)


@dataclass(frozen=True, slots=True)
class ListedKey:
    """A key as it is listed, without the key; `revoked_at` None: it counts."""

    id: str
    trust: Trust
    name: str
    created_at: datetime
    revoked_at: datetime | None


class KeyBook:
    """The write keys of one workspace.

    Args:
        path: The book's file; made when the first key is.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._database = sa.create_engine(f"sqlite:///{path}")

    def add(self, trust: Trust, name: str, *, at: datetime, dice: Callable[[int], bytes]) -> tuple[str, str]:
        """Make a key.

        Returns:
            Its id, and its text, which is told this once and kept nowhere.
        """
        _METADATA.create_all(self._database)
        self._path.chmod(0o600)
        text = new_key(trust, dice)
        digest = digest_of(text)
        key_id = digest.hex()[:8]
        with self._database.begin() as connection:
            connection.execute(
                sa.insert(_KEYS), {"id": key_id, "trust": trust, "name": name, "digest": digest, "created_at": at}
            )
        return key_id, text

    def revoke(self, key_id: str, *, at: datetime) -> None:
        """Take a key back; what came with it stays.

        Raises:
            UnknownName: No such key.
            UsageError: It was taken back before.
        """
        known = {key.id: key for key in self.listed()}
        if key_id not in known:
            raise UnknownName("write key", key_id, known, hint="`outturn keys` lists them.")
        if known[key_id].revoked_at is not None:
            raise UsageError(f"write key {key_id} is revoked already")
        with self._database.begin() as connection:
            connection.execute(sa.update(_KEYS).where(_KEYS.c.id == key_id).values(revoked_at=at))

    def listed(self) -> list[ListedKey]:
        """All keys ever made, oldest first."""
        return [
            ListedKey(row.id, row.trust, row.name, row.created_at, row.revoked_at)
            for row in self._rows(sa.select(_KEYS).order_by(_KEYS.c.created_at, _KEYS.c.id))
        ]

    def counting(self) -> list[WriteKey]:
        """The keys that count."""
        asked = sa.select(_KEYS).where(_KEYS.c.revoked_at.is_(None))
        return [WriteKey(row.id, row.trust, row.digest, row.name) for row in self._rows(asked)]

    def close(self) -> None:
        """Give the file back."""
        self._database.dispose()

    def _rows(self, asked: sa.Select[tuple[object, ...]]) -> list[sa.Row[tuple[object, ...]]]:
        # A question writes nothing: a full disk must not keep a collector from knowing its keys.
        if not self._path.exists() or not sa.inspect(self._database).has_table(_KEYS.name):
            return []
        with self._database.connect() as connection:
            return list(connection.execute(asked))
