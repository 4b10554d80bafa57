"""Every sample of Google Ads and Meta gives just what is expected of it."""

from __future__ import annotations

import csv
import json
from decimal import Decimal
from typing import Any

import pytest

from tests.sources.worlds import FIXTURES, World

pytestmark = pytest.mark.skipif(not FIXTURES.is_dir(), reason="the samples lie beside the project, not in it")

_PLATFORMS = ("google_ads", "meta_ads")
_EXPECTED = json.loads((FIXTURES / "ui/expected.json").read_text())["files"] if FIXTURES.is_dir() else []
_UI = [entry for entry in _EXPECTED if entry["platform"] in _PLATFORMS]
_FOLDERS = ("google_ads", "facebook_ads")
_API = [
    (folder, name, entry)
    for folder in _FOLDERS
    if FIXTURES.is_dir()
    for name, entry in json.loads((FIXTURES / folder / "totals.json").read_text()).items()
]
_UNUSED = ("ad_group_criterion_history", "demographics_country", "demographics_region")


def _shown(figures: dict[str, Any]) -> dict[str, Any]:
    return {
        "impressions": figures["impressions"],
        "clicks": figures["clicks"],
        "spend": {code: Decimal(amount) for code, amount in figures["spend"].items()},
    }


@pytest.mark.parametrize("entry", _UI, ids=lambda entry: entry["file"])
def test_a_downloaded_report_gives_what_is_expected(world: World, entry: dict[str, Any]) -> None:
    report = world.take(FIXTURES / entry["file"])[0]
    assert (report.verdict, report.accepted, report.refused) == (entry["verdict"], entry["rows"]["accepted"], 0)
    assert report.ignored == len(entry["rows"]["skipped"])
    assert report.rows_read == report.accepted + report.refused + report.ignored
    (currency,) = entry["sums"]["spend"]
    assert list(report.totals) == [currency]
    totals = report.totals[currency]
    assert (totals["impressions"], totals["clicks"]) == (entry["sums"]["impressions"], entry["sums"]["clicks"])
    assert Decimal(totals["spend"]) == Decimal(entry["sums"]["spend"][currency])
    days = {
        str(day): {"impressions": impressions, "clicks": clicks, "spend": {code: Decimal(micros) / 1_000_000}}
        for day, code, impressions, clicks, micros in world.rows(
            "SELECT date_day, currency, SUM(impressions), SUM(clicks), SUM(spend_micros) FROM ad_spend WHERE "
            "date_day IS NOT NULL GROUP BY ALL"
        )
    }
    assert days == {day: _shown(figures) for day, figures in entry.get("by_day", {}).items()}
    if "period" in entry:
        assert [report.summary["first_day"], report.summary["last_day"]] == entry["period"]
        assert world.rows("SELECT COUNT(*) FROM ad_spend WHERE date_day IS NULL")[0][0] == report.accepted
    if "conversions" in entry["sums"]:
        claimed = world.rows("SELECT SUM(claimed_conversions), SUM(claimed_value_micros) FROM claims")[0]
        assert claimed[0] == pytest.approx(float(entry["sums"]["conversions"]))
        if "conversion_value" in entry["sums"]:
            assert Decimal(claimed[1]) / 1_000_000 == Decimal(entry["sums"]["conversion_value"][currency])


@pytest.mark.parametrize(("folder", "name", "entry"), _API, ids=lambda value: value if isinstance(value, str) else "")
def test_a_table_out_of_the_api_gives_its_totals(world: World, folder: str, name: str, entry: dict[str, Any]) -> None:
    report = world.take(FIXTURES / folder / name, currency="USD", account="7")[0]
    assert (report.verdict, report.rows_read, report.refused) == ("accept", entry["rows"], 0)
    if report.layout in _UNUSED:
        assert (report.accepted, report.ignored) == (0, entry["rows"])
        return
    assert (report.accepted, report.ignored) == (entry["rows"], 0)
    if not report.totals:
        return
    with (FIXTURES / folder / name).open(newline="") as file:
        rows = list(csv.DictReader(file))
    spend = sum(
        (Decimal(row["spend"]) * 1_000_000 if "spend" in row else Decimal(row["cost_micros"]) for row in rows),
        Decimal(),
    )
    totals = report.totals["USD"]
    assert Decimal(totals["spend"]) * 1_000_000 == spend
    stated = entry.get("sums", {})
    for ours, theirs in (("impressions", "impressions"), ("clicks", "clicks"), ("clicks", "inline_link_clicks")):
        if theirs in stated:
            assert totals[ours] == int(stated[theirs]["sum"])
    for theirs in ("spend", "cost_micros"):
        if theirs in stated:
            assert Decimal(totals["spend"]) == Decimal(stated[theirs].get("as_major_units", stated[theirs]["sum"]))


def test_actions_become_claims_by_window_and_windows_are_never_added(world: World) -> None:
    world.take(FIXTURES / "facebook_ads/basic_ad_actions_data.csv", account="7")
    found = world.rows(
        "SELECT conversion_action, click_or_view, attribution_window, SUM(claimed_conversions) FROM claims GROUP BY "
        "ALL ORDER BY ALL"
    )
    assert found == [
        ("lead", "all", "default", 3.0),
        ("lead", "click", "7d_click", 1.0),
        ("lead", "view", "1d_view", 2.0),
        ("offsite_conversion.fb_pixel_lead", "all", "default", 19.0),
        ("offsite_conversion.fb_pixel_lead", "click", "7d_click", 17.0),
        ("offsite_conversion.fb_pixel_lead", "view", "1d_view", 2.0),
    ]


def test_histories_name_campaigns_and_their_addresses(world: World) -> None:
    world.take(
        *sorted((FIXTURES / "google_ads").glob("*_history_data.csv")),
        *sorted((FIXTURES / "facebook_ads").glob("*_history_data.csv")),
    )
    levels = dict(world.rows("SELECT platform || ' ' || level, COUNT(*) FROM ad_entities GROUP BY 1"))
    assert levels.keys() >= {
        "google_ads campaign",
        "google_ads ad_group",
        "google_ads ad",
        "meta_ads campaign",
        "meta_ads creative",
    }
    addresses = {
        row[0] for row in world.rows("SELECT final_url FROM ad_entities WHERE platform = 'google_ads' AND level = 'ad'")
    }
    assert all(address is None or address.startswith("http") for address in addresses)
    tags = {
        row[0]
        for row in world.rows("SELECT url_tags FROM ad_entities WHERE level = 'creative' AND url_tags IS NOT NULL")
    }
    assert "utm_campaign=fivetran&utm_medium=video" in tags
    assert world.rows("SELECT account_id, currency FROM accounts WHERE platform = 'google_ads'") == [
        ("2121450128", "USD")
    ]
