"""A browser that takes its consent back is heard by everything that knows its person, from journal to build."""

from __future__ import annotations

import json
from contextlib import closing
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from outturn import api
from outturn.collector.desk import Desk, Rules
from outturn.collector.exchange import Request
from outturn.collector.journal import Journal, frame
from outturn.collector.keys import KeyRing, WriteKey, digest_of
from outturn.collector.messages import take
from outturn.collector.outcomes import Outcomes
from outturn.collector.records import encode
from outturn.domain.identifiers import identity_key
from outturn.domain.time import micros_of
from outturn.journeys import may_send
from outturn.store.builds import Builds
from outturn.store.engine import open_engine
from tests.collector.running import basic
from tests.collector.worlds import BROWSER, dice

if TYPE_CHECKING:
    from pathlib import Path

    from outturn.api import OpenWorkspace

SHOP = "https://shop.example"
NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
EMAIL = "ana@example.com"


def agreed(workspace: OpenWorkspace, *, hour: int) -> bool:
    """Whether the person's address may go to an ad platform, by the build of now."""
    at = NOW.replace(hour=hour)
    workspace.load(now=lambda: at)
    workspace.build(now=at)
    with closing(open_engine()) as engine:
        Builds(workspace.root / "lake").current().expose(engine, ("people", "consents"))
        return may_send(engine, identity_key(workspace.workspace.secret(), "email", EMAIL), "ad_user_data")


def test_what_a_server_takes_back_for_a_buyer_holds_though_the_sale_is_nobodys(tmp_path: Path) -> None:
    workspace = api.create(tmp_path / "acme", currency="EUR")
    journal = Journal(workspace.root / "journal")

    def say(minute: int, **consent: bool) -> None:
        sale = {
            "outcome_id": "1001", "kind": "purchase", "occurred_at": f"2026-03-01T12:{minute:02d}:00Z",
            "email": EMAIL, "revenue": 5, "currency": "EUR", "consent": consent,
        }  # fmt: skip
        at = micros_of(NOW.replace(minute=minute))
        journal.append([frame(encode(Outcomes(at, None, "sec", (json.dumps(sale).encode(),))))])

    say(1, analytics_storage=True, ad_user_data=True)
    assert agreed(workspace, hour=13)
    say(2, analytics_storage=False, ad_user_data=False)
    assert not agreed(workspace, hour=14)
    journal.close()


def test_what_a_browser_takes_back_holds_for_the_address_that_it_once_gave(tmp_path: Path) -> None:
    workspace = api.create(tmp_path / "acme", currency="EUR")
    journal = Journal(workspace.root / "journal")
    desk = Desk(
        keys=KeyRing([WriteKey("k", "public", digest_of("pub"), "")]), secret=b"s" * 32, dice=dice(),
        rules=Rules(origins=frozenset({SHOP})),
    )  # fmt: skip

    def say(path: str, cookie: str, minute: int, **body: Any) -> str:
        """Send it; the browser's cookie from then on."""
        headers = {"origin": SHOP, "authorization": basic("pub"), "user-agent": BROWSER, "cookie": cookie}
        content = json.dumps({"messageId": f"m{minute}", **body}).encode()
        at = micros_of(NOW.replace(minute=minute))
        reply = take(Request("POST", path, "", headers, content, lambda: "203.0.113.7", at), desk)
        assert reply.status == 200
        assert reply.record is not None
        journal.append([frame(encode(reply.record))])
        return dict(reply.headers)["set-cookie"].partition(";")[0]

    yes = {"consent": {"analytics_storage": True, "ad_user_data": True}}
    no = {"consent": {"analytics_storage": False, "ad_user_data": False}}
    cookie = say("/v1/identify", "", 1, traits={"email": EMAIL}, context=yes)
    assert agreed(workspace, hour=13)
    assert say("/v1/track", cookie, 2, event="Consent Updated", context=no) == "_ot="
    assert not agreed(workspace, hour=14)
    (said,) = {one["state"] for one in workspace.export_person(EMAIL)["consent"]}
    assert said == "denied"
    journal.close()
