"""Which silence is one, in small worlds typed by hand."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.audit.asked import found
from tests.metrics.conftest import World, at, day

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator


@pytest.fixture
def world() -> Iterator[World]:
    made = World()
    yield made
    made.engine.close()


def visits(world: World, source: str, days: Iterable[int]) -> None:
    for number in days:
        world.add("events", event_id=f"{source}:{number}", source=source, type="page", occurred_at=at(number))


def orders(world: World, system: str, days: Iterable[int], kind: str = "purchase") -> None:
    for number in days:
        world.outcome(f"{system}:{kind}{number}", kind, on=number, import_id="i1")


def claims(world: World, account_id: str, days: Iterable[int]) -> None:
    for number in days:
        world.add("claims", platform="meta_ads", account_id=account_id, date_day=day(number), import_id="i2")


def test_a_ledger_that_stopped_is_found_though_its_refunds_go_on(world: World) -> None:
    visits(world, "segment", range(1, 31))
    orders(world, "shopify", range(1, 25))
    orders(world, "shopify", range(20, 31), kind="refund")
    world.add("imports", import_id="i3", source="segment")
    told = found(world, "stale_imports")
    assert told == {("shopify", "", "ledger"): (6, 30), ("segment", "", "tracker"): (0, 30)}


def test_a_source_that_tells_something_now_and_then_may_be_silent_for_longer(world: World) -> None:
    visits(world, "segment", range(1, 31))
    orders(world, "hubspot", range(1, 25, 3), kind="lead")
    assert found(world, "stale_imports")["hubspot", "", "CRM"] == (0, 30)


def test_a_few_days_are_no_habit(world: World) -> None:
    visits(world, "segment", range(1, 31))
    orders(world, "shopify", range(1, 7))
    assert found(world, "stale_imports")["shopify", "", "ledger"] == (0, 30)


def test_a_tracker_that_handed_over_to_another_is_no_fault_and_one_of_two_is(world: World) -> None:
    visits(world, "ga4", range(1, 25))
    visits(world, "segment", range(20, 41))
    orders(world, "shopify", range(1, 41))
    assert found(world, "stale_imports")["ga4", "", "tracker"] == (0, 40)
    visits(world, "segment", range(1, 20))
    assert found(world, "stale_imports")["ga4", "", "tracker"] == (16, 40)


def test_claims_end_with_the_spend_of_their_own_account(world: World) -> None:
    for account_id, last in (("a1", 20), ("a2", 40)):
        for number in range(1, last + 1):
            world.spend("1.00", on=number, platform="meta_ads", account_id=account_id)
        claims(world, account_id, range(1, 21))
    told = found(world, "stale_imports")
    assert told == {("meta_ads", "a1", "claims"): (0, 20), ("meta_ads", "a2", "claims"): (20, 40)}
