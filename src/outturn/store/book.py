"""The book: small things that change in place, in SQLite (or PostgreSQL by URL), through SQLAlchemy Core.

Today it holds whom to forget; plans, approvals, users and keys join it with their rooms.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import sqlalchemy as sa

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime
    from pathlib import Path

_METADATA = sa.MetaData()
_SUPPRESSIONS = sa.Table(
    "suppressions",
    _METADATA,
    sa.Column("identifier", sa.LargeBinary(32), primary_key=True),
    sa.Column("at", sa.DateTime(timezone=True), nullable=False),
)


class Book:
    """The book of one workspace; its file is made when something is first written: a dry run leaves none."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._database = sa.create_engine(f"sqlite:///{path}")

    def suppressed(self) -> frozenset[bytes]:
        """The identity keys of everyone who asked to be forgotten."""
        if not self._path.exists() or not sa.inspect(self._database).has_table(_SUPPRESSIONS.name):
            return frozenset()
        with self._database.connect() as connection:
            return frozenset(connection.execute(sa.select(_SUPPRESSIONS.c.identifier)).scalars())

    def suppress(self, identifiers: Iterable[bytes], at: datetime) -> None:
        """Remember to forget these identity keys from now on; those known already stay as they are."""
        _METADATA.create_all(self._database)
        self._path.chmod(0o600)
        with self._database.begin() as connection:
            known = frozenset(connection.execute(sa.select(_SUPPRESSIONS.c.identifier)).scalars())
            new = [{"identifier": key, "at": at} for key in sorted(set(identifiers) - known)]
            if new:
                connection.execute(sa.insert(_SUPPRESSIONS), new)

    def close(self) -> None:
        """Give the file back."""
        self._database.dispose()
