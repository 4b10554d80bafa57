"""TikTok Ads: clicks that lead somewhere, purchases apart from conversions, hours on the account's day."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.sources.worlds import World

_EXPORT = """\
By Day,Campaign name,Ad group name,{cost},Impressions,Clicks (all),Clicks (destination),Complete payment,Purchase value
2026-09-01,Total,Interest,"18,50",100,9,5,2,"30,00"
2026-09-02,Total,Interest,"1.018,50",100,9,5,-,-
Total of 2 results,-,-,"1.037,00",200,18,10,2,"30,00"
"""


def test_the_header_of_the_cost_says_the_currency(world: World) -> None:
    report = world.text("export.csv", _EXPORT.format(cost="Cost (SEK)"))
    assert (report.layout, report.accepted, report.ignored) == ("ad_group_report", 2, 1)
    assert report.totals == {"SEK": {"impressions": 200, "clicks": 10, "spend": "1037.00"}}
    assert world.rows("SELECT conversion_action, claimed_conversions, claimed_value_micros, currency FROM claims") == [
        ("purchase", 2.0, 30_000_000, "SEK")
    ]


def test_without_it_the_currency_is_asked_for(world: World) -> None:
    assert world.text("export.csv", _EXPORT.format(cost="Cost")).needs == ("currency",)
    assert world.text("export.csv", _EXPORT.format(cost="Cost"), currency="EUR").accepted == 2


def test_a_summary_without_days_is_refused(world: World) -> None:
    report = world.text(
        "export.csv", "Campaign name,Cost,Impressions,Clicks (destination),Currency\nSpring,18.50,100,9,EUR\n"
    )
    assert (report.verdict, report.reasons) == ("refuse", {"NO_DAY": 1})


_HOURS = """\
CAMPAIGN_ID,STAT_TIME_HOUR,IMPRESSIONS,CLICKS,SPEND,CONVERSION,TOTAL_PURCHASE_VALUE
5,2025-10-25 21:00:00,1,1,1.00,0,0.00
5,2025-10-25 22:00:00,1,1,2.00,0,0.00
5,2025-10-26 0:00:00,1,1,4.00,0,0.00
5,2025-10-26 1:00:00,1,1,8.00,0,0.00
5,2025-10-26 22:00:00,1,1,16.00,3,20.50
5,2025-10-26 23:00:00,1,1,32.00,0,0.00
"""
_ADVERTISER = """\
id,name,currency,timezone,balance,role,_fivetran_synced
7,Lamps,{},Europe/Berlin,1,R,2026-01-01 00:00:00
"""
_BY_DAY = (
    "SELECT CAST(date_day AS VARCHAR), time_zone, time_zone_assumed, SUM(spend_micros) // 1000000 FROM ad_spend "
    "GROUP BY ALL ORDER BY ALL"
)


def test_hours_fall_on_the_accounts_day_over_the_night_of_the_clock(world: World) -> None:
    world.take(world.file("hours.csv", _HOURS), world.file("advertiser.csv", _ADVERTISER.format("EUR")))
    assert world.rows(_BY_DAY) == [
        ("2025-10-25", "Europe/Berlin", False, 1),
        ("2025-10-26", "Europe/Berlin", False, 2 + 4 + 8 + 16),
        ("2025-10-27", "Europe/Berlin", False, 32),
    ]
    assert world.rows(
        "SELECT conversion_action, SUM(claimed_conversions), SUM(claimed_value_micros) FROM claims "
        "GROUP BY 1 ORDER BY 1"
    ) == [("all", 3.0, None), ("purchase", None, 20_500_000)]


def test_hours_of_an_account_whose_zone_is_not_known_fall_on_the_utc_day(world: World) -> None:
    report = world.text("hours.csv", _HOURS, currency="EUR")
    assert report.messages == ["time zone not stated: UTC assumed"]
    assert world.rows(_BY_DAY) == [("2025-10-25", "UTC", True, 3), ("2025-10-26", "UTC", True, 60)]


def test_a_currency_that_does_not_exist_is_not_known(world: World) -> None:
    world.text("advertiser.csv", _ADVERTISER.format("CAN"))
    assert world.rows("SELECT currency, time_zone FROM accounts") == [(None, "Europe/Berlin")]
