"""Reddit's tables: spend in micros, claims in their own tables and by nested windows; its export is a guess."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.sources.stated import downloads, each, hold_download, hold_table, tables

if TYPE_CHECKING:
    from tests.sources.worlds import World

_REPORT = "date,_fivetran_synced,clicks,comments_page_views,cpc,ecpm,impressions,spend,video_started"
_WINDOWS = ",".join(
    f"{seen}_through_conversion_attribution_window_{window}"
    for seen in ("click", "view")
    for window in ("day", "week", "month")
)
_CONVERSIONS = f"account_id,campaign_id,date,event_name,total_items,total_value,{_WINDOWS}\n"
_ACCOUNT = (
    "id,_fivetran_synced,attribution_type,click_attribution_window,created_at,currency,status,time_zone_id,"
    "view_attribution_window\n"
    "t2_a,2026-09-02 10:00:00,ALL_CONVERSION,MONTH,2022-01-04 22:22:31,EUR,,GMT,DAY\n"
)


def _table(level: str) -> str:
    column, cell = ("", "") if level == "account" else (f"{level}_id,", "17,")
    return (
        f"account_id,{column}{_REPORT}\n"
        f"t2_a,{cell}2026-09-01,2026-09-02 22:22:10,12,0,1470973.602,4233807.238,900,17651683,40\n"
    )


@pytest.mark.parametrize("level", ["account", "campaign", "ad_group", "ad"])
def test_a_report_counts_micros_on_days_in_utc(world: World, level: str) -> None:
    report = world.text("report.csv", _table(level), currency="EUR")
    assert (report.source, report.layout) == ("reddit-ads", f"{level}_report")
    assert world.rows(
        "SELECT account_id, level, CAST(date_day AS VARCHAR), time_zone, time_zone_assumed, impressions, clicks, "
        "spend_micros, video_starts FROM ad_spend"
    ) == [("t2_a", level, "2026-09-01", "UTC", False, 900, 12, 17_651_683, 40)]


def test_claims_are_by_event_and_by_windows_that_are_never_added(world: World) -> None:
    world.take(
        world.file("account.csv", _ACCOUNT),
        world.file("claims.csv", _CONVERSIONS + "t2_a,17,2026-09-01,purchase,4,127.50,2,5,9,0,1,3\n"),
    )
    found = world.rows(
        "SELECT conversion_action, click_or_view, attribution_window, claimed_conversions, claimed_value_micros, "
        "currency FROM claims ORDER BY 2, 4, 3"
    )
    assert found == [
        ("purchase", "all", "default", None, 127_500_000, "EUR"),
        ("purchase", "click", "day_click", 2.0, None, None),
        ("purchase", "click", "week_click", 5.0, None, None),
        ("purchase", "click", "month_click", 9.0, None, None),
        ("purchase", "view", "day_view", 0.0, None, None),
        ("purchase", "view", "week_view", 1.0, None, None),
        ("purchase", "view", "month_view", 3.0, None, None),
    ]


def test_a_report_after_its_conversions_leaves_the_claims(world: World) -> None:
    world.text("claims.csv", _CONVERSIONS + "t2_a,17,2026-09-01,lead,4,0,2,5,9,0,1,3\n", currency="EUR")
    world.text("report.csv", _table("campaign"), currency="EUR")
    assert world.rows("SELECT COUNT(*) FROM claims") == [(7,)]


def test_the_accounts_table_says_the_currency_and_ads_say_their_addresses(world: World) -> None:
    ads = (
        "id,_fivetran_synced,account_id,ad_group_id,campaign_id,click_url,configured_status,effective_status,name\n"
        "9,2026-09-02 22:21:19.329000 UTC,t2_a,8,17,https://shop.example/?utm_source=reddit,PAUSED,PAUSED,lamp\n"
    )
    world.take(
        world.file("account.csv", _ACCOUNT), world.file("ads.csv", ads), world.file("report.csv", _table("campaign"))
    )
    assert world.rows("SELECT account_id, currency FROM ad_spend") == [("t2_a", "EUR")]
    assert world.rows("SELECT level, parent_id, final_url, CAST(updated_at AS VARCHAR) FROM ad_entities") == [
        ("ad", "8", "https://shop.example/?utm_source=reddit", "2026-09-02 22:21:19.329+00")
    ]


def test_a_guessed_export_says_in_the_docs_that_it_is_one(world: World) -> None:
    text = (
        "Date,Campaign Name,Campaign ID,Amount Spent (EUR),Impressions,Clicks,CTR,CPC (EUR),eCPM (EUR)\n"
        "2026-09-01,r/lamps,17,63.74,15219,245,1.610%,0.26,4.19\n"
    )
    report = world.text("guess.csv", text)
    assert (report.source, report.layout) == ("reddit-ads", "guessed_export")
    assert world.spend() == {"r/lamps": "63.74 EUR"}


@pytest.mark.parametrize("entry", each(downloads("reddit_ads")), ids=lambda entry: entry["file"])
def test_the_guess_reads_the_guessed_sample(world: World, entry: dict[str, Any]) -> None:
    hold_download(world, entry, currency="USD")


@pytest.mark.parametrize("name", each(tables("reddit_ads")))
def test_a_table_out_of_the_api(world: World, name: str) -> None:
    unused = ("campaign_country_report", "campaign_country_conversions_report")
    report = hold_table(world, "reddit_ads", name, unused=unused, currency="USD")
    assert report.source == "reddit-ads"
    assert name.removeprefix("business_").startswith(report.layout)
