"""Amazon's reports: the kind of report is told by its own columns, windows are never added."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.sources.stated import BESIDE, downloads, each, hold_download, hold_table, tables
from tests.sources.worlds import FIXTURES

if TYPE_CHECKING:
    from tests.sources.worlds import World

_UNITS = (
    "7 Day Total Sales ,Total Advertising Cost of Sales (ACOS) ,7 Day Total Orders (#),7 Day Advertised SKU Units (#)"
)
_FIGURES = f"Impressions,Clicks,Click-Thru Rate (CTR),Cost Per Click (CPC),Spend,{_UNITS}"
_MONEY = '"1,200",30,0.025,0.41,12.30,40.00,0.3075,2,1'


def _report(columns: str, cells: str, *, figures: str = _FIGURES, money: str = _MONEY) -> str:
    return (
        f"Date,Portfolio name,Currency,Campaign Name,{columns}{figures}\n"
        f'"Sep 01, 2026",Not grouped,EUR,SP | Lamps,{cells}{money}\n'
    )


@pytest.mark.parametrize(
    ("layout", "level", "columns", "cells"),
    [
        ("campaign_report", "campaign", "Retailer,Country,", "Amazon,DE,"),
        ("ad_group_report", "ad_group", "Ad Group Name,", "Auto,"),
        (
            "product_report",
            "ad",
            "Ad Group Name,Retailer,Advertised SKU,Advertised ASIN,",
            "Auto,Amazon,L-1,B0A,",
        ),
        (
            "targeting_report",
            "keyword",
            "Ad Group Name,Targeting,Match Type,Top-of-search Impression Share,",
            "Auto,lamp,EXACT,<5%,",
        ),
        (
            "search_term_report",
            "search_term",
            "Ad Group Name,Targeting,Match Type,Customer Search Term,",
            "Auto,lamp,EXACT,desk lamp,",
        ),
    ],
)
def test_a_report_is_told_by_the_columns_that_are_its_own(
    world: World, layout: str, level: str, columns: str, cells: str
) -> None:
    report = world.text("report.csv", _report(columns, cells))
    assert (report.source, report.layout) == ("amazon-ads", layout)
    assert world.rows("SELECT CAST(date_day AS VARCHAR), level, impressions, clicks, spend_micros FROM ad_spend") == [
        ("2026-09-01", level, 1200, 30, 12_300_000)
    ]
    assert world.rows("SELECT level, click_or_view, attribution_window, claimed_conversions FROM claims") == [
        (level, "click", "7d_click", 2.0)
    ]


def test_last_years_spend_is_not_this_years(world: World) -> None:
    columns = "Program Type,Status,Last Year Impressions,Last Year Clicks,Last Year Spend,"
    world.text("campaigns.csv", _report(columns, "Sponsored Products,ENABLED,9,8,777.00,"))
    assert world.rows("SELECT spend_micros, impressions, campaign_type FROM ad_spend") == [
        (12_300_000, 1200, "Sponsored Products")
    ]


def test_brands_are_claimed_within_fourteen_days_with_and_without_views(world: World) -> None:
    figures = (
        "Impressions,Clicks,Spend,14 Day Total Sales ,14 Day Total Orders (#),"
        "14 Day Total Sales - (Click),14 Day Total Orders (#) - (Click)"
    )
    world.text("brands.csv", _report("", "", figures=figures, money="100,4,2.00,50.00,3,20.00,1"))
    assert world.rows(
        "SELECT click_or_view, attribution_window, claimed_conversions, claimed_value_micros FROM claims ORDER BY 1"
    ) == [("all", "14d", 3.0, 50_000_000), ("click", "14d_click", 1.0, 20_000_000)]


def test_a_summary_is_a_period_and_on_no_day(world: World) -> None:
    report = world.text(
        "summary.csv",
        f"Start Date,End Date,Currency,Campaign Name,{_FIGURES}\n2026-09-01,2026-09-30,EUR,Lamps,{_MONEY}\n",
    )
    assert report.verdict == "period_only"
    assert world.rows("SELECT date_day, CAST(period_end AS VARCHAR) FROM ad_spend") == [(None, "2026-09-30")]


def test_a_german_report_with_a_title_line(world: World) -> None:
    report = world.text(
        "begriffe.csv",
        "Suchbegriffbericht\nDatum;Währung;Kampagnenname;Suchbegriff eines Kunden;Impressionen;Klicks;Ausgaben;"
        "7 Tage, Verkäufe gesamt;7 Tage, Bestellungen gesamt\n"
        "2026-09-01;EUR;Lampen;stehlampe;98.000;1.480;612,40;2.890,00;128\n",
    )
    assert (report.layout, report.accepted) == ("search_term_report", 1)
    assert world.spend() == {"Lampen": "612.40 EUR"}
    assert world.rows("SELECT impressions, clicks FROM ad_spend") == [(98_000, 1_480)]


def test_the_profile_says_currency_and_zone_of_its_campaigns(world: World) -> None:
    profile = (
        "id,account_marketplace_string_id,account_name,currency_code,timezone,_fivetran_synced\n"
        "66,M1,Shop,USD,America/Los_Angeles,2026-09-02T00:00:00\n"
    )
    table = (
        "ad_group_id,date,_fivetran_synced,campaign_bidding_strategy,clicks,cost,impressions\n"
        "501,2026-09-01,2026-09-02T00:00:00,legacy,2,1.25,100\n"
    )
    world.take(world.file("profile.csv", profile), world.file("ad_groups.csv", table))
    assert world.rows("SELECT account_id, currency, time_zone, spend_micros FROM ad_spend") == [
        ("66", "USD", "America/Los_Angeles", 1_250_000)
    ]


@pytest.mark.parametrize("entry", each(downloads("amazon_ads")), ids=lambda entry: entry["file"])
def test_a_downloaded_report(world: World, entry: dict[str, Any]) -> None:
    hold_download(world, entry, currency="USD")
    assert world.rows(
        "SELECT SUM(claimed_conversions), CAST(SUM(claimed_value_micros) AS BIGINT) FROM claims WHERE "
        "attribution_window = '7d_click'"
    ) == [(1.0, 24_990_000)]


@pytest.mark.parametrize("name", each(tables("amazon_ads")))
def test_a_table_out_of_the_api(world: World, name: str) -> None:
    unused = ("keyword_history", "portfolio_history")
    report = hold_table(world, "amazon_ads", name, unused=unused, currency="USD", account="66")
    assert (report.source, f"{report.layout}_data.csv") == ("amazon-ads", name)


@pytest.mark.skipif(not FIXTURES.is_dir(), reason=BESIDE)
def test_windows_are_alternatives(world: World) -> None:
    world.take(FIXTURES / "amazon_ads/campaign_level_report_data.csv", account="66")
    found = world.rows("SELECT attribution_window, SUM(claimed_conversions) FROM claims GROUP BY 1 ORDER BY 1")
    assert [window for window, _conversions in found] == ["30d_click", "7d_click"]
