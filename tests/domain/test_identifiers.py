"""Identity keys and the platforms' own hashes, against published vectors and the standard library."""

from __future__ import annotations

import hashlib
import hmac

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st

from outturn.domain.identifiers import (
    BUCKETS,
    bucket_of,
    canonical_email,
    email_sha256,
    email_sha256_gmail_folded,
    hmac_pads,
    identity_key,
    phone_sha256_digits,
    phone_sha256_plus,
)
from outturn.domain.phones import canonical_phone

secrets = st.binary(min_size=1, max_size=64)


def test_the_published_vectors_of_the_platforms() -> None:
    assert email_sha256("john_smith@gmail.com").startswith("62a14e44f765419d10fea99367361a72")
    assert phone_sha256_digits("+16505551212").startswith("e323ec626319ca94ee8bff2e4c87cf61")
    assert phone_sha256_plus("+16505551212").startswith("1e231c66")


def test_gmail_is_folded_for_google_alone() -> None:
    folded = hashlib.sha256(b"annalee@gmail.com").hexdigest()
    assert email_sha256_gmail_folded("anna.lee+shop@gmail.com") == folded
    assert email_sha256("anna.lee+shop@gmail.com") != folded
    assert email_sha256_gmail_folded("anna.lee@example.com") == email_sha256("anna.lee@example.com")


@given(secrets, st.text())
def test_an_engine_without_hmac_composes_the_same_key(secret: bytes, text: str) -> None:
    inner, outer = hmac_pads(secret)
    message = f"user:{text}".encode()
    composed = hashlib.sha256(outer + hashlib.sha256(inner + message).digest()).digest()
    assert composed == identity_key(secret, "user", text) == hmac.digest(secret, message, "sha256")


def test_duckdb_composes_the_same_key() -> None:
    inner, outer = hmac_pads(b"k" * 32)
    sql = "SELECT unhex(sha256($outer::BLOB || unhex(sha256($inner::BLOB || encode('email:' || $v)))))"
    row = duckdb.execute(sql, {"inner": inner, "outer": outer, "v": "ana@example.com"}).fetchall()[0]
    assert row[0] == identity_key(b"k" * 32, "email", "ana@example.com")


def test_kinds_are_kept_apart() -> None:
    assert identity_key(b"k", "user", "7") != identity_key(b"k", "crm", "7")


@given(secrets, st.lists(st.text(), min_size=1, unique=True))
def test_buckets_cover_their_range(secret: bytes, texts: list[str]) -> None:
    assert all(0 <= bucket_of(identity_key(secret, "user", text)) < BUCKETS for text in texts)


def test_buckets_are_even_although_a_person_has_the_smallest_of_several_keys() -> None:
    counts = [0] * BUCKETS
    for person in range(6400):
        key = min(identity_key(b"k", "anonymous", f"{person}-{device}") for device in range(4))
        counts[bucket_of(key)] += 1
    assert max(counts) < 160  # 100 expected, standard deviation 10
    assert min(counts) > 50


@pytest.mark.parametrize(
    ("text", "canonical"),
    [
        (" Ana@Example.COM ", "ana@example.com"),
        ("ana@localhost", None),
        ("@example.com", None),
        ("a b@example.com", None),
        ("", None),
    ],
)
def test_addresses(text: str, canonical: str | None) -> None:
    assert canonical_email(text) == canonical


@pytest.mark.parametrize(
    ("text", "region", "canonical"),
    [
        ("+49 (0)30 1234567", None, "+49301234567"),
        ("030 1234567", "DE", "+49301234567"),
        ("030 1234567", None, None),
        ("call me", "DE", None),
    ],
)
def test_phones(text: str, region: str | None, canonical: str | None) -> None:
    assert canonical_phone(text, region=region) == canonical
