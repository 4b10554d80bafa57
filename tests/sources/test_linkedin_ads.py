"""LinkedIn Ads: which of its words is our campaign, days in UTC, and a range that looks like a day."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.sources.worlds import World

_PREAMBLE = """\
Ad Performance Report (in UTC)
Report Start: September 1, 2026, 12:00 AM
Report End: September {last}, 2026, 11:59 PM
Date Generated: October 8, 2026, 9:41 AM

"""
_NEW = "Start Date (in UTC)\tAccount Name\tCurrency\tCampaign ID\tCampaign Name\tAd Set ID\tAd Set Name\t"
_OLD = (
    "Start Date (in UTC)\tAccount Name\tCurrency\tCampaign Group ID\tCampaign Group Name\tCampaign ID\tCampaign Name\t"
)
_REST = "Total Spent\tImpressions\tClicks\tConversions\tView-Through Conversions\tLeads\n"


def _rows(*days: str) -> str:
    return "".join(f"{day}\tLamps\tEUR\t600\tSpring\t300\tManagers\t1,234.50\t1,000\t10\t3\t1\t2\n" for day in days)


@pytest.mark.parametrize("names", [_NEW, _OLD], ids=["2026", "older"])
def test_its_campaign_is_an_ad_group_and_the_group_above_a_campaign(world: World, names: str) -> None:
    text = _PREAMBLE.format(last=3) + names + _REST + _rows("9/1/2026", "9/2/2026")
    report = world.text("report.csv", text.encode("utf-16"))
    assert (report.source, report.accepted) == ("linkedin-ads", 2)
    assert world.rows(
        "SELECT DISTINCT level, campaign_id, campaign_name, ad_group_id, ad_group_name, time_zone, time_zone_assumed "
        "FROM ad_spend"
    ) == [("ad_group", "600", "Spring", "300", "Managers", "UTC", False)]
    assert world.rows("SELECT CAST(date_day AS VARCHAR), spend_micros FROM ad_spend ORDER BY 1") == [
        ("2026-09-01", 1_234_500_000),
        ("2026-09-02", 1_234_500_000),
    ]
    assert world.rows(
        "SELECT conversion_action, click_or_view, SUM(claimed_conversions) FROM claims GROUP BY ALL ORDER BY ALL"
    ) == [("all", "all", 6.0), ("all", "view", 2.0), ("lead", "all", 4.0)]


def test_rows_that_all_bear_the_first_day_of_a_range_cover_the_range(world: World) -> None:
    report = world.text("report.csv", _PREAMBLE.format(last=30) + _NEW + _REST + _rows("9/1/2026"))
    assert report.verdict == "period_only"
    assert world.rows(
        "SELECT date_day, CAST(period_start AS VARCHAR), CAST(period_end AS VARCHAR), spend_micros FROM ad_spend"
    ) == [(None, "2026-09-01", "2026-09-30", 1_234_500_000)]


def test_a_report_of_one_day_is_that_day(world: World) -> None:
    report = world.text("report.csv", _PREAMBLE.format(last=1) + _NEW + _REST + _rows("9/1/2026"))
    assert report.verdict == "accept"
    assert world.rows("SELECT CAST(date_day AS VARCHAR) FROM ad_spend") == [("2026-09-01",)]


_DUTCH = """\
Rapport met advertentieprestaties (in UTC)
Begindatum van rapport: 2 september 2026 00:00
Einddatum van rapport: {last} september 2026 23:59
Datum aangemaakt: 23 oktober 2026 07:06

