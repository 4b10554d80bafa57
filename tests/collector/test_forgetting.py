"""Whoever asks to be forgotten is nowhere in the journal any more, and nobody else loses a record."""

from __future__ import annotations

import gzip
import json
import os
import secrets
import time
from contextlib import closing
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any, get_args

import pytest

from outturn import api
from outturn.collector import journal, kept, records
from outturn.collector.forgotten import Forgotten
from outturn.collector.journal import NOTHING, Frame, Journal, frame, frames
from outturn.collector.links import Click
from outturn.collector.messages import Messages, Refused
from outturn.collector.outcomes import Outcomes
from outturn.collector.pixels import Pixel
from outturn.collector.place import Stated
from outturn.collector.postbacks import Postback
from outturn.collector.reading import rows_of
from outturn.collector.signatures import signature
from outturn.store.engine import open_engine
from outturn.store.facts import Facts
from outturn.store.tables import CLICK_ID_COLUMNS, IDENTITY_COLUMNS
from tests.collector.running import NOW as TODAY
from tests.collector.running import Collector
from tests.collector.worlds import BROWSER, NOW, FakePlace, key
from tests.folders import mentions

if TYPE_CHECKING:
    from pathlib import Path

    from outturn.collector.records import Record

ANA, BEN = "ana-4711", "ben-0815"
ANAS_CLICK, BENS_CLICK = "A" * 22, "B" * 22
STATED = Stated("Affiliates")


def track(user: str, message_id: str, event: str = "Viewed", **properties: Any) -> dict[str, Any]:
    context = {"page": {"url": f"https://shop.example/?gclid=click-of-{user}"}}
    return {
        "type": "track", "messageId": message_id, "event": event, "userId": user, "context": context,
        "properties": properties,
    }  # fmt: skip


def batch(*bodies: dict[str, Any], **changes: Any) -> Messages:
    given = {
        "received_at": NOW, "key_id": "sec", "trust": "secret", "kind": None, "ip_prefix": "203.0.113.0",
        "user_agent": BROWSER, "visitor": None, "born_at": None, "linked": None, "no_sale": False,
        "body": json.dumps({"batch": bodies, "sentAt": "2026-03-01T12:00:00Z"}).encode() if bodies else b"", **changes,
    }  # fmt: skip
    return Messages(**given)


def click(user: str, click_id: str) -> Click:
    return Click(
        NOW, "203.0.113.0", BROWSER, "spring", STATED, click_id, click_id, user, 1, None, {}, {}, no_sale=False
    )


def pixel(user: str | None) -> Pixel:
    return Pixel(NOW, None, BROWSER, "spot", STATED, "view", "complete", user, 1, None, {}, no_sale=False)


def postback(click_id: str, **fields: Any) -> Postback:
    return Postback(
        NOW, None, None, "spring", STATED, "t1", click_id=click_id, payout_micros=5, currency="EUR", **fields
    )


def entry(user: str, number: int = 1, **consent: bool) -> bytes:
    return json.dumps({
        "outcome_id": f"sale-{number}", "kind": "purchase", "occurred_at": "2026-03-01T11:00:00Z", "order_id": "#1077",
        "user_id": user, "crm_id": f"crm-{user}", "company_id": "acme", "click_id": f"click-of-{user}",
        "revenue": "12.50", "currency": "EUR", "consent": consent or {"ad_storage": True},
    }).encode()  # fmt: skip


def outcomes(*entries: bytes, **fields: Any) -> Outcomes:
    return Outcomes(NOW, None, "sec", entries, **fields)


ORDER = {"order_id": "#1077", "total": 12.5, "tax": 2, "currency": "EUR", "coupon": f"for-{ANA}"}
REFUSED = (Refused("BAD_DATE", "x", f'{{"who": "{ANA}"}}'), Refused("BAD_DATE", "x", "somebody"))
PERSON = Forgotten(
    FakePlace(),
    frozenset({key("user", ANA), key("anonymous", ANA), key("anonymous", f"oclid:{ANAS_CLICK}")}),
    outcome_ids=frozenset({"generic:sale-9"}),
    texts=(ANA,),
)

