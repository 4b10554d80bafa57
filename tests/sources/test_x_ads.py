"""X Ads: an account's day begins at its own midnight, micros are exact, claims stand by action, click and view."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.sources.worlds import World

_EXPORT = """\
ID,Campaign,Campaign URL,Time,Spend,Impressions,Engagements,Billed engagements,Reposts,Clicks
bj1,Total,https://ads.x.com/campaign/bj1,2026-09-01 00:00,8.21,2021,153,51,2,51
bj1,Total,https://ads.x.com/campaign/bj1,2026-09-01 13:00,1.00,10,1,1,0,1
bj2,Prospecting,https://ads.x.com/campaign/bj2,2026-09-02 00:00,2.00,20,2,2,0,2
"""
_ACCOUNT = "id,name,timezone,timezone_switch_at,updated_at\n18ce,Lamps,{},,2026-01-01 15:41:07 UTC\n"
_CAMPAIGNS = (
    "_fivetran_synced,account_id,currency,funding_instrument_id,id,name,updated_at\n"
    "2026-01-01 14:28:17.911 UTC,18ce,SEK,p,bj1,Retargeting,2026-01-01 17:42:30 UTC\n"
)
_STATS = (
    "account_id,campaign_id,date,placement,billed_charge_local_micro,clicks,impressions,engagements,url_clicks,"
    "conversion_purchases_post_engagement,conversion_purchases_post_view,conversion_purchases_metric\n"
    "18ce,bj1,{0},ALL_ON_TWITTER,1371663,3,13,1,1,2,1,3\n18ce,bj1,{0},PUBLISHER_NETWORK,1,1,1,1,1,0,0,0\n"
)


def test_hours_of_an_export_add_up_to_days_and_a_campaign_may_be_called_total(world: World) -> None:
    report = world.text("export.csv", _EXPORT, currency="EUR")
    assert (report.layout, report.accepted, report.ignored) == ("campaign_export", 3, 0)
    assert world.rows(
        "SELECT CAST(date_day AS VARCHAR), campaign_id, SUM(spend_micros), SUM(clicks) FROM ad_spend GROUP BY ALL "
        "ORDER BY ALL"
    ) == [("2026-09-01", "bj1", 9_210_000, 52), ("2026-09-02", "bj2", 2_000_000, 2)]


@pytest.mark.parametrize(
    ("zone", "began"),
    [
        ("America/Los_Angeles", "2026-03-09 07:00:00"),  # The day after the clock went forward.
        ("Europe/Berlin", "2026-03-08 23:00:00"),
        ("Pacific/Auckland", "2026-03-08 11:00:00"),
        ("UTC", "2026-03-09 00:00:00"),
    ],
)
def test_a_day_begins_at_the_accounts_midnight(world: World, zone: str, began: str) -> None:
    files = {"stats.csv": _STATS.format(began), "account.csv": _ACCOUNT.format(zone), "campaigns.csv": _CAMPAIGNS}
    world.take(*(world.file(name, text) for name, text in files.items()))
    assert world.rows(
        "SELECT DISTINCT CAST(date_day AS VARCHAR), time_zone, currency, time_zone_assumed FROM ad_spend"
    ) == [("2026-03-09", zone, "SEK", False)]
    assert world.rows("SELECT SUM(spend_micros), SUM(clicks) FROM ad_spend") == [(1_371_664, 4)]


@pytest.mark.parametrize("began", ["2026-03-09 07:00:00", "2026-03-08 23:00:00", "2026-03-09 00:00:00"])
def test_without_a_known_zone_it_is_the_nearest_midnight(world: World, began: str) -> None:
    report = world.text("stats.csv", _STATS.format(began), currency="EUR")
    assert report.messages == ["time zone not stated: Europe/Berlin assumed"]
    assert world.rows("SELECT DISTINCT CAST(date_day AS VARCHAR) FROM ad_spend") == [("2026-03-09",)]


def test_what_is_claimed_stands_by_action_and_by_click_and_view(world: World) -> None:
    world.text("stats.csv", _STATS.format("2026-03-09 00:00:00"), currency="EUR")
    assert world.rows("SELECT conversion_action, click_or_view, claimed_conversions FROM claims ORDER BY ALL") == [
        ("purchases", "click", 2.0),
        ("purchases", "view", 1.0),
    ]


def test_sale_amounts_are_micros_on_the_side_that_claims_them(world: World) -> None:
    sales = (
        "conversion_purchases_post_engagement,conversion_purchases_post_view,conversion_purchases_sale_amount,"
        "conversion_purchases_sale_amount_engagement,conversion_purchases_sale_amount_view,"
        "mobile_conversion_purchases_post_engagement,mobile_conversion_purchases_sale_amount"
    )
    world.text(
        "stats.csv",
        f"account_id,campaign_id,date,placement,billed_charge_local_micro,clicks,impressions,engagements,{sales}\n"
        "18ce,bj1,2026-03-09 00:00:00,ALL_ON_TWITTER,1371663,3,13,1,1,2,277990000,100000000,177990000,4,12340000\n"
        "18ce,bj1,2026-03-10 00:00:00,ALL_ON_TWITTER,1371663,3,13,1,1,0,0,0,0,0,0\n",
        currency="SEK",
    )
    assert world.rows(
        "SELECT CAST(date_day AS VARCHAR), conversion_action, click_or_view, claimed_conversions, currency, "
        "claimed_value_micros FROM claims ORDER BY ALL"
    ) == [
        ("2026-03-09", "app_purchases", "all", None, "SEK", 12_340_000),
        ("2026-03-09", "app_purchases", "click", 4.0, None, None),
        ("2026-03-09", "purchases", "click", 1.0, "SEK", 100_000_000),
        ("2026-03-09", "purchases", "view", 2.0, "SEK", 177_990_000),
        ("2026-03-10", "purchases", "click", 1.0, None, None),
    ]


def test_a_post_leads_to_its_first_address(world: World) -> None:
    world.text(
        "urls.csv",
        "_fivetran_synced,display_url,expanded_url,index,indices,tweet_id,url\n"
        '2026-01-01 14:20:53.940 UTC,a,https://lamps.example/a,0,"[0,23]",1070065470072475648,https://t.co/a\n'
        '2026-01-01 14:20:53.940 UTC,b,https://lamps.example/b,1,"[24,40]",1070065470072475648,https://t.co/b\n',
    )
    assert world.rows("SELECT level, id, final_url FROM ad_entities") == [
        ("creative", "1070065470072475648", "https://lamps.example/a")
    ]
