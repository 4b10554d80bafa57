"""MNTN: television has views and no clicks, and its two cuts are never added."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest

from tests.sources.stated import downloads, each, hold_download

if TYPE_CHECKING:
    from tests.sources.worlds import World

_CREATIVE = (
    "_fivetran_deleted,_fivetran_synced,day,id,name,size,impressions,visits,spend,conversions,order_value,tv_spend\n"
    "false,2026-09-02T08:00:00,2026-09-01,71,:15 Lamp,0:15,5000,38,142.74,2,54.30,49.96\n"
    "true,2026-09-02T08:00:00,2026-09-01,72,:30 Lamp,0:30,9000,99,999.00,9,99.00,9.00\n"
)
_SEGMENT = (
    "_fivetran_deleted,_fivetran_synced,day,id,name,impressions,visits,spend,conversions,order_value,site_visitor\n"
    "false,2026-09-02T08:00:00,2026-09-01,5,Homes,4800,30,130.10,1,40.00,300\n"
)


def test_a_creatives_day_has_views_and_visits_and_no_clicks(world: World) -> None:
    report = world.text("creative.csv", _CREATIVE)
    assert (report.source, report.layout, report.accepted, report.ignored) == ("mntn", "creative", 1, 1)
    assert not [message for message in report.messages if "999" in message]
    assert report.totals == {
        "USD": {"impressions": 5000, "clicks": None, "spend": "142.74", "visits": 38, "tv_spend": "49.96"}
    }
    assert world.rows("SELECT level, ad_name, clicks, spend_micros FROM ad_spend") == [
        ("ad", ":15 Lamp", None, 142_740_000)
    ]
    assert world.rows(
        "SELECT conversion_action, click_or_view, claimed_conversions, claimed_value_micros FROM claims ORDER BY 1"
    ) == [("purchase", "view", 2.0, 54_300_000), ("verified_visit", "view", 38.0, None)]


def test_the_currency_that_is_taken_is_said_and_the_users_word_goes_first(world: World) -> None:
    taken = world.text("creative.csv", _CREATIVE)
    assert "currency not stated: USD, in which MNTN bills" in taken.messages
    given = world.text("segment.csv", _SEGMENT, currency="EUR")
    assert list(given.totals) == ["EUR"]
    assert not [message for message in given.messages if "currency" in message]


def test_creatives_and_segments_are_levels_apart(world: World) -> None:
    world.text("creative.csv", _CREATIVE)
    report = world.text("segment.csv", _SEGMENT)
    assert report.summary["restated"] == []
    assert world.rows("SELECT level, spend_micros FROM ad_spend ORDER BY level") == [
        ("ad", 142_740_000),
        ("ad_group", 130_100_000),
    ]


@pytest.mark.parametrize("entry", each(downloads("mntn")), ids=lambda entry: entry["file"])
def test_a_table_out_of_the_api(world: World, entry: dict[str, Any]) -> None:
    report = hold_download(world, entry, currency="USD")
    sums, totals = entry["sums"], report.totals["USD"]
    assert totals["visits"] == sums["visits"]
    assert "tv_spend" not in totals or Decimal(totals["tv_spend"]) == Decimal(sums["tv_spend"])
    claimed = world.rows(
        "SELECT SUM(claimed_conversions), CAST(SUM(claimed_value_micros) AS BIGINT) FROM claims "
        "WHERE conversion_action = 'purchase'"
    )
    assert claimed == [(float(sums["conversions"]), int(Decimal(sums["order_value"]) * 1_000_000))]
