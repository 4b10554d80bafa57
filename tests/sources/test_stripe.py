"""Stripe's payments: exact in every currency's digits, and once, whichever file tells of them."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest

from tests.sources.stated import each, tables
from tests.sources.worlds import FIXTURES

if TYPE_CHECKING:
    from tests.sources.worlds import World

PAYMENTS = "id,Created date (UTC),Amount,Amount Refunded,Currency,Captured,Fee,Converted Currency,Mode,Status,"
PAYMENTS += "Description,Customer ID,Customer Email,PaymentIntent ID,order_id (metadata),utm_source (metadata),"
PAYMENTS += "gclid (metadata)\n"
PAYMENT = (
    "ch_1,2026-09-01 10:00:00,100.00,30.00,eur,true,1.75,eur,Live,Paid,,cus_1,ana@example.com,pi_1,#1001,news,Cj0\n"
)
CHARGES = "id,created,amount,amount_refunded,currency,status,paid,captured,livemode,description,payment_intent_id,"
CHARGES += "invoice_id,receipt_email,customer_id,metadata\n"
REFUNDS = "id,charge_id,created,amount,currency,status,receipt_number,failure_reason\n"
SALES = "SELECT outcome_id, kind, status, gross_micros, currency FROM outcomes ORDER BY outcome_id"
needs_fixtures = pytest.mark.skipif(not FIXTURES.is_dir(), reason="the samples lie beside the project, not in it")


def charge(charge_id: str, amount: int, currency: str = "eur", **given: str) -> str:
    cells = {
        "refunded": "0", "status": "succeeded", "paid": "true", "captured": "true", "live": "true", "description": "",
        "intent": "", "invoice": "", "email": "", "customer": "cus_1", "metadata": "",
    } | given  # fmt: skip
    metadata = '"' + cells["metadata"].replace('"', '""') + '"'
    return (
        f"{charge_id},2026-09-01 10:00:00,{amount},{cells['refunded']},{currency},{cells['status']},{cells['paid']},"
        f"{cells['captured']},{cells['live']},{cells['description']},{cells['intent']},{cells['invoice']},"
        f"{cells['email']},{cells['customer']},{metadata}\n"
    )


def entry(file: str) -> dict[str, Any]:
    expected = json.loads((FIXTURES / "ui/expected.json").read_text())["files"]
    return next(one for one in expected if one["file"] == f"ui/stripe/{file}")


def decimals(stated: dict[str, str]) -> dict[str, Decimal]:
    return {currency: Decimal(amount) for currency, amount in stated.items()}


@needs_fixtures
def test_the_sample_of_payments_gives_what_is_expected(world: World) -> None:
    expected = entry("payments_export.csv")
    report = world.take(FIXTURES / expected["file"])[0]
    assert (report.verdict, report.accepted, report.refused) == ("accept", expected["rows"]["accepted"], 0)
    sums = expected["sums"]
    assert sum(totals["payments"] for totals in report.totals.values()) == sums["paid_count"]
    for name in ("gross", "refunded", "fees"):
        assert {code: Decimal(totals[name]) for code, totals in report.totals.items()} == decimals(sums[name])
    counted = "status = 'counted' AND kind"
    for kind, name, sign in (("purchase", "gross", 1), ("refund", "refunded", -1)):
        rows = world.rows(f"SELECT currency, SUM(gross_micros) FROM outcomes WHERE {counted} = '{kind}' GROUP BY 1")
        found = {currency: sign * Decimal(micros) / 1_000_000 for currency, micros in rows}
        assert found == {currency: amount for currency, amount in decimals(sums[name]).items() if amount}
    assert world.rows("SELECT status, COUNT(*) FROM outcomes WHERE kind = 'purchase' GROUP BY 1 ORDER BY 1") == [
        ("counted", 7), ("test", 1), ("void", 1),
    ]  # fmt: skip
    assert world.rows("SELECT gclid, payment_id FROM outcomes WHERE outcome_id = 'stripe:ch_01'") == [
        ("TeSter-1", "pi_01")
    ]


@needs_fixtures
def test_the_sample_of_the_balance_gives_what_is_expected(world: World) -> None:
    expected = entry("balance_history.csv")
    report = world.take(FIXTURES / expected["file"])[0]
    assert (report.layout, report.accepted, report.refused) == ("balance_history", expected["rows"]["accepted"], 0)
    for name in ("charges", "refunds", "disputes", "fees", "payouts"):
        assert {code: Decimal(totals[name]) for code, totals in report.totals.items()} == decimals(
            expected["sums"][name]
        )
    rows = world.rows("SELECT kind, SUM(gross_micros) FROM outcomes GROUP BY 1 ORDER BY 1")
    named = {"purchase": "charges", "refund": "refunds", "chargeback": "disputes"}
    assert {kind: Decimal(micros) / 1_000_000 for kind, micros in rows} == {
        kind: Decimal(expected["sums"][name]["USD"]) for kind, name in named.items()
    }
    assert world.rows("SELECT parent_outcome_id FROM outcomes WHERE kind = 'chargeback'") == [("stripe_balance:ch_1",)]


_TABLES = tables("stripe")
_USED = {
    "charge", "refund", "dispute", "customer", "invoice", "price", "plan", "subscription", "subscription_history",
    "subscription_item", "balance_transaction",
}  # fmt: skip


@pytest.mark.parametrize("name", each(_TABLES))
def test_a_table_out_of_the_api_gives_its_totals(world: World, name: str) -> None:
    report = world.take(FIXTURES / "stripe" / name)[0]
    assert (report.source, f"{report.layout}_data.csv") == ("stripe", name)
    assert (report.verdict, report.rows_read, report.refused) == ("accept", _TABLES[name]["rows"], 0)
    assert (report.accepted if report.layout in _USED else report.ignored) == _TABLES[name]["rows"]
    for column, stated in _TABLES[name].get("sums", {}).items():
        kind = "refund" if name == "refund_data.csv" or column == "amount_refunded" else "purchase"
        micros = world.rows(f"SELECT ABS(SUM(gross_micros)) FROM outcomes WHERE kind = '{kind}'")[0][0] or 0
        assert Decimal(micros) / 10_000 == Decimal(stated["sum"])


@needs_fixtures
def test_all_tables_in_one_command(world: World) -> None:
    files = sorted((FIXTURES / "stripe").glob("*.csv"))
    assert {report.verdict for report in world.take(*files)} == {"accept"}
    assert {report.verdict for report in world.take(*files)} == {"unchanged"}


def test_minor_units_have_as_many_digits_as_the_currency(world: World) -> None:
    given = {"eur": 1234, "jpy": 1234, "kwd": 1230, "isk": 123400, "ugx": 123400, "mga": 1234, "clp": 1234}
    report = world.text("charges.csv", CHARGES + "".join(charge(f"ch_{code}", n, code) for code, n in given.items()))
    assert {code: totals["gross"] for code, totals in report.totals.items()} == {
        "EUR": "12.34", "JPY": "1234", "KWD": "1.230", "ISK": "1234", "UGX": "1234", "MGA": "1234.00", "CLP": "1234",
    }  # fmt: skip
    assert world.rows("SELECT gross_micros FROM outcomes WHERE outcome_id = 'stripe:ch_kwd'") == [(1_230_000,)]


def test_an_amount_that_no_money_has_is_refused(world: World) -> None:
    text = CHARGES + charge("ch_1", 100) + charge("ch_2", 9_223_372_036_854_775_807) + charge("ch_3", 10**13)
    report = world.text("charges.csv", text)
    assert (report.accepted, report.reasons) == (1, {"BAD_NUMBER": 2})


@pytest.mark.parametrize(
    ("given", "status"),
    [
        ({}, "counted"),
        ({"live": "false"}, "test"),
        ({"status": "failed", "paid": "false", "captured": "false"}, "void"),
        ({"status": "pending", "paid": "false"}, "pending"),
        ({"captured": "false"}, "pending"),
        ({"paid": "false"}, "void"),
    ],
)
def test_which_charges_count(world: World, given: dict[str, str], status: str) -> None:
    world.text("charges.csv", CHARGES + charge("ch_1", 100, **given))
    assert world.rows("SELECT status FROM outcomes") == [(status,)]


def test_what_renews_a_subscription_is_a_renewal(world: World) -> None:
    text = CHARGES + charge("ch_1", 100, description="Subscription creation", invoice="in_1")
    text += charge("ch_2", 100, description="Subscription update", invoice="in_2") + charge("ch_3", 50, invoice="in_3")
    charges = world.file("charges.csv", text)
    world.take(charges)
    kinds = "SELECT kind FROM outcomes ORDER BY outcome_id"
    assert world.rows(kinds) == [("purchase",), ("renewal",), ("purchase",)]
    invoices = "id,billing_reason,attempt_count,subscription_id\nin_2,subscription_create,1,sub_1\n"
    world.take(charges, world.file("invoices.csv", invoices + "in_3,subscription_cycle,1,sub_1\n"))
    assert world.rows(kinds) == [("purchase",), ("purchase",), ("renewal",)]


def test_refunds_count_once_in_whichever_order_files_come(world: World) -> None:
    refund = REFUNDS + "re_1,ch_1,2026-09-03 08:00:00,2000,eur,succeeded,,\n"
    world.text("payments.csv", PAYMENTS + PAYMENT)
    assert world.rows(SALES)[1] == ("stripe:ch_1:refund", "refund", "counted", -30_000_000, "EUR")
    world.text("refunds.csv", refund)
    both = [
        ("stripe:ch_1", "purchase", "counted", 100_000_000, "EUR"),
        ("stripe:ch_1:refund", "refund", "counted", -10_000_000, "EUR"),
        ("stripe:ch_1:refund:re_1", "refund", "counted", -20_000_000, "EUR"),
    ]
    assert world.rows(SALES) == both
    world.text("payments_again.csv", PAYMENTS + PAYMENT.replace("news", "email"))
    assert world.rows(SALES) == both
    world.text("more.csv", refund + "re_2,ch_1,2026-09-04 08:00:00,1000,eur,succeeded,,\n")
    assert world.rows(SALES)[1:] == [
        ("stripe:ch_1:refund", "refund", "void", 0, "EUR"),
        ("stripe:ch_1:refund:re_1", "refund", "counted", -20_000_000, "EUR"),
        ("stripe:ch_1:refund:re_2", "refund", "counted", -10_000_000, "EUR"),
    ]


def test_refunds_that_failed_take_nothing_back(world: World) -> None:
    world.text("refunds.csv", REFUNDS + "re_1,ch_1,2026-09-03 08:00:00,2000,eur,failed,,\n")
    assert world.rows("SELECT status, parent_outcome_id FROM outcomes") == [("void", "stripe:ch_1")]


@pytest.mark.parametrize(
    ("stated", "status"),
    [("lost", "counted"), ("under_review", "counted"), ("won", "void"), ("warning_needs_response", "void")],
)
def test_a_dispute_takes_its_amount_back_until_it_is_won(world: World, stated: str, status: str) -> None:
    header = "id,charge_id,created,amount,currency,status,livemode,reason,is_charge_refundable\n"
    world.text("disputes.csv", f"{header}du_1,ch_1,2026-09-05 08:00:00,10000,eur,{stated},true,general,false\n")
    assert world.rows("SELECT outcome_id, kind, status, gross_micros, parent_outcome_id FROM outcomes") == [
        ("stripe:ch_1:chargeback:du_1", "chargeback", status, -100_000_000, "stripe:ch_1")
    ]


def test_metadata_tells_the_order_and_the_visit(world: World) -> None:
    metadata = {
        "order_id": "#1001", "gclid": "Cj0", "utm_source": "news", "utm_medium": "email", "utm_term": "a@b.example",
        "landing_page": "https://shop.example/?utm_campaign=May&email=a@b.example#top",
    }  # fmt: skip
    text = CHARGES + charge("ch_1", 100, intent="pi_1", metadata=json.dumps(metadata)) + charge("ch_2", 5, metadata="{")
    world.text("charges.csv", text)
    assert world.rows(
        "SELECT order_id, payment_id, gclid, utm_source, utm_medium, utm_campaign, utm_term, landing_url FROM outcomes "
        "ORDER BY outcome_id"
    ) == [
        ("1001", "pi_1", "Cj0", "news", "email", "May", None, "https://shop.example/?utm_campaign=May&email="),
        (None, "ch_2", None, None, None, None, None, None),
    ]  # fmt: skip


def test_a_fee_in_another_currency_is_not_known(world: World) -> None:
    world.text("payments.csv", PAYMENTS + PAYMENT.replace("1.75,eur", "1.95,usd"))
    assert world.rows("SELECT gross_micros, fees_micros FROM outcomes WHERE kind = 'purchase'") == [(100_000_000, None)]


def test_a_status_that_nobody_knows_is_refused(world: World) -> None:
    report = world.text("payments.csv", PAYMENTS + PAYMENT + PAYMENT.replace("Paid", "Teleported"))
    assert (report.accepted, report.reasons) == (1, {"UNKNOWN_KIND": 1})


def test_european_exports_have_decimal_commas(world: World) -> None:
    header = "id;Created date (UTC);Amount;Amount Refunded;Currency;Status\n"
    report = world.text("zahlungen.csv", header + "ch_1;2026-09-01 10:00:00;1.399,00;0,00;eur;Paid\n")
    assert report.totals["EUR"]["gross"] == "1399.00"


def test_the_balance_names_the_charge_of_a_refund_with_the_table_of_refunds(world: World) -> None:
    refunds = world.file("refunds.csv", REFUNDS + "re_1,ch_1,2026-09-03 08:00:00,2000,eur,succeeded,,\n")
    header = "id,Type,Source,Amount,Fee,Net,Currency,Created (UTC),Description\n"
    rows = "txn_1,charge,ch_1,100.00,1.75,98.25,eur,2026-09-01 10:00,Lamp\n"
    rows += "txn_2,refund,re_1,-20.00,0.00,-20.00,eur,2026-09-03 08:00,REFUND FOR CHARGE (Lamp)\n"
    rows += "txn_3,adjustment,du_1,-80.00,15.00,-95.00,eur,2026-09-04 08:00,Chargeback withdrawal for ch_1\n"
    rows += "txn_4,adjustment,du_1,80.00,0.00,80.00,eur,2026-09-09 08:00,Chargeback reversal for ch_1\n"
    world.take(world.file("balance.csv", header + rows), refunds)
    assert world.rows(
        "SELECT outcome_id, parent_outcome_id, gross_micros, payment_id FROM outcomes WHERE system = 'stripe_balance' "
        "ORDER BY occurred_at"
    ) == [
        ("stripe_balance:ch_1", None, 100_000_000, "ch_1"),
        ("stripe_balance:refund:re_1", "stripe_balance:ch_1", -20_000_000, None),
        ("stripe_balance:chargeback:txn_3", "stripe_balance:ch_1", -80_000_000, None),
        ("stripe_balance:chargeback:txn_4", "stripe_balance:ch_1", 80_000_000, None),
    ]


def test_a_customer_ties_their_id_to_their_address(world: World) -> None:
    header = "id,created,email,phone,delinquent,is_deleted\n"
    world.text("customers.csv", header + "cus_1,2026-08-01 09:00:00,ana@example.com,+16505551212,false,false\n")
    world.text("charges.csv", CHARGES + charge("ch_1", 100))
    assert world.rows(
        "SELECT events.email_key IS NOT NULL, events.phone_key IS NOT NULL, events.crm_key = outcomes.crm_key, type "
        "FROM events, outcomes"
    ) == [(True, True, True, "identify")]


SUBSCRIPTION = (
    "id,status,created,start_date,trial_start,trial_end,ended_at,_fivetran_synced,quantity,customer_id,livemode\n"
)
PRICE = "id,unit_amount,currency,recurring_interval,recurring_interval_count,billing_scheme,lookup_key,"
PRICE += "recurring_usage_type\n"
ITEM = "id,subscription_id,plan_id,quantity,current_period_start\n"
MOVES = (
    "SELECT outcome_id, kind, gross_micros, CAST(occurred_at AS DATE)::VARCHAR FROM outcomes ORDER BY occurred_at, 1"
)


def test_a_subscription_is_a_trial_a_start_its_changes_and_its_end(world: World) -> None:
    prices = world.file("prices.csv", PRICE + "price_1,12000,eur,year,1,per_unit,,licensed\n")
    items = world.file("items.csv", ITEM + "si_1,sub_1,price_1,3,2026-03-15 00:00:00\n")
    line = "sub_1,{status},2026-03-01,2026-03-01,2026-03-01,2026-03-15,{ended},{at},{quantity},cus_1,true\n"
    first = line.format(status="active", ended="", at="2026-03-16 00:00:00", quantity=1)
    grown = line.format(status="active", ended="", at="2026-05-01 00:00:00", quantity=3)
    shrunk = line.format(status="active", ended="", at="2026-06-01 00:00:00", quantity=2)
    ended = line.format(status="canceled", ended="2026-09-01 00:00:00", at="2026-09-01 00:00:00", quantity=2)
    moves: list[tuple[Any, ...]] = [
        ("stripe:sub_1:trial", "trial", None, "2026-03-01"),
        ("stripe:sub_1:start", "subscription_start", 10_000_000, "2026-03-15"),
        ("stripe:sub_1:change:1777593600000000", "expansion", 20_000_000, "2026-05-01"),
        ("stripe:sub_1:change:1780272000000000", "contraction", -10_000_000, "2026-06-01"),
        ("stripe:sub_1:churn", "churn", -20_000_000, "2026-09-01"),
    ]
    world.take(world.file("spring.csv", SUBSCRIPTION + first), prices, items)
    assert world.rows(MOVES) == moves[:2]
    world.take(world.file("may.csv", SUBSCRIPTION + grown), prices, items)
    assert world.rows(MOVES) == moves[:3]
    world.take(world.file("all.csv", SUBSCRIPTION + first + grown + shrunk + ended), prices, items)
    assert world.rows(MOVES) == moves
    assert world.rows("SELECT SUM(gross_micros) FROM outcomes") == [(0,)]


def test_a_trial_that_never_paid_is_no_subscription(world: World) -> None:
    line = "sub_1,canceled,2026-03-01,2026-03-01,2026-03-01,2026-03-15,2026-03-10,2026-03-16 00:00:00,1,cus_1,true\n"
    report = world.text("subscriptions.csv", SUBSCRIPTION + line)
    assert world.rows("SELECT kind FROM outcomes") == [("trial",)]
    assert sum("worth a month is not known" in message for message in report.messages) == 2
