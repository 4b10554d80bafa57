"""One world, two engines: the same people, touches and conversions."""

from __future__ import annotations

from datetime import date

import pytest

from outturn.domain.goals import Goal
from outturn.domain.settings import Settings
from outturn.store.engine import open_engine
from tests.journeys.world import Built, World, days, key


def _world() -> World:
    world = World()
    world.rate("USD", date(2025, 2, 28), "1.0837")
    world.spend("google_ads", campaign_id="111", campaign_name="Brand")
    for number in range(12):
        browser = {"anonymous": f"a{number}"}
        world.page(browser, at=number, utm_source="google", utm_medium="cpc", utm_campaign="brand", gclid=f"G{number}")
        world.page(browser, at=number + 50, referrer="https://www.bing.com/")
        world.touch(f"u{number % 5}", "Email", at=number + 3)
        link = {"oclid": f"C{number}", "trust": "secret", "stated_channel": "Affiliates", "touch_kind": "click"}
        world.event("touch", {"anonymous": f"oclid:C{number}"}, at=number + 99, **link)
        if number % 3:
            world.page(browser, at=number + 100, oclid=f"C{number}", trust="public")
        world.outcome(f"postback:{number}", {}, at=days(number), oclid=f"C{number}", system="postback", tracker=True)
        world.event("identify", {**browser, "user": f"u{number % 5}"}, trust="file" if number % 3 else "public")
        world.outcome(
            f"o{number}", {"user": f"u{number % 5}"}, at=days(number), gross="119.00", tax="19.00", currency="USD"
        )
    world.refund("o3:refund", "o3", "-59.50", at=days(20), currency="USD")
    world.refund("lost:refund", "lost", "-1.00", at=days(20))
    return _with_companies(world)


def _with_companies(world: World) -> World:
    """Twenty deals of four companies, by stages, some without a company, one opened again."""
    for number in range(20):
        company = key("company", f"c{number % 4}") if number % 5 else None
        who = {"user": f"u{number % 5}", "crm": f"hubspot:{number % 5}"}
        world.event("identify", who, at=number, company_key=company)
        world.outcome(f"hubspot:contact:{number}", who, "lead", at=number, system="hubspot")
        deal = {"system": "hubspot", "deal_id": str(number), "gross": f"{100 + number}.00"}
        deal["currency"] = "EUR" if number % 4 else "USD"
        for kind, stage, day in (("opportunity", "", 1), ("opportunity", "Demo held", 3), ("won", "Closed won", 5)):
            if number % 3 or kind != "won":
                world.outcome(
                    f"hubspot:{number}", who, kind, stage=stage, at=days(day + number), company_key=company,
                    probability=number / 20, **deal,
                )  # fmt: skip
    world.outcome("hubspot:1", {}, "opportunity", stage="Offer", at=days(30), **{**deal, "deal_id": "1"})
    goals = (
        Goal("sale", ("purchase",)),
        Goal("deal", ("won",), per="account", lookback_days=180),
        Goal("opened", ("opportunity",), per="account"),
        Goal("demo", ("opportunity",), stages=("demo held",), count="one", per="account"),
    )
    return world.having(goals=goals)


COLUMNS = {
    "people": "HEX(identifier), HEX(person_key), person_id, bucket",
    "campaigns": "platform, account_id, campaign_key, channel, channel_by",
    "places": "place, channel, platform, account_id, campaign_key",
    "company_touches": "touch_id, company_id, bucket, person_id, outturn_micros(occurred_at), place",
    "deals": "deal_key, outcome_id, kind, stage, outturn_micros(stage_at), CAST(opened_day AS VARCHAR), amount_micros, "
    "probability, expected_micros, missing_rate",
    "touches": "touch_id, bucket, person_id, outturn_micros(occurred_at), place, touch_kind, joined_by",
    "conversions": "goal, outcome_id, bucket, person_id, company_id, outturn_micros(occurred_at), "
    "outturn_micros(lead_at), outturn_micros(opportunity_at), CAST(date_day AS VARCHAR), "
    "CAST(cash_day AS VARCHAR), counts, kept, value_micros, margin_micros, new_customer, flags",
}


@pytest.mark.spark
def test_spark_makes_of_a_world_what_duckdb_makes() -> None:
    spark = open_engine(Settings({**Settings().values, "engine.name": "spark"}))
    found, other = Built(_world()), Built(_world(), engine=spark)
    for table, columns in COLUMNS.items():
        statement = f"SELECT {columns} FROM {table} ORDER BY 1, 2, 3"
        assert other.rows(statement) == found.rows(statement), table
    assert other.people_found == found.people_found
    assert other.touches_found == found.touches_found
    assert other.companies_found == found.companies_found
    assert other.conversions_found == found.conversions_found
    spark.close()
