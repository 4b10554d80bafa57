"""What counts as the same purchase or the same sale, in small worlds typed by hand."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.audit.asked import found
from tests.metrics.conftest import World, at, micros

if TYPE_CHECKING:
    from collections.abc import Iterator

PAGE = {"url": "https://shop.example/thank-you", "device": "mobile"}


@pytest.fixture
def world() -> Iterator[World]:
    made = World()
    yield made
    made.engine.close()


def bought(world: World, event_id: str, order_id: str, **told: Any) -> None:
    given = {"name": "Order Completed", "source": event_id.partition(":")[0], "occurred_at": at(1)}
    world.add("events", event_id=event_id, type="track", order_id=order_id, **{**given, **told})


def sale(world: World, outcome_id: str, amount: str, *, on: int = 1, kind: str = "purchase", **told: Any) -> None:
    world.outcome(outcome_id, kind, on=on, gross_micros=micros(amount), currency="EUR", **told)
    world.sale(amount, on=on, kind=kind)
    world.rows["conversions"][-1]["outcome_id"] = outcome_id


def test_browser_and_server_are_two_senders_where_their_ids_differ(world: World) -> None:
    bought(world, "tag:a", "1", trust="public")
    bought(world, "collector:b", "1", name="purchase")
    bought(world, "tag:c", "2", **PAGE)
    bought(world, "collector:c", "2")  # one id on both sides
    bought(world, "ga4:d", "3", **PAGE)
    bought(world, "segment:e", "3", **PAGE)  # two trackers of one page
    bought(world, "tag:f", "4", **PAGE)
    bought(world, "collector:g", "4", name="Order Shipped")
    assert found(world, "browser_and_server") == {("tag",): (1, 3), ("ga4",): (0, 1)}
    assert found(world, "duplicate_conversions") == {
        ("tag",): (0, 3), ("collector",): (0, 3), ("ga4",): (0, 1), ("segment",): (0, 1)
    }  # fmt: skip


def test_one_sender_that_tells_an_order_again_is_no_second_sender(world: World) -> None:
    for event_id in ("segment:a", "segment:b", "segment:c"):
        bought(world, event_id, "1", **PAGE)
    assert found(world, "duplicate_conversions") == {("segment",): (1, 1)}
    assert found(world, "browser_and_server") == {("segment",): (0, 1)}


def test_one_order_number_and_amount_within_three_days_is_one_sale(world: World) -> None:
    sale(world, "generic:1", "50.00", order_id="A1")
    sale(world, "generic:2", "50.00", order_id="A1", on=3)
    sale(world, "generic:3", "20.00", order_id="A1", on=3)  # a part delivered later
    sale(world, "generic:4", "50.00", order_id="A1", on=20)  # the same again, every month
    sale(world, "shopify:5", "70.00", payment_id="p1")
    sale(world, "shopify:6", "70.00", payment_id="p1")
    sale(world, "shopify:7", "70.00")
    assert found(world, "duplicate_sales") == {("generic",): (1, 4), ("shopify",): (1, 3)}


def test_a_won_deal_and_its_purchase_are_one_sale_and_instalments_are_not(world: World) -> None:
    sale(world, "generic:d1", "900.00", kind="won", deal_id="D1")
    sale(world, "generic:o1", "900.00", on=12, deal_id="D1")
    sale(world, "generic:d2", "80.00", kind="won", order_id="B7", on=2)
    sale(world, "generic:o2", "80.00", order_id="B7")
    sale(world, "generic:i1", "100.00", deal_id="D3")
    sale(world, "generic:i2", "100.00", deal_id="D3", on=2)
    assert found(world, "duplicate_sales") == {("generic",): (2, 6)}
