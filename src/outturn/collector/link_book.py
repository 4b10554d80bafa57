"""Links in the workspace's book: made, listed, put out of use.

A link is never deleted or changed in what it states: rows of long ago name it, and an address that was handed out
must not begin to mean something else.
"""

from __future__ import annotations

import base64
from dataclasses import asdict, replace
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from outturn.domain.errors import UnknownName, UsageError
from outturn.domain.links import Link, LinkState, secret_digest
from outturn.domain.time import instant_of, micros_of

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

_METADATA = sa.MetaData()
_LINKS = sa.Table(
    "links",
    _METADATA,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("channel", sa.Text, nullable=False),
    sa.Column("destination", sa.Text, nullable=False),
    sa.Column("platform", sa.Text),
    sa.Column("campaign_id", sa.Text),
    sa.Column("campaign_name", sa.Text),
    sa.Column("ad_group_id", sa.Text),
    sa.Column("ad_id", sa.Text),
    sa.Column("partner", sa.Text, nullable=False),
    sa.Column("secret_digest", sa.LargeBinary(32)),
    sa.Column("currency", sa.Text),
    sa.Column("duplicates", sa.Text, nullable=False),
    sa.Column("outcome_kind", sa.Text, nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("created_at", sa.BigInteger, nullable=False),
)
_SECRET_BYTES = 24


def new_secret(dice: Callable[[int], bytes]) -> str:
    """A postback's secret: 32 characters that an address may hold as they are."""
    return base64.urlsafe_b64encode(dice(_SECRET_BYTES)).decode()


class LinkBook:
    """The links of one workspace.

    Args:
        path: The book's file; made when the first link is.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._database = sa.create_engine(f"sqlite:///{path}")

    def add(self, link: Link) -> None:
        """Keep a new link.

        Raises:
            UsageError: There is one of that id.
        """
        _METADATA.create_all(self._database)
        self._path.chmod(0o600)
        row = asdict(link) | {"created_at": micros_of(link.created_at)}
        with self._database.begin() as connection:
            if connection.execute(sa.select(_LINKS.c.id).where(_LINKS.c.id == link.id)).first():
                raise UsageError(
                    f"There is a link {link.id!r} already, and a link never changes: choose another id. "
                    f"`outturn links show {link.id}` shows it."
                )
            connection.execute(sa.insert(_LINKS), row)

    def link(self, link_id: str) -> Link:
        """One link.

        Raises:
            UnknownName: There is none of that id.
        """
        links = self.links()
        if link_id not in links:
            raise UnknownName("link", link_id, links, hint="`outturn links` lists them.")
        return links[link_id]

    def links(self) -> dict[str, Link]:
        """All links by id, oldest first."""
        # A question writes nothing: a full disk must not keep a collector from knowing its links.
        if not self._path.exists() or not sa.inspect(self._database).has_table(_LINKS.name):
            return {}
        with self._database.connect() as connection:
            rows = connection.execute(sa.select(_LINKS).order_by(_LINKS.c.created_at, _LINKS.c.id)).mappings()
            return {row["id"]: _link(dict(row)) for row in rows}

    def set_state(self, link_id: str, state: LinkState) -> Link:
        """Put a link out of use, or back into it."""
        link = replace(self.link(link_id), state=state)
        self._update(link_id, state=state)
        return link

    def set_secret(self, link_id: str, secret: str) -> Link:
        """Let postbacks of a link bring this secret from now on, and no earlier one."""
        link = replace(self.link(link_id), secret_digest=secret_digest(secret))
        self._update(link_id, secret_digest=link.secret_digest)
        return link

    def close(self) -> None:
        """Give the file back."""
        self._database.dispose()

    def _update(self, link_id: str, **values: Any) -> None:
        with self._database.begin() as connection:
            connection.execute(sa.update(_LINKS).where(_LINKS.c.id == link_id).values(**values))


def _link(row: dict[str, Any]) -> Link:
    return Link(**{**row, "created_at": instant_of(row["created_at"])})
