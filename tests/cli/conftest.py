"""One small market's files, one workspace that has taken them in, and copies of it to be changed."""

from __future__ import annotations

import shutil
from datetime import date
from typing import TYPE_CHECKING

import pytest

from outturn.simulator import export_files, simulate
from tests.cli.terminal import answer

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(scope="session")
def exports(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What ad platforms, shop and tracker of a market of 600 people would give for 36 days."""
    folder = tmp_path_factory.mktemp("market") / "exports"
    simulate(folder, people=600, days=36, start=date(2025, 3, 3))
    (folder / "truth.json").rename(folder.parent / "truth.json")
    return folder


@pytest.fixture(scope="session")
def pristine(exports: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace that holds all exports, built. Never to be changed: `acme` is for that."""
    folder = tmp_path_factory.mktemp("pristine") / "acme"
    answer("init", folder, "--currency", "EUR", "--time-zone", "Europe/Berlin")
    answer("-w", folder, "import", *export_files(exports))
    return folder


@pytest.fixture
def acme(pristine: Path, tmp_path: Path) -> Path:
    """A copy of the built workspace."""
    folder = tmp_path / "acme"
    shutil.copytree(pristine, folder)
    return folder


@pytest.fixture
def empty(tmp_path: Path) -> Path:
    """A new workspace with nothing in it."""
    folder = tmp_path / "empty"
    answer("init", folder, "--currency", "EUR", "--time-zone", "Europe/Berlin")
    return folder