THEIRS: dict[str, Record] = {
    "a page's hit": batch(track(ANA, "m1"), visitor=ANA, born_at=1),
    "one alone": batch(kind="track", body=json.dumps(track(ANA, "m1")).encode()),
    "an order among others": batch(track(BEN, "m1"), track(ANA, "m2", "Order Completed", **ORDER), track(ANA, "m3")),
    "the browser's own id": batch({"type": "page", "messageId": "m1"}, trust="public", visitor=ANA, linked=BEN),
    "the other site's id": batch({"type": "page", "messageId": "m1"}, trust="public", visitor=BEN, linked=ANA),
    "what was refused": batch(track(BEN, "m1"), refused=REFUSED),
    "a click": click(ANA, ANAS_CLICK),
    "a view": pixel(ANA),
    "a partner's word": postback(ANAS_CLICK),
    "a partner's word that was refused": postback("", refused=REFUSED),
    "an outcome": outcomes(entry(BEN), entry(ANA, 2)),
    "an outcome of somebody who said no": outcomes(entry(BEN), entry(ANA, 2, analytics_storage=False)),
    "an outcome by its click alone": outcomes(
        b'{"outcome_id": "sale-9", "kind": "lead", "occurred_at": "2026-03-01T11:00:00Z", "click_id": "ana-4711"}'
    ),
    "an outcome that was refused": outcomes(refused=REFUSED),
}
OTHERS: list[Record] = [
    batch(track(BEN, "m1"), visitor=BEN), click(BEN, BENS_CLICK), pixel(BEN), pixel(None), postback(BENS_CLICK),
    outcomes(entry(BEN), refused=REFUSED[1:]),
]  # fmt: skip


def without(record: Record) -> Record | None:
    return kept.ERASURES[type(record)](record, PERSON)


def test_every_kind_of_record_says_what_stays_of_it() -> None:
    kinds = set(get_args(records.Record))
    assert set(kept.ERASURES) == kinds
    assert {type(record) for record in THEIRS.values()} == kinds
    assert {type(record) for record in OTHERS} == kinds


@pytest.mark.parametrize("record", THEIRS.values(), ids=list(THEIRS))
def test_nothing_of_the_person_stays(record: Record) -> None:
    assert any(text in records.encode(record) for text in (ANA.encode(), ANAS_CLICK.encode()))
    left = without(record)
    if left is None:
        return
    for text in (ANA, ANAS_CLICK):
        assert text.encode() not in records.encode(left)
    assert without(left) is left
    assert records.decode(records.encode(left)) == left
    rows = rows_of(left, FakePlace())
    assert not PERSON.owns(rows.events)
    for row in rows.outcomes:
        if row["outcome_id"] in ("generic:sale-2", "generic:sale-9", "collector:#1077", "postback:spring:t1"):
            gone = (*IDENTITY_COLUMNS, *CLICK_ID_COLUMNS, "consent")
            assert all(row.get(name) is None for name in gone), row


@pytest.mark.parametrize("record", OTHERS, ids=lambda record: type(record).__name__)
def test_records_of_others_are_left_alone(record: Record) -> None:
    assert without(record) is record


def test_what_was_sold_stays_and_the_messages_of_others_to_the_letter() -> None:
    record = THEIRS["an order among others"]
    left = without(record)
    assert isinstance(left, Messages)
    assert isinstance(record, Messages)
    assert json.loads(left.body)["batch"] == json.loads(record.body)["batch"][:1]
    before, after = (rows_of(one, FakePlace()) for one in (record, left))
    assert after.events == before.events[:1]
    (was,), (now,) = before.outcomes, after.outcomes
    assert was["user_key"] == key("user", ANA)
    assert now == {name: None if name in IDENTITY_COLUMNS else value for name, value in was.items()}
    assert Decimal(now["gross_micros"]) == Decimal("12.5") * 1_000_000

    record = THEIRS["an outcome"]
    left = without(record)
    assert left is not None
    before, after = (rows_of(one, FakePlace()) for one in (record, left))
    assert after.outcomes[0] == before.outcomes[0]
    gone = {*IDENTITY_COLUMNS, "gclid", "consent"}
    assert {name: value for name, value in after.outcomes[1].items() if name not in gone} == {
        name: value for name, value in before.outcomes[1].items() if name not in gone
    }


def test_a_refusal_stays_a_refusal_without_what_was_sent() -> None:
    for kind in ("what was refused", "a partner's word that was refused", "an outcome that was refused"):
        left = without(THEIRS[kind])
        assert left is not None
        refused = rows_of(left, FakePlace()).refused
        assert [(row["reason"], row["raw"]) for row in refused] == [("BAD_DATE", ""), ("BAD_DATE", "somebody")]


