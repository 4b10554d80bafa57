"""Pages and the collector that their tags report to: what a browser did, and what lies in the lake."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from outturn.domain.identifiers import identity_key
from tests.clients.commands import outturn

if TYPE_CHECKING:
    from tests.clients.site import Site
    from tests.collector.running import Collector

# Browsers take names under localhost for safe, so that a Secure cookie needs no certificate here.
SHOP, OTHER = "www.shop.localhost", "www.other.localhost"


class World(NamedTuple):
    """Pages, and the collector that their tags report to."""

    site: Site
    running: Collector
    secret_key: str

    def events(self, columns: str, where: str = "TRUE") -> list[tuple[Any, ...]]:
        """Of what has come so far, in order."""
        outturn(self.running.root, "load", "--now")
        return self.running.rows(f"SELECT {columns} FROM events WHERE {where} ORDER BY occurred_at, event_id")

    def key(self, kind: Any, text: str) -> bytes:
        return identity_key(self.running.workspace.workspace.secret(), kind, text)
