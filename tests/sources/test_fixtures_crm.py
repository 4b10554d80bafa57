"""Every sample of HubSpot and Salesforce gives just what is expected of it."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import pytest

from tests.sources.worlds import FIXTURES, World

pytestmark = pytest.mark.skipif(not FIXTURES.is_dir(), reason="the samples lie beside the project, not in it")

_PLATFORMS = ("hubspot", "salesforce")
_EXPECTED = json.loads((FIXTURES / "ui/expected.json").read_text())["files"] if FIXTURES.is_dir() else []
_UI = [entry for entry in _EXPECTED if entry["platform"] in _PLATFORMS]
_API = [
    (folder, name, entry)
    for folder in _PLATFORMS
    if FIXTURES.is_dir()
    for name, entry in json.loads((FIXTURES / folder / "totals.json").read_text()).items()
]
_UNUSED = ("deal_pipeline", "form", "owner", "user", "opportunity_line_item")
_MONEY = {"deal_data.csv": "property_amount", "opportunity_data.csv": "amount"}


def _sums(world: World, where: str) -> dict[str, Decimal]:
    rows = world.rows(f"SELECT currency, SUM(gross_micros) FROM outcomes WHERE {where} AND currency <> '' GROUP BY 1")
    return {currency: Decimal(micros) / 1_000_000 for currency, micros in rows}


def _decimals(stated: dict[str, str]) -> dict[str, Decimal]:
    return {currency: Decimal(amount) for currency, amount in stated.items()}


@pytest.mark.parametrize("entry", _UI, ids=lambda entry: entry["file"])
def test_a_downloaded_export_gives_what_is_expected(world: World, entry: dict[str, Any]) -> None:
    report = world.take(FIXTURES / entry["file"])[0]
    assert (report.verdict, report.accepted, report.refused) == (entry["verdict"], entry["rows"]["accepted"], 0)
    assert report.ignored == len(entry["rows"]["skipped"])
    assert report.rows_read == report.accepted + report.ignored
    sums = entry["sums"]
    if "contacts" in sums:
        found = world.rows("SELECT COUNT(*), COUNT(DISTINCT email_key) FROM outcomes WHERE kind = 'lead'")
        assert found == [(sums["contacts"], sums["distinct_emails"])]
        return
    opened = "kind = 'opportunity' AND stage = ''"
    assert world.rows(f"SELECT COUNT(*) FROM outcomes WHERE {opened}") == [
        (sums.get("deals", sums.get("opportunities")),)
    ]
    assert _sums(world, "kind = 'won'") == _decimals(sums["closed_won"])
    stages = dict(world.rows("SELECT stage, COUNT(*) FROM outcomes WHERE stage <> '' GROUP BY 1"))
    if "by_stage" in sums:
        assert stages == sums["by_stage"]
        assert _sums(world, "kind = 'opportunity' AND stage <> ''") == _decimals(sums["open"])
    else:
        assert _sums(world, opened) == _decimals(sums["amount_all"])
        assert sum(stages.values()) == sums["opportunities"]


@pytest.mark.parametrize(("folder", "name", "entry"), _API, ids=lambda value: value if isinstance(value, str) else "")
def test_a_table_out_of_the_api_gives_its_totals(world: World, folder: str, name: str, entry: dict[str, Any]) -> None:
    report = world.take(FIXTURES / folder / name, currency="USD")[0]
    assert (report.source, report.layout + "_data.csv") == (folder, name)
    assert (report.verdict, report.rows_read, report.refused) == ("accept", entry["rows"], 0)
    if report.layout in _UNUSED:
        assert (report.accepted, report.ignored) == (0, entry["rows"])
        return
    assert (report.accepted, report.ignored) == (entry["rows"], 0)
    if name in _MONEY:
        stated = Decimal(entry["sums"][_MONEY[name]]["sum"])
        shown = next(iter(report.totals.values()))["amount"]
        assert Decimal(shown or 0) == stated


@pytest.mark.parametrize("folder", _PLATFORMS)
def test_all_tables_in_one_command(world: World, folder: str) -> None:
    files = sorted((FIXTURES / folder).glob("*.csv"))
    reports = world.take(*files, currency="USD")
    assert {report.verdict for report in reports} == {"accept"}
    assert {report.verdict for report in world.take(*files, currency="USD")} == {"unchanged"}
    assert world.rows("SELECT COUNT(*) FROM outcomes WHERE stage <> '' AND kind IS NULL") == [(0,)]


def test_deleted_opportunities_and_impossible_shares_count_for_nothing(world: World) -> None:
    world.take(FIXTURES / "salesforce/opportunity_data.csv", currency="USD")
    assert world.rows("SELECT DISTINCT status FROM outcomes") == [("void",)]
    assert world.rows("SELECT MAX(probability) FROM outcomes") == [(1.0,)]


def test_a_table_without_currency_asks_for_it(world: World) -> None:
    report = world.take(FIXTURES / "salesforce/opportunity_data.csv")[0]
    assert (report.verdict, report.needs) == ("refuse", ("currency",))
