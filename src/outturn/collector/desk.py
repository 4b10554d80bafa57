"""What an endpoint has at hand: who may send, what is allowed, and the secrets it signs with."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from outturn.collector.addresses import Network, networks, within
from outturn.collector.limits import Limits
from outturn.collector.nonces import Nonces
from outturn.collector.signatures import KEEP_NONCES_MICROS

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from outturn.collector.keys import KeyRing
    from outturn.domain.links import Link
    from outturn.domain.settings import Settings

_KB = 1024


@dataclass(frozen=True, slots=True)
class Rules:
    """The settings of a collector, in the units in which they are applied.

    Attributes:
        origins: Pages that may send from a browser.
        trusted_proxies: Whose `X-Forwarded-For` is believed.
        metrics_networks: Who may read `/metrics`.
    """

    origins: frozenset[str] = frozenset()
    trusted_proxies: tuple[Network, ...] = ()
    metrics_networks: tuple[Network, ...] = ()
    tag_path: str = "/o.js"
    cookie: str = "_ot"
    cookie_domain: str = ""
    message_bytes: int = 32 * _KB
    batch_bytes: int = 500 * _KB
    queue_bytes: int = 16 * _KB * _KB
    consent_required: bool = False

    @classmethod
    def of(cls, settings: Settings) -> Rules:
        """The rules that a workspace's settings give.

        Raises:
            UsageError: A setting that cannot be meant so.
        """
        return cls(
            origins=frozenset(settings["server.origins"]),
            trusted_proxies=networks(settings["server.trusted_proxies"], setting="server.trusted_proxies"),
            metrics_networks=networks(settings["server.metrics_networks"], setting="server.metrics_networks"),
            tag_path=settings["server.tag_path"],
            cookie=settings["server.cookie"],
            cookie_domain=settings["server.cookie_domain"],
            message_bytes=settings["server.message_kb"] * _KB,
            batch_bytes=settings["server.batch_kb"] * _KB,
            queue_bytes=settings["server.queue_mb"] * _KB * _KB,
            consent_required=settings["consent.required"],
        )

    def may_measure(self, address: str) -> bool:
        """Whether `/metrics` answers this address."""
        return within(address, self.metrics_networks)


@dataclass(frozen=True, slots=True)
class Desk:
    """Replaced whole when keys or links change; only the counts behind `limits` live on.

    Attributes:
        keys: Of those that count now.
        secret: The collector's own, for what it signs; never the identities' one.
        dice: Random bytes, as many as asked for.
        links: By id.
        secrets: By id, the signing secrets of the secret keys that count.
    """

    keys: KeyRing
    secret: bytes
    dice: Callable[[int], bytes]
    rules: Rules = field(default_factory=Rules)
    limits: Limits = field(default_factory=Limits)
    links: Mapping[str, Link] = field(default_factory=dict)
    secrets: Mapping[str, bytes] = field(default_factory=dict)
    nonces: Nonces = field(default_factory=lambda: Nonces(KEEP_NONCES_MICROS))
