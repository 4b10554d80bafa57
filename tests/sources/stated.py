"""What the samples beside the project state of themselves, and files held against it."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest

from tests.sources.worlds import FIXTURES

if TYPE_CHECKING:
    from collections.abc import Iterable

    from outturn.sources.report import FileReport
    from tests.sources.worlds import World

BESIDE = "the samples lie beside the project, not in it"


def each(stated: Iterable[Any]) -> list[Any]:
    """For `parametrize`: what is stated, or one skip that says what is not there; an empty list says nothing."""
    if FIXTURES.is_dir():
        return list(stated)
    return [pytest.param(None, marks=pytest.mark.skip(reason=BESIDE), id="none")]


def downloads(platform: str) -> list[dict[str, Any]]:
    """What is expected of each file of a platform that a person downloads."""
    if not FIXTURES.is_dir():
        return []
    files = json.loads((FIXTURES / "ui/expected.json").read_text())["files"]
    return [entry for entry in files if entry["platform"] == platform]


def tables(folder: str) -> dict[str, dict[str, Any]]:
    """What is stated of each table of a platform's API, by file."""
    path = FIXTURES / folder / "totals.json"
    return json.loads(path.read_text()) if path.is_file() else {}


def hold_download(world: World, entry: dict[str, Any], *, currency: str) -> FileReport:
    """Import a downloaded file: rows, sums, days and claims are what is expected of it."""
    needed = {"currency": currency} if "currency" in entry.get("needs", ()) else {}
    report = world.take(FIXTURES / entry["file"], **needed)[0]
    rows = entry["rows"]
    assert (report.verdict, report.accepted, report.refused) == (entry["verdict"], rows["accepted"], 0)
    assert (report.ignored, report.rows_read) == (len(rows["skipped"]), rows["accepted"] + len(rows["skipped"]))
    sums = entry["sums"]
    assert list(report.totals) == [currency]
    totals = report.totals[currency]
    assert (totals["impressions"], totals["clicks"]) == (sums["impressions"], sums["clicks"])
    assert Decimal(totals["spend"]) == _only(sums["spend"])
    days = {
        str(day): (impressions, clicks, Decimal(micros) / 1_000_000)
        for day, impressions, clicks, micros in world.rows(
            "SELECT date_day, SUM(impressions), SUM(clicks), SUM(spend_micros) FROM ad_spend GROUP BY 1"
        )
    }
    expected = entry.get("by_day", {})
    assert not expected or days == {
        day: (figures["impressions"], figures["clicks"], _only(figures["spend"])) for day, figures in expected.items()
    }
    return report


def hold_table(world: World, folder: str, name: str, *, unused: tuple[str, ...] = (), **options: Any) -> FileReport:
    """Import a table of an API: every row is accepted, or ignored where nothing uses it, and sums are as stated."""
    entry = tables(folder)[name]
    report = world.take(FIXTURES / folder / name, **options)[0]
    assert (report.verdict, report.rows_read, report.refused) == ("accept", entry["rows"], 0)
    accepted = 0 if report.layout in unused else entry["rows"]
    assert (report.accepted, report.ignored) == (accepted, entry["rows"] - accepted)
    ours = {"spend": ("spend", "cost", "local_spend_amount"), "clicks": ("clicks", "swipes", "taps")}
    for total, theirs in (*ours.items(), ("impressions", ("impressions",))):
        for stated in (entry["sums"][column] for column in theirs if column in entry.get("sums", {})):
            (totals,) = report.totals.values()
            assert Decimal(totals[total]) == Decimal(stated.get("as_major_units", stated["sum"]))
    return report


def _only(amounts: dict[str, str]) -> Decimal:
    (amount,) = amounts.values()
    return Decimal(amount)
