"""Every figure opens to the rows that it is the sum of."""

from __future__ import annotations

from collections import Counter
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from outturn.domain.errors import UnknownName, UsageError
from outturn.domain.mixes import Mixes
from outturn.domain.time import Days
from outturn.metrics.mixed import mixed_rows
from outturn.metrics.rows import rows
from tests.metrics.conftest import World, at, day

if TYPE_CHECKING:
    from collections.abc import Iterator


SECOND_DAY = Days(day(2), day(2))


def opened(world: World, kpi: str, *by: str, **asked: Any) -> dict[str, list[dict[str, Any]]]:
    return rows(world.engine, world.settings, kpi=kpi, by=by, **asked)


def test_spend_opens_to_file_and_line(world: World) -> None:
    world.add("imports", import_id="i1", file="google.csv", state="loaded")
    world.spend("10.00", campaign_id="c1", campaign_name="Brand", clicks=3)
    world.spend("5.00", campaign_id="c2", clicks=1)
    world.spend("2.00", campaign_id="c1", clicks=1, on=2)
    world.build()
    (row,) = opened(world, "spend", "campaign", "date_day", where={"campaign": "c1", "date_day": "2026-03-03"})["spend"]
    assert (row["file"], row["line"], row["spend"], row["clicks"], row["adds"]) == (
        "google.csv",
        4,
        Decimal("2.00"),
        1,
        1,
    )
    found = opened(world, "cpc", "channel", where={"channel": "Paid Search"})
    assert [row["line"] for row in found["spend"]] == [row["line"] for row in found["clicks"]] == [2, 3, 4]


def test_what_a_whole_has_beyond_its_parts_opens_to_both(world: World) -> None:
    world.spend("10.00", campaign_id="c1")
    world.spend("7.00", level="ad_group", campaign_id="c1", ad_group_id="g1")
    world.build()
    found = opened(world, "spend", "ad_group", where={"campaign_id": "c1", "ad_group": "(not broken down)"})["spend"]
    assert [(row["adds"], row["spend"]) for row in found] == [(1, Decimal("10.00")), (-1, Decimal("7.00"))]


def test_rows_of_several_zones_or_currencies_say_so(world: World) -> None:
    world.add("imports", import_id="i1", file="spend.csv", state="loaded")
    world.rate("USD", "1.25")
    world.spend("1.00", campaign_id="c1", time_zone="America/New_York", currency="USD")
    world.spend("1.00", campaign_id="c2", time_zone="America/New_York")
    world.build()
    found = opened(world, "spend")
    assert mixed_rows(found, "UTC") == Mixes((), ("EUR", "USD"))
    assert mixed_rows({**found, "revenue": [{"currency": "EUR"}]}, "UTC").time_zones == ("America/New_York", "UTC")
    assert mixed_rows({**found, "costs": [{"currency": "EUR"}]}, "UTC").time_zones == ()


def test_visits_open_to_their_events(world: World) -> None:
    world.add("imports", import_id="i1", file="ga4.json", state="loaded")
    world.add("events", import_id="i1", line=17, event_id="0")
    world.touch("Direct", on=2)
    world.touch("Email", on=2)
    world.touch("Direct", on=2, kind="view")
    world.build()
    (row,) = opened(world, "visits", "channel", where={"channel": "Direct"}, days=SECOND_DAY)["visits"]
    assert (row["file"], row["line"], row["touch_id"], row["occurred_at"]) == ("ga4.json", 17, "0", at(2))


