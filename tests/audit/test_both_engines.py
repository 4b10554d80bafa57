"""The audit of a build that Spark has made, asked of Spark: the same words as DuckDB's."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from outturn import api
from outturn.audit.registry import checks
from tests.audit.world import NOW, Market

if TYPE_CHECKING:
    from pathlib import Path

FAULTS = {"tracking_outage": 0.03, "value_mismatch": 0.6, "utm_missing": 0.5, "spend_without_visits": 1.0}
"""An estimate, money of sales, rows without money, and money of spend, in half of the usual market."""


def told(folder: Path) -> dict[str, Any]:
    """The audit without the build's own name."""
    return {name: value for name, value in api.open(folder).audit().items() if name != "build_id"}


@pytest.mark.spark
def test_the_audit_on_spark_is_the_audit_on_duckdb(tmp_path: Path) -> None:
    clean = Market.play(tmp_path / "clean", seed=3, people=3_000)
    market, _ = clean.with_faults(tmp_path / "faulty", FAULTS)
    folder = market.folder / "workspace"
    duckdb = told(folder)
    assert set(FAULTS) <= {one["check"] for one in duckdb["findings"]}
    assert duckdb["claims"]["platforms"]
    assert duckdb["checks"] == list(checks())
    settings = folder / "outturn.toml"
    settings.write_text(settings.read_text() + '\n[engine]\nname = "spark"\nspark_url = "local[2]"\n')
    api.open(folder).build(now=NOW)
    assert told(folder) == duckdb
