"""Importing again, restating, refusing, taking back: what the figures do then."""

from __future__ import annotations

import csv
import hashlib
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest

from outturn import api
from outturn.simulator import export_files
from tests.cli.ledger import GOOGLE_CHANNELS, micros, money
from tests.cli.terminal import answer, outturn

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

GOOGLE = "google_ads_campaigns.csv"
ORDERS = "shopify_orders.csv"
_PREAMBLE = 2
_BRAND = "21000000011"


def figures(workspace: Path) -> Any:
    """Everything that a user could notice."""
    return (
        answer("-w", workspace, "kpis", "--by", "campaign,date_day")["rows"],
        answer("-w", workspace, "kpis", "--by", "date_day", "--basis", "cash_day")["rows"],
        answer("-w", workspace, "attribute", "--model", "all", "--by", "campaign"),
    )


def contents(folder: Path) -> dict[str, str]:
    """Every file of a folder with what is in it."""
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in folder.rglob("*")
        if path.is_file()
    }


def google_rows(file: Path) -> list[dict[str, str]]:
    """The rows of days; the totals that follow them are left out."""
    with file.open(encoding="utf-8", newline="") as text:
        for _ in range(_PREAMBLE):
            next(text)
        return [row for row in csv.DictReader(text) if row["Campaign ID"].isdigit()]


