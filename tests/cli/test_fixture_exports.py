"""Exports as the platforms really give them, all in one command, into workspaces of either currency."""

from __future__ import annotations

import csv
import json
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import pytest

from tests.cli.ledger import PAID, micros, money, share
from tests.cli.terminal import answer, outturn

if TYPE_CHECKING:
    from pathlib import Path

_ADS = {"google_ads": "google_ads/campaign_day_en.csv", "meta_ads": "meta_ads/campaign_day_eur_purchases.csv"}
_FILES = (*_ADS.values(), "shopify/orders_export.csv", "ga4/bigquery_events_sample.jsonl")
_DOLLARS = Fraction("1.25")  # for one euro, all month


@pytest.fixture
def rates(tmp_path: Path) -> Path:
    """The central bank's file with one rate, so that arithmetic by head can follow."""
    file = tmp_path / "eurofxref-hist.csv"
    days = [f"2026-09-{day:02}" for day in range(14, 0, -1)]
    file.write_text(
        "Date,USD,JPY,GBP,CHF,SEK,\n" + "".join(f"{day},1.25,160.0,0.85,0.94,11.2,\n" for day in days), encoding="utf-8"
    )
    return file


def expected(fixtures: Path) -> dict[str, Any]:
    listed = json.loads((fixtures / "ui/expected.json").read_text(encoding="utf-8"))["files"]
    return {one["file"].removeprefix("ui/"): one for one in listed}


def converted(amount: int, currency: str, into: str) -> int:
    rate = {("EUR", "USD"): _DOLLARS, ("USD", "EUR"): 1 / _DOLLARS}.get((currency, into), Fraction(1))
    return round(amount * rate)


@pytest.mark.parametrize("currency", ["USD", "EUR"])
def test_one_command_takes_the_exports_of_four_platforms(
    fixtures: Path, rates: Path, tmp_path: Path, currency: str
) -> None:
    workspace = tmp_path / "acme"
    answer("init", workspace, "--currency", currency, "--time-zone", "America/New_York")
    files = [fixtures / "ui" / name for name in _FILES]
    reports = answer("-w", workspace, "import", *files, rates)["files"]
    known = expected(fixtures)
    for name, report in zip(_FILES, reports, strict=False):
        assert report["verdict"] == known[name]["verdict"]
        assert report["rows_read"] == report["accepted"] + report["refused"] + report["ignored"]
        assert report["accepted"] == known[name].get("rows", {"accepted": 4})["accepted"]
    rows = answer("-w", workspace, "kpis", "--by", "platform", "--kpi", "spend,clicks,impressions")["rows"]
    by_platform = {row["platform"]: row for row in rows}
    for platform, name in _ADS.items():
        sums = known[name]["sums"]
        assert by_platform[platform]["clicks"] == sums["clicks"]
        assert by_platform[platform]["impressions"] == sums["impressions"]
        assert money(by_platform[platform]["spend"]) == converted(micros(sums["spend"]["EUR"]), "EUR", currency)

    net, paid = _shop_revenue(fixtures / "ui/shopify/orders_export.csv", currency)
    (whole,) = answer("-w", workspace, "kpis")["rows"]
    assert (money(whole["revenue"]), whole["conversions"]) == (net, paid)
    credited = answer("-w", workspace, "attribute", "--model", "all", "--by", "campaign")["models"]
    for model, shares in credited.items():
        assert sum(money(row["revenue"]) for row in shares) == net, model
    assert "Brand - Search" in {row["campaign_name"] for row in credited["linear"] if money(row["revenue"])}
    again = answer("-w", workspace, "import", *files, rates)["files"]
    assert {one["verdict"] for one in again} == {"unchanged"}


def _shop_revenue(orders: Path, currency: str) -> tuple[int, int]:
    """Net of tax, shipping and refunds in micros of `currency`, and how many orders count."""
    net = paid = 0
    with orders.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            if row["Financial Status"] not in PAID:
                continue
            total, tax, shipping, back = (
                micros(row[name]) for name in ("Total", "Taxes", "Shipping", "Refunded Amount")
            )
            paid += 1
            net += converted(total - tax - shipping, "USD", currency)
            net -= converted(back - share(back, tax, total) - share(back, shipping, total), "USD", currency)
    return net, paid


def test_every_export_of_these_platforms_comes_in_or_is_refused_with_a_reason(
    fixtures: Path, rates: Path, tmp_path: Path
) -> None:
    workspace = tmp_path / "acme"
    answer("init", workspace, "--currency", "EUR", "--time-zone", "Europe/Berlin")
    files = sorted(
        path
        for platform in ("google_ads", "meta_ads", "shopify", "ga4")
        for path in (fixtures / "ui" / platform).iterdir()
        if path.suffix in (".csv", ".jsonl")
    )
    ran = outturn("-w", workspace, "import", *files, rates, "--json")
    for report in ran.json["files"]:
        assert report["rows_read"] == report["accepted"] + report["refused"] + report["ignored"]
        if report["verdict"] == "refuse":
            assert report["reasons"]
            assert report["messages"]
    refused = {one["file"].rsplit("/", 1)[1]: list(one["reasons"]) for one in ran.json["files"] if one["reasons"]}
    assert ran.code == 1
    assert refused == {
        # Its Total revenue is in the property's currency, which this export does not state.
        "traffic_acquisition_day.csv": ["AMBIGUOUS_CURRENCY"],
        # It names no account and the workspace knows one, whose campaigns of these days it does not name.
        "campaign_day_usd.csv": ["DROPS_CAMPAIGNS"],
    }
    found = answer("-w", workspace, "kpis", "--by", "platform")
    assert {one["platform"] for one in found["period_only"]} == {"google_ads"}
