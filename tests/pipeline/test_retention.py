"""Refused rows are kept to be looked at, and not for longer than the settings say."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import outturn

if TYPE_CHECKING:
    from pathlib import Path

NOW = datetime(2026, 5, 4, 12, tzinfo=UTC)
SPEND = (
    "date_day,platform,campaign_name,spend,currency\n"
    "2026-04-01,podcasts,Spring,{},EUR\n"
    "2026-04-02,podcasts,Spring,1,EUR\n"
)


def test_refused_rows_go_after_their_days_and_their_count_stays(tmp_path: Path) -> None:
    workspace = outturn.create(tmp_path / "acme", currency="EUR")
    for name, at in {"old": NOW, "new": NOW + timedelta(days=20)}.items():
        (tmp_path / f"{name}.csv").write_text(SPEND.format(name))
        workspace.import_files([tmp_path / f"{name}.csv"], now=at)
    workspace.build(now=NOW + timedelta(days=29))
    assert {row["file"] for row in workspace.refused()} == {"old.csv", "new.csv"}
    workspace.build(now=NOW + timedelta(days=31))
    assert {row["file"] for row in workspace.refused()} == {"new.csv"}
    workspace.build(now=NOW + timedelta(days=60))
    assert workspace.refused() == []
    assert [one["refused"] for one in workspace.imports()] == [1, 1]
