"""The outcomes API: only who signs is heard, each outcome is taken or refused by itself, amounts are exact."""

from __future__ import annotations

import hashlib
import hmac
import json
import sqlite3
from contextlib import closing
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from outturn.collector.journal import JournalFailed
from outturn.collector.limits import Bucket, Limits
from outturn.collector.nonces import Nonces
from outturn.collector.outcome_entries import FIELDS
from outturn.collector.outcomes import PATH, Outcomes, rows, take
from outturn.collector.signatures import HEADERS, signature, signing_secret
from outturn.domain.errors import REFUSAL_CODES, WorkspaceError
from outturn.domain.goals import OUTCOME_KINDS
from tests.collector.worlds import HOSTILE, NOW, VISITOR, FakeDesk, FakePlace, key, request

if TYPE_CHECKING:
    from pathlib import Path

    from outturn.domain.identifiers import IdentityKind

KEY = signing_secret(b"collector" * 4, "k1")
SECONDS = NOW // 1_000_000
SALE = {"outcome_id": "1001", "kind": "purchase", "occurred_at": "2026-03-01T10:00:00Z", "user_id": "u1"}


def desk(**fields: Any) -> FakeDesk:
    return FakeDesk(secrets={"k1": KEY}, **fields)


def sent(body: bytes, at: FakeDesk | None = None, **changed: str) -> Any:
    headers = {"outturn_key": "k1", "outturn_timestamp": str(SECONDS), "outturn_nonce": "nonce-0001"}
    headers |= {name: text for name, text in changed.items() if name != "outturn_signature"}
    signed = signature(KEY, timestamp=headers["outturn_timestamp"], nonce=headers["outturn_nonce"], body=body)
    headers["outturn_signature"] = changed.get("outturn_signature", signed)
    return take(request(PATH, method="POST", body=body, **headers), at or desk())  # type: ignore[arg-type]


def told(*outcomes: dict[str, Any]) -> Any:
    return sent(json.dumps({"outcomes": outcomes}).encode())


def row(**fields: Any) -> dict[str, Any]:
    """What one outcome becomes, without what is not said."""
    reply = told({**SALE, **fields})
    assert reply.status == 200, reply.body
    record = msgspec.msgpack.Decoder(Outcomes).decode(msgspec.msgpack.encode(reply.record))
    assert record == reply.record
    found = rows(record, FakePlace())
    assert not found.refused
    [one] = found.outcomes
    return {name: value for name, value in one.items() if value is not None}


def test_the_signature_is_what_any_language_makes_of_it() -> None:
    expected = hmac.new(KEY, b'1772366400.nonce-0001.{"a":1}', hashlib.sha256).hexdigest()
    assert signature(KEY, timestamp="1772366400", nonce="nonce-0001", body=b'{"a":1}') == expected


def test_a_sale_is_an_entry_of_the_generic_ledger() -> None:
    assert row(revenue=119.0, tax="19", margin=30, currency="eur", order_id=1001, new_customer=True) == {
        "outcome_id": "generic:1001", "system": "generic", "tracker": False, "kind": "purchase", "stage": "",
        "status": "counted", "occurred_at": 1_772_359_200_000_000, "gross_micros": 119_000_000,
        "tax_micros": 19_000_000, "margin_micros": 30_000_000, "currency": "EUR", "order_id": "1001",
        "new_customer": True, "user_key": key("user", "u1"),
    }  # fmt: skip
    assert told(SALE).body == b'{"success":true,"accepted":1,"refused":[]}'


def test_amounts_are_exact() -> None:
    # As a browser adds 0.1 and 0.2, and as text that no double holds.
    assert row(revenue=0.1 + 0.2, currency="EUR")["gross_micros"] == 300_000
    assert row(revenue="123456789012.123456", currency="EUR")["gross_micros"] == 123_456_789_012_123_456


