"""Who a browser is to us: an id in a cookie that only the collector sets, and a token that carries it to another site.

The id means nothing outside this collector. Script never sees the cookie (HttpOnly); what a page adds
to a link is a token that only the collector can read, and only for two minutes.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable

COOKIE_SECONDS = 395 * 86_400
"""Browsers cut what is longer than 400 days."""
LINKER_SECONDS = 120

_ID_BYTES = 16
_AT_BYTES = 5
_MAC_BYTES = 16
_VALUE = re.compile(r"([A-Za-z0-9_-]{22})\.([0-9]{1,11})")


class Visitor(NamedTuple):
    """A browser.

    Attributes:
        id: 22 characters, url-safe base64 of 16 random bytes.
        born_at: When the id was made, UTC seconds: how long ids live is measured by it.
    """

    id: str
    born_at: int

    @classmethod
    def new(cls, dice: Callable[[int], bytes], born_at: int) -> Visitor:
        """A browser that was never seen before.

        Args:
            dice: Random bytes, as many as asked for.
            born_at: UTC seconds.
        """
        return cls(_text(dice(_ID_BYTES)), born_at)


def read_cookie(header: str | None, name: str) -> Visitor | None:
    """The visitor of a `cookie` header; None where there is none of ours, or somebody wrote into it.

    >>> read_cookie("theme=dark; _ot=AAAAAAAAAAAAAAAAAAAAAA.1780000000", "_ot")
    Visitor(id='AAAAAAAAAAAAAAAAAAAAAA', born_at=1780000000)
    """
    if header is None or name not in header:
        return None
    for pair in header.split(";"):
        key, _, value = pair.strip(" ").partition("=")
        if key == name and (match := _VALUE.fullmatch(value)) and _bytes(match[1]):
            return Visitor(match[1], int(match[2]))
    return None


def set_cookie(visitor: Visitor, *, name: str, domain: str = "", secure: bool = True) -> str:
    """The value of `set-cookie` that makes the browser remember; it says the same at every answer, so the time rolls.

    Args:
        visitor: Whom to remember.
        name: The cookie's.
        domain: Empty: the collector's own host alone gets it back, which is what most sites want.
        secure: False only where a browser asks its own machine without TLS.
    """
    return _cookie(f"{name}={visitor.id}.{visitor.born_at}", COOKIE_SECONDS, domain, secure=secure)


def clear_cookie(*, name: str, domain: str = "", secure: bool = True) -> str:
    """The value of `set-cookie` that makes the browser forget; it must name the same domain as the one that set it."""
    return _cookie(f"{name}=", 0, domain, secure=secure)


def linker(visitor_id: str, at: int, secret: bytes) -> str:
    """The token for links to other sites of the same owner: 50 characters, which tell nobody else the id.

    Its check is also what the id is hidden with, so the same token comes out for the same id and second.

    Args:
        visitor_id: As in the cookie.
        at: UTC seconds.
        secret: The collector's own.
    """
    plain = _bytes(visitor_id)
    if plain is None:
        raise ValueError("not an id of ours")
    stamp = at.to_bytes(_AT_BYTES, "big")
    mac = _hash(secret, b"linker", stamp + plain)
    return _text(stamp + _hidden(plain, mac, secret) + mac)


def linked(token: str, at: int, secret: bytes) -> str | None:
    """The id that a token carries; None if it is older than two minutes, or none that this collector made.

    Args:
        token: As it came.
        at: UTC seconds.
        secret: The collector's own.
    """
    raw = _bytes(token, _AT_BYTES + _ID_BYTES + _MAC_BYTES)
    if raw is None:
        return None
    stamp, hidden, mac = raw[:_AT_BYTES], raw[_AT_BYTES:-_MAC_BYTES], raw[-_MAC_BYTES:]
    plain = _hidden(hidden, mac, secret)
    if not hmac.compare_digest(mac, _hash(secret, b"linker", stamp + plain)):
        return None
    # Two machines' clocks may differ either way.
    return _text(plain) if abs(at - int.from_bytes(stamp, "big")) <= LINKER_SECONDS else None


def _cookie(pair: str, seconds: int, domain: str, *, secure: bool) -> str:
    where = f"; Domain={domain}" if domain else ""
    return f"{pair}; Max-Age={seconds}; Path=/{where}; HttpOnly; SameSite=Lax{'; Secure' if secure else ''}"


def _hash(secret: bytes, purpose: bytes, content: bytes) -> bytes:
    return hmac.digest(secret, purpose + b":" + content, hashlib.sha256)[:_MAC_BYTES]


def _hidden(plain: bytes, mac: bytes, secret: bytes) -> bytes:
    """Hides an id, or shows a hidden one."""
    mask = _hash(secret, b"linker mask", mac)
    return bytes(one ^ other for one, other in zip(plain, mask, strict=True))


def _text(raw: bytes) -> str:
    return urlsafe_b64encode(raw).decode().rstrip("=")


def _bytes(text: str, length: int = _ID_BYTES) -> bytes | None:
    """What the text stands for; None if it is another length or written as we never would."""
    try:
        raw = urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except ValueError:
        return None
    return raw if len(raw) == length and _text(raw) == text else None
