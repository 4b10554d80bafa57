"""Every sample of the platforms beside Google Ads and Meta gives just what is expected of it."""

from __future__ import annotations

import csv
import json
from decimal import Decimal
from typing import Any

import pytest

from tests.sources.worlds import FIXTURES, World

pytestmark = pytest.mark.skipif(not FIXTURES.is_dir(), reason="the samples lie beside the project, not in it")

_PLATFORMS = ("microsoft_ads", "linkedin_ads", "tiktok_ads", "pinterest_ads", "x_ads")
_EXPECTED = json.loads((FIXTURES / "ui/expected.json").read_text())["files"] if FIXTURES.is_dir() else []
_UI = [entry for entry in _EXPECTED if entry["platform"] in _PLATFORMS]
_API = [
    (folder, name, entry)
    for folder in _PLATFORMS
    if FIXTURES.is_dir()
    for name, entry in json.loads((FIXTURES / folder / "totals.json").read_text()).items()
]
# By the table's name: what it says besides is said elsewhere already, or is of no use.
_UNUSED = {
    "geographic_performance_daily_report",
    "keyword_history",
    "monthly_ad_analytics_by_member_country",
    "monthly_ad_analytics_by_member_region",
    "geo",
    "campaign_country_report",
    "pin_promotion_targeting_report",
    "targeting_geo",
    "targeting_geo_region",
    "account_report",
    "campaign_locations_report",
    "campaign_regions_report",
    "tweet",
}
# The seed's table of campaigns holds its ads.
_OTHERWISE_NAMED = {("tiktok_ads", "campaign_history"): "ad_history"}
# Ours by theirs, and how many of theirs are one of ours.
_FIGURES = {
    "impressions": ("impressions", "impression_1"),
    "clicks": ("clicks", "clickthrough_1"),
    "spend": ("spend", "cost_in_local_currency", "spend_in_micro_dollar", "billed_charge_local_micro"),
}


@pytest.mark.parametrize("entry", _UI, ids=lambda entry: entry["file"])
def test_a_downloaded_report_gives_what_is_expected(world: World, entry: dict[str, Any]) -> None:
    path = FIXTURES / entry["file"]
    stated = entry.get("needs", []) == []
    if not stated:
        refused = world.take(path)[0]
        assert (refused.verdict, refused.needs, refused.accepted) == ("refuse", ("currency",), 0)
    report = world.take(path, currency=None if stated else "GBP")[0]
    assert (report.verdict, report.accepted, report.refused) == (entry["verdict"], entry["rows"]["accepted"], 0)
    assert report.ignored == len(entry["rows"]["skipped"])
    assert report.rows_read == report.accepted + report.refused + report.ignored
    ((currency, spend),) = entry["sums"]["spend"].items()
    code = "GBP" if currency == "UNSTATED" else currency
    totals = report.totals[code]
    assert (totals["impressions"], totals["clicks"]) == (entry["sums"]["impressions"], entry["sums"]["clicks"])
    assert Decimal(totals["spend"]) == Decimal(spend)
    days = {
        str(day): (impressions, clicks, Decimal(micros) / 1_000_000)
        for day, impressions, clicks, micros in world.rows(
            "SELECT date_day, SUM(impressions), SUM(clicks), SUM(spend_micros) FROM ad_spend GROUP BY ALL"
        )
    }
    assert days == {
        day: (figures["impressions"], figures["clicks"], Decimal(figures["spend"][currency]))
        for day, figures in entry["by_day"].items()
    }
    if "conversions" in entry["sums"]:
        claimed = world.rows("SELECT SUM(claimed_conversions), SUM(claimed_value_micros) FROM claims")[0]
        assert claimed[0] == pytest.approx(float(entry["sums"]["conversions"]))
        if "conversion_value" in entry["sums"]:
            assert Decimal(claimed[1]) / 1_000_000 == Decimal(entry["sums"]["conversion_value"][currency])


@pytest.mark.parametrize(("folder", "name", "entry"), _API, ids=lambda value: value if isinstance(value, str) else "")
def test_a_table_out_of_the_api_gives_its_totals(world: World, folder: str, name: str, entry: dict[str, Any]) -> None:
    report = world.take(FIXTURES / folder / name, currency="USD", account="7")[0]
    table = name.removesuffix("_data.csv")
    expected = (folder.replace("_", "-"), _OTHERWISE_NAMED.get((folder, table), table))
    assert (report.source, report.layout) == expected
    assert (report.verdict, report.rows_read, report.refused) == ("accept", entry["rows"], 0)
    used = report.layout not in _UNUSED
    assert (report.accepted, report.ignored) == ((entry["rows"], 0) if used else (0, entry["rows"]))
    if not used or not report.totals:
        return
    with (FIXTURES / folder / name).open(newline="", encoding="utf-8-sig") as file:
        rows = [{column.lower(): text for column, text in row.items()} for row in csv.DictReader(file)]
    (totals,) = report.totals.values()
    stated = {column.lower(): figures for column, figures in entry.get("sums", {}).items()}
    for ours, theirs in _FIGURES.items():
        (column,) = [name for name in theirs if name in rows[0]][:1] or [""]
        if not column:
            assert totals[ours] is None
            continue
        scale = 1_000_000 if "micro" in column else 1
        assert Decimal(totals[ours]) * scale == sum(Decimal(row[column] or 0) for row in rows)
        if column in stated:
            assert Decimal(totals[ours]) * scale == Decimal(stated[column]["sum"])
