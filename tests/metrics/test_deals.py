"""Pipeline: deals by the day of their opening, worth what they are expected to bring."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from outturn.domain.errors import MissingRates
from outturn.domain.goals import DEFAULT_GOAL, Goal
from outturn.domain.time import Days
from outturn.metrics.rows import rows
from tests.metrics.conftest import World, at, day

PIPELINE = ("opportunities", "pipeline_value", "pipeline_per_spend", "pipeline_roi")
OPENED = Goal("opened", ("opportunity",))


def opened(world: World, kpi: str, *by: str, **asked: Any) -> dict[str, list[dict[str, Any]]]:
    return rows(world.engine, world.settings, kpi=kpi, by=by, **asked)


def test_deals_count_on_the_day_of_their_opening(world: World) -> None:
    world.spend("100.00", campaign_id="c1")
    world.spend("100.00", campaign_id="c1", on=2)
    world.deal("d1", "400.00")
    world.deal("d2", "0.00", kind="lost")
    world.deal("d3", "1000.00", on=8, kind="won")
    assert world.figures(kpi=PIPELINE) == {(): (3, "1400.00", 7.0, 6.0)}
    assert world.figures("date_day", kpi=PIPELINE) == {
        "2026-03-02": (2, "400.00", 4.0, 3.0),
        "2026-03-03": (0, "0.00", 0.0, -1.0),
        "2026-03-09": (1, "1000.00", None, None),
    }
    assert world.figures("week", kpi=PIPELINE[:2]) == {"2026-03-02": (2, "400.00"), "2026-03-09": (1, "1000.00")}
    assert world.figures(kpi=PIPELINE[:2], days=Days(day(3), day(9))) == {(): (1, "1000.00")}


def test_one_deal_of_unknown_worth_makes_the_pipeline_unknown(world: World) -> None:
    world.deal("d1", "400.00")
    world.deal("d2", None, on=2)
    assert world.figures("date_day", kpi=PIPELINE[:2]) == {"2026-03-02": (1, "400.00"), "2026-03-03": (1, None)}
    assert world.figures(kpi=PIPELINE[:2]) == {(): (2, None)}


def test_without_deals_nothing_is_known_of_them(world: World) -> None:
    world.sale("1.00")
    assert world.figures(kpi=PIPELINE[:2]) == {(): (None, None)}


def test_an_amount_without_a_rate_is_named(world: World) -> None:
    world.deal("d1", None, on=2, currency="USD", missing_rate=True)
    with pytest.raises(MissingRates, match="USD on 2026-03-03"):
        world.kpis(kpi=["pipeline_value"])
    assert world.figures(kpi="opportunities") == {(): 1}
    assert world.figures(kpi="pipeline_value", days=Days(day(5))) == {(): "0.00"}
    # By channel nothing is known of deals without a goal of their own, so nothing is missed.
    assert world.figures("channel", kpi="pipeline_value") == {}


def test_a_goal_of_openings_credits_the_pipeline(world: World) -> None:
    world.goals = (DEFAULT_GOAL, Goal("demo", ("opportunity",), stages=("Demo",)), OPENED)
    world.spend("100.00", campaign_id="c1")
    half: dict[str | tuple[str, ...], float] = {"Paid Search": 0.5, "Email": 0.5}
    world.sale("1000.00", goal="opened", kind="opportunity", margin="400.00", credit=half, lead_on=1, on=4)
    world.sale("500.00", goal="opened", kind="opportunity", margin="500.00", on=3)
    world.sale("7.00", goal="demo", kind="opportunity", margin="7.00", credit={"Email": 1.0})
    assert world.figures("channel", kpi=PIPELINE) == {
        "Email": (0.5, "200.00", None, None),
        "Paid Search": (0.5, "200.00", 2.0, 1.0),
        "(none)": (1.0, "500.00", None, None),
    }
    assert world.figures(kpi=(*PIPELINE[:2], "pipeline_lag_days")) == {(): (2, "900.00", 3.0)}
    # What a deal is expected to bring is no margin.
    assert world.figures(kpi=("conversions", "margin", "roi"), goal="opened") == {(): (2, None, None)}


def test_a_company_that_bought_made_customers_of_its_leads(world: World) -> None:
    world.goals = (Goal("deal", ("won",), per="account"), Goal("lead", ("lead",), per="account"))
    world.sale("0.00", goal="lead", kind="lead", person=1, company=7)
    world.sale("0.00", goal="lead", kind="lead", person=2, company=7, on=5)
    world.sale("0.00", goal="lead", kind="lead", person=3)
    world.sale("9.00", goal="deal", kind="won", person=4, company=7, on=4)
    world.sale("9.00", goal="deal", kind="won", on=9)
    assert world.figures(kpi=("leads", "lead_to_customer")) == {(): (3, 1 / 3)}
    (won,) = opened(world, "lead_to_customer")["won_leads"]
    assert (won["outcome_id"], won["sale_id"], won["date_day"]) == ("o0", "o3", day(1))


def test_the_pipeline_opens_to_its_deals(world: World) -> None:
    world.add("imports", import_id="i1", file="deals.csv", state="loaded")
    for stage, line in (("", 2), ("Offer", 3)):
        world.outcome(
            "d1", "opportunity", stage=stage, import_id="i1", line=line, gross_micros=1_000_000, currency="USD"
        )
    world.deal("d1", "0.40", amount="0.80", stage="Offer", stage_at=at(5), probability=0.5, currency="USD")
    world.deal("d2", None, on=2)
    world.build()
    found = opened(world, "pipeline_value", "date_day", where={"date_day": "2026-03-02"})["pipeline"]
    (row,) = found
    assert (row["file"], row["line"], row["stage"], row["stage_at"]) == ("deals.csv", 3, "Offer", at(5))
    assert (row["gross"], row["amount"], row["probability"], row["expected"]) == (
        Decimal("1.00"), Decimal("0.80"), 0.5, Decimal("0.40"),
    )  # fmt: skip
    assert [row["expected"] for row in opened(world, "opportunities")["opportunities"]] == [Decimal("0.40"), None]
    assert opened(world, "pipeline_value", "channel", where={"channel": "Email"}) == {"pipeline": []}


def test_a_companys_touches_share_the_pipeline(world: World) -> None:
    world.goals = (DEFAULT_GOAL, Goal("opened", ("opportunity",), per="account", lookback_days=180))
    email, display = world.place("Email"), world.place("Display")
    for place, person in ((email, 1), (display, 2)):
        world.add(
            "company_touches", company_id=7, place=place, touch_id=str(person), person_id=person, occurred_at=at(1)
        )
    world.touch("Organic Search", person_id=2)
    world.sale("10.00", goal="opened", kind="opportunity", person=2, company=7, on=3)
    world.deal("o0", "5.00", on=3)
    world.deal("elsewhere", "5.00", on=3)
    world.build()
    for channel, credit in (("Email", 0.5), ("Display", 0.5)):
        found = opened(world, "pipeline_value", "channel", where={"channel": channel}, model="linear")["pipeline"]
        assert [(row["outcome_id"], row["credit"]) for row in found] == [("o0", credit)]
    assert opened(world, "pipeline_value", "channel", where={"channel": "Organic Search"}) == {"pipeline": []}


def test_leads_open_to_the_ledger_with_or_without_a_goal(world: World) -> None:
    world.add("imports", import_id="i1", file="contacts.csv", state="loaded")
    world.outcome("crm:1", "lead", import_id="i1", line=4)
    world.outcome("crm:2", "lead", import_id="i1", line=5, on=3)
    world.outcome("ga4:1", "lead", tracker=True)
    world.build()
    assert [(row["file"], row["line"]) for row in opened(world, "cpl")["leads"]] == [
        ("contacts.csv", 4), ("contacts.csv", 5),
    ]  # fmt: skip
    assert [row["line"] for row in opened(world, "leads", days=Days(day(3)))["leads"]] == [5]
    world.goals = (DEFAULT_GOAL, Goal("lead", ("lead",)))
    world.sale("0.00", goal="lead", kind="lead")
    world.build()
    assert [row["outcome_id"] for row in opened(world, "leads")["leads"]] == ["o0"]
