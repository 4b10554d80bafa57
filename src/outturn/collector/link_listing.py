"""Links as they are made and shown: what `outturn links` and the Python API say of them."""

from __future__ import annotations

import secrets
from contextlib import closing
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from outturn.collector.link_book import LinkBook, new_secret
from outturn.domain.links import addresses, made_link, secret_digest, unknown_macros

if TYPE_CHECKING:
    from datetime import datetime

    from outturn.domain.links import Link, LinkState
    from outturn.store.workspace import Workspace


def listed(workspace: Workspace) -> list[dict[str, Any]]:
    """All links ever made, oldest first."""
    with closing(LinkBook(workspace.book)) as book:
        return [_told(link) for link in book.links().values()]


def add(
    workspace: Workspace, link_id: str, *, channel: str, now: datetime, host: str = "", **fields: str | None
) -> dict[str, Any]:
    """Make a link. A click link takes postbacks: their secret is in this answer and nowhere else.

    Args:
        workspace: Whose link.
        link_id: See `outturn.domain.links.Link`, as for all of these.
        channel: In any spelling.
        now: The time.
        host: Where the collector is reached; empty: on this machine.
        fields: The rest of a link; without a kind it is one to be clicked.

    Raises:
        UsageError: What cannot be, or is there already.
    """
    kind, destination = fields.pop("kind", None) or "click", fields.pop("destination", None) or ""
    secret = new_secret(secrets.token_bytes) if kind == "click" else ""
    digest = secret_digest(secret) if secret else None
    link = made_link(link_id, kind, channel, destination=destination, created_at=now, secret_digest=digest, **fields)
    with closing(LinkBook(workspace.book)) as book:
        book.add(link)
    told = _shown(workspace, link, host)
    if unknown := unknown_macros(link.destination):
        told["unknown_macros"] = list(unknown)
    return told | ({"secret": secret} if secret else {})


def shown(workspace: Workspace, link_id: str, *, host: str = "") -> dict[str, Any]:
    """One link with its addresses."""
    with closing(LinkBook(workspace.book)) as book:
        return _shown(workspace, book.link(link_id), host)


def set_state(workspace: Workspace, link_id: str, state: LinkState) -> dict[str, Any]:
    """Put a link out of use, or back into it."""
    with closing(LinkBook(workspace.book)) as book:
        return _told(book.set_state(link_id, state))


def renew_secret(workspace: Workspace, link_id: str) -> dict[str, Any]:
    """Give a link's postbacks a new secret; the old one counts no more."""
    secret = new_secret(secrets.token_bytes)
    with closing(LinkBook(workspace.book)) as book:
        return _told(book.set_secret(link_id, secret)) | {"secret": secret}


def _told(link: Link) -> dict[str, Any]:
    told = {name: value for name, value in asdict(link).items() if name != "secret_digest"}
    return told | {"postbacks": link.secret_digest is not None}


def _shown(workspace: Workspace, link: Link, host: str) -> dict[str, Any]:
    settings = workspace.settings
    here = f"http://{settings['server.address']}:{settings['server.port']}"
    return _told(link) | {"addresses": addresses(link, host or here)}
