"""Signed requests: who sent it, when, and that nobody changed or repeated it.

`outturn-signature` is the hex HMAC-SHA-256 of `<timestamp>.<nonce>.<body>` under the key's signing secret, over the
body as it was before any compression. The timestamp is in seconds and at most five minutes off; each try needs a new
nonce.
"""

from __future__ import annotations

import hmac
import re
from typing import TYPE_CHECKING, NamedTuple, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping

    from outturn.collector.exchange import Request
    from outturn.collector.nonces import Nonces

HEADERS = ("outturn-key", "outturn-timestamp", "outturn-nonce", "outturn-signature")
TOLERANCE_SECONDS = 300
KEEP_NONCES_MICROS = 2 * TOLERANCE_SECONDS * 1_000_000
"""A timestamp may lie ahead as far as behind."""

_TIMESTAMP = re.compile(r"[0-9]{1,12}")
_NONCE = re.compile(r"[A-Za-z0-9_=+/-]{8,128}")
_SIGNATURE = re.compile(r"[0-9a-f]{64}")
_NO_SECRET = bytes(32)


class SigningDesk(Protocol):
    """What checking a signature asks of the desk."""

    @property
    def secrets(self) -> Mapping[str, bytes]:
        """By key id, the signing secrets of the secret keys that count."""

    @property
    def nonces(self) -> Nonces:
        """Those that were seen."""


class Unsigned(NamedTuple):
    """Why a request is not taken: the header, and what was wrong."""

    header: str
    reason: str


def signing_secret(secret: bytes, key_id: str) -> bytes:
    """The secret with which a key's owner signs: worked out anew each time and kept nowhere.

    Args:
        secret: The collector's own.
        key_id: Of a secret key.
    """
    return hmac.digest(secret, f"signing:{key_id}".encode(), "sha256")


def signature(secret: bytes, *, timestamp: str, nonce: str, body: bytes) -> str:
    """What `outturn-signature` has to be."""
    return hmac.digest(secret, f"{timestamp}.{nonce}.".encode() + body, "sha256").hex()


def signer(request: Request, desk: SigningDesk) -> str | Unsigned:
    """The id of the key that signed a request, or why it is not taken."""
    key_id, timestamp, nonce, given = (request.headers.get(name) or "" for name in HEADERS)
    for name, text, shape, expected in (
        ("outturn-timestamp", timestamp, _TIMESTAMP, "expected whole seconds since 1970"),
        ("outturn-nonce", nonce, _NONCE, "expected 8 to 128 letters, digits and -_+/="),
        ("outturn-signature", given, _SIGNATURE, "expected 64 hex digits in small letters"),
    ):
        if not shape.fullmatch(text):
            return Unsigned(name, f"is missing or malformed: {expected}")
    if abs(int(timestamp) * 1_000_000 - request.received_at) > TOLERANCE_SECONDS * 1_000_000:
        return Unsigned("outturn-timestamp", f"is more than {TOLERANCE_SECONDS} seconds off: set the server's clock")
    # An unknown key costs the same work, and the answer does not tell it from a wrong signature.
    secret = desk.secrets.get(key_id)
    right = signature(secret or _NO_SECRET, timestamp=timestamp, nonce=nonce, body=request.body)
    if not hmac.compare_digest(right, given) or secret is None:
        return Unsigned("outturn-signature", "is not that of a secret key that counts, over timestamp, nonce and body")
    if not desk.nonces.first(f"{key_id}:{nonce}", request.received_at):
        return Unsigned("outturn-nonce", "was used before: each try needs a new one")
    return key_id
