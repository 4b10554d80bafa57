"""Monthly recurring revenue: starts and expansions, less contractions and churn, as of a row's last day."""

from __future__ import annotations

from decimal import Decimal

import pytest

from outturn.domain.errors import MissingRates
from outturn.domain.time import Days
from outturn.metrics.rows import rows
from tests.metrics.conftest import World, day, micros


def moved(
    world: World, subscription: str, kind: str, amount: str | None, *, on: int = 1, currency: str = "EUR"
) -> None:
    world.outcome(
        f"stripe:{subscription}:{kind}:{on}", kind, on=on, deal_id=subscription, gross_micros=micros(amount),
        currency=None if amount is None else currency,
    )  # fmt: skip


def test_a_subscription_brings_what_it_brings_until_it_ends(world: World) -> None:
    world.outcome("stripe:a:trial", "trial", deal_id="a")
    moved(world, "a", "subscription_start", "30.00", on=2)
    moved(world, "b", "subscription_start", "100.00", on=2)
    world.outcome("stripe:ch_1", "renewal", on=4, gross_micros=micros("30.00"), currency="EUR")
    moved(world, "a", "expansion", "12.50", on=5)
    moved(world, "b", "contraction", "-40.00", on=5)
    moved(world, "a", "churn", "-42.50", on=10)
    assert world.figures("date_day", kpi="mrr", days=Days(day(1), day(7))) == {
        "2026-03-03": "130.00",
        "2026-03-04": "130.00",
        "2026-03-05": "130.00",
        "2026-03-06": "102.50",
    }
    assert world.figures("week", kpi="mrr") == {"2026-03-02": "102.50", "2026-03-09": "60.00"}
    assert world.figures(kpi="mrr") == {(): "60.00"}
    assert world.figures(kpi="mrr", days=Days(None, day(9))) == {(): "102.50"}
    # What began before the days asked for still runs in them.
    assert world.figures(kpi="mrr", days=Days(day(7), day(9))) == {(): "102.50"}
    assert world.figures(kpi="mrr", days=Days(None, day(1))) == {(): None}
    assert world.figures("channel", kpi="mrr") == {}


def test_rows_of_other_figures_bear_it_too(world: World) -> None:
    moved(world, "a", "subscription_start", "30.00", on=2)
    world.spend("5.00", campaign_id="c1", on=1)
    world.spend("5.00", campaign_id="c1", on=9)
    assert world.figures("date_day", kpi=("spend", "mrr")) == {
        "2026-03-02": ("5.00", None),
        "2026-03-03": (None, "30.00"),
        "2026-03-10": ("5.00", "30.00"),
    }


def test_an_end_takes_back_at_the_rate_of_the_start(world: World) -> None:
    world.rate("USD", "1.10", on=1)
    world.rate("USD", "1.30", on=8)
    moved(world, "a", "subscription_start", "33.00", currency="USD")
    moved(world, "a", "expansion", "11.00", on=8, currency="USD")
    assert world.figures(kpi="mrr") == {(): "40.00"}
    moved(world, "a", "churn", "-44.00", on=9, currency="USD")
    assert world.figures(kpi="mrr") == {(): "0.00"}


def test_without_a_rate_nothing_is_said(world: World) -> None:
    moved(world, "a", "subscription_start", "33.00", currency="USD", on=3)
    with pytest.raises(MissingRates, match="USD on 2026-03-04"):
        world.kpis(kpi=["mrr"])
    assert world.figures(kpi="mrr", days=Days(None, day(2))) == {(): None}


def test_it_is_unknown_while_a_subscription_of_unknown_amount_runs(world: World) -> None:
    moved(world, "a", "subscription_start", "30.00")
    moved(world, "metered", "subscription_start", None, on=2)
    moved(world, "metered", "churn", None, on=4)
    assert world.figures("date_day", kpi="mrr") == {
        "2026-03-02": "30.00", "2026-03-03": None, "2026-03-04": None, "2026-03-05": "30.00",
    }  # fmt: skip


def test_what_does_not_count_brings_nothing(world: World) -> None:
    moved(world, "a", "subscription_start", "30.00")
    for outcome_id, status, tracker in (("s:b", "test", False), ("s:c", "void", False), ("tag:d", "counted", True)):
        world.outcome(
            outcome_id, "subscription_start", status=status, tracker=tracker, gross_micros=9_000_000, currency="EUR"
        )
    assert world.figures(kpi="mrr") == {(): "30.00"}


def test_it_opens_to_the_entries_that_it_is_made_of(world: World) -> None:
    moved(world, "a", "subscription_start", "30.00")
    moved(world, "a", "contraction", "-10.00", on=2)
    moved(world, "b", "subscription_start", "5.00", on=9)
    world.build()
    found = rows(world.engine, world.settings, kpi="mrr", by=["date_day"], where={"date_day": "2026-03-03"})
    assert [(row["kind"], row["moved"]) for row in found["recurring_revenue"]] == [
        ("subscription_start", Decimal("30.00")),
        ("contraction", Decimal("-10.00")),
    ]
