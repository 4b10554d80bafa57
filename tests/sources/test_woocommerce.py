"""WooCommerce's orders: net sales to the cent, refunds on their own day, buyers known by their order alone."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from tests.sources.worlds import FIXTURES

if TYPE_CHECKING:
    from tests.sources.worlds import World

HEADER = "Date,Order #,N. Revenue (formatted),Status,Customer,Customer type,Product(s),Items sold,Coupon(s),"
ORDERS = HEADER + "Net Sales,Attribution\n"


def line(number: int, net: str, status: str = "completed", *, kind: str = "new", attribution: str = "") -> str:
    at = f"2026-09-0{number % 9 + 1} 14:00:00"
    return f'{at},{number},"৳{net}",{status},Ada Example,{kind},"2× Lamp, 1× Bulb",3,,{net},{attribution}\n'


@pytest.mark.skipif(not FIXTURES.is_dir(), reason="the samples lie beside the project, not in it")
def test_the_sample_gives_what_is_expected(world: World) -> None:
    expected = json.loads((FIXTURES / "ui/expected.json").read_text())["files"]
    (entry,) = [one for one in expected if one["platform"] == "woocommerce"]
    report = world.take(FIXTURES / entry["file"])[0]
    assert (report.verdict, report.needs, report.source) == ("refuse", ("currency",), "woocommerce")
    report = world.take(FIXTURES / entry["file"], currency="USD")[0]
    assert (report.verdict, report.accepted, report.refused) == (entry["verdict"], entry["rows"]["accepted"], 0)
    sums = entry["sums"]
    assert Decimal(report.totals["USD"]["counted"]) == Decimal(sums["net_sales_completed_processing"])
    net = sum(map(Decimal, sums["net_sales_by_status"].values()))
    assert Decimal(report.totals["USD"]["net_sales"]) == net
    assert Decimal(world.rows("SELECT SUM(gross_micros) FROM outcomes")[0][0]) / 1_000_000 == net
    assert world.rows("SELECT COUNT(*) FROM outcomes") == [(sums["orders"],)]


def test_orders_and_their_refunds(world: World) -> None:
    text = (
        ORDERS + line(501, "100.00") + line(501, "-40.00") + line(501, "-40.00") + line(502, "9.50", kind="returning")
    )
    world.text("orders.csv", text, currency="EUR")
    assert world.rows(
        "SELECT outcome_id, kind, status, gross_micros, parent_outcome_id, order_id, new_customer, "
        "CAST(occurred_at AS VARCHAR) FROM outcomes ORDER BY line"
    ) == [
        ("woocommerce:501", "purchase", "counted", 100_000_000, None, "501", True, "2026-09-07 12:00:00+00"),
        (
            "woocommerce:501:refund:1788782400000000:40000000", "refund", "counted", -40_000_000, "woocommerce:501",
            "501", None, "2026-09-07 12:00:00+00",
        ),
        (
            "woocommerce:501:refund:1788782400000000:40000000:2", "refund", "counted", -40_000_000, "woocommerce:501",
            "501", None, "2026-09-07 12:00:00+00",
        ),
        ("woocommerce:502", "purchase", "counted", 9_500_000, None, "502", False, "2026-09-08 12:00:00+00"),
    ]  # fmt: skip


def test_older_exports_end_in_n_revenue(world: World) -> None:
    old = HEADER.replace("Coupon(s),", "Coupon(s)") + ",N. Revenue\n" + line(501, "100.00")[:-2] + "\n"
    report = world.text("orders.csv", old, currency="EUR")
    assert (report.accepted, report.totals["EUR"]["net_sales"]) == (1, "100.00")


@pytest.mark.parametrize(
    ("stated", "status"),
    [("processing", "counted"), ("refunded", "counted"), ("on-hold", "pending"), ("cancelled", "void")],
)
def test_which_orders_count(world: World, stated: str, status: str) -> None:
    world.text("orders.csv", ORDERS + line(501, "1.00", stated), currency="EUR")
    assert world.rows("SELECT status FROM outcomes") == [(status,)]


def test_a_status_of_a_plug_in_is_refused(world: World) -> None:
    report = world.text("orders.csv", ORDERS + line(501, "1.00") + line(502, "1.00", "shipped"), currency="EUR")
    assert (report.accepted, report.reasons) == (1, {"UNKNOWN_KIND": 1})


@pytest.mark.parametrize(
    ("attribution", "referrer"),
    [
        ("Organic: Google", "https://www.google.com/"),
        ("Organic: (none)", None),
        ("Referral: blog.example", "https://blog.example/"),
        ("Referral: ana@example.com", None),
        ("Source: Google", None),
        ("Direct", None),
    ],
)
def test_what_the_attribution_tells(world: World, attribution: str, referrer: str | None) -> None:
    world.text("orders.csv", ORDERS + line(501, "1.00", attribution=attribution), currency="EUR")
    assert world.rows("SELECT referrer, utm_source FROM outcomes") == [(referrer, None)]


def test_the_buyer_is_known_by_the_order_alone_and_never_by_name(world: World) -> None:
    world.text("orders.csv", ORDERS + line(501, "1.00") + line(502, "1.00"), currency="EUR")
    world.text("again.csv", ORDERS + line(501, "2.00"), currency="EUR")
    assert world.rows("SELECT COUNT(*), COUNT(DISTINCT crm_key) FROM outcomes") == [(2, 2)]
    assert "Ada" not in str(world.rows("SELECT CAST(COLUMNS(* EXCLUDE (crm_key)) AS VARCHAR) FROM outcomes"))