def test_records_keep_their_numbers_and_a_file_its_age_and_mode(tmp_path: Path) -> None:
    writer = Journal(tmp_path)
    writer.append(frame(records.encode(one)) for one in (OTHERS[0], click(ANA, ANAS_CLICK), OTHERS[1]))
    (segment,) = journal.segments(writer.stream)
    writer.close()
    with segment.path.open("ab") as file:
        file.write(ANA.encode() + frame(records.encode(OTHERS[2])) + b"torn " + ANA.encode())
    kept.pack(segment, None, lambda _name: None)
    (packed,) = kept.kept(segment.path.parent)
    os.utime(packed, (1_000_000, 1_000_000))
    assert kept.forget(tmp_path, PERSON) == 1
    left = list(frames(gzip.decompress(packed.read_bytes())))
    assert [one.record for one in left if isinstance(one, Frame)] == [
        records.encode(OTHERS[0]), NOTHING, records.encode(OTHERS[1]), records.encode(OTHERS[2]),
    ]  # fmt: skip
    assert len(left) == 4
    assert packed.stat().st_mtime == 1_000_000
    assert packed.stat().st_mode & 0o777 == 0o600
    before = packed.stat().st_ino
    assert kept.forget(tmp_path, PERSON) == 0
    assert packed.stat().st_ino == before
    packed.write_bytes(packed.read_bytes()[:-9])
    kept.forget(tmp_path, PERSON)
    assert not packed.exists()


def test_a_segment_is_finished_when_somebody_asks(tmp_path: Path) -> None:
    writer = Journal(tmp_path)
    assert journal.finish(tmp_path, seconds=0) == []  # Nothing is written yet.
    writer.append([frame(b"one")])
    (waiting,) = journal.finish(tmp_path, seconds=0)
    assert waiting.name == "00000001.seg"
    writer.finish_if_asked()
    assert [(one.sequence, one.finished) for one in journal.segments(writer.stream)] == [(1, True), (2, False)]
    assert journal.finish(tmp_path, seconds=0) == []
    writer.append([frame(b"two")])
    writer.finish_if_asked()  # Nobody has asked for this one.
    assert [one.sequence for one in journal.segments(writer.stream)] == [1, 2]
    writer.close()
    assert journal.finish(tmp_path, seconds=0) == []


