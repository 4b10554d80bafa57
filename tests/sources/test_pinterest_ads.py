"""Pinterest Ads: clicks that leave Pinterest, paid figures only, micros of whatever currency, days in UTC."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.sources.worlds import World

_EXPORT = """\
Date,Campaign name,Spend,Impressions,Pin clicks,Outbound clicks,Checkouts,Checkout value
2026-09-01,Spring Pins,14.31,7303,324,162,10,89.90
2026-09-02,Total,1.00,10,,,,
Total,,15.31,7313,324,162,10,89.90
"""
_HISTORY = (
    "id,updated_time,_fivetran_synced,billing_profile_status,currency,name,owner_user_id\n"
    "549764253315,2026-06-07 14:43:17,2026-06-30 14:11:01,VALID,SEK,Lamps,1\n"
)
_STATS = (
    "date,campaign_id,campaign_name,advertiser_id,impression_1,impression_2,clickthrough_1,clickthrough_2,"
    "spend_in_micro_dollar,total_conversions,total_conversions_value_in_micro_dollar\n"
    "2026-09-01,6267,Spring,549764253315,150,900,45,800,2250001,7,4500000\n"
)


def test_clicks_are_those_that_leave_pinterest(world: World) -> None:
    report = world.text("export.csv", _EXPORT, currency="EUR")
    assert (report.layout, report.accepted, report.ignored) == ("campaign_report_export", 2, 1)
    assert world.rows("SELECT campaign_name, clicks, spend_micros, time_zone FROM ad_spend ORDER BY line") == [
        ("Spring Pins", 162, 14_310_000, "UTC"),
        ("Total", None, 1_000_000, "UTC"),
    ]
    assert world.rows("SELECT conversion_action, claimed_conversions, claimed_value_micros FROM claims") == [
        ("purchase", 10.0, 89_900_000)
    ]


def test_paid_figures_alone_are_read_and_micros_are_of_the_accounts_currency(world: World) -> None:
    reports = world.take(world.file("report.csv", _STATS), world.file("history.csv", "\ufeff" + _HISTORY))
    assert [report.layout for report in reports] == ["campaign_report", "advertiser_history"]
    assert world.rows(
        "SELECT account_id, campaign_id, currency, impressions, clicks, spend_micros, time_zone FROM ad_spend"
    ) == [("549764253315", "6267", "SEK", 150, 45, 2_250_001, "UTC")]
    assert world.rows("SELECT claimed_conversions, claimed_value_micros, currency FROM claims") == [
        (7.0, 4_500_000, "SEK")
    ]


def test_the_account_of_a_later_export_without_one_is_the_only_one_known(world: World) -> None:
    world.text("history.csv", _HISTORY)
    report = world.text("export.csv", _EXPORT)
    assert report.totals == {"SEK": {"impressions": 7313, "clicks": 162, "spend": "15.31"}}
    assert world.rows("SELECT DISTINCT account_id FROM ad_spend") == [("549764253315",)]
