"""The paths to conversions from imported files, as JSON that closes to the ledger."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest

from outturn import api
from outturn.domain.errors import Refusal, UnknownName
from outturn.domain.time import Days
from outturn.simulator import export_files, simulate

if TYPE_CHECKING:
    from pathlib import Path

NOW = datetime(2026, 5, 10, 12, tzinfo=UTC)


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> api.OpenWorkspace:
    folder = tmp_path_factory.mktemp("paths")
    simulate(folder / "exports", people=400, days=40, start=date(2026, 3, 2))
    made = api.create(folder / "acme", currency="EUR", time_zone="Europe/Berlin")
    made.import_files(export_files(folder / "exports"), now=NOW)
    made.build(now=NOW)
    return made


def added(parts: Any) -> tuple[int, Decimal]:
    parts = list(parts)
    return sum(part["conversions"] for part in parts), sum((Decimal(part["revenue"]) for part in parts), Decimal())


def closes(found: dict[str, Any]) -> None:
    ledger = (found["conversions"], Decimal(found["revenue"]))
    assert added([found["without_touch"], found["other"], *found["paths"]]) == ledger
    for table in ("first_touch", "last_touch", "first_to_last"):
        assert added(found[table]) == ledger


@pytest.mark.parametrize("by", ["channel", "campaign"])
@pytest.mark.parametrize("collapse", ["counted", "merged", "listed"])
def test_paths_close_to_the_ledger(workspace: api.OpenWorkspace, by: Any, collapse: Any) -> None:
    found = workspace.paths(by=by, collapse=collapse, top=4)
    ledger = workspace.attribute(["first_touch", "last_touch"], by=by)
    assert (found["conversions"], found["revenue"]) == (ledger["conversions"], ledger["revenue"])
    assert len(found["paths"]) == 4
    closes(found)
    assert found["null_journeys"] == ledger["null_journeys"]
    assert found["mixes"] == {"time_zones": [], "currencies": []}  # All sales are in euros; nothing bought is added.


def test_the_ends_of_paths_are_first_and_last_touch_credit(workspace: api.OpenWorkspace) -> None:
    found = workspace.paths()
    for end, rows in workspace.attribute(["first_touch", "last_touch"])["models"].items():
        credited = {
            row["channel"]: (row["conversions"], row["revenue"])
            for row in rows
            if row["conversions"] or Decimal(row["revenue"])
        }
        assert {row["channel"]: (row["conversions"], row["revenue"]) for row in found[end]} == credited


def test_repeats_are_counted_merged_or_listed(workspace: api.OpenWorkspace) -> None:
    counted, listed, merged = (workspace.paths(collapse=how, top=10_000) for how in ("counted", "listed", "merged"))
    assert [path["path"] for path in counted["paths"]] == [path["path"] for path in listed["paths"]]
    assert any(path["label"].endswith("×2") for path in counted["paths"])
    assert all(path["label"] == " > ".join(path["path"]) for path in listed["paths"])
    assert not any(a == b for path in merged["paths"] for a, b in zip(path["path"], path["path"][1:], strict=False))


def test_days_and_segments_have_no_rate_and_add_up(workspace: api.OpenWorkspace) -> None:
    whole = workspace.paths(top=3)
    assert any(path["rate"] for path in whole["paths"])
    for path in whole["paths"]:
        if path["null_journeys"]:
            assert path["rate"] == round(path["conversions"] / (path["conversions"] + path["null_journeys"]), 9)
    for segment in ("new_customer", "value", "month"):
        found = workspace.paths(segment=segment, top=3)
        assert {name: found[name] for name in whole} == whole
        assert added(found["segments"]) == (whole["conversions"], Decimal(whole["revenue"]))
        for part in found["segments"]:
            closes(part)
            assert {path["rate"] for path in part["paths"]} <= {None}
    early, late = (
        workspace.paths(days=days) for days in (Days(None, date(2026, 3, 15)), Days(date(2026, 3, 16), None))
    )
    assert added([early, late]) == (whole["conversions"], Decimal(whole["revenue"]))
    assert early["null_journeys"] is None


def test_what_cannot_be_asked_is_said(workspace: api.OpenWorkspace, tmp_path: Path) -> None:
    with pytest.raises(UnknownName, match="new_customer"):
        workspace.paths(segment="country")
    with pytest.raises(UnknownName, match="merged"):
        workspace.paths(collapse="merge")
    sales = tmp_path / "sales.csv"
    sales.write_text(
        "outcome_id,kind,occurred_at,user_id,revenue,currency\nS-1,purchase,2026-03-10T10:00:00Z,ana,1.00,EUR\n"
    )
    empty = api.create(tmp_path / "empty", currency="EUR")
    empty.import_files([sales], now=NOW)
    empty.build(now=NOW)
    with pytest.raises(Refusal, match="GA4"):
        empty.paths()
