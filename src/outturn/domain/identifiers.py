"""Who someone is, without keeping who: identifiers become keyed hashes before they are stored.

Two kinds of hash must never be confused:

- **Identity keys** join a person's own rows inside one workspace: HMAC-SHA-256 of `kind:canonical
  text` under a secret that lies outside the lake. Without the secret they cannot be guessed back.
- **Platform forms** are the plain SHA-256 that ad platforms match on. They are personal data (an
  unsalted hash of a phone is reversed in minutes), and each platform wants its own canonical text,
  so that one form cannot be made from another.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from typing import Literal, get_args

BUCKETS = 64
"""How many person buckets there are: the unit of bounded memory, distribution and intervals."""

IdentityKind = Literal["anonymous", "user", "email", "phone", "crm", "company"]
IDENTITY_KINDS: tuple[IdentityKind, ...] = get_args(IdentityKind)

RECORD_DIGITS = 20
"""Hexadecimal ones, in `record_id`: of a hundred million rows, no two are likely to meet."""

_BLOCK_BYTES = 64
_SHORT_ID = 15
_LONG_ID = re.compile("[0-9A-Za-z]{18}")
_FLOATED = re.compile(r"-?[0-9]+\.0+")


def identity_key(secret: bytes, kind: IdentityKind, canonical: str) -> bytes:
    """The 32-byte HMAC-SHA-256 under which an identifier is stored.

    Args:
        secret: The workspace's key, at most 64 bytes.
        kind: Keeps equal texts of different kinds apart.
        canonical: The identifier's canonical text; whole numbers as decimal text.

    >>> identity_key(b"secret", "email", "ana@example.com").hex()[:16]
    'e2fc41c3352ba70d'
    """
    return hmac.digest(secret, f"{kind}:{canonical}".encode(), "sha256")


def record_id(secret: bytes, what: str, native: str) -> str:
    """The id of a CRM's row about a person, such as a contact: equal ids meet, and nobody reads the CRM's out of it.

    It is no part of the person's key, so that the row may stay in the ledger when its person is forgotten.

    Args:
        secret: The workspace's key.
        what: System and kind of row, `hubspot:contact`.
        native: The CRM's own id.

    >>> record_id(b"secret", "hubspot:contact", "11")
    'hubspot:contact:a6de778128117ab1f71d'
    """
    return f"{what}:{hmac.digest(secret, f'record:{what}:{native}'.encode(), 'sha256').hex()[:RECORD_DIGITS]}"


def named_record(text: str) -> tuple[str, str, list[str], str]:
    """A row about a person as people name it: its system, kind, possible ids, and which of its entries is meant.

    Salesforce writes one id with 15 or with 18 characters, of which the last three only check the others.

    >>> named_record("salesforce:lead:00Q1G00000AbCdEFGH:qualified")
    ('salesforce', 'lead', ['00Q1G00000AbCdEFGH', '00Q1G00000AbCdE'], ':qualified')
    """
    system, _, rest = text.strip().partition(":")
    what, _, rest = rest.partition(":")
    native, colon, entry = rest.partition(":")
    shorter = [native[:_SHORT_ID]] if _LONG_ID.fullmatch(native) else []
    return system, what, [canonical_id(native), *shorter] if native else [], colon + entry


def records_meant(secret: bytes, text: str) -> list[str]:
    """What `record_id` may have made of a row's own name.

    >>> records_meant(b"secret", "hubspot:contact:11") == [record_id(b"secret", "hubspot:contact", "11")]
    True
    """
    system, what, natives, entry = named_record(text)
    return [record_id(secret, f"{system}:{what}", native) + entry for native in natives]


def hmac_pads(secret: bytes) -> tuple[bytes, bytes]:
    """The inner and outer pads from which an engine without HMAC composes `identity_key`.

    `sha256(outer + sha256(inner + message))`, RFC 2104, for secrets of at most 64 bytes.
    """
    if len(secret) > _BLOCK_BYTES:
        raise ValueError("secrets over 64 bytes would have to be hashed first")
    block = secret.ljust(_BLOCK_BYTES, b"\0")
    return bytes(byte ^ 0x36 for byte in block), bytes(byte ^ 0x5C for byte in block)


def bucket_of(key: bytes) -> int:
    """The person bucket, 0..63, of an identity key: its last byte modulo 64.

    The first byte would not do: a person's key is the smallest of several, so its first digits
    are small.
    """
    return key[-1] % BUCKETS


def canonical_id(text: str) -> str:
    """A system's own id of a user, contact or company, trimmed.

    A whole number that passed through a float, as JSON and Parquet of many tools have it, is that number.

    >>> canonical_id(" 123.0 "), canonical_id("u-1.0")
    ('123', 'u-1.0')
    """
    trimmed = text.strip()
    return trimmed.partition(".")[0] if _FLOATED.fullmatch(trimmed) else trimmed


def canonical_email(text: str) -> str | None:
    """An address trimmed and in lower case, or None where the text is no address.

    >>> canonical_email(" John_Smith@gmail.com "), canonical_email("n/a")
    ('john_smith@gmail.com', None)
    """
    address = text.strip().lower()
    local, at, domain = address.rpartition("@")
    if not (local and at and "." in domain) or any(sign.isspace() for sign in address):
        return None
    return address


def email_sha256(address: str) -> str:
    """Meta's, TikTok's and Microsoft's form: the canonical address as it is. Lower-case hex."""
    return hashlib.sha256(address.encode()).hexdigest()


def email_sha256_gmail_folded(address: str) -> str:
    """Google's form: for Gmail, dots and a `+tag` in the local part are taken out first."""
    local, _, domain = address.rpartition("@")
    if domain in ("gmail.com", "googlemail.com"):
        local = local.partition("+")[0].replace(".", "")
    return hashlib.sha256(f"{local}@{domain}".encode()).hexdigest()


def phone_sha256_plus(e164: str) -> str:
    """Google's form of an E.164 phone: with the leading `+`."""
    return hashlib.sha256(e164.encode()).hexdigest()


def phone_sha256_digits(e164: str) -> str:
    """Meta's and TikTok's form of an E.164 phone: digits alone."""
    return hashlib.sha256(e164.removeprefix("+").encode()).hexdigest()
