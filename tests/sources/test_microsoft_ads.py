"""Microsoft Ads: lines above and below the table, its own zones, ids in brackets, conversions once."""

from __future__ import annotations

import zoneinfo
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from outturn.pipeline.build import build
from outturn.sources.microsoft_zones import ZONES, zone_named
from outturn.store.duckdb_engine import DuckDBEngine
from tests.sources.worlds import NOW

if TYPE_CHECKING:
    from tests.sources.worlds import World

_BARE = """\
Report Name: Campaigns
Report Time: 9/1/2026,9/2/2026
Time Zone: (GMT+01:00) Amsterdam, Berlin, Bern, Rome, Stockholm, Vienna
Last Completed Available Day: 9/8/2026 10:15:00 PM (GMT)
Report Aggregation: Day

Gregorian date\tAccount name\tAccount ID\tCampaign\tCampaign ID\tImpr.\tClicks\tSpend
9/1/2026\tHarbour Lamps\t[1501758]\tTotal\t[82945799304067]\t1,000\t10\t12.34
9/2/2026\tHarbour Lamps\t[1501758]\tHarbour\t[82945799304068]\t2,000\t20\t23.45
"""


def test_the_bare_form_has_its_ids_in_brackets_and_its_zone_above(world: World) -> None:
    report = world.text("report.csv", _BARE, currency="USD")
    assert (report.layout, report.accepted, report.ignored) == ("campaign_report", 2, 0)
    assert world.rows(
        "SELECT CAST(date_day AS VARCHAR), account_id, campaign_id, campaign_name, time_zone, time_zone_assumed "
        "FROM ad_spend ORDER BY line"
    ) == [
        ("2026-09-01", "1501758", "82945799304067", "Total", "Europe/Berlin", False),
        ("2026-09-02", "1501758", "82945799304068", "Harbour", "Europe/Berlin", False),
    ]


def test_days_that_only_read_day_first_are_read_so(world: World) -> None:
    world.text(
        "report.csv",
        _BARE.replace("9/2/2026\tH", "13/2/2026\tH").replace("9/1/2026\tH", "12/2/2026\tH"),
        currency="USD",
    )
    assert world.rows("SELECT CAST(MIN(date_day) AS VARCHAR), CAST(MAX(date_day) AS VARCHAR) FROM ad_spend") == [
        ("2026-02-12", "2026-02-13")
    ]


_SPANISH = """\
"Fecha y hora del informe: {first},{last}"

Id. de la cuenta,Nombre de la campaña,Gasto,Impresiones,Clics
123,Marca,"12,34",1.000,5
123,Total,"1,00",10,5
Total,-,-,1.010,10
"""


def test_a_report_without_days_is_a_total_of_its_range(world: World) -> None:
    report = world.text("informe.csv", _SPANISH.format(first="20/8/2026", last="5/9/2026"), currency="EUR")
    assert (report.verdict, report.accepted, report.ignored) == ("period_only", 2, 1)
    assert world.rows(
        "SELECT date_day, CAST(period_start AS VARCHAR), CAST(period_end AS VARCHAR), campaign_name, spend_micros "
        "FROM ad_spend ORDER BY line"
    ) == [
        (None, "2026-08-20", "2026-09-05", "Marca", 12_340_000),
        (None, "2026-08-20", "2026-09-05", "Total", 1_000_000),
    ]


def test_a_range_that_reads_two_ways_is_asked_for(world: World) -> None:
    export = _SPANISH.format(first="1/8/2026", last="5/9/2026")
    report = world.text("informe.csv", export, currency="EUR")
    assert (report.verdict, report.reasons, report.needs) == ("refuse", {"AMBIGUOUS_DATE": 2}, ("dates",))
    report = world.text("informe.csv", export, currency="EUR", dates="day-first")
    assert (report.verdict, report.summary["first_day"], report.summary["last_day"]) == (
        "period_only", "2026-08-01", "2026-09-05",
    )  # fmt: skip


def test_qualified_conversions_stand_for_the_others(world: World) -> None:
    marks = "device_os,delivered_match_type,top_vs_other"
    world.text(
        "table.csv",
        f"date,account_id,campaign_id,currency_code,{marks},clicks,impressions,spend,conversions_qualified,conversions,"
        "revenue,all_conversions_qualified,all_conversions,all_revenue\n"
        "2026-09-01,7,8,USD,,,,1,2,0.5,1.5,1,20.25,9,9,99\n"
        "2026-09-01,7,8,USD,,,,1,2,0.5,,3,1.00,9,9,99\n",
    )
    assert world.rows(
        "SELECT conversion_action, click_or_view, SUM(claimed_conversions), SUM(claimed_value_micros) FROM claims "
        "GROUP BY ALL"
    ) == [("all", "all", 4.5, 21_250_000)]