def test_whoever_it_was_is_known_by_what_is_said() -> None:
    hashed = hashlib.sha256(b"ana@x.example").hexdigest()
    found = row(
        user_id=123.0, email=" Ana@X.example", email_sha256=hashed.upper(), phone="+4930123456", crm_id="7",
        company_id="acme", click_id=f"oclid:{VISITOR}",
    )  # fmt: skip
    assert found["user_key"] == key("user", "123")
    assert found["email_key"] == key("email", "Ana@X.example")  # The lake's own business to make it canonical.
    assert found["anonymous_key"] == key("email", f"sha256:{hashed}")
    assert (found["phone_key"], found["crm_key"]) == (key("phone", "+4930123456"), key("crm", "7"))
    assert (found["company_key"], found["oclid"]) == (key("company", "acme"), VISITOR)
    assert row(click_id="Cj0x")["gclid"] == "Cj0x"
    assert row(anonymous_id=f"{VISITOR}.1772000000")["anonymous_key"] == key("anonymous", VISITOR)
    assert row(anonymous_id="b.1")["anonymous_key"] == key("anonymous", "b.1")


class _Strict(FakePlace):
    """A lake to which no text is an identifier."""

    def key(self, kind: IdentityKind, text: str) -> bytes | None:
        del kind, text
        return None


def test_what_turns_out_to_name_nobody_is_refused_when_it_is_loaded() -> None:
    reply = told({**SALE, "user_id": None, "phone": "030 call me"})
    assert reply.status == 200
    found = rows(reply.record, _Strict())
    assert (list(found.outcomes), [row["reason"] for row in found.refused]) == ([], ["MISSING_VALUE"])


def test_a_refund_takes_away_from_its_sale() -> None:
    by_id = row(outcome_id="1001:refund:1", kind="refund", revenue=20, currency="EUR")
    assert (by_id["parent_outcome_id"], by_id["gross_micros"]) == ("generic:1001", -20_000_000)
    stated = row(outcome_id="r1", kind="chargeback", revenue="-20", currency="EUR", parent_outcome_id="1001")
    assert (stated["parent_outcome_id"], stated["gross_micros"]) == ("generic:1001", -20_000_000)
    assert "parent_outcome_id" not in row(outcome_id="r2", kind="refund")


def test_without_consent_to_analytics_the_amount_is_nobodys() -> None:
    consent = {"analytics_storage": False, "ad_user_data": False, "policy_version": "3", "at": "2026-03-01T09:00:00Z"}
    found = row(email="ana@x.example", click_id="G", anonymous_id="a", revenue=1, currency="EUR", consent=consent)
    assert not {"email_key", "user_key", "anonymous_key", "gclid"} & found.keys()
    assert json.loads(found["consent"]) == consent
    assert found["gross_micros"] == 1_000_000


def test_a_no_to_analytics_is_heard_of_whoever_it_names_by_one_identifier() -> None:
    no = {"analytics_storage": False}
    reply = told({**SALE, "user_id": None, "email": "ana@x.example", "phone": "+4930123456", "consent": no})
    (event,) = rows(reply.record, FakePlace()).events
    assert {name for name in event if name.endswith("_key")} == {"email_key"}
    assert (event["email_key"], event["trust"]) == (key("email", "ana@x.example"), "secret")
    assert json.loads(event["consent"]) == no
    assert rows(told({**SALE, "user_id": None, "consent": no}).record, FakePlace()).events == []
    assert rows(told(SALE).record, FakePlace()).events == []


