"""GA4's event export: every event once, with the tags that its hit carried, and every transaction once."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.json as pa_json
import pyarrow.parquet as pq
import pytest

from outturn.domain.identifiers import identity_key
from outturn.simulator.simulate import ARCHIVES, export_files, simulate
from tests.sources.worlds import FIXTURES

if TYPE_CHECKING:
    from pathlib import Path

    from tests.sources.worlds import World

AT = 1788253200000000


def event(name: str, *, at: int = AT, params: dict[str, Any] | None = None, **fields: Any) -> dict[str, Any]:
    kinds = {str: "string_value", int: "int_value", float: "double_value"}
    told = [{"key": key, "value": {kinds[type(value)]: value}} for key, value in (params or {}).items()]
    return {
        "event_date": "20260901", "event_timestamp": str(at), "event_name": name, "event_params": told,
        "user_pseudo_id": "12.34",
    } | fields  # fmt: skip


def export(*events: dict[str, Any]) -> str:
    return "".join(json.dumps(one) + "\n" for one in events)


def purchase(
    revenue: Any, *, at: int = AT, transaction: str = "1001", currency: str = "USD", **ecommerce: Any
) -> dict[str, Any]:
    shop = {"transaction_id": transaction, "purchase_revenue": revenue} | ecommerce
    return event("purchase", at=at, params={"currency": currency}, ecommerce=shop)


@pytest.mark.skipif(not FIXTURES.is_dir(), reason="the samples lie beside the project, not in it")
def test_the_sample_export_gives_what_is_expected(world: World) -> None:
    expected = json.loads((FIXTURES / "ui/expected.json").read_text())["files"]
    (entry,) = [one for one in expected if one["file"] == "ui/ga4/bigquery_events_sample.jsonl"]
    sums = entry["sums"]
    report = world.take(FIXTURES / entry["file"])[0]
    assert (report.verdict, report.accepted, report.refused) == ("accept", sums["events"], 0)
    totals = report.totals["USD"]
    assert totals["purchases"] == sums["purchases_distinct"]
    assert Decimal(totals["revenue"]) == Decimal(sums["purchase_revenue"]["USD"])
    assert Decimal(totals["refunded"]) == Decimal(sums["refunds"]["USD"])
    assert world.rows("SELECT COUNT(*), COUNT(DISTINCT event_id) FROM events") == [(4, 4)]
    assert world.rows(
        "SELECT outcome_id, kind, tracker, gross_micros, currency, parent_outcome_id, order_id FROM outcomes ORDER BY 1"
    ) == [
        ("ga4:1001", "purchase", True, 56_290_000, "USD", None, "1001"),
        (
            "ga4:1001:refund:1788254100000000:10000000",
            "refund",
            True,
            -10_000_000,
            "USD",
            "ga4:1001",
            "1001",
        ),
    ]
    assert world.rows("SELECT utm_source, utm_medium, utm_campaign, gclid FROM events WHERE type = 'page'") == [
        ("google", "cpc", "Brand - Search", "TeSter-1")
    ]


RICH = (
    event(
        "session_start", user_id="u-1",
        params={"ga_session_id": 77, "page_location": "https://shop.example/?gclid=Cj0&email=a@b.co#x"},
        device={"category": "Mobile"},
        privacy_info={"ads_storage": "No", "analytics_storage": "Yes", "uses_transient_token": "No"},
        collected_traffic_source={
            "manual_source": "google", "manual_medium": "(not set)", "manual_campaign_name": "Brand",
        },
        session_traffic_source_last_click={
            "google_ads_campaign": {"campaign_id": "901"}, "manual_campaign": {"source": "older", "medium": "older"},
        },
        traffic_source={"name": "first", "medium": "first", "source": "first"},
    ),
    event(
        "page_view", at=AT + 1, params={"source": "news", "medium": "email", "campaign": "May"},
        collected_traffic_source=None,
    ),
    event("scroll", at=AT + 2, traffic_source={"name": "first", "medium": "first", "source": "first"}),
    purchase(100.0, at=AT + 3, tax_value=19.0, shipping_value=5.5),
)  # fmt: skip
SEEN = [
    ("page", None, "77", "https://shop.example/?gclid=Cj0&email=", "google", None, "Brand", "Cj0", "901", "mobile"),
    ("page", None, None, None, "news", "email", "May", None, None, None),
    ("track", "scroll", None, None, None, None, None, None, None, None),
    ("track", "purchase", None, None, None, None, None, None, None, None),
]
SESSION = "split_part(session_id, ':', 2)"
COLUMNS = f"type, name, {SESSION}, url, utm_source, utm_medium, utm_campaign, gclid, gad_campaignid, device"


@pytest.mark.parametrize("clothing", ["json lines", "parquet", "parquet with whole numbers"])
def test_hits_carry_their_own_tags_and_nobodys_first_source(world: World, tmp_path: Path, clothing: str) -> None:
    path = world.file("events.jsonl", export(*RICH))
    if clothing != "json lines":
        table = pa_json.read_json(path, parse_options=pa_json.ParseOptions(newlines_in_values=True))
        if clothing.endswith("numbers"):
            place = table.schema.get_field_index("event_timestamp")
            table = table.set_column(place, "event_timestamp", table.column(place).cast(pa.int64()))
        path = tmp_path / "events.parquet"
        pq.write_table(table, path)
    report = world.take(path)[0]
    assert (report.verdict, report.accepted) == ("accept", 4)
    assert world.rows(f"SELECT {COLUMNS} FROM events ORDER BY occurred_at") == SEEN
    secret = world.workspace.secret()
    assert world.rows(
        "SELECT anonymous_key, user_key, consent, outturn_micros(occurred_at) FROM events WHERE line = 1"
    ) == [
        (
            identity_key(secret, "anonymous", "12.34"),
            identity_key(secret, "user", "u-1"),
            '{"ads_storage":false,"analytics_storage":true}',
            AT,
        )
    ]
    assert world.rows("SELECT gross_micros, tax_micros, shipping_micros FROM outcomes") == [
        (124_500_000, 19_000_000, 5_500_000)
    ]


def test_only_a_file_without_collected_tags_lets_the_sessions_last_click_speak(world: World) -> None:
    last = {"manual_campaign": {"source": "news", "medium": "email", "campaign_name": "May"}}
    world.text("old.jsonl", export(
        event("session_start", session_traffic_source_last_click=last),
        event("page_view", at=AT + 1, session_traffic_source_last_click=last),
    ))  # fmt: skip
    assert world.rows("SELECT utm_source, utm_medium, utm_campaign FROM events ORDER BY occurred_at") == [
        ("news", "email", "May"),
        (None,) * 3,
    ]


def test_a_transaction_counts_once_and_the_first_wins(world: World) -> None:
    world.text("events.jsonl", export(
        purchase(7.0, at=AT + 5), purchase(56.29), purchase(3.0, transaction="(not set)"),
        purchase(4.0, transaction="1002", currency="EUR"),
        event("refund", params={"currency": "USD", "transaction_id": "1001", "value": 6.29}),
    ))  # fmt: skip
    found = world.rows(
        "SELECT outcome_id, gross_micros, currency, outturn_micros(occurred_at) FROM outcomes ORDER BY outcome_id"
    )
    assert [row for row in found if row[0].startswith("ga4:100")] == [
        ("ga4:1001", 56_290_000, "USD", AT), (f"ga4:1001:refund:{AT}:6290000", -6_290_000, "USD", AT),
        ("ga4:1002", 4_000_000, "EUR", AT),
    ]  # fmt: skip
    assert len(found) == 4


def refund(value: float, *, at: int = AT, transaction: str = "1001") -> dict[str, Any]:
    return event("refund", at=at, params={"currency": "USD", "transaction_id": transaction, "value": value})


def test_partial_refunds_are_so_many_and_the_same_one_exported_again_is_none(world: World) -> None:
    day = 86_400_000_000
    first, second, equal = refund(10.0, at=AT + day), refund(4.5, at=AT + 2 * day), refund(10.0, at=AT + 3 * day)
    report = world.text("one.jsonl", export(purchase(56.29), first, first, second))
    assert report.totals["USD"]["refunded"] == "14.50"
    world.text("two.jsonl", export(second, equal, refund(3.0, transaction=""), refund(3.0, transaction="")))
    assert world.rows(
        "SELECT parent_outcome_id, gross_micros, outturn_micros(occurred_at) FROM outcomes WHERE kind = 'refund' "
        "ORDER BY 1, 3"
    ) == [
        ("ga4:1001", -10_000_000, AT + day), ("ga4:1001", -4_500_000, AT + 2 * day),
        ("ga4:1001", -10_000_000, AT + 3 * day), (None, -3_000_000, AT),
    ]  # fmt: skip


def test_no_identifier_stands_in_the_clear(world: World) -> None:
    world.text(
        "events.jsonl", export(event("session_start", params={"ga_session_id": 77}), purchase(5, transaction=""))
    )
    ids = world.rows(
        "SELECT event_id || COALESCE(session_id, '') FROM events UNION ALL SELECT outcome_id FROM outcomes"
    )
    assert len(ids) == 3
    assert not any("12.34" in row[0] for row in ids)


def test_what_cannot_be_read_is_refused_with_its_line(world: World) -> None:
    hostile: list[tuple[str, str]] = [
        (export(purchase(1.0000001)), "BAD_NUMBER"),
        (export(purchase("1,234.56")), "BAD_NUMBER"),
        (export(purchase({"amount": 3})), "BAD_NUMBER"),
        (export(purchase(1e30)), "BAD_NUMBER"),
        (export(purchase(5, tax_value="much")), "BAD_NUMBER"),
        (export(purchase(5, currency="doubloons")), "AMBIGUOUS_CURRENCY"),
        (export(event("refund", params={"currency": "USD"})), "MISSING_VALUE"),
        (export(event("refund", params={"currency": "USD"}, ecommerce={"refund_value": "all"})), "BAD_NUMBER"),
        (export(event("page_view", at="now")), "BAD_DATE"),  # type: ignore[arg-type]
        (export(event("page_view", at=2_000_000_000_000_000)), "BAD_DATE"),
        (export(event("page_view", user_pseudo_id={"a": 1})), "MISSING_VALUE"),
        (export(event("")), "MISSING_VALUE"),
        ('{"event_name":"page_view"}\n', "MISSING_VALUE"),
        ('{"event_name":' + "[" * 3000 + "\n", "TRUNCATED"),
        ("[1]\n", "MISSING_VALUE"),
    ]
    report = world.text("events.jsonl", export(event("page_view")) + "".join(line for line, _code in hostile))
    assert world.rows("SELECT line, reason FROM refused_rows ORDER BY line") == [
        (n, code) for n, (_line, code) in enumerate(hostile, 2)
    ]
    assert report.accepted == 1


def test_odd_but_whole_events_are_taken(world: World) -> None:
    deep = "[" * 50_000 + "]" * 50_000
    odd = [
        export(event("page_view", event_params=None, device="phone", privacy_info=[1], collected_traffic_source="x")),
        export(event("page_view", at=AT + 1, event_params=[{"key": 5}, "x", {"key": "page_location", "value": 7}])),
        export(event("scroll", at=AT + 2, user_pseudo_id=None)),
        export(event("page_view", at=AT + 3))[:-2] + f',"items":{deep},"event_params":{deep}}}\n',
        export(event("page_view", at=AT + 4, params={"page_location": "https://s.example/?" + "x" * 500_000})),
        export(purchase(None, at=AT + 5, transaction="9")),
    ]
    report = world.text("events.jsonl", "".join(odd))
    assert (report.accepted, report.reasons) == (6, {})


def test_a_sale_without_currency_asks_for_it(world: World) -> None:
    bare = export(event("purchase", ecommerce={"transaction_id": "1", "purchase_revenue": 5}))
    assert world.text("events.jsonl", bare).needs == ("currency",)
    assert world.text("events.jsonl", bare, currency="CHF").totals["CHF"]["revenue"] == "5.00"


def test_everything_that_the_simulator_writes_is_taken(world: World, tmp_path: Path) -> None:
    simulate(tmp_path / "market", people=800, days=30, seed=5, start=date(2026, 3, 2), tracking="ga4")
    reports = world.take(*export_files(tmp_path / "market"))
    assert {report.verdict for report in reports} == {"accept"}
    assert sum(report.refused for report in reports) == 0
    lines = (tmp_path / "market" / ARCHIVES["ga4"]).read_text().count("\n")
    assert world.rows("SELECT COUNT(*) FROM events") == [(lines,)]
    # The number in an order's name is its transaction: what tracking saw of it is what the shop booked.
    assert world.rows(
        "SELECT COUNT(*) FROM outcomes AS seen LEFT JOIN outcomes AS booked ON booked.system = 'shopify' AND "
        "booked.kind = 'purchase' "
        "AND booked.order_id = seen.order_id WHERE seen.system = 'ga4' AND seen.kind = 'purchase' AND "
        "seen.gross_micros IS DISTINCT FROM booked.gross_micros"
    ) == [(0,)]
