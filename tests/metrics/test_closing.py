"""However figures are broken down, they add up to the ledger's and the bills', to the micro."""

from __future__ import annotations

import subprocess
import sys
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from outturn.domain.errors import MissingRates
from outturn.domain.money import split_micros
from tests.metrics.conftest import MODEL, World, day

if TYPE_CHECKING:
    from collections.abc import Iterator

HEAVY = ("numba", "altair", "scipy", "sqlalchemy", "pyarrow", "rich", "sqlglot", "numpy")


@pytest.fixture(scope="module")
def shared_world() -> Iterator[World]:
    """One engine for all examples, whose rows each example replaces."""
    made = World()
    yield made
    made.engine.close()


_SALES = st.lists(
    st.tuples(
        st.integers(1, 9),
        st.integers(0, 10**12),
        st.lists(st.tuples(st.sampled_from(["Direct", "Email", "Paid Search"]), st.integers(1, 5)), max_size=3),
        st.booleans(),
    ),
    max_size=6,
)


@settings(max_examples=12)
@given(sales=_SALES, basis=st.sampled_from(["conversion_day", "cash_day"]))
def test_channels_and_days_add_up_to_the_ledger(shared_world: World, sales: list[tuple[Any, ...]], basis: str) -> None:
    world = shared_world
    for name in ("conversions", "credits"):
        world.rows[name].clear()
    world.spend("0.01", campaign_id="c1")
    for on, value, shares, refunded in sales:
        entries = [(on, value, 1), (on + 1, -value, 0)] if refunded else [(on, value, 1)]
        for cash, amount, counts in entries:
            dates = {"date_day": day(on), "cash_day": day(cash)}
            world.add("conversions", goal="sale", kind="purchase", counts=counts, kept=0, value_micros=amount, **dates)
            places = shares or [("(none)", 1)]
            parts = split_micros(amount, [share for _, share in places])
            for (channel, share), part in zip(places, parts, strict=True):
                world.add(
                    "credits", goal="sale", model=MODEL, place=world.place(channel), channel=channel, **dates,
                    conversions=counts * share / sum(one for _, one in places), revenue_micros=part,
                )  # fmt: skip
    total = world.kpis(kpi=["revenue", "conversions", "spend"], basis=basis).rows[0]
    for by in (("channel",), ("platform", "date_day"), ("campaign", "week"), ("month",)):
        rows = world.kpis(*by, kpi=["revenue", "conversions", "spend"], basis=basis).rows
        assert sum((row["revenue"] or 0 for row in rows), Decimal(0)) == (total["revenue"] or 0)
        assert sum((row["spend"] or 0 for row in rows), Decimal(0)) == total["spend"]
        assert sum(row["conversions"] or 0 for row in rows) == pytest.approx(total["conversions"] or 0)


def test_sales_left_out_for_want_of_a_rate_are_not_passed_over(world: World) -> None:
    world.sale("5.00")
    with pytest.raises(MissingRates, match="CHF on 2026-03-03"):
        world.kpis(kpi=["revenue"], unconverted=[("CHF", day(2))])
    assert world.figures(kpi="clicks", unconverted=[("CHF", day(2))]) == {(): None}


def test_the_way_to_a_kpi_loads_nothing_heavy() -> None:
    loading = "import sys, outturn.metrics.query, outturn.store.duckdb_engine"
    code = f"{loading}; print([name for name in {HEAVY} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
