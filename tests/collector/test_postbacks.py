"""Postbacks: who may say what of a transaction, and what all of them together come to."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from typing import Any
from urllib.parse import urlencode

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from outturn.collector.limits import Bucket, Limits
from outturn.collector.postbacks import PATH, Postback, rows, take
from outturn.collector.settlement import Item, Unsettled, settle
from outturn.domain.errors import REFUSAL_CODES
from outturn.domain.links import DUPLICATES, Duplicates, secret_digest
from outturn.domain.money import MAX_MICROS
from tests.collector.worlds import HOSTILE, NOW, VISITOR, FakePlace, desk, link, request

WORD = "s3cret-of-spring"
SPRING = link(secret_digest=secret_digest(WORD), currency="EUR", partner="net", campaign_id="7")
DESK = desk(SPRING, link("bare"), link("no-currency", secret_digest=secret_digest(WORD)))
KNOWN = {"link": "spring", "secret": WORD, "txid": "T1"}


def posted(**fields: str) -> Any:
    return take(request(PATH, urlencode({**KNOWN, **fields})), DESK)


def record(**fields: str) -> Postback:
    reply = posted(**fields)
    assert reply.status == 200
    assert isinstance(reply.record, Postback)
    assert msgspec.msgpack.Decoder(Postback).decode(msgspec.msgpack.encode(reply.record)) == reply.record
    assert WORD.encode() not in msgspec.msgpack.encode(reply.record)
    return reply.record


def test_a_sale_is_an_outcome_and_its_payout_a_commission() -> None:
    said = record(click_id=VISITOR, amount="119.00", payout="11.9", event="lead", order_id="1001")
    found = rows(said, FakePlace())
    assert list(found.outcomes) == [
        {
            "outcome_id": "postback:spring:T1", "system": "postback", "tracker": True, "kind": "lead", "stage": "",
            "status": "counted", "occurred_at": NOW, "gross_micros": 119_000_000, "commission_micros": 11_900_000,
            "currency": "EUR", "oclid": VISITOR, "order_id": "1001",
        }
    ]  # fmt: skip
    assert list(found.costs) == [
        {
            "cost_id": "postback:spring:T1", "date_day": date(2026, 3, 1), "channel": "Affiliates",
            "kind": "commission", "campaign_id": "7", "cost_micros": 11_900_000, "currency": "EUR", "note": "net",
        }
    ]  # fmt: skip


def test_a_form_says_as_much_as_a_query() -> None:
    body = urlencode({**KNOWN, "payout": "1"}).encode()
    form = request(
        PATH, "sub1=x", method="POST", body=body, content_type="application/x-www-form-urlencoded; charset=utf-8"
    )
    reply = take(form, DESK)
    assert (reply.status, reply.body) == (200, b'{"success":true}')
    assert isinstance(reply.record, Postback)
    assert reply.record.payout_micros == 1_000_000


@pytest.mark.parametrize(
    "changed",
    [
        {"secret": ""},
        {"secret": "wrong"},
        {"link": "other"},
        {"link": ""},
        {"link": "bare"},
        {"link": "bare", "secret": ""},
    ],
)
def test_who_does_not_know_the_secret_is_told_nothing_else(changed: dict[str, str]) -> None:
    reply = posted(**changed)
    assert (reply.status, reply.record) == (403, None)
    assert json.loads(reply.body)["refused"][0]["field"] == "secret"
    assert reply.body == posted(**{**changed, "txid": "T2"}).body


@pytest.mark.parametrize(
    ("changed", "code", "field"),
    [
        ({"txid": ""}, "MISSING_VALUE", "txid"),
        ({"txid": "x" * 129}, "TOO_LARGE", "txid"),
        ({"status": "paid"}, "UNKNOWN_KIND", "status"),
        ({"event": "refund"}, "UNKNOWN_KIND", "event"),
        ({"click_id": "{click_id}"}, "UNKNOWN_KIND", "click_id"),
        ({"payout": "1,50"}, "BAD_NUMBER", "payout"),
        ({"payout": "-1"}, "BAD_NUMBER", "payout"),
        ({"payout": "1e3"}, "BAD_NUMBER", "payout"),
        ({"amount": "0.0000001"}, "BAD_NUMBER", "amount"),
        ({"amount": "NaN"}, "BAD_NUMBER", "amount"),
        ({"amount": "1", "currency": "EURO"}, "AMBIGUOUS_CURRENCY", "currency"),
        ({"amount": "1", "link": "no-currency"}, "AMBIGUOUS_CURRENCY", "currency"),
    ],
)
def test_what_cannot_be_is_refused_by_its_field_and_kept_to_be_looked_at(
    changed: dict[str, str], code: str, field: str
) -> None:
    reply = posted(**changed)
    assert (reply.status, code in REFUSAL_CODES) == (400, True)
    [told] = json.loads(reply.body)["refused"]
    assert (told["code"], told["field"]) == (code, field)
    assert isinstance(reply.record, Postback)
    found = rows(reply.record, FakePlace())
    assert (len(found.outcomes), len(found.costs)) == (0, 0)
    [row] = found.refused
    assert (row["reason"], row["detail"].split()[0]) == (code, field)
    assert WORD not in row["raw"]


def test_methods_and_numbers_of_requests_are_limited() -> None:
    assert take(request(PATH, urlencode(KNOWN), method="PUT"), DESK).status == 405
    limited = replace(DESK, limits=Limits(keys=Bucket(0.1, burst=1), refused=Bucket(0.1, burst=1)))
    assert take(request(PATH, urlencode({**KNOWN, "status": "?"})), limited).record is not None
    assert take(request(PATH, urlencode(KNOWN)), limited).status == 429


def said(mode: Duplicates, *postbacks: dict[str, str]) -> tuple[list[tuple[Any, ...]], list[str], int]:
    """Load postbacks of one transaction in this order: what stands, what was refused, what commissions cost."""
    at = desk(replace(SPRING, duplicates=mode))
    place = FakePlace()
    refused: list[str] = []
    cost = 0
    for fields in postbacks:
        reply = take(request(PATH, urlencode({**KNOWN, **fields})), at)
        assert isinstance(reply.record, Postback)
        found = rows(reply.record, place)
        refused += [row["reason"] for row in found.refused]
        cost += sum(row["cost_micros"] for row in found.costs)
        place.outcomes |= {row["outcome_id"]: row for row in found.outcomes}
    standing = [(row["status"], row["gross_micros"], row["commission_micros"]) for row in place.outcomes.values()]
    return standing, refused, cost


def pending(payout: str) -> dict[str, str]:
    return {"status": "pending", "payout": payout}


def approved(payout: str) -> dict[str, str]:
    return {"status": "approved", "payout": payout}


REJECTED = {"status": "rejected"}


def test_a_repeated_transaction_does_what_the_link_says() -> None:
    twice = (pending("10"), pending("20"))
    assert said("ignore", *twice) == ([("pending", None, 10_000_000)], ["REPEATED"], 0)
    assert said("update", *twice) == ([("pending", None, 20_000_000)], [], 0)
    assert said("add", *twice) == ([("pending", None, 30_000_000)], [], 0)
    assert said("add", *twice, {"status": "approved"}) == ([("counted", None, 30_000_000)], [], 30_000_000)
    assert said("update", *twice, REJECTED, approved("5")) == ([("counted", None, 5_000_000)], [], 5_000_000)
    assert said("ignore", pending("10"), pending("10")) == ([("pending", None, 10_000_000)], [], 0)


@pytest.mark.parametrize("mode", DUPLICATES)
def test_nothing_touches_an_approved_transaction(mode: Duplicates) -> None:
    for later in (
        pending("10"),
        REJECTED,
        approved("11"),
        {**approved("10"), "amount": "5"},
        {**approved("10"), "event": "lead"},
    ):
        assert said(mode, approved("10"), later) == ([("counted", None, 10_000_000)], ["SETTLED"], 10_000_000)
    # Sent again, as servers do that did not hear the answer, it is no contradiction.
    for again in (approved("10"), {"status": "approved"}):
        assert said(mode, approved("10"), again) == ([("counted", None, 10_000_000)], [], 10_000_000)


def test_two_currencies_are_never_one_sum() -> None:
    dollars = {"status": "pending", "payout": "1", "currency": "USD"}
    assert said("add", pending("10"), dollars)[:2] == ([("pending", None, 10_000_000)], ["CURRENCY_MISMATCH"])
    assert said("update", {**pending("10"), "amount": "90"}, dollars)[1] == ["CURRENCY_MISMATCH"]
    assert said("update", pending("10"), dollars)[1] == []
    most = pending("999999999999")
    assert said("add", *[most] * 10)[1] == ["BAD_NUMBER"]


MONEY = st.none() | st.integers(0, 3).map(lambda number: number * 1_000_000)
ITEMS = st.lists(
    st.builds(
        Postback, received_at=st.integers(1, 9), ip_prefix=st.none(), user_agent=st.none(), link=st.just("l"),
        stated=st.none(), txid=st.just("T"), status=st.sampled_from(["pending", "approved", "rejected"]),
        amount_micros=MONEY, payout_micros=MONEY, currency=st.sampled_from(["EUR", "USD"]),
        kind=st.sampled_from([None, "lead"]), click_id=st.sampled_from([None, "c"]),
    ),
    min_size=1, max_size=8,
)  # fmt: skip


@given(postbacks=ITEMS, mode=st.sampled_from(DUPLICATES))
def test_the_laws_of_settling(postbacks: list[Postback], mode: str) -> None:
    item: Item | None = None
    for one in postbacks:
        said_now = msgspec.structs.replace(one, duplicates=mode)
        settled = settle(item, said_now)
        if isinstance(settled, Unsettled):
            assert item is not None
            assert settled.code in REFUSAL_CODES
            continue
        if item is not None:
            assert settled.occurred_at == item.occurred_at
            if item.status == "approved" or mode == "ignore":
                assert settled == item
            if mode == "add" and item.status != "approved":
                assert (settled.amount_micros or 0) == (item.amount_micros or 0) + (one.amount_micros or 0)
        assert (settled.amount_micros or 0) <= MAX_MICROS
        item = settled
    assert item is not None
    # To load everything once more changes nothing that is approved.
    if item.status == "approved":
        assert all(
            isinstance(again, Unsettled) or again == item
            for again in (settle(item, msgspec.structs.replace(one, duplicates=mode)) for one in postbacks)
        )


@given(
    query=HOSTILE
    | st.dictionaries(
        st.sampled_from(["txid", "status", "payout", "amount", "currency", "event", "click_id", "order_id"]),
        st.text(st.characters(codec="utf-8"), max_size=20)
        | st.sampled_from(["1.5", "EUR", "approved", "٣", "1_0", "+1"]),
    ).map(lambda fields: urlencode({**KNOWN, **fields})),
    body=st.binary(max_size=40),
)
def test_any_postback_is_answered_and_what_is_kept_can_be_read(query: str, body: bytes) -> None:
    asked = request(PATH, query, method="POST", body=body, content_type="application/x-www-form-urlencoded")
    reply = take(asked, DESK)
    assert reply.status in (200, 400, 403)
    json.loads(reply.body)
    if reply.record is None:
        return
    assert isinstance(reply.record, Postback)
    found = rows(msgspec.msgpack.Decoder(Postback).decode(msgspec.msgpack.encode(reply.record)), FakePlace())
    assert len(found.outcomes) + len(found.refused) == 1
    assert all(row["reason"] in REFUSAL_CODES for row in found.refused)
    assert all(
        (row["gross_micros"] is None and row["commission_micros"] is None) or row["currency"] for row in found.outcomes
    )