Begindatum (in UTC)\tAccountnaam\tValuta\tCampagne-ID\tCampagnenaam\tAdvertentieset-ID\tNaam van advertentieset\t\
Advertentienaam\tAdvertentie-ID\tTotaal besteed\tWeergaven\tKlikken\tConversies
2-9-2026\tLampen\tEUR\t600\tVoorjaar\t300\tBeheerders\tA\t9\t1.234,50\t1.000\t10\t1
"""


def test_a_dutch_export_has_its_own_days_and_numbers(world: World) -> None:
    text = _DUTCH.format(last=3) + "3-9-2026\tLampen\tEUR\t600\tVoorjaar\t300\tBeheerders\tA\t9\t2,50\t20\t1\t-\n"
    assert world.text("rapport.csv", text.encode("utf-16")).layout == "ad_report"
    assert world.rows(
        "SELECT CAST(date_day AS VARCHAR), campaign_id, ad_group_id, ad_id, spend_micros, impressions FROM ad_spend "
        "ORDER BY 1"
    ) == [("2026-09-02", "600", "300", "9", 1_234_500_000, 1_000), ("2026-09-03", "600", "300", "9", 2_500_000, 20)]


def test_a_dutch_total_of_a_range_is_no_day(world: World) -> None:
    assert world.text("rapport.csv", _DUTCH.format(last=30)).verdict == "period_only"


def test_an_older_report_of_creatives_has_their_names_alone(world: World) -> None:
    report = world.text(
        "report.csv",
        "Start Date (in UTC),Account Name,Campaign Name,Campaign Type,Creative Name,Total Spent,Impressions,Clicks\n"
        "9/1/2026,Lamps,Spring,SPONSORED_UPDATES,Guide,10.50,100,2\n",
        currency="EUR",
    )
    assert report.layout == "ad_report"
    assert world.rows("SELECT campaign_name, ad_name, ad_id FROM ad_spend") == [("Spring", "Guide", None)]


def test_an_analytics_table_takes_its_account_and_currency_from_the_histories(world: World) -> None:
    accounts = (
        "id,last_modified_time,created_time,name,currency,version_tag\n"
        "{0},2026-01-01 00:00:00,2020-01-01 00:00:00,A{0},{1},1\n"
    )
    campaigns = (
        "id,last_modified_time,account_id,campaign_group_id,created_time,name,version_tag\n"
        "300,2026-01-01 00:00:00,7,600,2020-01-01 00:00:00,Managers,1\n"
    )
    analytics = (
        "campaign_id,day,clicks,impressions,cost_in_local_currency,cost_in_usd,external_website_conversions,"
        "external_website_post_click_conversions,external_website_post_view_conversions,conversion_value_in_local_currency\n"
        "300,2026-09-01 00:00:00,4,,12.345678,13.9,3,2,1,90.10\n"
    )
    texts = (analytics, campaigns, accounts.format(7, "SEK"), accounts.format(8, "EUR"))
    paths = [world.file(f"{n}.csv", text) for n, text in enumerate(texts)]
    assert [report.verdict for report in world.take(*paths)] == ["accept"] * 4
    assert world.rows(
        "SELECT account_id, currency, level, ad_group_id, impressions, clicks, spend_micros, time_zone FROM ad_spend"
    ) == [("7", "SEK", "ad_group", "300", None, 4, 12_345_678, "UTC")]
    assert world.rows(
        "SELECT click_or_view, claimed_conversions, claimed_value_micros, currency FROM claims ORDER BY 1"
    ) == [("all", 3.0, 90_100_000, "SEK"), ("click", 2.0, None, None), ("view", 1.0, None, None)]


def test_a_creative_leads_to_the_first_page_that_it_names(world: World) -> None:
    world.text(
        "creatives.csv",
        "id,campaign_id,intended_status,click_uri,last_modified_at,created_time,text_ad_landing_page,"
        "spotlight_landing_page\n1,300,,,,2026-03-08 23:42:20,,https://lamps.example/a\n"
        "2,300,,https://lamps.example/b,2026-03-09 00:00:00,2026-03-08 23:42:20,,\n",
    )
    assert world.rows("SELECT id, level, parent_id, final_url FROM ad_entities ORDER BY id") == [
        ("1", "ad", "300", "https://lamps.example/a"),
        ("2", "ad", "300", "https://lamps.example/b"),
    ]
