"""The collector as it is set up: may anybody send, is it what was meant, does it answer?"""

from __future__ import annotations

import http.client
import os
from contextlib import closing
from typing import TYPE_CHECKING

from outturn.collector.desk import Rules
from outturn.collector.key_book import KeyBook
from outturn.domain.errors import OutturnError
from outturn.safekeeping.finding import advice, wrong

if TYPE_CHECKING:
    from collections.abc import Iterator

    from outturn.safekeeping.finding import Examined, Finding
    from outturn.store.workspace import Workspace

_THIS_MACHINE = ("127.0.0.1", "::1", "localhost")
_PRIVILEGED = 1024
_SECONDS = 2


def _trusts(workspace: Workspace) -> set[str]:
    """Of the keys that count; reading them must not make a book."""
    if not workspace.book.exists():
        return set()
    try:
        with closing(KeyBook(workspace.book)) as book:
            return {key.trust for key in book.counting()}
    except Exception:  # noqa: BLE001 - the book's own check says what is wrong with it
        return set()


def settings(examined: Examined) -> Iterator[Finding]:
    """The settings of the collector go together."""
    if examined.workspace is None:
        return
    given = examined.workspace.settings
    try:
        Rules.of(given)
    except OutturnError as error:
        yield wrong("settings", str(error))
    trusts = _trusts(examined.workspace)
    if "public" in trusts and not given["server.origins"]:
        yield wrong(
            "settings", "There is a public key and [server] origins is empty: no browser may send",
            'List the sites whose pages send: origins = ["https://shop.example"]',
        )  # fmt: skip
    if "public" in trusts and not given["consent.required"]:
        yield advice(
            "settings", "[consent] required is false: who said nothing about analytics_storage gets an id",
            "Where the law asks for consent first (the EU, the UK), set it to true.",
        )  # fmt: skip
    if given["server.address"] not in _THIS_MACHINE and not given["server.trusted_proxies"]:
        yield advice(
            "settings", f"The collector listens on {given['server.address']} and [server] trusted_proxies is empty: "
            "without TLS in front all is sent in the clear, and behind a proxy everybody has the proxy's address",
            "Put nginx or Caddy in front (docs: Operating the collector) and list its address.",
        )  # fmt: skip
    wide = [network for network in given["server.metrics_networks"] if network.endswith("/0")]
    if wide:
        yield advice("settings", "[server] metrics_networks lets everybody read /metrics", "Name your own networks.")


def port(examined: Examined) -> Iterator[Finding]:
    """Where the collector should be, it is, or could be."""
    if examined.workspace is None or not _trusts(examined.workspace):
        return
    given = examined.workspace.settings
    address, number = given["server.address"], given["server.port"]
    asked = "127.0.0.1" if address in ("0.0.0.0", "::") else address  # noqa: S104 - it is compared
    try:
        with closing(http.client.HTTPConnection(asked, number, timeout=_SECONDS)) as connection:
            connection.request("GET", "/healthz")
            answer = connection.getresponse()
            ours = answer.status == http.client.OK and answer.read(16) == b"ok\n"
    except OSError:
        yield advice("server", f"No collector answers on {address}:{number}", "Start it: outturn serve")
        if number < _PRIVILEGED and os.geteuid() != 0:
            yield wrong("server", f"Port {number} takes root", f"Choose a port from {_PRIVILEGED} on.")
        return
    except http.client.HTTPException:
        ours = False
    if not ours:
        yield wrong("server", f"Another program answers on {address}:{number}", "Choose another [server] port.")