@pytest.mark.parametrize("cut_short", ["a segment", "the facts"])
def test_a_forget_that_was_cut_short_is_finished_by_the_next(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, cut_short: str
) -> None:
    workspace = api.create(tmp_path / "acme", currency="EUR")
    root = workspace.workspace.journal
    for found in ([click(ANA, ANAS_CLICK), postback(ANAS_CLICK)], [THEIRS["an order among others"]], [tie()]):
        writer = Journal(root)
        writer.append(frame(records.encode(one)) for one in found)
        writer.close()
    traces = [ANA.encode(), ANAS_CLICK.encode()]

    def stop(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    put = kept._put
    calls = iter((put, put, put, put, stop))  # Three are packed, and one is rewritten.

    def put_some(*given: Any, **named: Any) -> None:
        next(calls)(*given, **named)

    with monkeypatch.context() as patched:
        patched.setattr(*((Facts, "rewrite", stop) if cut_short == "the facts" else (kept, "_put", put_some)))
        with pytest.raises(KeyboardInterrupt):
            workspace.forget(ANA, now=TODAY)
    assert mentions(workspace.root, traces)
    workspace.forget(ANA, now=TODAY)
    assert mentions(workspace.root, traces) == set()
    (sold, owed) = sorted(row["outcome_id"] for row in _outcomes(workspace))
    assert (sold, owed) == ("collector:#1077", "postback:spring:t1")


def tie() -> Messages:
    """A page's word that the browser and the user are one."""
    known = {"type": "identify", "messageId": "m9", "userId": ANA, "anonymousId": ANA}
    return batch(known)


def _outcomes(workspace: api.OpenWorkspace) -> list[dict[str, Any]]:
    with closing(open_engine()) as engine:
        Facts(workspace.workspace.lake).expose(engine, only=("outcomes",))
        found: list[dict[str, Any]] = engine.query("SELECT outcome_id FROM outcomes").to_pylist()
        return found


@dataclass
class Shop:
    """What a collector is sent about two customers."""

    collector: Collector

    def __post_init__(self) -> None:
        workspace = self.collector.workspace
        self.public, self.secret = (workspace.add_key(trust, "shop", now=TODAY) for trust in ("public", "secret"))
        self.link = workspace.add_link("spring", channel="Affiliates", destination="https://shop.example/", now=TODAY)
        time.sleep(1.1)  # A running collector knows new keys and links within a second.

    def send(self, name: str, number: int) -> dict[str, str]:
        """Everything of one customer; what must be nowhere afterwards."""
        collector = self.collector
        status, headers, _ = collector.ask("GET", "/c/spring", user_agent=BROWSER)
        click_id = headers["location"].partition("oclid=")[2]
        page = {
            "messageId": f"page{number}", "type": "page",
            "context": {"page": {"url": f"https://shop.example/?oclid={click_id}&gclid=Cj{number}-click"}},
        }  # fmt: skip
        known = {
            "messageId": f"known{number}",
            "type": "identify",
            "userId": name,
            "traits": {"email": f"{name}@x.example"},
        }
        body = json.dumps({"batch": [page, known], "writeKey": self.public["key"]})
        status, headers, _ = collector.ask("POST", "/v1/batch", body, origin=SITE, user_agent=BROWSER)
        assert status == 200
        visitor = headers["set-cookie"].split("=", 1)[1].partition(".")[0]
        order = {"messageId": f"order{number}", "event": "Order Completed", "userId": name, "properties": {
            "order_id": f"#{number}", "total": number, "currency": "EUR", "email": f"{name}@x.example"}}  # fmt: skip
        assert collector.send(self.secret["key"], "/v1/track", order)[0] == 200
        wrong = {"messageId": f"wrong{number}", "event": "Order Completed", "userId": name, "properties": {
            "order_id": f"#{number}", "total": "much", "currency": "EUR"}}  # fmt: skip
        assert collector.send(self.secret["key"], "/v1/track", wrong)[0] == 400
        query = f"link=spring&secret={self.link['secret']}&txid=t{number}&click_id={click_id}&payout=5&currency=EUR"
        assert collector.ask("GET", f"/postback?{query}")[0] == 200
        self._sign({"outcomes": [{
            "outcome_id": f"won{number}", "kind": "won", "occurred_at": "2026-03-01T11:00:00Z", "revenue": "7.5",
            "currency": "EUR", "email": f"{name}@x.example", "crm_id": f"crm-{name}",
        }]})  # fmt: skip
        return {
            "name": name,
            "email": f"{name}@x.example",
            "click": click_id,
            "gclid": f"Cj{number}-click",
            "visitor": visitor,
        }

    def _sign(self, body: dict[str, Any]) -> None:
        content, nonce, at = json.dumps(body).encode(), secrets.token_hex(8), str(time.time_ns() // 1_000_000_000)
        told = signature(bytes.fromhex(self.secret["signing_secret"]), timestamp=at, nonce=nonce, body=content)
        status, _, answer = self.collector.ask(
            "POST", "/v1/outcomes", content, outturn_key=self.secret["id"], outturn_timestamp=at, outturn_nonce=nonce,
            outturn_signature=told,
        )  # fmt: skip
        assert status == 200, answer


SITE = "https://shop.example"
SUMS = "SELECT kind, COUNT(*), CAST(SUM(gross_micros) AS BIGINT) FROM outcomes GROUP BY kind ORDER BY kind"


def test_after_forget_no_byte_of_a_running_collectors_workspace_knows_the_person(tmp_path: Path) -> None:
    with Collector(tmp_path / "acme", settings=f'\n[server]\norigins = ["{SITE}"]\n', workers=1) as collector:
        shop = Shop(collector)
        ana, ben = shop.send("ana-leefield", 1), shop.send("ben-foxtrot", 2)
        collector.load()
        later = shop.send("ana-leefield", 1)  # What is not loaded yet is hers too.
        before = collector.rows(SUMS)
        exported = collector.workspace.export_person("ana-leefield")
        assert len(exported["events"]) >= 4
        assert len(exported["outcomes"]) == 3
        traces = [text.encode() for text in (*ana.values(), *later.values())]
        assert any(place.startswith("journal/") for place in mentions(collector.root, traces))

        done = collector.workspace.forget(ana["email"], now=TODAY)
        assert done["records"] >= 10
        assert not [place for place in done["not_reached"] if place.startswith("journal")]
        assert mentions(collector.root, traces) == set()
        assert mentions(collector.root, [ben["name"].encode()]), "or this grep finds nothing at all"
        assert collector.rows(SUMS) == before
        gone = collector.workspace.export_person("ana-leefield")
        assert (gone["events"], gone["outcomes"]) == ([], [])
        bens = collector.workspace.export_person("ben-foxtrot")
        assert (len(bens["events"]), len(bens["outcomes"])) == (4, 3)

        # What she sends from now on is nobody's, and does not stay in the journal either.
        again = shop.send("ana-leefield", 3)
        assert collector.stop() == 0
        collector.load()
        assert mentions(collector.root, [again[name].encode() for name in ("name", "email")]) == set()