def test_an_account_table_gives_the_zone_by_microsofts_name(world: World) -> None:
    world.text(
        "accounts.csv",
        "id,name,last_modified_time,time_zone,currency_code\n7,Lamps,2026-01-01T00:00:00.1,OsakaSapporoTokyo,JPY\n"
        "8,More,2026-01-01T00:00:00.1,Various,JPY\n",
    )
    assert world.rows("SELECT account_id, currency, time_zone FROM accounts ORDER BY 1") == [
        ("7", "JPY", "Asia/Tokyo"),
        ("8", "JPY", None),
    ]


_BY_NUMBER = (
    "Gregorian date,Account number,{more}Campaign,Currency code,Impressions,Clicks,Spend\n"
    "9/2/2026,F1190XYZ,{values}Harbour,USD,2000,20,23.45\n"
)
_MARKS = "device_os,delivered_match_type,top_vs_other"
_BY_ID = (
    f"date,account_id,campaign_id,{_MARKS},clicks,impressions,spend\n"
    "2026-09-01,150175881,8,,,,1,2,0.5\n2026-09-02,150175881,8,,,,1,2,0.75\n"
)
_ACCOUNTS = (
    "id,name,last_modified_time,time_zone,currency_code\n"
    "150175881,{name},2026-01-01T00:00:00.1,OsakaSapporoTokyo,USD\n7,Others,2026-01-01T00:00:00.1,Various,USD\n"
)
_BOOKED = (
    "SELECT CAST(date_day AS VARCHAR), account_id, time_zone, CAST(SUM(spend_micros) AS BIGINT) FROM ad_spend "
    "GROUP BY ALL ORDER BY 1, 2"
)


def test_a_number_and_an_id_of_the_same_campaigns_are_one_account(world: World) -> None:
    world.text("by_id.csv", _BY_ID, currency="USD", time_zone="Europe/Berlin")
    by_number = _BY_NUMBER.format(more="Campaign ID,", values="8,")
    report = world.text("by_number.csv", by_number, time_zone="Europe/Berlin", replace=True)
    assert "account F1190XYZ is known as 150175881: kept as that" in report.messages
    assert world.rows(_BOOKED) == [
        ("2026-09-01", "150175881", "Europe/Berlin", 500_000),
        ("2026-09-02", "150175881", "Europe/Berlin", 23_450_000),
    ]


def test_whichever_came_first_is_the_account(world: World) -> None:
    world.text("by_number.csv", _BY_NUMBER.format(more="Campaign ID,", values="8,"))
    world.text("accounts.csv", _ACCOUNTS.format(name="Harbour Lamps"))
    world.text(
        "campaigns.csv", "id,name,account_id,modified_time,type,time_zone\n8,Harbour,150175881,2026-09-01,Search,\n"
    )
    report = world.text("by_id.csv", _BY_ID)
    assert "account 150175881 is known as F1190XYZ: kept as that" in report.messages
    # Currency and zone are those of its id, which alone has a table.
    assert [row for row in world.rows(_BOOKED) if row[0] == "2026-09-01"] == [
        ("2026-09-01", "F1190XYZ", "Asia/Tokyo", 500_000)
    ]
    assert {row[1] for row in world.rows(_BOOKED)} == {"F1190XYZ"}
    engine = DuckDBEngine()
    build(world.workspace, now=NOW + timedelta(hours=1)).expose(engine)
    assert engine.rows("SELECT account_id, campaign_id FROM campaigns") == [("F1190XYZ", "8")]
    engine.close()


@pytest.mark.parametrize(("name", "kept"), [("Harbour Lamps", "150175881"), ("Lamps", "F1190XYZ")])
def test_a_number_is_the_id_of_the_one_account_with_its_name(world: World, name: str, kept: str) -> None:
    world.text("accounts.csv", _ACCOUNTS.format(name=name))
    world.text("report.csv", _BY_NUMBER.format(more="Account name,", values="Harbour Lamps,"))
    assert {row[1] for row in world.rows(_BOOKED)} == {kept}


def test_two_numbers_stay_two_accounts(world: World) -> None:
    world.text("first.csv", _BY_NUMBER.format(more="Campaign ID,", values="8,"))
    world.text("second.csv", _BY_NUMBER.replace("F1190XYZ", "F2290XYZ").format(more="Campaign ID,", values="8,"))
    assert [row[1] for row in world.rows(_BOOKED)] == ["F1190XYZ", "F2290XYZ"]


@pytest.mark.parametrize("zone", sorted(set(ZONES.values())))
def test_every_zone_exists(zone: str) -> None:
    assert zone in zoneinfo.available_timezones()


def test_letters_alone_make_a_zones_name() -> None:
    assert zone_named("(GMT) Greenwich Mean Time : Dublin, Edinburgh, Lisbon, London") == "Europe/London"
    assert zone_named("PacificTimeUSCanadaTijuana") == zone_named("Pacific Time (US & Canada); Tijuana")
    assert zone_named("(GMT) Hora universal coordinada") == "UTC"
    assert not zone_named("Various")
