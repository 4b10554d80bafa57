"""Snapchat's exports and hourly tables: hours belong to the account's day, of however many hours that is."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tests.sources.stated import downloads, each, hold_download, hold_table, tables
from tests.sources.worlds import FIXTURES

if TYPE_CHECKING:
    from tests.sources.worlds import World

_UUID = "40ba77bb-289d-41d9-85bf-83f485908a5c"
_EXPORT = "Start Time,End Time,Campaign Name,Campaign ID,Paid Impressions,Swipe Ups,Spend\n"
_HOURLY = (
    "campaign_id,date,impressions,spend,swipes,conversion_purchases,conversion_purchases_value,conversion_sign_ups\n"
)
_BY_DAY = (
    "SELECT CAST(date_day AS VARCHAR), time_zone, COUNT(*), CAST(SUM(spend_micros) AS BIGINT) FROM ad_spend "
    "GROUP BY ALL ORDER BY 1"
)


def _hours(first: datetime, count: int, *, written: str = "%Y-%m-%dT%H:%M:%S") -> str:
    """A table of so many hours in a row, each with one swipe, 0.000007 spent and a sign-up claimed."""
    hours = (first + timedelta(hours=n) for n in range(count))
    return _HOURLY + "".join(f"{_UUID},{hour.strftime(written)},10,7,1,0,0.00,1\n" for hour in hours)


def _account(zone: str) -> str:
    return f"id,name,currency,timezone,_fivetran_synced\n{_UUID},Shop,EUR,{zone},2026-09-01 10:00:00.000\n"


def test_a_night_on_which_clocks_go_back_has_twenty_five_hours(world: World) -> None:
    hours = _hours(datetime(2026, 10, 24, 21, tzinfo=UTC), 27)
    world.take(world.file("accounts.csv", _account("Europe/Berlin")), world.file("hours.csv", hours))
    assert world.rows(_BY_DAY) == [
        ("2026-10-24", "Europe/Berlin", 1, 7),
        ("2026-10-25", "Europe/Berlin", 25, 175),
        ("2026-10-26", "Europe/Berlin", 1, 7),
    ]
    assert world.rows(
        "SELECT CAST(date_day AS VARCHAR), SUM(claimed_conversions) FROM claims WHERE conversion_action = 'sign_up' "
        "GROUP BY 1 ORDER BY 1"
    ) == [("2026-10-24", 1.0), ("2026-10-25", 25.0), ("2026-10-26", 1.0)]


def test_a_night_on_which_clocks_go_forward_has_twenty_three(world: World) -> None:
    hours = _hours(datetime(2026, 3, 28, 22, tzinfo=UTC), 25)
    world.text("hours.csv", hours, currency="EUR", time_zone="Europe/Berlin")
    assert [(day, rows) for day, _zone, rows, _spend in world.rows(_BY_DAY)] == [
        ("2026-03-28", 1),
        ("2026-03-29", 23),
        ("2026-03-30", 1),
    ]


def test_an_hour_of_a_zone_between_hours_is_of_its_own_day(world: World) -> None:
    hours = _hours(datetime(2026, 9, 1, 18, 30, tzinfo=UTC), 24, written="%Y-%m-%d %H:%M:%S.000")
    world.text("hours.csv", hours, currency="INR", time_zone="Asia/Kolkata")
    assert world.rows(_BY_DAY) == [("2026-09-02", "Asia/Kolkata", 24, 168)]


def test_hours_of_an_account_whose_zone_nobody_says_are_of_days_in_utc(world: World) -> None:
    report = world.text("hours.csv", _hours(datetime(2026, 9, 1, tzinfo=UTC), 24), currency="EUR")
    assert world.rows(_BY_DAY) == [("2026-09-01", "UTC", 24, 168)]
    assert [message for message in report.messages if "UTC" in message]


def test_a_later_table_restates_the_days_that_it_covers(world: World) -> None:
    first = datetime(2026, 10, 24, 22, tzinfo=UTC)
    options = {"currency": "EUR", "time_zone": "Europe/Berlin"}
    world.text("first.csv", _hours(first, 25), **options)
    report = world.text("second.csv", _hours(first, 25).replace(",10,7,", ",10,9,", 1), **options)
    assert [(one["day"], one["was"], one["now"]) for one in report.summary["restated"]] == [
        ("2026-10-25", "0.000175", "0.000177")
    ]
    assert world.rows(_BY_DAY) == [("2026-10-25", "Europe/Berlin", 25, 177)]


@pytest.mark.parametrize("at_once", [True, False])
def test_hours_of_ads_of_two_accounts_are_each_of_its_own(world: World, at_once: bool) -> None:  # noqa: FBT001
    one, two = _UUID, _UUID.replace("4", "5")
    synced = "2026-09-01 10:00:00.000"
    accounts = (
        "id,name,currency,timezone,_fivetran_synced\n"
        f"{one},Shop,EUR,Europe/Berlin,{synced}\n{two},Store,USD,America/New_York,{synced}\n"
    )
    campaigns = f"id,ad_account_id,name,_fivetran_synced\n{one},{one},Autumn,{synced}\n{two},{two},Fall,{synced}\n"
    squads = f"id,campaign_id,name,_fivetran_synced\n{one},{one},Cold,{synced}\n{two},{two},Warm,{synced}\n"
    ads = (
        "id,ad_squad_id,creative_id,name,_fivetran_synced\n"
        f"{one},{one},{one},Video,{synced}\n{two},{two},{two},Film,{synced}\n"
    )
    hours = f"ad_id,date,impressions,spend,swipes\n{one},2026-09-01T23:00:00,10,7,1\n{two},2026-09-01T23:00:00,10,9,1\n"
    texts = (ads, squads, campaigns, accounts, hours)
    files = [world.file(f"{number}.csv", text) for number, text in enumerate(texts)]
    for batch in [files] if at_once else [[file] for file in files]:
        assert all(report.verdict == "accept" for report in world.take(*batch))
    found = world.rows("SELECT account_id, currency, CAST(date_day AS VARCHAR), spend_micros FROM ad_spend ORDER BY 2")
    assert found == [
        (one, "EUR", "2026-09-02", 7),
        (two, "USD", "2026-09-01", 9),
    ]


def test_an_exports_hour_that_comes_twice_counts_twice(world: World) -> None:
    rows = "".join(
        f"2026-10-25 {hour}:00:00,2026-10-25 {hour}:59:59,Autumn,{_UUID},100,3,1.10\n" for hour in ("01", "02", "02")
    )
    world.text("hours.csv", _EXPORT + rows, currency="EUR")
    assert world.rows("SELECT CAST(date_day AS VARCHAR), SUM(impressions) FROM ad_spend GROUP BY 1") == [
        ("2026-10-25", 300)
    ]
    assert world.spend() == {"Autumn": "3.30 EUR"}


def test_a_week_is_a_period_and_on_no_day(world: World) -> None:
    report = world.text(
        "weeks.csv",
        _EXPORT + f"2026-09-07 00:00:00,2026-09-13 23:59:59,Autumn,{_UUID},100,3,1.10\n",
        currency="EUR",
    )
    assert report.verdict == "period_only"
    assert world.rows("SELECT date_day, CAST(period_start AS VARCHAR), CAST(period_end AS VARCHAR) FROM ad_spend") == [
        (None, "2026-09-07", "2026-09-13")
    ]


def test_a_row_that_ends_at_a_midnight_is_refused(world: World) -> None:
    rows = (
        f"2026-09-01 00:00:00,2026-09-02 00:00:00,Autumn,{_UUID},100,3,1.10\n"
        f"2026-09-02 00:00:00,2026-09-02 23:59:59,Autumn,{_UUID},100,3,2.20\n"
    )
    report = world.text("days.csv", _EXPORT + rows, currency="EUR")
    assert (report.accepted, report.reasons) == (1, {"NO_DAY": 1})


@pytest.mark.parametrize(
    ("level", "columns", "cells"),
    [
        ("account", "", ""),
        ("campaign", "Campaign Name,", "Autumn,"),
        ("ad_group", "Campaign Name,Ad Set Name,", "Autumn,Cold,"),
        ("ad", "Campaign Name,Ad Set Name,Ad Name,", "Autumn,Cold,Video,"),
    ],
)
def test_an_exports_level_is_its_finest_name(world: World, level: str, columns: str, cells: str) -> None:
    header = f"Start Time,End Time,{columns}Amount Spent,Paid Impressions,Clicks,Purchases,Purchases Value\n"
    row = f"2026-09-01 00:00:00,2026-09-01 23:59:59,{cells}1.10,100,3,2,40.00\n"
    report = world.text("days.csv", header + row, currency="EUR")
    assert (report.source, report.layout) == ("snapchat-ads", f"{level}_export")
    assert world.rows(
        "SELECT level, conversion_action, attribution_window, claimed_conversions, claimed_value_micros FROM claims"
    ) == [(level, "purchase", "default", 2.0, 40_000_000)]


def test_a_claimed_value_is_whole_micros_or_not_known(world: World) -> None:
    rows = f"{_UUID},2026-09-01T10:00:00,10,7,1,1,2500000,0\n{_UUID},2026-09-01T11:00:00,10,7,1,1,0.01,0\n"
    world.text("hours.csv", _HOURLY + rows, currency="EUR")
    assert world.rows("SELECT claimed_conversions, claimed_value_micros FROM claims ORDER BY line") == [
        (1.0, 2_500_000),
        (1.0, None),
    ]


def test_creatives_bear_the_tags_that_a_table_beside_them_says(world: World) -> None:
    creatives = (
        "id,ad_account_id,name,web_view_url,_fivetran_synced\n"
        f"{_UUID},{_UUID},Video,https://shop.example/,2026-09-01 10:00:00.000\n"
    )
    tags = (
        "creative_id,key,value,updated_at\n"
        f"{_UUID},utm_source,old,2026-08-01 10:00:00.000\n"
        f"{_UUID},utm_source,snapchat,2026-09-01 10:00:00.000\n"
        f"{_UUID},utm_campaign,autumn,2026-09-01 10:00:00.000\n"
    )
    alone = world.text("creatives.csv", creatives)
    assert [message for message in alone.messages if "creative_url_tag_history" in message]
    world.take(world.file("creatives.csv", creatives), world.file("tags.csv", tags))
    assert world.rows("SELECT level, final_url, url_tags FROM ad_entities") == [
        ("creative", "https://shop.example/", "utm_source=snapchat&utm_campaign=autumn")
    ]


_SAME_HEADERS = {
    "meta-ads": ("act_1700252260223815", "1700252260223815"),
    "snapchat-ads": ("07da269a-5965-4b8c-8deb-c6b773b5fb9d", "07da269a-5965-4b8c-8deb-c6b773b5fb9d"),
}


@pytest.mark.parametrize("source", _SAME_HEADERS)
@pytest.mark.parametrize("kind", ["csv", "json", "parquet"])
def test_accounts_of_snapchat_and_of_meta_are_told_by_their_ids(world: World, source: str, kind: str) -> None:
    stated, account = _SAME_HEADERS[source]
    row = {"id": stated, "name": "Shop", "_fivetran_synced": "2026-09-01 10:00:00.000"}
    path = world.file(f"accounts.{kind}", json.dumps(row) + "\n")
    if kind == "csv":
        path.write_text(f"{','.join(row)}\n{','.join(row.values())}\n")
    elif kind == "parquet":
        pq.write_table(pa.Table.from_pylist([row]), path)
    assert world.take(path)[0].source == source
    assert world.rows("SELECT platform, account_id, name FROM accounts") == [
        (source.replace("-", "_"), account, "Shop")
    ]


def test_an_account_of_neither_is_refused_whoever_it_is_taken_for(world: World) -> None:
    strange = world.text("accounts.csv", "id,name,_fivetran_synced\nshop,Shop,2026-09-01 10:00:00.000\n")
    assert (strange.verdict, strange.reasons) == ("refuse", {"WRONG_PLATFORM": 1})
    assert "--as" in strange.messages[0]


def test_a_table_of_another_system_is_not_taken_for_snapchats_accounts(world: World) -> None:
    report = world.text(
        "owners.csv", "id,name,_fivetran_synced\n17,Ana,2026-09-01 10:00:00.000\n", source="snapchat-ads"
    )
    assert (report.verdict, report.reasons) == ("refuse", {"WRONG_PLATFORM": 1})


@pytest.mark.parametrize("entry", each(downloads("snapchat_ads")), ids=lambda entry: entry["file"])
def test_a_downloaded_export(world: World, entry: dict[str, Any]) -> None:
    refused = world.take(FIXTURES / entry["file"])[0]
    assert (refused.reasons, refused.needs) == ({"AMBIGUOUS_CURRENCY": 4}, ("currency",))
    hold_download(world, entry, currency="USD")


@pytest.mark.parametrize("name", each(tables("snapchat_ads")))
def test_a_table_out_of_the_api(world: World, name: str) -> None:
    unused = ("campaign_geo_country_report", "campaign_geo_region_report")
    report = hold_table(world, "snapchat_ads", name, unused=unused, currency="USD", account="7")
    assert report.source == "snapchat-ads"
