"""Shopify's orders: every order once, with its tax, its refund, its buyer and where its visit came from."""

from __future__ import annotations

import csv
import io
import json
from datetime import UTC, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from outturn.domain.identifiers import identity_key
from outturn.domain.urls import without_fragment, without_personal_data
from outturn.sources.addresses import kept_address
from outturn.store.duckdb_engine import DuckDBEngine
from tests.sources.worlds import FIXTURES

if TYPE_CHECKING:
    from tests.sources.worlds import World

HEADER = (
    "Name", "Email", "Financial Status", "Currency", "Subtotal", "Shipping", "Taxes", "Total", "Discount Amount",
    "Created at",
    "Lineitem name", "Billing Zip", "Note Attributes", "Payment Method", "Refunded Amount", "Id", "Tags", "Phone",
    "Payment Reference",
)  # fmt: skip
ORDER = {
    "Name": "#1001", "Email": "ana@example.com", "Financial Status": "paid", "Currency": "EUR", "Subtotal": "20.00",
    "Shipping": "5.00",
    "Taxes": "4.75", "Total": "29.75", "Discount Amount": "2.00", "Created at": "2026-09-01 10:00:00 +0200",
    "Lineitem name": "Lamp",
    "Billing Zip": "'01067", "Refunded Amount": "0.00", "Id": "5550001", "Payment Method": "Shopify Payments",
}  # fmt: skip
ITEM = {"Name": "#1001", "Email": "ana@example.com", "Created at": "2026-09-01 10:00:00 +0200", "Lineitem name": "Bulb"}


def export(*rows: dict[str, str], without: tuple[str, ...] = ()) -> str:
    out = io.StringIO(newline="")
    writer = csv.DictWriter(
        out, [name for name in HEADER if name not in without], extrasaction="ignore", lineterminator="\n"
    )
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue()


def order(**cells: str) -> dict[str, str]:
    return ORDER | {name.replace("_", " ").capitalize() if name != "Id" else name: text for name, text in cells.items()}


@pytest.mark.skipif(not FIXTURES.is_dir(), reason="the samples lie beside the project, not in it")
def test_the_sample_export_gives_what_is_expected(world: World) -> None:
    expected = json.loads((FIXTURES / "ui/expected.json").read_text())["files"]
    (entry,) = [one for one in expected if one["file"] == "ui/shopify/orders_export.csv"]
    sums = entry["sums"]
    report = world.take(FIXTURES / entry["file"])[0]
    assert (report.verdict, report.source, report.accepted, report.refused) == (
        "accept",
        "shopify",
        entry["rows"]["accepted"],
        0,
    )
    usd = report.totals["USD"]
    assert usd["orders"] == sums["orders"]
    assert [Decimal(usd[name]) for name in ("total", "refunded", "discount")] == [
        Decimal(sums[name]["USD"]) for name in ("total", "refunded", "discount")
    ]

    def summed(what: str, where: str) -> Any:
        return world.rows(f"SELECT {what} FROM outcomes WHERE {where}")[0][0]

    def money(where: str) -> Decimal:
        return Decimal(summed("SUM(gross_micros)", f"currency = 'USD' AND {where}")) / 1_000_000

    assert summed("COUNT(*)", "kind = 'purchase'") == sums["orders"]
    assert money("kind = 'purchase'") == Decimal(sums["total"]["USD"])
    assert money("kind = 'refund'") == -Decimal(sums["refunded"]["USD"])
    assert money("TRUE") == Decimal(sums["net"]["USD"])
    assert Decimal(summed("SUM(discount_micros)", "TRUE")) / 1_000_000 == Decimal(sums["discount"]["USD"])
    assert summed("COUNT(*)", "status = 'void'") == sums["cancelled_orders"]
    assert summed("COUNT(*)", "status = 'pending'") == sums["unpaid_orders"]
    assert money("kind = 'purchase' AND status = 'counted'") == Decimal(sums["paid_total_excluding_cancelled"]["USD"])
    assert world.rows(
        "SELECT line, order_id, utm_campaign, gclid FROM outcomes WHERE outcome_id = 'shopify:5550000003'"
    ) == [(7, "1003", "Brand - Search", "TeSter-123_2")]


