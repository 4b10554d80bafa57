"""Apple's reports: what stands above the table counts for all of it, installs are no purchases."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.sources.stated import each, hold_table, tables

if TYPE_CHECKING:
    from tests.sources.worlds import World

_ABOVE = '"Start Date: 07 Sep 2026"\n"End Date: 13 Sep 2026"\nCurrency: AUD\nTime Zone: UTC\n""\n\n'
_CAMPAIGNS = (
    "Campaign ID,Campaign Name,Start Date,End Date,Status,Daily Budget,Spend,Avg CPA (Total),Impressions,Taps,"
    "Installs (Total),TTR,Installs (View-Through),Installs (Tap-Through)\n"
    '"21433","Launch","05 Feb 2026","N/A","RUNNING","1000.00","20.65","0.00","331","3","4","0.0091","1","3"\n'
    '"21436","Blitz","06 Feb 2026","N/A","RUNNING","1000.00","46.25","15.42","144","11","0","0.0764","0","0"\n'
    '"","","N/A","N/A","","","66.90","22.30","475","14","4","0.0295","1","3"\n'
)
_TABLE = "date,id,impressions,local_spend_amount,local_spend_currency,taps,conversions,tap_installs\n"
_ROWS = "2026-09-01,501,100,1.25,USD,5,2,1\n2026-09-01,502,50,0.75,USD,1,0,0\n"
_KEYWORDS = (
    "id,modification_time,ad_group_id,bid_amount,bid_currency,campaign_id,deleted,match_type,status,text\n"
    "501,2026-08-01T15:36:51.600,8,1.5,USD,17,false,BROAD,ACTIVE,cat\n"
    "502,2026-08-01T15:36:51.600,8,1.5,USD,17,false,BROAD,ACTIVE,cats\n"
)


def test_the_lines_above_say_currency_zone_and_period_and_campaigns_own_dates_do_not(world: World) -> None:
    report = world.text("campaigns.csv", _ABOVE + _CAMPAIGNS, currency="AUD")
    assert (report.source, report.layout, report.verdict) == ("apple-search-ads", "campaign_report", "period_only")
    assert (report.accepted, report.ignored, report.refused) == (2, 1, 0)
    assert world.rows(
        "SELECT campaign_id, currency, time_zone, time_zone_assumed, date_day, CAST(period_start AS VARCHAR), "
        "CAST(period_end AS VARCHAR), spend_micros FROM ad_spend ORDER BY 1"
    ) == [
        ("21433", "AUD", "UTC", False, None, "2026-09-07", "2026-09-13", 20_650_000),
        ("21436", "AUD", "UTC", False, None, "2026-09-07", "2026-09-13", 46_250_000),
    ]
    assert world.rows("SELECT click_or_view, SUM(claimed_conversions) FROM claims GROUP BY 1 ORDER BY 1") == [
        ("all", 4.0),
        ("click", 3.0),
        ("view", 1.0),
    ]
    assert world.rows("SELECT DISTINCT conversion_action, currency FROM claims") == [("install", None)]


def test_campaigns_own_dates_alone_are_no_day(world: World) -> None:
    report = world.text("campaigns.csv", _CAMPAIGNS, currency="AUD")
    assert (report.verdict, set(report.reasons)) == ("refuse", {"NO_DAY"})


@pytest.mark.parametrize(
    ("level", "columns", "cells"),
    [
        ("account", "", ""),
        ("campaign", "Campaign ID,", "17,"),
        ("ad_group", "Campaign ID,Ad Group ID,", "17,8,"),
        ("ad", "Campaign Name,Ad Group Name,Ad Name,", "Launch,Cats,Default,"),
        ("keyword", "Campaign ID,Ad Group ID,Keyword ID,Keyword,", "17,8,501,cat,"),
        ("search_term", "Campaign Name,Ad Group Name,Keyword,Search Term,", "Launch,Cats,cat,cat game,"),
    ],
)
def test_a_days_report_is_of_the_level_that_it_names(world: World, level: str, columns: str, cells: str) -> None:
    text = f"Day,{columns}Spend,Impressions,Taps,Installs (Tap-Through)\n2026-09-01,{cells}20.65,331,3,1\n"
    report = world.text("days.csv", text, currency="EUR")
    assert (report.source, report.layout) == ("apple-search-ads", f"{level}_report")
    assert world.rows("SELECT level, CAST(date_day AS VARCHAR), clicks, spend_micros FROM ad_spend") == [
        (level, "2026-09-01", 3, 20_650_000)
    ]


def test_a_table_by_id_is_of_campaigns(world: World) -> None:
    for _again in range(2):
        world.text("table.csv", _TABLE + _ROWS)
        assert world.rows("SELECT level, campaign_id, currency, spend_micros FROM ad_spend ORDER BY 2") == [
            ("campaign", "501", "USD", 1_250_000),
            ("campaign", "502", "USD", 750_000),
        ]


def test_a_table_by_id_is_of_keywords_where_their_history_or_its_own_name_says_so(world: World) -> None:
    alone = world.text("keyword_report.csv", _TABLE + _ROWS)
    assert alone.verdict == "accept"
    assert world.rows("SELECT DISTINCT level, campaign_id FROM ad_spend") == [("keyword", None)]
    beside = world.take(world.file("history.csv", _KEYWORDS), world.file("report.csv", _TABLE + _ROWS + _ROWS))
    assert [report.verdict for report in beside] == ["accept", "accept"]
    assert world.rows("SELECT level, campaign_id, ad_group_id, SUM(spend_micros) FROM ad_spend GROUP BY ALL") == [
        ("keyword", "17", "8", 4_000_000)
    ]


def test_organizations_say_the_zone_of_their_campaigns(world: World) -> None:
    accounts = 'id,currency,name,payment_model,role_names,time_zone\n3219,USD,Shop,PAYG,"[""API""]",America/New_York\n'
    world.take(world.file("accounts.csv", accounts), world.file("table.csv", _TABLE + _ROWS))
    assert world.rows("SELECT DISTINCT account_id, time_zone, time_zone_assumed FROM ad_spend") == [
        ("3219", "America/New_York", False)
    ]


@pytest.mark.parametrize("name", each(tables("apple_search_ads")))
def test_a_table_out_of_the_api(world: World, name: str) -> None:
    report = hold_table(world, "apple_search_ads", name, account="3219110")
    assert report.source == "apple-search-ads"
    if report.totals:
        levels = {level for (level,) in world.rows("SELECT DISTINCT level FROM ad_spend")}
        assert levels == {name.removesuffix("_report_data.csv")}
