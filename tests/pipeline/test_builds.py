"""Builds follow one another: published whole or not at all, and a reader keeps the one that it has pinned."""

from __future__ import annotations

import shutil
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from outturn import api
from outturn.domain.errors import Refusal
from outturn.pipeline import build as building
from outturn.pipeline.read import reading
from outturn.simulator import export_files, simulate
from outturn.store.builds import Builds
from outturn.store.lake import Lake

if TYPE_CHECKING:
    from pathlib import Path

    from outturn.pipeline.build import Bench
    from outturn.store.tables import Table

NOW = datetime(2025, 5, 10, 12, tzinfo=UTC)


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A built workspace, and its exports beside it."""
    folder = tmp_path_factory.mktemp("builds")
    simulate(folder / "exports", people=300, days=25, start=date(2025, 3, 3))
    workspace = api.create(folder / "acme", currency="EUR", time_zone="Europe/Berlin")
    workspace.import_files(export_files(folder / "exports"), now=NOW)
    workspace.build(now=NOW)
    return folder / "acme"


@pytest.fixture
def acme(built: Path, tmp_path: Path) -> api.OpenWorkspace:
    shutil.copytree(built, tmp_path / "acme")
    return api.open(tmp_path / "acme")


def at(hours: int) -> datetime:
    return NOW + timedelta(hours=hours)


def figures(workspace: api.OpenWorkspace) -> Any:
    return workspace.kpis(["campaign", "date_day"]).as_dict()


def folders(workspace: api.OpenWorkspace) -> set[str]:
    return {path.name for path in (workspace.root / "lake/builds").iterdir() if path.is_dir()}


def cost(folder: Path) -> Path:
    file = folder / "costs.csv"
    file.write_text("date_day,channel,kind,cost,currency\n2025-03-05,Email,fee,1.00,EUR\n", encoding="utf-8")
    return file


@pytest.mark.parametrize("step", [name for name, _ in building.STEPS])
def test_a_build_that_fails_leaves_the_published_one_and_no_rest(
    acme: api.OpenWorkspace, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    before, there = figures(acme), folders(acme)

    def refuse(_bench: Bench) -> None:
        raise Refusal("not today")

    steps = tuple((name, refuse if name == step else run) for name, run in building.STEPS)
    monkeypatch.setattr(building, "STEPS", steps)
    with pytest.raises(Refusal, match="not today"):
        acme.build(now=at(1))
    assert (figures(acme), folders(acme)) == (before, there)


def test_the_same_facts_give_the_same_figures(acme: api.OpenWorkspace) -> None:
    before = figures(acme)
    acme.build(now=at(1))
    assert figures(acme) == before


def test_a_reader_goes_on_with_its_build_while_the_next_is_published(acme: api.OpenWorkspace, tmp_path: Path) -> None:
    statement = "SELECT channel, SUM(cost_micros) FROM channel_day WHERE level = 'campaign' GROUP BY 1 ORDER BY 1"
    with reading(acme.workspace) as pinned:
        before = pinned.engine.rows(statement)
        acme.import_files([cost(tmp_path)], now=at(1))
        acme.build(now=at(1))
        assert pinned.engine.rows(statement) == before
        pinned.name_facts(["costs"])
        imports = pinned.engine.rows("SELECT DISTINCT import_id FROM costs")
        assert len(imports) == 1, "the facts of a pinned build are those that it was made from"
        with reading(acme.workspace) as current:
            assert current.build.build_id != pinned.build.build_id
            assert current.engine.rows(statement) != before


def test_only_the_build_before_is_kept(acme: api.OpenWorkspace) -> None:
    builds = Builds(acme.workspace.lake)
    for hours in (1, 2, 3):
        before = builds.current().build_id
        acme.build(now=at(hours))
        assert folders(acme) == {before, builds.current().build_id}


def test_what_crashes_left_is_cleared_and_a_question_being_asked_is_not(acme: api.OpenWorkspace) -> None:
    builds = Builds(acme.workspace.lake)
    published = builds.current().build_id
    asked = "as-of-20250510T124500000000"
    for name in ("b20250510T110000000000", "b20250510T123000000000", "as-of-20250509T110000000000", asked):
        builds.begin(name)
    acme.build(now=at(1))
    assert folders(acme) == {published, builds.current().build_id, asked}
    builds.drop_others()
    assert folders(acme) == {builds.current().build_id}


def test_a_question_as_of_a_day_leaves_nothing_behind(acme: api.OpenWorkspace) -> None:
    there = folders(acme)
    early = acme.kpis(["channel"], as_of=date(2025, 5, 10), now=at(1)).as_dict()
    assert early == acme.kpis(["channel"]).as_dict()
    with pytest.raises(RuntimeError, match="crash"), building.build_as_of(acme.workspace, date(2025, 5, 10), now=at(2)):
        raise RuntimeError("crash")
    assert folders(acme) == there


def test_a_crash_between_facts_and_build_costs_nothing_but_a_build(acme: api.OpenWorkspace, tmp_path: Path) -> None:
    before = figures(acme)
    (report,) = acme.import_files([cost(tmp_path)], now=at(1))
    assert figures(acme) == before, "figures are those of the published build until the next"
    (again,) = acme.import_files([cost(tmp_path)], now=at(2))
    assert (again["verdict"], again["import_id"]) == ("unchanged", report["import_id"])
    acme.build(now=at(3))
    assert figures(acme) != before
    acme.undo(report["import_id"], now=at(4))
    acme.build(now=at(5))
    assert figures(acme) == before


@pytest.mark.parametrize("table", ["ad_spend", "outcomes", "imports"])
def test_a_crash_inside_an_import_is_never_seen(
    built: Path, acme: api.OpenWorkspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, table: str
) -> None:
    fresh = api.create(tmp_path / "fresh", currency="EUR", time_zone="Europe/Berlin")
    files = export_files(built.parent / "exports")
    append = Lake.append

    def pull_the_plug(self: Lake, written: Table, *arguments: Any, **options: Any) -> None:
        append(self, written, *arguments, **options)
        if written.name == table:
            raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(Lake, "append", pull_the_plug)
        with pytest.raises(KeyboardInterrupt):
            fresh.import_files(files, now=at(1))
    fresh.import_files(files, now=at(2))
    fresh.build(now=at(2))
    assert figures(fresh) == figures(acme)
    assert {one["state"] for one in fresh.imports()} == {"loaded"}


def test_a_build_that_forgot_to_import_anything_says_so(tmp_path: Path) -> None:
    empty = api.create(tmp_path / "empty", currency="EUR")
    built = empty.build(now=NOW)
    assert (built["touches"], built["conversions"], built["people"]) == (0, 0, 0)
    assert empty.kpis(["channel"]).rows == ()