def test_revenue_opens_to_the_ledger_and_the_share_of_credit(world: World) -> None:
    world.add("imports", import_id="i1", file="shop.csv", state="loaded")
    world.outcome("o0", "purchase", import_id="i1", line=5, gross_micros=119_000_000, currency="USD")
    world.touch("Paid Social", on=1, person_id=1)
    world.touch("Email", on=2, person_id=1)
    world.sale("100.00", on=3, person=1)
    world.sale("50.00", on=3)
    world.build()
    (row,) = opened(world, "revenue", "channel", where={"channel": "Email"}, model="linear")["revenue"]
    assert (row["file"], row["line"], row["credit"], row["value"]) == ("shop.csv", 5, 0.5, Decimal("100.00"))
    assert (row["gross"], row["currency"]) == (Decimal("119.00"), "USD")
    (alone,) = opened(world, "revenue", "channel", where={"channel": "(none)"})["revenue"]
    assert (alone["outcome_id"], alone["credit"]) == ("o1", 1.0)
    assert [row["outcome_id"] for row in opened(world, "revenue")["revenue"]] == ["o0", "o1"]


def test_costs_and_claims_open_too(world: World) -> None:
    world.add(
        "costs", date_day=day(1), channel="paid_social", kind="fee", cost_micros=10_000_000, currency="EUR", line=3
    )
    world.add(
        "claims", date_day=day(1), platform="meta_ads", account_id="m", level="campaign", campaign_id="c", line=9,
        conversion_action="all", click_or_view="all", attribution_window="default", claimed_conversions=2.0,
    )  # fmt: skip
    world.build()
    (cost,) = opened(world, "costs", "channel", where={"channel": "Paid Social"})["costs"]
    assert (cost["line"], cost["cost"]) == (3, Decimal("10.00"))
    (claim,) = opened(world, "claimed_conversions", "platform", where={"platform": "meta_ads"})["claimed_conversions"]
    assert (claim["line"], claim["claimed_conversions"]) == (9, 2.0)


def test_a_cell_that_cannot_be_is_explained(world: World) -> None:
    world.build()
    with pytest.raises(UnknownName, match="Did you mean 'channel'"):
        opened(world, "spend", "channel", where={"chanel": "Email"})
    with pytest.raises(UsageError, match="no source yet"):
        opened(world, "ltv_cac")
    with pytest.raises(UsageError, match="lies outside"):
        opened(world, "spend", "week", where={"week": "2026-03-09"}, days=SECOND_DAY)


@pytest.fixture(scope="module")
def shared_world() -> Iterator[World]:
    """One engine for all examples, whose rows each example replaces."""
    made = World()
    yield made
    made.engine.close()


_ROWS = st.lists(
    st.tuples(
        st.sampled_from(["account", "campaign", "ad_group", "ad", "keyword"]),
        st.sampled_from(["c1", "c2"]),
        st.sampled_from(["g1", "g2"]),
        st.integers(0, 9),
    ),
    min_size=1,
    max_size=8,
)


@settings(max_examples=6)
@given(lines=_ROWS)
def test_rows_add_up_to_every_cell(shared_world: World, lines: list[tuple[str, str, str, int]]) -> None:
    world = shared_world
    world.rows["ad_spend"].clear()
    for level, campaign, group, amount in lines:
        account = level == "account"
        world.spend(
            f"{amount}.00", level=level, campaign_id=None if account else campaign,
            ad_group_id=None if account or level == "campaign" else group, ad_id="x" if level == "ad" else None,
        )  # fmt: skip
    for by in ((), ("channel", "campaign"), ("ad",)):
        table = world.kpis(*by, kpi=["spend"], period_rows=False)
        total: Counter[str] = Counter()
        for row in table.rows:
            where = {column: row[column] for column in table.columns}
            found = opened(world, "spend", *by, where=where)["spend"]
            assert sum(one["adds"] * one["spend"] for one in found) == (row["spend"] or 0)
            total["spend"] += row["spend"] or 0
        coarsest = [row for row in lines if row[0] == "account"] or [
            row
            for row in lines
            if row[0] == next(level for level in _LEVELS if any(line[0] == level for line in lines))
        ]
        assert total["spend"] == sum(row[3] for row in coarsest)


_LEVELS = ("account", "campaign", "ad_group", "ad", "keyword")