def test_an_order_is_one_outcome_whatever_its_lines(world: World) -> None:
    report = world.text(
        "orders.csv", export(ORDER | {"Phone": "+1 650 555 1212", "Payment Reference": "c1.1"}, ITEM, ITEM)
    )
    assert (report.rows_read, report.accepted) == (3, 3)
    assert report.totals == {"EUR": {"orders": 1, "total": "29.75", "refunded": "0.00", "discount": "2.00"}}
    (row,) = world.rows(
        "SELECT outcome_id, system, tracker, kind, status, outturn_micros(occurred_at), gross_micros, tax_micros, "
        "shipping_micros, "
        "discount_micros, currency, order_id, payment_id, email_key, phone_key, line FROM outcomes"
    )
    at = int(datetime(2026, 9, 1, 8, tzinfo=UTC).timestamp()) * 1_000_000
    secret = world.workspace.secret()
    assert row == (
        "shopify:5550001", "shopify", False, "purchase", "counted", at, 29_750_000, 4_750_000, 5_000_000, 2_000_000,
        "EUR", "1001", "c1.1",
        identity_key(secret, "email", "ana@example.com"), identity_key(secret, "phone", "+16505551212"), 2,
    )  # fmt: skip


def test_an_order_split_over_two_files_keeps_its_amounts(world: World) -> None:
    world.text("orders_1.csv", export(ORDER, ITEM))
    world.text("orders_2.csv", export(ITEM, order(Name="#1002", Id="5550002", Total="10.00")))
    assert world.rows("SELECT outcome_id, gross_micros FROM outcomes ORDER BY 1") == [
        ("shopify:5550001", 29_750_000),
        ("shopify:5550002", 10_000_000),
    ]


def test_a_later_export_restates_the_order_and_brings_its_refund(world: World) -> None:
    world.text("monday.csv", export(ORDER))
    world.text(
        "friday.csv", export(ORDER | {"Financial Status": "partially_refunded", "Refunded Amount": "10.00"}, ITEM)
    )
    assert world.rows(
        "SELECT outcome_id, kind, gross_micros, parent_outcome_id, occurred_at IS NULL, currency FROM outcomes ORDER "
        "BY 1"
    ) == [
        ("shopify:5550001", "purchase", 29_750_000, None, False, "EUR"),
        ("shopify:5550001:refund", "refund", -10_000_000, "shopify:5550001", True, "EUR"),
    ]


@pytest.mark.parametrize(
    ("cells", "status"),
    [
        ({"Financial Status": "paid"}, "counted"),
        ({"Financial Status": "Partially_Paid"}, "counted"),
        ({"Financial Status": "refunded", "Cancelled at": "2026-09-02 10:00:00 +0200"}, "counted"),
        ({"Financial Status": "pending"}, "pending"),
        ({"Financial Status": "authorized"}, "pending"),
        ({"Financial Status": "expired"}, "pending"),
        ({"Financial Status": "voided"}, "void"),
        ({"Payment Method": "Bogus Gateway"}, "test"),
        ({"Payment Method": "(for testing) Bogus Gateway + Gift Card"}, "test"),
        ({"Tags": "vip, Test"}, "test"),
        ({"Tags": "contest, testing"}, "counted"),
    ],
)
def test_what_counts_and_what_does_not(world: World, cells: dict[str, str], status: str) -> None:
    world.text("orders.csv", export(ORDER | cells))
    assert world.rows("SELECT DISTINCT status FROM outcomes") == [(status,)]


def test_older_exports_lack_columns(world: World) -> None:
    late = ("Id", "Refunded Amount", "Note Attributes", "Tags", "Phone", "Payment Reference", "Payment Method")
    report = world.text("2012.csv", export(ORDER | {"Financial Status": "refunded"}, ITEM, without=late))
    assert report.verdict == "accept"
    assert world.rows("SELECT outcome_id, gross_micros FROM outcomes ORDER BY 1") == [
        ("shopify:#1001", 29_750_000),
        ("shopify:#1001:refund", -29_750_000),
    ]


