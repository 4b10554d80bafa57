"""The Python API: what a notebook writes, and what it gets."""

from __future__ import annotations

import subprocess
import sys
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING

import duckdb
import pytest

import outturn
from outturn.domain.errors import UnknownName, UsageError, WorkspaceError
from outturn.domain.time import Days
from outturn.simulator import export_files, simulate

if TYPE_CHECKING:
    from pathlib import Path

NOW = datetime(2025, 5, 10, 12, tzinfo=UTC)


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> outturn.OpenWorkspace:
    folder = tmp_path_factory.mktemp("api")
    simulate(folder / "exports", people=300, days=25, start=date(2025, 3, 3))
    made = outturn.create(folder / "acme", currency="EUR", time_zone="Europe/Berlin")
    made.import_files(export_files(folder / "exports"), now=NOW)
    made.build(now=NOW)
    return outturn.open(folder / "acme")


def test_figures_come_out_as_arrow_with_exact_money(workspace: outturn.OpenWorkspace) -> None:
    table = workspace.kpis(by=["channel", "week"], kpi=["spend", "conversions", "roas"])
    arrow = table.to_arrow()
    types = {"channel": "string", "week": "date32[day]", "spend": "decimal128(38, 6)", "conversions": "double"}
    assert {field.name: str(field.type) for field in arrow.schema} == {**types, "roas": "double"}
    assert arrow.schema.metadata[b"currency"] == b"EUR"
    assert arrow.schema.metadata[b"model"] == b"last_non_direct"
    (whole,) = workspace.kpis(kpi=["spend"]).to_dicts()
    assert isinstance(whole["spend"], Decimal)
    with duckdb.connect() as connection:
        connection.register("kpis", arrow)
        found = connection.execute("SELECT SUM(spend), COUNT(DISTINCT week) > 2 FROM kpis").fetchall()
    assert found == [(whole["spend"], True)]


def test_dicts_arrow_and_json_say_the_same(workspace: outturn.OpenWorkspace) -> None:
    table = workspace.kpis(by=["campaign"])
    plain = table.as_dict()["rows"]
    for given, typed, row in zip(table.to_dicts(), table.to_arrow().to_pylist(), plain, strict=True):
        assert given == typed
        assert list(given) == list(row)


def test_a_frame_is_made_where_pandas_is_there(workspace: outturn.OpenWorkspace) -> None:
    table = workspace.kpis(by=["channel"])
    try:
        frame = table.to_pandas()
    except ModuleNotFoundError as error:
        assert error.name == "pandas"  # noqa: PT017 - an optional package, named
    else:
        assert list(frame["channel"]) == [row["channel"] for row in table.rows]


def test_days_narrow_a_question(workspace: outturn.OpenWorkspace) -> None:
    week = Days(date(2025, 3, 10), date(2025, 3, 16))
    daily = workspace.kpis(by=["date_day"], days=week, kpi=["spend"]).to_dicts()
    assert {row["date_day"] for row in daily} <= {date(2025, 3, day) for day in range(10, 17)}
    (whole,) = workspace.kpis(days=week, kpi=["spend"]).to_dicts()
    assert sum(row["spend"] for row in daily if row["spend"]) == whole["spend"]


def test_every_refusal_has_its_class(workspace: outturn.OpenWorkspace, tmp_path: Path) -> None:
    with pytest.raises(WorkspaceError, match="outturn init"):
        outturn.open(tmp_path)
    with pytest.raises(UsageError, match="ISO 4217"):
        outturn.create(tmp_path / "new", currency="EURO")
    with pytest.raises(UnknownName, match="channel"):
        workspace.kpis(by=["chanel"])
    with pytest.raises(UnknownName, match="linear"):
        workspace.attribute(["linaer"])
    with pytest.raises(UnknownName, match="outturn imports"):
        workspace.undo("i1", now=NOW)
    with pytest.raises(UsageError, match="no file"):
        workspace.import_files([tmp_path / "none.csv"], now=NOW)
    with pytest.raises(AttributeError, match="nothing"):
        outturn.nothing  # noqa: B018


def test_importing_outturn_costs_nothing() -> None:
    code = "import sys, outturn; print({name.partition('.')[0] for name in sys.modules} & {'duckdb', 'numpy', 'click'})"
    ran = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, env={"PYTHONPATH": ":".join(sys.path)}
    )
    assert ran.stdout.strip() == "set()"
