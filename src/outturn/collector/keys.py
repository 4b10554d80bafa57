"""Write keys: who may send, and how far that is trusted.

A **public** key stands in a page for everybody to read: it sends page, track and identify, dates
nothing back, and what it ties together is weak. A **secret** key stays on a server and may send all.
Only a key's SHA-256 is kept: a key is 32 random bytes, which nobody finds by trying.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Literal, get_args

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

Trust = Literal["public", "secret"]
TRUSTS: tuple[Trust, ...] = get_args(Trust)
PUBLIC_TYPES = ("page", "track", "identify")
"""What a public key may send."""

_KEY_BYTES = 24
_BASIC = "basic "


@dataclass(frozen=True, slots=True)
class WriteKey:
    """One key, without the key.

    Attributes:
        id: Stands in event ids and refused rows, so that keys cannot preempt each other's messages.
        digest: SHA-256 of the key's text.
        name: What the user calls it.
    """

    id: str
    trust: Trust
    digest: bytes
    name: str = ""


def new_key(trust: Trust, dice: Callable[[int], bytes]) -> str:
    """A key's text: its trust can be read off it, so that a secret one is noticed where it should not be."""
    return f"ot_{trust}_{base64.urlsafe_b64encode(dice(_KEY_BYTES)).decode()}"


def digest_of(text: str) -> bytes:
    """Under which a key is kept and looked up."""
    return hashlib.sha256(text.encode()).digest()


class KeyRing:
    """The keys that count now."""

    def __init__(self, keys: Iterable[WriteKey]) -> None:
        self._by_digest = {key.digest: key for key in keys}
        # The keys that were shown already. A dictionary compares a text only with one of the same keyed
        # hash, so that the time it takes tells nothing about a key either.
        self._shown: dict[str, WriteKey] = {}

    def __len__(self) -> int:
        """How many keys there are."""
        return len(self._by_digest)

    def find(self, text: str) -> WriteKey | None:
        """The key of that text.

        What is looked up is its hash: how long that takes tells nothing about any other key.
        """
        if shown := self._shown.get(text):
            return shown
        digest = digest_of(text)
        key = self._by_digest.get(digest)
        if key is None or not hmac.compare_digest(key.digest, digest):
            return None
        self._shown[text] = key
        return key


@lru_cache(1024)
def basic_user(authorization: str | None) -> str | None:
    """The user name of a Basic authorization, which is where clients of the spec put the key; None: there is none."""
    if authorization is None or authorization[: len(_BASIC)].lower() != _BASIC:
        return None
    try:
        user, _, _ = base64.b64decode(authorization[len(_BASIC) :], validate=True).partition(b":")
        return user.decode() or None
    except (binascii.Error, UnicodeDecodeError, ValueError):
        return None