def write_google(file: Path, rows: Iterable[dict[str, str]]) -> Path:
    """The same report with other rows, and no totals."""
    listed = list(rows)
    with file.open("w", encoding="utf-8", newline="") as text:
        text.write('Campaign report\n"March 2025"\n')
        writer = csv.DictWriter(text, list(listed[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(listed)
    return file


def spend_of(workspace: Path, channel: str) -> int:
    rows = answer("-w", workspace, "kpis", "--by", "channel", "--kpi", "spend")["rows"]
    return sum(money(row["spend"]) for row in rows if row["channel"] == channel and row["spend"])


def test_importing_everything_again_changes_nothing(acme: Path, exports: Path) -> None:
    before, lake = figures(acme), contents(acme / "lake")
    again = answer("-w", acme, "import", *export_files(exports))
    assert {one["verdict"] for one in again["files"]} == {"unchanged"}
    assert "build" not in again
    assert contents(acme / "lake") == lake
    assert figures(acme) == before


def test_a_changed_file_restates_its_days_and_undoing_it_brings_them_back_exactly(
    acme: Path, exports: Path, tmp_path: Path
) -> None:
    before = figures(acme)
    rows = google_rows(exports / GOOGLE)
    changed = [{**row, "Cost": f"{float(row['Cost']) + 1:.2f}"} for row in rows]
    (report,) = answer("-w", acme, "import", write_google(tmp_path / "restated.csv", changed))["files"]
    assert (report["verdict"], report["accepted"]) == ("accept", len(rows))
    for kind, channel in GOOGLE_CHANNELS.items():
        expected = sum(micros(row["Cost"]) for row in changed if row["Campaign type"] == kind)
        assert spend_of(acme, channel) == expected, channel
    first, *_, latest = [one for one in answer("-w", acme, "imports")["imports"] if one["source"] == "google-ads"]
    days = {row["Day"] for row in rows}
    assert {one["day"] for one in latest["restated"]} == days
    for one in latest["restated"]:
        was, now = (sum(micros(row["Cost"]) for row in said if row["Day"] == one["day"]) for said in (rows, changed))
        assert (money(one["was"]), money(one["now"]), money(one["change"])) == (was, now, now - was)
    (line,) = latest["restatements"]
    assert (line["import_id"], line["days"]) == (first["import_id"], len(days))
    assert money(line["change"]["EUR"]) == sum(micros(row["Cost"]) for row in changed) - sum(
        micros(row["Cost"]) for row in rows
    )
    shown = outturn("-w", acme, "imports", "--days").out
    assert f"+{len(rows)}.00 EUR" in shown.replace(",", "")
    assert all(f"  {day}  " in shown for day in days)
    undone = answer("-w", acme, "imports", "undo", report["import_id"])
    assert undone["undone"] == report["import_id"]
    assert figures(acme) == before
    states = {one["import_id"]: one["state"] for one in answer("-w", acme, "imports")["imports"]}
    assert states[report["import_id"]] == "undone"


def test_a_file_that_was_taken_back_may_come_again(acme: Path, exports: Path) -> None:
    before = figures(acme)
    (sales,) = [one for one in answer("-w", acme, "imports")["imports"] if one["file"] == ORDERS]
    answer("-w", acme, "imports", "undo", sales["import_id"])
    assert figures(acme) != before
    (report,) = answer("-w", acme, "import", exports / ORDERS)["files"]
    assert report["verdict"] == "accept"
    assert figures(acme) == before


def test_a_file_that_drops_campaigns_with_spend_is_refused_whole(acme: Path, exports: Path, tmp_path: Path) -> None:
    before, lake = figures(acme), contents(acme / "lake")
    rows = google_rows(exports / GOOGLE)
    short = write_google(tmp_path / "short.csv", (row for row in rows if row["Campaign ID"] != _BRAND))
    ran = outturn("-w", acme, "import", short, "--json")
    assert ran.code == 1
    (report,) = ran.json["files"]
    assert (report["verdict"], report["needs"]) == ("refuse", ["replace", "partial"])
    assert set(report["reasons"]) == {"DROPS_CAMPAIGNS"}
    assert report["rows_read"] == report["accepted"] + report["refused"] + report["ignored"]
    (name,) = {row["Campaign"] for row in rows if row["Campaign ID"] == _BRAND}
    shown = outturn("-w", acme, "import", short)
    assert shown.code == 1
    assert name in shown.err
    assert "--replace" in shown.err
    assert contents(acme / "lake") == lake
    assert figures(acme) == before


def test_replace_lets_days_lose_campaigns(acme: Path, exports: Path, tmp_path: Path) -> None:
    rows = [row for row in google_rows(exports / GOOGLE) if row["Campaign ID"] != _BRAND]
    answer("-w", acme, "import", write_google(tmp_path / "short.csv", rows), "--replace")
    expected = sum(micros(row["Cost"]) for row in rows if row["Campaign type"] == "Search")
    assert spend_of(acme, "Paid Search") == expected


def test_partial_replaces_only_the_campaigns_that_the_file_names(acme: Path, exports: Path, tmp_path: Path) -> None:
    rows = google_rows(exports / GOOGLE)
    brand = [{**row, "Cost": "2.00"} for row in rows if row["Campaign ID"] == _BRAND]
    answer("-w", acme, "import", write_google(tmp_path / "brand.csv", brand), "--partial")
    others = sum(
        micros(row["Cost"]) for row in rows if row["Campaign type"] == "Search" and row["Campaign ID"] != _BRAND
    )
    assert spend_of(acme, "Paid Search") == others + 2_000_000 * len(brand)


def test_one_bad_file_is_refused_and_the_others_stand(empty: Path, exports: Path, tmp_path: Path) -> None:
    bad = tmp_path / "notes.csv"
    bad.write_text("this,is\nno,export\n", encoding="utf-8")
    ran = outturn("-w", empty, "import", exports / GOOGLE, bad, exports / ORDERS, "--json")
    assert ran.code == 1
    assert [one["verdict"] for one in ran.json["files"]] == ["accept", "refuse", "accept"]
    assert "build" in ran.json
    assert [one["file"] for one in answer("-w", empty, "imports")["imports"]] == [GOOGLE, ORDERS]
    assert spend_of(empty, "Paid Search") > 0


@pytest.mark.parametrize("folder", ["acme", "empty"])
def test_a_dry_run_says_everything_and_writes_nothing(
    folder: str, exports: Path, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    workspace: Path = request.getfixturevalue(folder)
    changed = [{**row, "Cost": "3.21"} for row in google_rows(exports / GOOGLE)]
    file = write_google(tmp_path / "restated.csv", changed)
    before = contents(workspace)
    dry = answer("-w", workspace, "import", file, exports / ORDERS, "--dry-run")
    assert contents(workspace) == before
    real = answer("-w", workspace, "import", file, exports / ORDERS, "--no-build")

    def said(reports: list[dict[str, Any]]) -> list[dict[str, Any]]:
        return [{name: value for name, value in one.items() if name != "import_id"} for one in reports]

    assert said(dry["files"]) == said(real["files"])
    assert dry["files"][0]["import_id"] is None


@pytest.mark.parametrize(
    "mix", [lambda _: ["--replace", "--partial"], lambda file: [str(file), "--replace", "--partial"]]
)
def test_replace_and_partial_exclude_one_another(empty: Path, exports: Path, mix: Callable[[Path], list[str]]) -> None:
    ran = outturn("-w", empty, "import", exports / GOOGLE, *mix(exports / GOOGLE))
    assert ran.code == 2
    assert "exclude" in ran.err


def test_as_of_a_day_gives_what_was_known_then_and_leaves_the_current_build(
    empty: Path, exports: Path, tmp_path: Path
) -> None:
    workspace = api.open(empty)
    first, second, undone = (datetime(2025, 5, day, 12, tzinfo=UTC) for day in (10, 12, 14))
    workspace.import_files(export_files(exports), now=first)
    workspace.build(now=first)
    early = figures_of_channels(empty)
    changed = [{**row, "Cost": "3.21"} for row in google_rows(exports / GOOGLE)]
    (report,) = workspace.import_files([write_google(tmp_path / "restated.csv", changed)], now=second)
    workspace.build(now=second)
    late = figures_of_channels(empty)
    assert late != early
    workspace.undo(report["import_id"], now=undone)
    workspace.build(now=undone)
    assert figures_of_channels(empty) == early
    builds = contents(empty)
    for day, expected in (("2025-05-10", early), ("2025-05-11", early), ("2025-05-13", late), ("2025-05-14", early)):
        assert figures_of_channels(empty, "--as-of", day) == expected, day
    assert contents(empty) == builds
    nothing = outturn("-w", empty, "kpis", "--by", "channel", "--as-of", "2025-05-09", "--json")
    assert (nothing.code, nothing.json["rows"]) == (0, [])


def figures_of_channels(workspace: Path, *options: str) -> Any:
    return answer("-w", workspace, "kpis", "--by", "channel,date_day", *options)["rows"]