@pytest.mark.parametrize(
    ("changed", "code", "field"),
    [
        ({"outcome_id": ""}, "MISSING_VALUE", "outcome_id"),
        ({"outcome_id": ["x"]}, "MISSING_VALUE", "outcome_id"),
        ({"outcome_id": "x" * 600}, "TOO_LARGE", "outcome_id"),
        ({"kind": "sale"}, "UNKNOWN_KIND", "kind"),
        ({"status": "paid"}, "UNKNOWN_KIND", "status"),
        ({"occurred_at": None}, "MISSING_VALUE", "occurred_at"),
        ({"occurred_at": "1.3.2026"}, "BAD_DATE", "occurred_at"),
        ({"occurred_at": True}, "BAD_DATE", "occurred_at"),
        ({"occurred_at": "2027-01-01T00:00:00Z"}, "BAD_DATE", "occurred_at"),
        ({"occurred_at": 10**30}, "BAD_DATE", "occurred_at"),
        ({"user_id": None}, "MISSING_VALUE", "user_id"),
        ({"email": "n/a"}, "MISSING_VALUE", "email"),
        ({"email_sha256": "abc"}, "MISSING_VALUE", "email_sha256"),
        ({"phone": "+49 call me"}, "MISSING_VALUE", "phone"),
        ({"revenue": 1}, "AMBIGUOUS_CURRENCY", "currency"),
        ({"revenue": 1, "currency": "EURO"}, "AMBIGUOUS_CURRENCY", "currency"),
        ({"revenue": "1,50", "currency": "EUR"}, "BAD_NUMBER", "revenue"),
        ({"revenue": True, "currency": "EUR"}, "BAD_NUMBER", "revenue"),
        ({"revenue": {}, "currency": "EUR"}, "BAD_NUMBER", "revenue"),
        ({"revenue": 0.0000001, "currency": "EUR"}, "BAD_NUMBER", "revenue"),
        ({"revenue": 1e300, "currency": "EUR"}, "BAD_NUMBER", "revenue"),
        ({"probability": 1.5}, "BAD_NUMBER", "probability"),
        ({"new_customer": "yes"}, "UNKNOWN_KIND", "new_customer"),
        ({"parent_outcome_id": "1"}, "UNKNOWN_KIND", "parent_outcome_id"),
        ({"consent": {"analytics_storage": "no"}}, "UNKNOWN_KIND", "consent"),
        ({"consent": {"analytics": False}}, "UNKNOWN_KIND", "consent.analytics"),
        ({"revenu": 1}, "UNKNOWN_KIND", "revenu"),
    ],
)
def test_a_bad_outcome_is_refused_by_its_field_and_takes_no_other_with_it(
    changed: dict[str, Any], code: str, field: str
) -> None:
    reply = told(SALE, {**SALE, **changed}, {**SALE, "outcome_id": "1002"})
    assert reply.status == 207
    answer = json.loads(reply.body)
    [refused] = answer["refused"]
    assert (answer["accepted"], refused["index"], refused["code"]) == (2, 1, code)
    assert (refused["field"], code in REFUSAL_CODES) == (f"outcomes[1].{field}", True)
    found = rows(reply.record, FakePlace())
    assert [one["outcome_id"] for one in found.outcomes] == ["generic:1001", "generic:1002"]
    [kept] = found.refused
    assert kept["reason"] == code
    assert "u1" not in kept["raw"]
    assert told({**SALE, **changed}).status == 400


def test_a_misspelt_field_is_told_the_right_one() -> None:
    [refused] = json.loads(told({**SALE, "revenu": 1}).body)["refused"]
    assert refused["reason"] == "is no field of an outcome; did you mean revenue?"


NO_LISTS = [b"", b"[]", b"{}", b'{"outcomes": 1}', b'{"outcomes": []}', b"\xff", b"[" * 9000]


@pytest.mark.parametrize("body", [*NO_LISTS, b'{"outcomes": [' + b"1," * 1000 + b"1]}"])
def test_what_is_no_list_of_outcomes_is_told(body: bytes) -> None:
    reply = sent(body)
    assert (reply.status, reply.record) == (400, None)
    assert json.loads(reply.body)["refused"][0]["field"] == "outcomes"


@pytest.mark.parametrize(
    ("changed", "header"),
    [
        ({"outturn_key": "k2"}, "outturn-signature"),
        ({"outturn_signature": "0" * 64}, "outturn-signature"),
        ({"outturn_signature": ""}, "outturn-signature"),
        ({"outturn_signature": "é" * 64}, "outturn-signature"),
        ({"outturn_timestamp": str(SECONDS - 301)}, "outturn-timestamp"),
        ({"outturn_timestamp": str(SECONDS + 301)}, "outturn-timestamp"),
        ({"outturn_timestamp": "now"}, "outturn-timestamp"),
        ({"outturn_timestamp": "٣" * 10}, "outturn-timestamp"),
        ({"outturn_nonce": "short"}, "outturn-nonce"),
        ({"outturn_nonce": "12345678.1234"}, "outturn-nonce"),
    ],
)
def test_who_does_not_sign_is_not_heard(changed: dict[str, str], header: str) -> None:
    reply = sent(json.dumps({"outcomes": [SALE]}).encode(), None, **changed)
    assert (reply.status, reply.record) == (401, None)
    assert json.loads(reply.body)["refused"][0]["field"] == header


