"""Conversions: what counts, once, at its value; refunds restate their sale and the sums close."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from outturn.domain.errors import Refusal
from outturn.domain.goals import Goal
from outturn.journeys import MissingRate
from tests.journeys.world import Built, World, days, instant, key

STEPS = ("people", "conversions")
ANA = {"email": "ana@x.example"}
BEN = {"email": "ben@x.example"}
UNIT = 1_000_000


def built(world: World) -> Built:
    return Built(world, steps=STEPS)


def test_a_sale_is_worth_what_was_charged_less_stated_tax_and_shipping() -> None:
    world = World()
    world.outcome("o1", ANA, gross="119.00", tax="19.00", shipping="5.00")
    world.outcome("o2", BEN, gross="50.00")
    world.outcome("o3", {}, gross=None)
    assert built(world).conversions() == [("o1", 95 * UNIT), ("o2", 50 * UNIT), ("o3", 0)]
    assert built(world.having(revenue_basis="gross")).conversions() == [
        ("o1", 119 * UNIT),
        ("o2", 50 * UNIT),
        ("o3", 0),
    ]


def test_only_counted_outcomes_of_the_goals_kinds_count() -> None:
    world = World()
    for status in ("counted", "pending", "void", "test"):
        world.outcome(status, ANA, gross="1.00", status=status)
    world.outcome("lead", ANA, "lead")
    assert built(world).conversions() == [("counted", UNIT)]


def test_a_goal_may_count_one_per_person() -> None:
    goals = (Goal("first", ("purchase",), count="one"), Goal("sale", ("purchase",)))
    world = World().having(goals=goals)
    world.outcome("o2", ANA, at=20, gross="2.00")
    world.outcome("o1", ANA, at=10, gross="1.00")
    world.outcome("o3", {}, at=30, gross="3.00")
    world.outcome("o4", {}, at=40, gross="4.00")
    world.refund("o2:refund", "o2", "-2.00", at=50)
    assert built(world).conversions("goal", "outcome_id") == [
        ("first", "o1"), ("first", "o3"), ("first", "o4"),
        ("sale", "o1"), ("sale", "o2"), ("sale", "o2:refund"), ("sale", "o3"), ("sale", "o4"),
    ]  # fmt: skip


def test_a_deal_that_passed_two_stages_counts_once_as_of_the_first() -> None:
    world = World().having(goals=(Goal("opportunity", ("opportunity",)),))
    world.outcome("d1", ANA, "opportunity", stage="demo", at=20)
    world.outcome("d1", ANA, "opportunity", stage="offer", at=10)
    assert built(world).conversions("outcome_id", "outturn_micros(occurred_at)") == [
        ("d1", int(instant(10).timestamp()) * UNIT)
    ]


def test_a_refund_restates_its_sale_on_the_sales_day_and_on_its_own() -> None:
    world = World().having(time_zone="Europe/Berlin")
    world.outcome("o1", ANA, at=days(1) - 30, gross="119.00", tax="19.00", shipping="5.00")
    world.refund("o1:refund:1", "o1", "-59.50", at=days(5))
    world.refund("o1:refund:2", "o1", "-59.50", at=None)
    rows = built(world).conversions(
        "outcome_id", "value_micros", "date_day", "cash_day", "counts", "kept", "flags", "parent_outcome_id"
    )
    assert rows == [
        ("o1", 95 * UNIT, date(2025, 3, 2), date(2025, 3, 2), 1, 0, "", None),
        ("o1:refund:1", -47_500_000, date(2025, 3, 2), date(2025, 3, 6), 0, 0, "", "o1"),
        ("o1:refund:2", -47_500_000, date(2025, 3, 2), date(2025, 3, 2), 0, 0, "refund_undated", "o1"),
    ]


def test_a_refund_states_its_parts_and_the_others_share_what_it_leaves() -> None:
    world = World()
    world.outcome("o1", ANA, gross="120.00", tax="20.00", shipping="10.00")
    world.refund("r1", "o1", "-10.00", at=1, tax="0", shipping="-10.00")
    world.refund("r2", "o1", "-55.00", at=2)
    world.refund("r3", "o1", "-55.00", at=3)
    assert built(world).conversions() == [("o1", 90 * UNIT), ("r1", 0), ("r2", -45 * UNIT), ("r3", -45 * UNIT)]


def test_a_partial_refund_keeps_the_sale() -> None:
    world = World()
    world.outcome("o1", ANA, gross="10.00")
    world.refund("r1", "o1", "-9.99", at=1)
    world.outcome("o2", ANA, gross="10.00")
    world.outcome("r2", {}, "chargeback", at=1, gross="-10.00", parent_outcome_id="o2")
    assert built(world).conversions("outcome_id", "kept") == [("o1", 1), ("o2", 0), ("r1", 0), ("r2", 0)]


def test_an_orphan_refund_is_nobodys_on_its_own_day() -> None:
    world = World()
    world.outcome("o1", ANA, gross="10.00")
    world.outcome("pending", ANA, gross="10.00", status="pending")
    world.refund("gone:refund", "gone", "-7.00", at=days(3), tax="-1.00")
    world.refund("pending:refund", "pending", "-7.00", at=days(3))
    world.refund("other:refund", "x", "-7.00", at=days(3), system="stripe")
    found = built(world)
    columns = ("outcome_id", "person_id", "bucket", "date_day", "cash_day", "value_micros", "flags")
    assert found.conversions(*columns)[0] == (
        "gone:refund", -1, 0, date(2025, 3, 4), date(2025, 3, 4), -6 * UNIT, "orphan_refund",
    )  # fmt: skip
    assert found.conversions("outcome_id") == [("gone:refund",), ("o1",)]
    assert found.conversions_found.orphan_refunds == ("gone:refund",)


def test_margin_is_stated_or_made_of_costs_and_never_guessed() -> None:
    world = World()
    world.outcome("o1", ANA, gross="100.00", margin="40.00")
    world.outcome("o2", ANA, gross="119.00", tax="19.00", cogs="50.00", fees="3.00")
    world.outcome("o3", ANA, gross="100.00")
    world.refund("r1", "o1", "-50.00", at=1)
    world.refund("r3", "o3", "-50.00", at=1)
    assert built(world).conversions("outcome_id", "margin_micros") == [
        ("o1", 40 * UNIT), ("o2", 47 * UNIT), ("o3", None), ("r1", -20 * UNIT), ("r3", None),
    ]  # fmt: skip


def test_money_is_converted_by_the_sales_day_also_for_its_refund() -> None:
    world = World()
    world.rate("USD", date(2025, 2, 28), "1.25")
    world.rate("USD", date(2025, 3, 5), "2.00")
    world.outcome("o1", ANA, at=days(1), gross="100.00", currency="USD")
    world.refund("r1", "o1", "-100.00", at=days(6), currency="USD")
    world.outcome("o2", ANA, at=days(6), gross="100.00", currency="USD")
    assert built(world).conversions() == [("o1", 80 * UNIT), ("o2", 50 * UNIT), ("r1", -80 * UNIT)]


def test_cross_rates_go_through_the_euro() -> None:
    world = World().having(currency="GBP")
    world.rate("USD", date(2025, 3, 1), "1.25")
    world.rate("GBP", date(2025, 3, 1), "0.80")
    world.outcome("o1", ANA, gross="100.00", currency="USD")
    world.outcome("o2", ANA, gross="100.00", currency="EUR")
    assert built(world).conversions() == [("o1", 64 * UNIT), ("o2", 80 * UNIT)]


def test_a_missing_rate_leaves_the_sale_out_and_is_named() -> None:
    world = World()
    world.rate("USD", date(2025, 2, 1), "1.25")
    world.outcome("o1", ANA, at=days(3), gross="100.00", currency="USD")
    world.refund("r1", "o1", "-100.00", at=days(6), currency="USD")
    world.outcome("o2", ANA, gross="100.00")
    found = built(world)
    assert found.conversions() == [("o2", 100 * UNIT)]
    assert found.conversions_found.missing_rates == (MissingRate("USD", "2025-03-04", 2),)


def test_a_rate_of_eight_days_before_is_too_old() -> None:
    for day, known in ((date(2025, 2, 22), True), (date(2025, 2, 21), False)):
        world = World()
        world.rate("USD", day, "1.00")
        world.outcome("o1", ANA, gross="1.00", currency="USD")
        assert bool(built(world).conversions()) is known


def test_trackers_count_only_where_nothing_else_does() -> None:
    world = World()
    world.outcome("ga4:1", ANA, gross="10.00", system="ga4", tracker=True)
    world.outcome("segment:1", ANA, gross="10.00", system="segment", tracker=True)
    world.outcome("segment:2", ANA, gross="10.00", system="segment", tracker=True)
    assert built(world).conversions("outcome_id") == [("segment:1",), ("segment:2",)]
    world.outcome("shopify:1", ANA, gross="10.00")
    found = built(world)
    assert found.conversions("outcome_id") == [("shopify:1",)]
    assert found.conversions_found.systems == {"sale": ("shopify",)}


def test_payments_of_the_shops_orders_corroborate_and_add_nothing() -> None:
    world = World()
    world.outcome("shopify:1", ANA, gross="10.00", payment_id="pi_1")
    world.outcome("shopify:2", ANA, gross="10.00", order_id="1002")
    world.outcome("shopify:3", ANA, gross="10.00")
    world.outcome("stripe:1", ANA, gross="10.00", system="stripe", payment_id="pi_1")
    world.outcome("stripe:2", ANA, gross="10.00", system="stripe", order_id="1002")
    # The shop notes a charge, the payment bears its intent too.
    world.outcome("shopify:4", ANA, gross="10.00", payment_id="ch_4")
    world.outcome("stripe:ch_4", ANA, gross="10.00", system="stripe", payment_id="pi_4")
    assert built(world).conversions("outcome_id") == [("shopify:1",), ("shopify:2",), ("shopify:3",), ("shopify:4",)]


def test_two_systems_of_record_for_the_same_days_are_refused_by_name() -> None:
    world = World()
    world.outcome("shopify:1", ANA, gross="10.00", payment_id="pi_1")
    world.outcome("stripe:1", ANA, gross="10.00", system="stripe", payment_id="pi_1")
    world.outcome("stripe:2", ANA, gross="10.00", system="stripe")
    world.outcome("shopify:2", ANA, gross="10.00")
    with pytest.raises(Refusal, match=r"shopify.*stripe.*\[goals.sale\]"):
        built(world)
    named = world.having(goals=(Goal("sale", ("purchase",), system="stripe"),))
    assert built(named).conversions("outcome_id") == [("stripe:1",), ("stripe:2",)]


def test_a_shop_that_moved_counts_in_both_systems() -> None:
    world = World()
    world.outcome("woo:1", ANA, at=0, gross="10.00", system="woo")
    world.outcome("shopify:1", ANA, at=days(1), gross="10.00")
    assert built(world).conversions("outcome_id") == [("shopify:1",), ("woo:1",)]


def test_new_customers_are_told_from_old_once_there_is_history() -> None:
    world = World()
    world.outcome("o1", ANA, at=0, gross="1.00")
    world.outcome("o2", BEN, at=days(29), gross="1.00")
    world.outcome("o3", BEN, at=days(40), gross="1.00")
    world.outcome("o4", {"user": "new"}, at=days(40), gross="1.00")
    world.outcome("o5", {"user": "flagged"}, at=0, gross="1.00", new_customer=True)
    world.outcome("o6", {}, at=days(50), gross="1.00")
    world.refund("o4:refund", "o4", "-1.00", at=days(60))
    assert built(world).conversions("outcome_id", "new_customer") == [
        ("o1", None), ("o2", None), ("o3", False), ("o4", True), ("o4:refund", True), ("o5", True), ("o6", None),
    ]  # fmt: skip


def test_a_company_is_one_customer() -> None:
    world = World()
    world.outcome("o0", {"user": "z"}, at=0, gross="1.00")
    for number, contact in enumerate(("c1", "c2")):
        world.outcome(
            f"d{number}",
            {"crm": contact},
            "won",
            at=days(60 + number),
            gross="1.00",
            company_key=key("company", "acme"),
        )
    assert built(world).conversions("outcome_id", "new_customer") == [("d0", True), ("d1", False), ("o0", None)]


def test_a_sale_knows_its_lead_and_its_opportunity() -> None:
    world = World()
    world.outcome("l0", ANA, "lead", at=1)
    world.outcome("l1", ANA, "lead", at=5)
    world.outcome("o1", ANA, at=10, gross="1.00")
    world.outcome("l2", ANA, "lead", at=15)
    world.outcome("o2", ANA, at=20, gross="1.00")
    world.outcome("o3", ANA, at=30, gross="1.00")
    world.outcome("d-lead", {"crm": "7"}, "lead", at=2, deal_id="7")
    world.outcome("d-opp", {"crm": "7"}, "opportunity", at=25, deal_id="7")
    world.outcome("d", {"crm": "7"}, "won", at=40, gross="1.00", deal_id="7")
    minutes = "(outturn_micros({0}) - outturn_micros(TIMESTAMPTZ '2025-03-01 00:00:00+00')) // 60000000"
    rows = built(world).conversions("outcome_id", minutes.format("lead_at"), minutes.format("opportunity_at"))
    assert rows == [("d", 2, 25), ("o1", 1, None), ("o2", 15, None), ("o3", None, None)]


AMOUNT = st.integers(1, 50_000).map(lambda cents: f"{cents / 100:.2f}")


@st.composite
def _ledgers(draw: st.DrawFn) -> World:
    """Sales in two currencies, with partial refunds in any order; some refunded to the last cent."""
    world = World()
    world.rate("USD", date(2025, 2, 28), draw(st.sampled_from(["1.0837", "0.3333", "7.1"])))
    for number in range(draw(st.integers(1, 5))):
        gross = draw(st.integers(3, 50_000))
        tax, shipping = draw(st.integers(0, gross // 3)), draw(st.integers(0, gross // 3))
        currency = draw(st.sampled_from(["EUR", "USD"]))
        stated: dict[str, Any] = {
            name: f"{part / 100:.2f}" for name, part in (("tax", tax), ("shipping", shipping)) if draw(st.booleans())
        }
        world.outcome(f"o{number}", {"user": f"u{number % 3}"}, gross=f"{gross / 100:.2f}", currency=currency, **stated)
        left = gross
        for refund in range(draw(st.integers(0, 4))):
            part = left if draw(st.booleans()) else draw(st.integers(0, left))
            left -= part
            world.refund(
                f"o{number}:refund:{refund}", f"o{number}", f"{-part / 100:.2f}", currency=currency,
                at=draw(st.one_of(st.none(), st.integers(0, 99_999))),
            )  # fmt: skip
    return world


@settings(max_examples=25)
@given(_ledgers(), st.sampled_from(["net", "gross"]))
def test_sales_and_refunds_sum_to_the_ledger_and_whole_refunds_take_back_all(world: World, basis: str) -> None:
    found = built(world.having(revenue_basis=basis))
    assert found.rows("SELECT COUNT(*) FROM conversions") == [(len(world.rows["outcomes"]),)]
    sums = dict(
        found.rows(
            "SELECT COALESCE(parent_outcome_id, outcome_id), CAST(SUM(value_micros) AS BIGINT) "
            "FROM conversions GROUP BY 1"
        )
    )
    kept = dict(found.rows("SELECT outcome_id, kept FROM conversions WHERE counts = 1"))
    for sale in [row for row in world.rows["outcomes"] if row["kind"] == "purchase"]:
        refunds = [row for row in world.rows["outcomes"] if row.get("parent_outcome_id") == sale["outcome_id"]]
        left = sale["gross_micros"] + sum(row["gross_micros"] for row in refunds)
        assert kept[sale["outcome_id"]] == (1 if left > 0 else 0)
        if left == 0:
            assert sums[sale["outcome_id"]] == 0
        elif basis == "gross" and sale["currency"] == "EUR":
            assert sums[sale["outcome_id"]] == left
        else:
            assert sums[sale["outcome_id"]] >= 0


@settings(max_examples=15)
@given(_ledgers(), st.data())
def test_conversions_do_not_depend_on_the_order_of_rows(world: World, data: st.DataObject) -> None:
    rows = world.rows["outcomes"]
    shuffled = World(world.context, {**world.rows, "outcomes": data.draw(st.permutations(rows))})
    columns = (
        "goal", "outcome_id", "bucket", "person_id", "date_day", "cash_day", "counts", "kept", "value_micros",
        "margin_micros", "new_customer", "flags",
    )  # fmt: skip
    assert built(world).conversions(*columns) == built(shuffled).conversions(*columns)
