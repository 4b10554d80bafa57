"""Shopify's tables: orders once beside the export, refunds on their day, tags and visits as evidence."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from tests.sources.stated import each, tables
from tests.sources.test_shopify import ORDER, export
from tests.sources.worlds import FIXTURES

if TYPE_CHECKING:
    from tests.sources.worlds import World

HEADER = (
    "id,created_at,name,order_number,financial_status,fulfillment_status,total_price,subtotal_price,total_tax,"
    "total_discounts,total_line_items_price,currency,taxes_included,test,landing_site_base_url,referring_site,email,"
    "customer_id\n"
)
LINE = (
    "5550001,2026-09-01 08:00:00.000,#1001,1001,{status},fulfilled,29.75,20.00,4.75,2.00,22.00,EUR,FALSE,{test},"
    "{landing},https://blog.example/,ana@example.com,77\n"
)
TRANSACTIONS = "id,order_id,refund_id,amount,currency,kind,status,test,created_at,gateway,authorization\n"
PAID = "1,5550001,,29.75,EUR,sale,success,FALSE,2026-09-01 08:00:00,stripe,ch_1\n"
BACK = "2,5550001,900,10.00,EUR,refund,success,FALSE,2026-09-03 09:00:00,stripe,re_1\n"
FAILED = "3,5550001,901,5.00,EUR,refund,failure,FALSE,2026-09-04 09:00:00,stripe,re_2\n"
SALES = "SELECT outcome_id, kind, status, gross_micros FROM outcomes ORDER BY outcome_id"


def order(status: str = "paid", *, test: str = "FALSE", landing: str = "") -> str:
    return HEADER + LINE.format(status=status, test=test, landing=landing)


_TABLES = tables("shopify")
_USED = {
    "order", "gql_order", "transaction", "gql_transaction", "gql_refund", "order_url_tag", "order_note_attribute",
    "gql_customer_visit", "customer", "gql_customer",
}  # fmt: skip


@pytest.mark.parametrize("name", each(_TABLES))
def test_a_table_out_of_the_api_gives_its_totals(world: World, name: str) -> None:
    report = world.take(FIXTURES / "shopify" / name)[0]
    assert (report.source, f"{report.layout}_data.csv") == ("shopify", name)
    assert (report.verdict, report.rows_read, report.refused) == ("accept", _TABLES[name]["rows"], 0)
    assert (report.accepted if report.layout in _USED else report.ignored) == _TABLES[name]["rows"]
    stated = _TABLES[name].get("sums")
    if stated:
        total, discount = world.rows("SELECT SUM(gross_micros), SUM(discount_micros) FROM outcomes")[0]
        assert Decimal(total) / 1_000_000 == Decimal(stated["total_price"]["sum"])
        assert Decimal(discount) / 1_000_000 == Decimal(stated["total_discounts"]["sum"])


@pytest.mark.skipif(not FIXTURES.is_dir(), reason="the samples lie beside the project, not in it")
def test_all_tables_in_one_command(world: World) -> None:
    files = sorted((FIXTURES / "shopify").glob("*.csv"))
    assert {report.verdict for report in world.take(*files)} == {"accept"}
    assert {report.verdict for report in world.take(*files)} == {"unchanged"}


def test_an_order_has_its_parts_and_its_buyer(world: World) -> None:
    world.text("orders.csv", order())
    assert world.rows(
        "SELECT outcome_id, system, status, gross_micros, tax_micros, shipping_micros, discount_micros, currency, "
        "order_id, email_key IS NOT NULL, crm_key IS NOT NULL, referrer, CAST(occurred_at AS VARCHAR) FROM outcomes"
    ) == [
        ("shopify:5550001", "shopify", "counted", 29_750_000, 4_750_000, 5_000_000, 2_000_000, "EUR", "1001", True,
         True, "https://blog.example/", "2026-09-01 08:00:00+00"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("status", "test", "kept"),
    [
        ("paid", "FALSE", "counted"),
        ("pending", "FALSE", "pending"),
        ("voided", "FALSE", "void"),
        ("paid", "TRUE", "test"),
    ],
)
def test_which_orders_count(world: World, status: str, test: str, kept: str) -> None:
    world.text("orders.csv", order(status, test=test))
    assert world.rows("SELECT status FROM outcomes") == [(kept,)]


def test_the_newer_interface_gives_the_same_order_in_the_shops_currency(world: World) -> None:
    header = "id,created_at,name,display_financial_status,display_fulfillment_status,total_price_set_shop_amount,"
    header += "total_price_set_shop_currency_code,total_price_set_pres_amount,subtotal_price_set_shop_amount,"
    header += "total_tax_set_shop_amount,total_shipping_price_set_shop_amount,taxes_included,_fivetran_deleted\n"
    line = "5550001,2026-09-01 08:00:00,#1001,PAID,FULFILLED,119.00,EUR,130.00,107.10,19.00,11.90,TRUE,FALSE\n"
    world.text("orders.csv", header + line + line.replace("5550001", "5550002").replace("TRUE,FALSE", "TRUE,TRUE"))
    assert world.rows(
        "SELECT outcome_id, status, gross_micros, tax_micros, shipping_micros, currency FROM outcomes ORDER BY 1"
    ) == [
        ("shopify:5550001", "counted", 119_000_000, 19_000_000, 10_000_000, "EUR"),
        ("shopify:5550002", "void", 119_000_000, 19_000_000, 10_000_000, "EUR"),
    ]


def test_refunds_count_once_beside_the_export(world: World) -> None:
    world.text("export.csv", export(ORDER | {"Financial Status": "partially_refunded", "Refunded Amount": "12.00"}))
    world.text("transactions.csv", TRANSACTIONS + PAID + BACK + FAILED)
    sales = [
        ("shopify:5550001", "purchase", "counted", 29_750_000),
        ("shopify:5550001:refund", "refund", "counted", -2_000_000),
        ("shopify:5550001:refund:900", "refund", "counted", -10_000_000),
    ]
    assert world.rows(SALES) == sales
    refunds = "id,created_at,order_id,return_id,total_refunded_set_shop_amount,total_refunded_set_shop_currency_code\n"
    world.text("refunds.csv", refunds + "900,2026-09-03 09:00:00,5550001,,10.00,EUR\n")
    assert world.rows(SALES) == sales
    again = ORDER | {"Financial Status": "partially_refunded", "Refunded Amount": "10.00"}
    world.text("later.csv", export(again))
    assert world.rows(SALES)[1] == ("shopify:5550001:refund", "refund", "void", 0)


def test_an_order_that_is_refunded_goes_back_whole(world: World) -> None:
    world.text("orders.csv", order("refunded"))
    assert world.rows(SALES)[1] == ("shopify:5550001:refund", "refund", "counted", -29_750_000)
    world.text("transactions.csv", TRANSACTIONS + BACK.replace("10.00", "29.75"))
    assert world.rows("SELECT SUM(gross_micros) FROM outcomes WHERE status = 'counted'") == [(0,)]


def test_a_refund_paid_back_by_two_means_is_one(world: World) -> None:
    world.text("transactions.csv", TRANSACTIONS + BACK + BACK.replace("2,5550001", "9,5550001"))
    assert world.rows("SELECT outcome_id, gross_micros FROM outcomes") == [("shopify:5550001:refund:900", -20_000_000)]


def test_tags_notes_and_payments_beside_the_orders(world: World) -> None:
    orders = world.file("orders.csv", order(landing="/a?utm_campaign=May&email=ana@example.com"))
    tags = "key,order_id,value\nutm_source,5550001,news\nutm_medium,5550001,email\nimage,5550001,x\ngclid,1,other\n"
    notes = 'name,order_id,value\nScCid,5550001,"""Sc-1"""\nutm_content,5550001,"""ana@example.com"""\n'
    world.take(
        orders, world.file("tags.csv", tags), world.file("notes.csv", notes),
        world.file("transactions.csv", TRANSACTIONS + PAID),
    )  # fmt: skip
    assert world.rows(
        "SELECT utm_source, utm_medium, utm_campaign, utm_content, sccid, gclid, payment_id, landing_url FROM outcomes"
    ) == [("news", "email", "May", None, "Sc-1", None, "ch_1", "/a?utm_campaign=May&email=")]


VISITS = (
    "id,order_id,type,landing_page,occurred_at,referrer_url,source,source_type,utm_parameters_source,"
    "utm_parameters_medium,utm_parameters_campaign\n"
    "1,5550001,CustomerVisit,https://shop.example/?gclid=Cj0,2026-08-30 10:00:00,https://www.google.com/,google,SEO,"
    "google,cpc,May\n"
)


def test_visits_are_page_views_of_the_orders_buyer(world: World) -> None:
    visits = world.file("visits.csv", VISITS)
    alone = world.take(visits)[0]
    assert "nobody knows whose visits these were" in " ".join(alone.messages)
    assert world.rows("SELECT COUNT(*) FROM events") == [(0,)]
    world.take(world.file("orders.csv", order()), visits)
    assert world.rows(
        "SELECT event_id, events.type, events.gclid, events.utm_source, events.utm_medium, events.utm_campaign, "
        "events.referrer, events.email_key = outcomes.email_key, events.crm_key = outcomes.crm_key "
        "FROM events, outcomes"
    ) == [("shopify:visit:1", "page", "Cj0", "google", "cpc", "May", "https://www.google.com/", True, True)]


def test_a_customer_ties_their_id_to_their_address(world: World) -> None:
    header = "id,email,phone,created_at,orders_count,total_spent,accepts_marketing\n"
    world.text("customers.csv", header + "77,ana@example.com,+16505551212,2026-08-01 09:00:00,1,29.75,TRUE\n")
    world.text("orders.csv", order())
    assert world.rows(
        "SELECT events.crm_key = outcomes.crm_key, events.email_key = outcomes.email_key, "
        "events.phone_key IS NOT NULL FROM outcomes, events"
    ) == [(True, True, True)]
