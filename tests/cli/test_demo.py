"""The demo: seven models beside the truth, in a folder that it knows to be its own."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from outturn.attribution.models import names
from tests.cli.ledger import money, sales
from tests.cli.terminal import answer, outturn

if TYPE_CHECKING:
    from pathlib import Path

_SMALL = ("--people", "600", "--days", "30")


def test_the_demo_sets_every_model_beside_the_planted_truth(tmp_path: Path) -> None:
    folder = tmp_path / "demo"
    shown = answer("demo", folder, *_SMALL)
    ledger = sales(folder / "exports/shopify_orders.csv")
    revenue = sum(sale.kept_micros for sale in ledger)
    rows = shown["channels"]
    assert rows[-1]["channel"] == "(none)"
    for model in names():
        assert sum(money(row["models"][model]["revenue"]) for row in rows) == revenue, model
    assert sum(money(row["truth"]["revenue"]) for row in rows) == revenue
    assert sum(row["truth"]["conversions"] for row in rows) == len(ledger)
    mixes = {"time_zones": ["America/New_York", "Europe/Berlin"], "currencies": ["EUR", "USD"]}
    assert shown["mixes"] == mixes
    asked = ("-w", shown["workspace"], "attribute", "--model")
    assert answer(*asked, "all")["mixes"] == mixes
    # Sales alone are the shop's, on the business's days.
    assert answer(*asked, "linear")["mixes"] == {"time_zones": [], "currencies": []}
    assert "America/New_York, Europe/Berlin. Amounts of several" in outturn(*asked, "all").out
    assert answer("-w", shown["workspace"], "kpis", "--by", "channel")["rows"]
    assert (folder / "truth.json").is_file()
    assert not (folder / "exports/truth.json").exists()

    mine = folder / "notes.txt"
    mine.write_text("mine", encoding="utf-8")
    again = answer("demo", folder, *_SMALL, "--seed", "8")
    assert again["channels"] != rows
    assert len(answer("-w", again["workspace"], "imports")["imports"]) == 6
    assert mine.read_text(encoding="utf-8") == "mine"

    wrong = outturn("demo", folder, "--people", "0")
    assert (wrong.code, "--people" in wrong.err) == (2, True)
    assert answer("-w", again["workspace"], "kpis")["rows"], "a wrong request leaves the demo that is there"


@pytest.mark.parametrize("taken", ["a file", "exports of my own", "a folder that looks like a demo"])
def test_the_demo_leaves_other_folders_alone(tmp_path: Path, taken: str) -> None:
    folder = tmp_path / "mine"
    if taken == "a file":
        kept = folder
    else:
        kept = folder / ("exports/orders.csv" if taken == "exports of my own" else "truth.json")
        kept.parent.mkdir(parents=True)
    kept.write_text("mine", encoding="utf-8")
    ran = outturn("demo", folder, *_SMALL)
    assert (ran.code, ran.out) == (2, "")
    assert "new folder" in ran.err
    assert kept.read_text(encoding="utf-8") == "mine"


def test_people_see_the_table_and_where_to_look_next(tmp_path: Path) -> None:
    ran = outturn("demo", tmp_path / "demo", "--people", "300", "--days", "20")
    assert (ran.code, ran.err) == (0, "")
    assert "truth" in ran.out
    assert f"outturn -w {tmp_path / 'demo' / 'workspace'} kpis" in ran.out
    assert json.loads((tmp_path / "demo/truth.json").read_text(encoding="utf-8"))["people"] == 300
