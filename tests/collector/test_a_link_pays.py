"""A partner's link from its click to its commission: through journal and lake into a conversion's explanation."""

from __future__ import annotations

import hashlib
import json
from contextlib import closing
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlencode, urlsplit

import outturn
from outturn.collector import records
from outturn.collector.journal import Journal, frame
from outturn.collector.links import follow
from outturn.collector.messages import Messages
from outturn.collector.outcomes import take as take_outcomes
from outturn.collector.pixels import show
from outturn.collector.postbacks import take as take_postback
from outturn.collector.signatures import signature
from outturn.domain.identifiers import identity_key
from outturn.domain.links import secret_digest
from outturn.domain.time import micros_of
from outturn.store.engine import open_engine
from outturn.store.facts import Facts
from tests.collector.worlds import BROWSER, VISITOR, FakeDesk, link, request

if TYPE_CHECKING:
    from pathlib import Path

    from msgspec import Struct

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
WORD = "word"
KEY = b"k" * 32
SPRING = link(
    "spring", secret_digest=secret_digest(WORD), currency="EUR", platform="net", campaign_id="7", partner="ana"
)
DESK = FakeDesk(links={one.id: one for one in (SPRING, link("spot", "vast", channel="CTV"))}, secrets={"k1": KEY})


class Day:
    """A workspace, its journal, and a clock."""

    def __init__(self, folder: Path) -> None:
        self.open = outturn.create(folder, currency="EUR")
        self.journal = Journal(self.open.workspace.journal)
        self.now = NOON

    def keep(self, record: Struct | None) -> None:
        assert record is not None
        self.journal.append([frame(records.encode(record))])

    def load(self) -> dict[str, Any]:
        self.now += timedelta(minutes=1)
        return self.open.load(now=lambda: self.now)

    def facts(self, statement: str) -> list[tuple[Any, ...]]:
        with closing(open_engine()) as engine:
            Facts(self.open.workspace.lake).expose(engine, only=("events", "outcomes", "costs", "refused_rows"))
            return engine.rows(statement)


def landing(url: str, at: int) -> Messages:
    """What the tag of the landing page sends."""
    page = {"messageId": "m1", "context": {"page": {"url": url, "referrer": "https://blog.example/"}}}
    return Messages(
        received_at=at, key_id="pub", trust="public", kind="page", ip_prefix=None, user_agent=BROWSER, visitor=VISITOR,
        born_at=at // 1_000_000, linked=None, no_sale=False, body=json.dumps(page).encode(),
    )  # fmt: skip


def test_a_click_a_landing_a_sale_and_the_partners_word_are_one_journey(tmp_path: Path) -> None:
    day = Day(tmp_path / "acme")
    at = micros_of(NOON)
    clicked = follow(request("/c/spring", "sub1=top", at=at), DESK)
    day.keep(clicked.record)
    address = dict(clicked.headers)["location"]
    click_id = parse_qs(urlsplit(address).query)["oclid"][0]
    day.keep(landing(address, at + 1_000_000))
    day.keep(show(request("/i/spot.gif", at=at), DESK).record)
    assert day.load()["events"] == 3

    def say(minute: int, **fields: str) -> None:
        query = urlencode({"link": "spring", "secret": WORD, "txid": "T1", "click_id": click_id, **fields})
        reply = take_postback(request("/postback", query, at=at + minute * 60_000_000), DESK)
        assert reply.status == 200
        day.keep(reply.record)

    say(2, status="pending", payout="8", amount="100")
    day.load()
    say(3, status="pending", payout="10")
    # Two in one load: the second sees the first.
    say(4, status="approved")
    say(5, status="rejected")
    day.load()
    say(6, status="pending", payout="1")
    sale = {
        "outcome_id": "1001", "kind": "purchase", "occurred_at": "2026-03-01T12:00:30Z", "email": "ana@x.example",
        "click_id": f"oclid:{click_id}", "revenue": "100.00", "currency": "EUR",
        "email_sha256": hashlib.sha256(b"ana@x.example").hexdigest(),
    }  # fmt: skip
    body = json.dumps({"outcomes": [sale]}).encode()
    signed = {"outturn_key": "k1", "outturn_timestamp": str(at // 1_000_000), "outturn_nonce": "nonce-0001"}
    proof = signature(KEY, timestamp=signed["outturn_timestamp"], nonce=signed["outturn_nonce"], body=body)
    posted = request("/v1/outcomes", method="POST", body=body, at=at + 60_000_000, outturn_signature=proof, **signed)
    day.keep(take_outcomes(posted, DESK).record)
    day.load()

    found = "SELECT status, gross_micros, commission_micros FROM outcomes WHERE system = 'postback'"
    assert day.facts(found) == [("counted", 100_000_000, 10_000_000)]
    assert day.facts("SELECT kind, channel, cost_micros FROM costs") == [("commission", "Affiliates", 10_000_000)]
    assert day.facts("SELECT reason FROM refused_rows") == [("SETTLED",), ("SETTLED",)]

    hashed = identity_key(day.open.workspace.secret(), "email", f"sha256:{sale['email_sha256']}")
    assert day.facts("SELECT anonymous_key FROM outcomes WHERE system = 'generic'") == [(hashed,)]

    built = day.open.build(now=day.now)
    assert (built["touches"], built["conversions"]) == (1, 1)
    told = day.open.explain("generic:1001")
    assert [(touch["channel"], touch["kind"], touch["campaign_key"]) for touch in told["journey"]] == [
        ("Affiliates", "click", "7")
    ]
