"""Microsoft Ads: lines above and below the table, its own zones, ids in brackets, conversions once."""

from __future__ import annotations

import zoneinfo
from typing import TYPE_CHECKING

import pytest

from outturn.sources.microsoft_zones import ZONES, zone_named

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


def test_a_range_that_reads_two_ways_is_no_range(world: World) -> None:
    report = world.text("informe.csv", _SPANISH.format(first="1/8/2026", last="5/9/2026"), currency="EUR")
    assert (report.verdict, report.reasons) == ("refuse", {"NO_DAY": 2})


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


@pytest.mark.parametrize("zone", sorted(set(ZONES.values())))
def test_every_zone_exists(zone: str) -> None:
    assert zone in zoneinfo.available_timezones()


def test_letters_alone_make_a_zones_name() -> None:
    assert zone_named("(GMT) Greenwich Mean Time : Dublin, Edinburgh, Lisbon, London") == "Europe/London"
    assert zone_named("PacificTimeUSCanadaTijuana") == zone_named("Pacific Time (US & Canada); Tijuana")
    assert zone_named("(GMT) Hora universal coordinada") == "UTC"
    assert not zone_named("Various")