def test_shipping_is_without_its_tax_where_prices_include_tax(world: World) -> None:
    # 119.00 with 19 % in it, 11.90 of which is shipping: 10.00 of shipping, 1.90 of its tax.
    world.text(
        "orders.csv", export(ORDER | {"Subtotal": "107.10", "Shipping": "11.90", "Taxes": "19.00", "Total": "119.00"})
    )
    assert world.rows("SELECT gross_micros, tax_micros, shipping_micros FROM outcomes") == [
        (119_000_000, 19_000_000, 10_000_000)
    ]


def test_notes_tell_where_the_visit_came_from(world: World) -> None:
    notes = (
        "UTM_Source: news letter\r\nutm_medium : email\ngift: yes\nlanding_site: "
        "https://shop.example/a?gclid=Cj0-x&utm_campaign=May&email=a@b.example#top\n"
        "referring_site: https://blog.example/?phone=%2B491701234567\nScCid: Sc-1\nutm_content: ana@example.com"
    )
    world.text("orders.csv", export(ORDER | {"Note Attributes": notes}))
    assert world.rows(
        "SELECT utm_source, utm_medium, utm_campaign, utm_content, gclid, sccid, landing_url, referrer FROM outcomes"
    ) == [
        (
            "news letter", "email", "May", None, "Cj0-x", "Sc-1",
            "https://shop.example/a?gclid=Cj0-x&utm_campaign=May&email=", "https://blog.example/?phone=",
        )
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("cells", "code"),
    [
        ({"Total": ""}, "MISSING_VALUE"),
        ({"Financial Status": ""}, "MISSING_VALUE"),
        ({"Financial Status": "on the house"}, "UNKNOWN_KIND"),
        ({"Total": "twenty"}, "BAD_NUMBER"),
        ({"Total": "1.0000001"}, "BAD_NUMBER"),
        ({"Total": "9" * 400}, "BAD_NUMBER"),
        ({"Created at": "yesterday"}, "BAD_DATE"),
        ({"Created at": "2031-01-01 10:00:00 +0200"}, "BAD_DATE"),
        ({"Created at": ""}, "MISSING_VALUE"),
        ({"Currency": "DOLLARS"}, "AMBIGUOUS_CURRENCY"),
        ({"Name": ""}, "MISSING_VALUE"),
        ({"Id": "5.55E+09"}, "ID_PRECISION_LOST"),
    ],
)
def test_a_row_that_cannot_be_read_is_refused_with_its_line(world: World, cells: dict[str, str], code: str) -> None:
    report = world.text("orders.csv", export(ORDER, ORDER | {"Name": "#1002", "Id": "5550002"} | cells))
    assert (report.accepted, report.reasons) == (1, {code: 1})
    assert world.rows("SELECT line, reason FROM refused_rows") == [(3, code)]


def test_a_file_without_currency_asks_for_it(world: World) -> None:
    text = export(ORDER, without=("Currency",))
    assert world.text("orders.csv", text).needs == ("currency",)
    assert world.text("orders.csv", text, currency="CHF").totals["CHF"]["total"] == "29.75"


_PIECES = st.sampled_from([
    "https://", "//", "shop.example", "user:pw@", "a@b.co", "ana%40example.com", "?", "&", "#", "=", "email",
    "utm_source", "gclid", "amp;",
    "user[tel]", "%5Bphone%5D", "+49 170 1234567", "+1650", "555-123-4567", "x", "/", "%", "é", "@", ".", "first-name",
    "%2540", "%2Bb", "\n", " ",
])  # fmt: skip


@settings(max_examples=40)
@given(st.lists(st.lists(_PIECES, max_size=10).map("".join), min_size=1, max_size=30))
def test_what_is_kept_of_an_address_is_what_the_domain_says(urls: list[str]) -> None:
    engine = DuckDBEngine()
    try:
        numbered = f"(SELECT unnest($urls::VARCHAR[]) AS url, unnest(range({len(urls)})) AS n)"
        kept = engine.rows(f"SELECT {kept_address('url')} FROM {numbered} ORDER BY n", {"urls": urls})
    finally:
        engine.close()
    assert [row[0] for row in kept] == [
        without_personal_data(without_fragment(url)) if url.strip(" ") else None for url in urls
    ]
