"""A whole build, from imported files to credits and KPIs, on both engines: the same figures."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from outturn import api
from outturn.simulator import simulate
from outturn.simulator.simulate import export_files
from outturn.store.builds import Builds
from outturn.store.engine import open_engine
from outturn.store.tables import DERIVED, TABLES, Type
from tests.pipeline.test_companies import GOALS
from tests.pipeline.test_companies import files as crm_files

if TYPE_CHECKING:
    from pathlib import Path

NOW = datetime(2026, 11, 1, tzinfo=UTC)


SPOKEN = (
    '{"type":"page","messageId":"m-1","anonymousId":"a-1","timestamp":"2026-05-03T10:00:00Z",'
    '"context":{"page":{"url":"https://shop.example/"},"consent":{"categoryPreferences":{"ad_storage":true}}}}\n'
    '{"type":"page","messageId":"m-2","anonymousId":"a-1","timestamp":"2026-05-04T10:00:00Z",'
    '"context":{"page":{"url":"https://shop.example/"},"consent":{"categoryPreferences":{"ad_storage":false}}}}\n'
)
"""Somebody agreed, and took it back a day later."""


def rows_of(root: Path) -> dict[str, list[tuple[Any, ...]]]:
    """Every derived table of the published build, sorted; instants as micros, keys as they are."""
    build = Builds(root / "lake").current()
    engine = open_engine()
    build.expose(engine)
    found = {}
    for name in DERIVED:
        columns = [
            f"outturn_micros({column.name})" if column.type is Type.AT else column.name
            for column in TABLES[name].columns
        ]
        found[name] = sorted(engine.rows(f"SELECT {', '.join(columns)} FROM {name}"), key=repr)
    engine.close()
    return found


@pytest.mark.spark
def test_a_build_on_spark_is_the_build_on_duckdb(tmp_path: Path) -> None:
    simulate(tmp_path / "exports", people=300, days=25, seed=3, start=date(2026, 5, 1))
    workspace = api.create(tmp_path / "workspace", currency="EUR", time_zone="Europe/Berlin")
    settings = workspace.root / "outturn.toml"
    settings.write_text(settings.read_text() + GOALS)
    workspace = api.open(workspace.root)
    spoken = tmp_path / "consents.jsonl"
    spoken.write_text(SPOKEN, encoding="utf-8")
    reports = workspace.import_files([*export_files(tmp_path / "exports"), *crm_files(tmp_path), spoken], now=NOW)
    assert {report["verdict"] for report in reports} == {"accept"}
    # What came once more: an event, and all orders but the last.
    spoken.write_text(SPOKEN.splitlines(keepends=True)[1], encoding="utf-8")
    orders = tmp_path / "exports" / "shopify_orders.csv"
    orders.write_text("".join(orders.read_text(encoding="utf-8").splitlines(keepends=True)[:-1]), encoding="utf-8")
    reports = workspace.import_files([spoken, orders], now=NOW + timedelta(minutes=1))
    assert {report["verdict"] for report in reports} == {"accept"}
    workspace.build(now=NOW + timedelta(minutes=2))
    duckdb_rows = rows_of(workspace.root)
    settings.write_text(settings.read_text() + '\n[engine]\nname = "spark"\nspark_url = "local[2]"\n')
    api.open(workspace.root).build(now=NOW + timedelta(minutes=3))
    spark_rows = rows_of(workspace.root)
    for name in DERIVED:
        assert duckdb_rows[name], name
        assert spark_rows[name] == duckdb_rows[name], name