def test_a_signed_request_is_taken_once() -> None:
    at = desk()
    body = json.dumps({"outcomes": [SALE]}).encode()
    assert [sent(body, at).status for _ in range(2)] == [200, 401]
    assert sent(body, at, outturn_nonce="nonce-0002", outturn_timestamp=str(SECONDS - 299)).status == 200
    assert take(request(PATH, method="GET"), at).status == 405
    limited = desk(limits=Limits(keys=Bucket(0.1, burst=0)))
    assert sent(body, limited).status == 429


def test_a_changed_byte_breaks_the_signature() -> None:
    body = json.dumps({"outcomes": [SALE]}).encode()
    signed = signature(KEY, timestamp=str(SECONDS), nonce="nonce-0001", body=body)
    assert sent(body.replace(b"1001", b"1002"), outturn_signature=signed).status == 401


def test_nonces_are_remembered_as_long_as_they_matter_and_no_longer() -> None:
    nonces = Nonces(10)
    assert [nonces.first("a", at) for at in (0, 5, 10, 11, 12)] == [True, False, False, True, False]
    for at in range(100, 1000):
        assert nonces.first(f"n{at}", at)
    assert len(nonces) == 11


def test_a_nonce_is_known_to_the_other_worker_and_after_a_restart(tmp_path: Path) -> None:
    path = tmp_path / "nonces.sqlite3"
    one, other = Nonces(10, path), Nonces(10, path)
    assert [one.first("a", 0), other.first("a", 1), other.first("b", 1), one.first("b", 2)] == [True, False] * 2
    assert not Nonces(10, path).first("a", 2)


def test_nonces_that_cannot_be_written_are_told(tmp_path: Path) -> None:
    path = tmp_path / "nonces.sqlite3"
    nonces = Nonces(10, path)
    with closing(sqlite3.connect(path, isolation_level=None)) as writes:
        writes.execute("BEGIN IMMEDIATE")
        with pytest.raises(JournalFailed, match="locked"):
            nonces.first("a", 0)
    damaged = tmp_path / "damaged.sqlite3"
    damaged.write_bytes(b"no database " * 100)
    with pytest.raises(WorkspaceError, match="delete it"):
        Nonces(10, damaged)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | HOSTILE
    | st.sampled_from(["EUR", "2026-03-01", *OUTCOME_KINDS])
    | st.decimals(allow_nan=False, allow_infinity=False).map(str),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(HOSTILE, inner, max_size=2),
    max_leaves=4,
)  # fmt: skip


@given(
    st.lists(
        st.dictionaries(st.sampled_from(FIELDS), JSON, max_size=8).map(lambda some: {**SALE, **some}),
        min_size=1,
        max_size=3,
    )
)
def test_any_json_is_taken_or_refused_and_what_is_kept_can_be_read(outcomes: list[dict[str, Any]]) -> None:
    reply = told(*outcomes)
    answer = json.loads(reply.body)
    assert answer["accepted"] + len(answer["refused"]) == len(outcomes)
    record = msgspec.msgpack.Decoder(Outcomes).decode(msgspec.msgpack.encode(reply.record))
    found = rows(record, FakePlace())
    assert (len(found.outcomes), len(found.refused)) == (answer["accepted"], len(answer["refused"]))
    for one in found.outcomes:
        assert one.get("currency") or one.get("gross_micros") is None
        json.dumps([text for text in one.values() if isinstance(text, str)]).encode()


HEADER_NAMES = [name.replace("-", "_") for name in HEADERS]


@given(headers=st.dictionaries(st.sampled_from(HEADER_NAMES), HOSTILE), body=st.binary(max_size=30))
def test_any_authorization_is_answered(headers: dict[str, str], body: bytes) -> None:
    reply = take(request(PATH, method="POST", body=body, **headers), desk())  # type: ignore[arg-type]
    assert (reply.status, reply.record) == (401, None)


def test_limits_of_what_is_kept() -> None:
    at = replace(desk(), limits=Limits(refused=Bucket(0.1, burst=1)))
    reply = sent(json.dumps({"outcomes": [{}, {}, {}]}).encode(), at)
    assert (reply.status, len(reply.record.taken), len(reply.record.refused)) == (400, 0, 1)
    large = sent(json.dumps({"outcomes": [{**SALE, "order_id": "x" * 40_000}]}).encode())
    assert json.loads(large.body)["refused"][0]["code"] == "TOO_LARGE"
