"""The generic tables: anybody's touches, conversions and outcomes, in whatever clothing, each row once."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

from outturn.domain.identifiers import email_sha256, identity_key
from outturn.simulator.generic import write_generic

if TYPE_CHECKING:
    from pathlib import Path

    from tests.sources.worlds import World

AT = datetime(2026, 9, 1, 10, tzinfo=UTC)
MICROS = int(AT.timestamp()) * 1_000_000


def test_a_touch_is_an_event_and_its_cost_is_no_spend(world: World) -> None:
    world.text("touches.csv", (
        "user_id,occurred_at,channel,platform,campaign_id,campaign_name,ad_group_id,ad_id,kind,touch_id,cost\n"
        "u-1,2026-09-01T12:00:00+02:00,Paid Search,Google_Ads,901,Brand,5,6,Click,t-1,0.25\n"
        f"42,{MICROS},Direct,,,,,,,,\n"
    ))  # fmt: skip
    key = [identity_key(world.workspace.secret(), "user", text) for text in ("u-1", "42")]
    assert world.rows(
        "SELECT type, source, trust, outturn_micros(occurred_at), user_key, stated_channel, platform, campaign_id, "
        "campaign_name, ad_group_id, "
        "ad_id, touch_kind, properties, value_micros FROM events ORDER BY line"
    ) == [
        (
            "touch",
            "touches",
            "file",
            MICROS,
            key[0],
            "Paid Search",
            "google_ads",
            "901",
            "Brand",
            "5",
            "6",
            "click",
            '{"cost":"0.250000"}',
            None,
        ),
        ("touch", "touches", "file", MICROS, key[1], "Direct", None, None, None, None, None, "visit", None, None),
    ]
    assert world.rows("SELECT event_id FROM events WHERE line = 2") == [("touches:t-1",)]
    assert world.rows("SELECT COUNT(*) FROM ad_spend") == [(0,)]


def test_the_same_row_in_a_longer_file_is_the_same_touch(world: World) -> None:
    head = "user_id,occurred_at,channel\n"
    twice = "u,2026-09-01T10:00:00Z,Email\n" * 2
    world.text("monday.csv", head + twice)
    assert world.rows("SELECT COUNT(*) FROM events") == [(2,)]
    report = world.text(
        "tuesday.csv", head + "v,2026-09-01T10:00:00Z,Email\n" + twice + "u,2026-09-01T10:00:00Z,Direct\n"
    )
    assert report.accepted == 4
    assert world.rows("SELECT COUNT(*), COUNT(DISTINCT event_id) FROM events") == [(4, 4)]


@pytest.mark.parametrize("ids", ["integer", "text"])
@pytest.mark.parametrize("times", ["timestamps", "text", "micros", "naive"])
def test_touches_come_as_parquet_of_any_types(world: World, tmp_path: Path, ids: str, times: str) -> None:
    occurred: dict[str, pa.Array] = {
        "timestamps": pa.array([AT, AT], pa.timestamp("us", "UTC")),
        "naive": pa.array([AT.replace(tzinfo=None)] * 2, pa.timestamp("ns")),
        "text": pa.array(["2026-09-01T10:00:00Z", "2026-09-01T12:00:00+02:00"]),
        "micros": pa.array([MICROS, MICROS]),
    }
    users = pa.array([7, 8], pa.int64()) if ids == "integer" else pa.array(["7", "8"])
    table = pa.table({"user_id": users, "occurred_at": occurred[times], "channel": ["Email", "Direct"]})
    pq.write_table(table, tmp_path / "touches.parquet")
    report = world.take(tmp_path / "touches.parquet")[0]
    assert (report.verdict, report.source, report.accepted) == ("accept", "touches", 2)
    secret = world.workspace.secret()
    assert world.rows("SELECT outturn_micros(occurred_at), user_key, line FROM events ORDER BY line") == [
        (MICROS, identity_key(secret, "user", "7"), 1), (MICROS, identity_key(secret, "user", "8"), 2),
    ]  # fmt: skip


@pytest.mark.parametrize("ids", ["integer", "text"])
def test_the_benchmarks_files_are_taken_whole(world: World, tmp_path: Path, ids: Any) -> None:
    files = write_generic(
        tmp_path / "bench", touches=20_000, seed=3, start=datetime(2026, 3, 1, tzinfo=UTC), ids=ids, campaigns=3
    )
    touches, conversions = world.take(files.touches, files.conversions)
    assert (touches.source, touches.accepted, touches.refused) == ("touches", files.touch_rows, 0)
    assert (conversions.source, conversions.accepted, conversions.refused) == ("conversions", files.conversion_rows, 0)
    assert world.rows("SELECT COUNT(*), COUNT(DISTINCT event_id) FROM events") == [(files.touch_rows,) * 2]
    value = pc.sum(pq.read_table(files.conversions).column("value")).as_py()
    assert world.rows(
        "SELECT SUM(gross_micros), COUNT(DISTINCT outcome_id), COUNT(DISTINCT user_key) > 1 FROM outcomes"
    ) == [(int(value * 1_000_000), files.conversion_rows, True)]


def test_a_conversion_is_a_sale_unless_it_says_otherwise(world: World) -> None:
    world.text("conversions.csv", (
        "user_id,occurred_at,value,currency,outcome_id,kind,margin,order_id,new_customer\n"
        "u,2026-09-01T10:00:00Z,100.10,EUR,A1,,40,1001,yes\n"
        "u,2026-09-02T10:00:00Z,20,EUR,A1-r,refund,8,1001,\n"
        "v,2026-09-03T10:00:00Z,7,USD,,lead,,,no\n"
    ))  # fmt: skip
    rows = world.rows(
        "SELECT outcome_id, system, tracker, kind, status, stage, gross_micros, margin_micros, currency, order_id, "
        "new_customer, parent_outcome_id "
        "FROM outcomes ORDER BY line"
    )
    assert rows[:2] == [
        ("generic:A1", "generic", False, "purchase", "counted", "", 100_100_000, 40_000_000, "EUR", "1001", True, None),
        (
            "generic:A1-r",
            "generic",
            False,
            "refund",
            "counted",
            "",
            -20_000_000,
            -8_000_000,
            "EUR",
            "1001",
            None,
            "generic:A1",
        ),
    ]
    assert rows[2][0].startswith("generic:")
    assert rows[2][3:9] == ("lead", "counted", "", 7_000_000, None, "USD")


def test_outcomes_know_a_person_by_any_of_their_identifiers(world: World) -> None:
    hashed = email_sha256("bo@example.com")
    world.text("outcomes.csv", (
        "outcome_id,kind,occurred_at,user_id,email,email_sha256,phone,click_id,crm_id,revenue,margin,currency,stage,deal_id,order_id\n"
        "1,lead,2026-09-01T10:00:00Z,u-1,,,,,,,,,,,\n"
        "2,qualified,2026-09-01T10:00:00Z,, Ana@Example.com ,,,,,,,,,,\n"
        f"3,lead,2026-09-01T10:00:00Z,,,{hashed.upper()},,,,,,,,,\n"
        f"4,lead,2026-09-01T10:00:00Z,,bo@example.com,{hashed},,,,,,,,,\n"
        "5,lead,2026-09-01T10:00:00Z,,,,+1 650 555 1212,,,,,,,,\n"
        "6,lead,2026-09-01T10:00:00Z,,,,,Cj0-x,,,,,,,\n"
        "7,lead,2026-09-01T10:00:00Z,,,,,fbclid:IwAR-1,,,,,,,\n"
        "8,opportunity,2026-09-01T10:00:00Z,,,,,,c-9,500,,EUR,Proposal,d-1,\n"
        "8,won,2026-09-02T10:00:00Z,,,,,,c-9,500,120.5,EUR,Closed won,d-1,o-1\n"
        "8:refund:1,refund,2026-09-03T10:00:00Z,,,,,,c-9,50,,EUR,,,\n"
    ))  # fmt: skip
    secret = world.workspace.secret()

    def key(kind: Any, text: str) -> bytes:
        return identity_key(secret, kind, text)

    assert world.rows(
        "SELECT user_key, email_key, anonymous_key, phone_key, crm_key, gclid, fbclid FROM outcomes WHERE line <= 8 "
        "ORDER BY line"
    ) == [
        (key("user", "u-1"), None, None, None, None, None, None),
        (None, key("email", "ana@example.com"), None, None, None, None, None),
        (None, key("email", f"sha256:{hashed}"), None, None, None, None, None),
        (None, key("email", "bo@example.com"), key("email", f"sha256:{hashed}"), None, None, None, None),
        (None, None, None, key("phone", "+16505551212"), None, None, None),
        (None, None, None, None, None, "Cj0-x", None),
        (None, None, None, None, None, None, "IwAR-1"),
    ]
    assert world.rows(
        "SELECT outcome_id, kind, stage, gross_micros, margin_micros, currency, deal_id, order_id, parent_outcome_id "
        "FROM outcomes "
        "WHERE crm_key IS NOT NULL ORDER BY line"
    ) == [
        ("generic:8", "opportunity", "Proposal", 500_000_000, None, "EUR", "d-1", None, None),
        ("generic:8", "won", "Closed won", 500_000_000, 120_500_000, "EUR", "d-1", "o-1", None),
        ("generic:8:refund:1", "refund", "", -50_000_000, None, "EUR", None, None, "generic:8"),
    ]


def test_a_deal_may_state_its_company_and_how_likely_it_is(world: World) -> None:
    world.text(
        "outcomes.csv",
        "outcome_id,kind,occurred_at,email,revenue,currency,deal_id,company_id,probability\n"
        "1,opportunity,2026-09-01T10:00:00Z,a@b.co,10,EUR,d-1,acme,0.25\n"
        "2,opportunity,2026-09-01T10:00:00Z,a@b.co,10,EUR,d-2,,\n",
    )
    company = identity_key(world.workspace.secret(), "company", "acme")
    assert world.rows("SELECT company_key, probability FROM outcomes ORDER BY line") == [(company, 0.25), (None, None)]


TOUCH = "user_id,occurred_at,channel,kind,cost\nu,2026-09-01T10:00:00Z,Email,,\n"
CONVERSION = "user_id,occurred_at,value,currency,kind\nu,2026-09-01T10:00:00Z,5,EUR,\n"
OUTCOME = "outcome_id,kind,occurred_at,email,revenue,currency\n1,lead,2026-09-01T10:00:00Z,a@b.co,,\n"
HOSTILE: list[tuple[str, dict[str, str]]] = [
    (TOUCH, {
        ",2026-09-01T10:00:00Z,Email,,": "MISSING_VALUE", "u,,Email,,": "MISSING_VALUE",
        "u,2026-09-01T10:00:00Z,,,": "MISSING_VALUE",
        "u,soon,Email,,": "BAD_DATE", "u,2031-01-01T00:00:00Z,Email,,": "BAD_DATE",
        "u,2026-09-01T10:00:00Z,Email,glance,": "UNKNOWN_KIND",
        "u,2026-09-01T10:00:00Z,Email,,free": "BAD_NUMBER", "u,2026-09-01T10:00:00Z": "COLUMN_SHIFT",
    }),
    (CONVERSION, {
        "u,2026-09-01T10:00:00Z,,EUR,": "MISSING_VALUE", "u,2026-09-01T10:00:00Z,1.0000001,EUR,": "BAD_NUMBER",
        f"u,2026-09-01T10:00:00Z,{'9' * 5000},EUR,": "BAD_NUMBER",
        "u,2026-09-01T10:00:00Z,5,euros,": "AMBIGUOUS_CURRENCY",
        "u,2026-09-01T10:00:00Z,5,EUR,sale": "UNKNOWN_KIND",
    }),
    (OUTCOME, {
        "2,sold,2026-09-01T10:00:00Z,a@b.co,,": "UNKNOWN_KIND", ",lead,2026-09-01T10:00:00Z,a@b.co,,": "MISSING_VALUE",
        "2,lead,2026-09-01T10:00:00Z,,,": "MISSING_VALUE", "2,lead,2026-09-01T10:00:00Z,nobody,,": "MISSING_VALUE",
        "2,,2026-09-01T10:00:00Z,a@b.co,,": "MISSING_VALUE",
    }),
]  # fmt: skip


@pytest.mark.parametrize(("good", "bad"), HOSTILE)
def test_a_row_that_cannot_be_read_is_refused_with_its_line(world: World, good: str, bad: dict[str, str]) -> None:
    # A good row behind them, so that a short one is no cut-off end.
    report = world.text("table.csv", good + "".join(f"{row}\n" for row in bad) + good.splitlines()[1] + "\n")
    assert report.accepted == 2
    assert world.rows("SELECT line, reason FROM refused_rows ORDER BY line") == list(enumerate(bad.values(), 3))


def test_a_conversion_without_currency_asks_for_it(world: World) -> None:
    text = "user_id,occurred_at,value\nu,2026-09-01T10:00:00Z,5\n"
    assert world.text("conversions.csv", text).needs == ("currency",)
    assert world.text("conversions.csv", text, currency="CHF").totals["CHF"]["value"] == "5.00"
