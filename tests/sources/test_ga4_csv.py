"""GA4's downloaded reports: sessions counted to the last, key events and revenue as claims, and no visits."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from tests.sources.worlds import FIXTURES

if TYPE_CHECKING:
    from tests.sources.worlds import World

BLOCK = (
    "# ----------------------------------------\n# Traffic acquisition\n# Start date: 20260901\n# End date: 20260902\n"
)
HEADER = "Session source / medium,Date,Sessions,Engaged sessions,Key events,Total revenue\n"
ROWS = ",,1300,900,4.5,100.10\ngoogle / cpc,20260901,1000,700,4.5,100.10\nnews / email,20260902,300,200,0,0\n"


@pytest.mark.skipif(not FIXTURES.is_dir(), reason="the samples lie beside the project, not in it")
def test_the_sample_gives_what_is_expected(world: World) -> None:
    expected = json.loads((FIXTURES / "ui/expected.json").read_text())["files"]
    (entry,) = [one for one in expected if one["file"] == "ui/ga4/traffic_acquisition_day.csv"]
    report = world.take(FIXTURES / entry["file"])[0]
    assert (report.verdict, list(report.needs)) == ("refuse", entry["needs"])
    report = world.take(FIXTURES / entry["file"], currency="EUR")[0]
    assert (report.source, report.verdict, report.refused) == ("ga4-csv", entry["verdict"], 0)
    assert (report.accepted, report.ignored) == (entry["rows"]["accepted"], len(entry["rows"]["skipped"]))
    totals, sums = report.totals["EUR"], entry["sums"]
    assert (totals["sessions"], totals["key_events"]) == (sums["sessions"], sums["key_events"])
    assert Decimal(totals["revenue"]) == Decimal(sums["revenue"])
    assert [report.summary["first_day"], report.summary["last_day"]] == entry["period"]
    claimed, value = world.rows("SELECT SUM(claimed_conversions), SUM(claimed_value_micros) FROM claims")[0]
    assert (claimed, Decimal(value) / 1_000_000) == (sums["key_events"], Decimal(sums["revenue"]))


def test_it_gives_claims_and_nothing_else(world: World) -> None:
    report = world.text("traffic.csv", BLOCK + HEADER + ROWS, currency="EUR")
    assert (report.accepted, report.ignored, report.totals["EUR"]["sessions"]) == (2, 1, 1300)
    assert world.rows(
        "SELECT CAST(date_day AS VARCHAR), level, campaign_name, conversion_action, click_or_view, attribution_window, "
        "date_basis, claimed_conversions, claimed_value_micros, currency FROM claims ORDER BY line, conversion_action"
    ) == [
        ("2026-09-01", "session_source", "google / cpc", "key_events", "all", "session", "conversion", 4.5, None, None),
        ("2026-09-01", "session_source", "google / cpc", "total_revenue", "all", "session", "conversion", None,
         100_100_000, "EUR"),
        ("2026-09-02", "session_source", "news / email", "key_events", "all", "session", "conversion", 0.0, None, None),
        ("2026-09-02", "session_source", "news / email", "total_revenue", "all", "session", "conversion", None, 0,
         "EUR"),
    ]  # fmt: skip
    for table in ("events", "outcomes", "ad_spend"):
        assert world.rows(f"SELECT COUNT(*) FROM {table}") == [(0,)]


def test_a_second_table_below_is_ignored_and_counted(world: World) -> None:
    below = (
        "\n# ----------------------------------------\n# Start date: 20260901\n# ---\nNth day,Active users\n0001,77\n"
    )
    report = world.text("stacked.csv", BLOCK + HEADER + ROWS + below, currency="EUR")
    assert (report.rows_read, report.accepted, report.refused, report.ignored) == (9, 2, 0, 7)
    same = BLOCK + HEADER.replace("Session source / medium", "Session default channel group")
    report = world.text("twice.csv", BLOCK + HEADER + ROWS + "\n" + same + ROWS, currency="EUR")
    assert (report.accepted, report.refused, report.totals["EUR"]["sessions"]) == (2, 0, 1300)


PERIOD = HEADER.replace(",Date", "") + ",1300,900,4.5,100.10\n"
PERIOD += "google / cpc,1000,700,4.5,100.10\nnews / email,300,200,0,0\n"


def test_a_second_table_far_below_a_large_one_is_ignored_too(world: World) -> None:
    # Of a file of this size the first rows alone are looked at before all of it is read.
    row = "autumn and a long name of a campaign,2026-09-01,1,1,1,1.00\n"
    rows = (5 << 20) // len(row)
    below = "# All users,2026-09-02,9,9,9,9.00\nwhat it says of other days,2026-09-02,9,9,9,9.00\n"
    header = HEADER.replace("source / medium", "campaign")
    report = world.text("traffic.csv", header + row * rows + below, currency="EUR")
    assert (report.accepted, report.refused, report.ignored) == (rows, 0, 2)
    assert report.totals["EUR"]["sessions"] == rows


def test_a_report_without_days_is_kept_as_its_period(world: World) -> None:
    report = world.text("period.csv", BLOCK + PERIOD, currency="EUR")
    assert (report.verdict, report.accepted, report.ignored) == ("period_only", 2, 1)
    assert [report.summary["first_day"], report.summary["last_day"]] == ["2026-09-01", "2026-09-02"]
    assert world.rows(
        "SELECT date_day, CAST(period_start AS VARCHAR), CAST(period_end AS VARCHAR), campaign_name, "
        "conversion_action, claimed_conversions, claimed_value_micros FROM claims "
        "WHERE campaign_name = 'google / cpc' ORDER BY ALL"
    ) == [
        (None, "2026-09-01", "2026-09-02", "google / cpc", "key_events", 4.5, None),
        (None, "2026-09-01", "2026-09-02", "google / cpc", "total_revenue", None, 100_100_000),
    ]


def test_a_period_of_one_day_is_that_day(world: World) -> None:
    report = world.text("day.csv", BLOCK.replace("End date: 20260902", "End date: 20260901") + PERIOD, currency="EUR")
    assert (report.verdict, report.summary["first_day"]) == ("accept", "2026-09-01")
    assert world.rows("SELECT DISTINCT CAST(date_day AS VARCHAR), period_start FROM claims") == [("2026-09-01", None)]


@pytest.mark.parametrize("end", ["", "# End date: 20260831\n", "# End date: 20260931\n"])
def test_a_report_without_days_states_its_period(world: World, end: str) -> None:
    report = world.text("period.csv", BLOCK.replace("# End date: 20260902\n", end) + PERIOD, currency="EUR")
    assert (report.verdict, list(report.reasons)) == ("refuse", ["NO_DAY"])


@pytest.mark.parametrize(("day", "code"), [("20260931", "BAD_DATE"), ("20270101", "BAD_DATE"), ("", "MISSING_VALUE")])
def test_a_row_without_a_day_that_exists_is_refused(world: World, day: str, code: str) -> None:
    text = BLOCK + HEADER + ROWS + f"bing / cpc,{day},1,1,0,0\n"
    assert world.text("traffic.csv", text, currency="EUR").reasons == {code: 1}


def test_campaigns_and_channels_have_levels_of_their_own(world: World) -> None:
    for dimension in ("Session campaign", "Session primary channel group (Default Channel Group)"):
        name = dimension.split()[1] + ".csv"
        world.text(name, BLOCK + HEADER.replace("Session source / medium", dimension) + ROWS, currency="EUR")
    assert world.rows("SELECT DISTINCT level FROM claims ORDER BY 1") == [("session_campaign",), ("session_channel",)]


def test_without_revenue_no_currency_is_asked_for(world: World) -> None:
    text = BLOCK + "Session source / medium,Date,Sessions,Key events\ngoogle / cpc,20260901,5,1\n"
    assert world.text("traffic.csv", text).verdict == "accept"
