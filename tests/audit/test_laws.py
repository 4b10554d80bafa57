"""What holds for every check, asked of each file of the room that is one."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from outturn import api, audit
from outturn.audit.audit import audit as asked
from outturn.audit.audit import lines_of, tables_read
from outturn.audit.check import KINDS, NO_MONEY, WHERE
from outturn.audit.graph import depths, raised_by
from outturn.audit.needs import statement_of
from outturn.audit.registry import checks
from outturn.pipeline.read import reading
from outturn.simulator.faults import FAULTS
from outturn.store.tables import FACTS

if TYPE_CHECKING:
    from tests.audit.world import Market

CHECKS = checks()
every_check = pytest.mark.parametrize("name", CHECKS)


def test_there_are_checks_and_each_has_its_fault() -> None:
    assert CHECKS
    assert set(FAULTS) == set(CHECKS)


@every_check
def test_a_check_says_what_it_found_what_it_means_and_what_to_do(name: str) -> None:
    check = CHECKS[name]
    assert check.title
    assert len(check.means) > 80
    assert len(check.fix) > 40
    assert check.means.endswith(".")
    assert check.fix.endswith(".")
    folder = Path(audit.__file__).parent
    assert (folder / f"{name}.py").exists()
    assert (folder / f"{name}.sql").exists()
    assert statement_of(name).table == name


@every_check
def test_a_check_names_places_money_and_sizes_by_known_words(name: str) -> None:
    check = CHECKS[name]
    assert check.where
    assert set(check.where) <= set(WHERE)
    assert check.opens in FACTS
    assert check.kind in KINDS
    assert check.least >= 1
    assert 0 <= check.normal_share < check.sure_share <= 1
    assert check.critical_share is None or 0 < check.critical_share <= 1


@every_check
def test_an_implied_check_exists_and_does_not_imply_its_cause(name: str) -> None:
    assert set(CHECKS[name].implies) <= set(CHECKS)
    assert name not in raised_by(name, CHECKS)


def test_the_graph_has_no_circle() -> None:
    assert set(depths(CHECKS, CHECKS)) == set(CHECKS)


def test_lines_have_the_declared_columns_and_sizes(clean: Market) -> None:
    workspace = api.open(clean.folder / "workspace").workspace
    with reading(workspace) as opened:
        opened.name_facts(tables_read(CHECKS)[0])
        settings = workspace.settings
        asked(opened.engine, settings, checks=CHECKS, goal=settings.goal())
        for name, check in CHECKS.items():
            lines = opened.engine.query(f"SELECT * FROM {lines_of(name)}")
            assert set(lines.column_names) == set(check.columns), name
            assert lines.num_rows, f"{name} looks at nothing"
            wrong = opened.engine.rows(
                f"SELECT COUNT(*) FROM {lines_of(name)} WHERE found < 0 OR seen < 0 OR found > seen "
                "OR found IS NULL OR seen IS NULL OR (found > 0 AND example_id IS NULL)"
                + ("" if check.kind == NO_MONEY else " OR (found > 0 AND money_key IS NULL) OR micros < 0")
            )
            assert wrong == [(0,)], name


def test_an_empty_workspace_has_no_findings_and_no_score(empty: Path) -> None:
    found = api.open(empty).audit()
    assert found["findings"] == []
    assert found["score"] is None
    assert set(found["checks"]) == set(CHECKS)
    assert set(found["money"].values()) == {"0.00"}
