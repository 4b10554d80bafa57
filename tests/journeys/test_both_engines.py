"""One world, two engines: the same people, touches and conversions."""

from __future__ import annotations

from datetime import date

import pytest

from outturn.domain.settings import Settings
from outturn.store.engine import open_engine
from tests.journeys.world import Built, World, days


def _world() -> World:
    world = World()
    world.rate("USD", date(2025, 2, 28), "1.0837")
    world.spend("google_ads", campaign_id="111", campaign_name="Brand")
    for number in range(12):
        browser = {"anonymous": f"a{number}"}
        world.page(browser, at=number, utm_source="google", utm_medium="cpc", utm_campaign="brand", gclid=f"G{number}")
        world.page(browser, at=number + 50, referrer="https://www.bing.com/")
        world.touch(f"u{number % 5}", "Email", at=number + 3)
        world.event("identify", {**browser, "user": f"u{number % 5}"}, trust="file" if number % 3 else "public")
        world.outcome(
            f"o{number}", {"user": f"u{number % 5}"}, at=days(number), gross="119.00", tax="19.00", currency="USD"
        )
    world.refund("o3:refund", "o3", "-59.50", at=days(20), currency="USD")
    world.refund("lost:refund", "lost", "-1.00", at=days(20))
    return world


COLUMNS = {
    "people": "HEX(identifier), HEX(person_key), person_id, bucket",
    "campaigns": "platform, account_id, campaign_key, channel, channel_by",
    "places": "place, channel, platform, account_id, campaign_key",
    "touches": "touch_id, bucket, person_id, outturn_micros(occurred_at), place, touch_kind, joined_by",
    "conversions": "outcome_id, bucket, person_id, outturn_micros(occurred_at), CAST(date_day AS VARCHAR), "
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
    assert other.conversions_found == found.conversions_found
    spark.close()
