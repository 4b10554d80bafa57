"""Whose address it is, and what of it may be kept: the network, never the host."""

from __future__ import annotations

from functools import lru_cache
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network
from typing import TYPE_CHECKING

from outturn.domain.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence

Network = IPv4Network | IPv6Network

_REMEMBERED = 10_000
_PREFIX_V4, _PREFIX_V6 = 24, 32


def networks(texts: Sequence[str], *, setting: str) -> tuple[Network, ...]:
    """Addresses and networks as settings write them (`10.0.0.0/8`, `127.0.0.1`).

    Raises:
        UsageError: One that is neither.
    """
    try:
        return tuple(ip_network(text, strict=False) for text in texts)
    except ValueError as error:
        raise UsageError(f"{setting}: {error}; expected an address or a network such as 10.0.0.0/8") from None


def client_address(peer: str, forwarded: str | None, trusted: Sequence[Network]) -> str:
    """The address of whoever asked, behind trusted proxies only.

    Read from the end of `X-Forwarded-For`, each trusted proxy vouches for the address before it; the
    first that is no trusted proxy is the client. What stands further left, anybody could have written.

    Args:
        peer: Of the connection, with or without its port.
        forwarded: The `X-Forwarded-For` header.
        trusted: Proxies that write that header.
    """
    address = without_port(peer)
    if not forwarded:
        return address
    for stated in reversed(forwarded.split(",")):
        if not within(address, trusted) or not stated.strip():
            break
        address = without_port(stated.strip())
    return address


@lru_cache(_REMEMBERED)
def cut(address: str) -> str | None:
    """What is kept of an address: its /24, of IPv6 its /32; None for what is no address.

    >>> cut("203.0.113.77"), cut("2001:db8:1:2::3"), cut("::ffff:203.0.113.77"), cut("unknown")
    ('203.0.113.0', '2001:db8::', '203.0.113.0', None)
    """
    try:
        host = ip_address(address)
    except ValueError:
        return None
    host = getattr(host, "ipv4_mapped", None) or host
    length = _PREFIX_V4 if host.version == 4 else _PREFIX_V6  # noqa: PLR2004 - the protocol's own number
    return str(ip_network((host, length), strict=False).network_address)


def without_port(peer: str) -> str:
    """The address alone, as a socket or a proxy writes it: `1.2.3.4:80`, `[::1]:80`, `::1`."""
    if peer.startswith("["):
        return peer[1:].partition("]")[0]
    return peer.partition(":")[0] if peer.count(":") == 1 else peer


def within(address: str, trusted: Sequence[Network]) -> bool:
    """Whether an address lies in one of the networks; what is no address lies in none."""
    try:
        host = ip_address(address)
    except ValueError:
        return False
    return any(host in network for network in trusted)
