"""One clean market for all tests of the room, and an empty workspace."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from outturn import api
from tests.audit.world import NOW, Market

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(scope="session")
def clean(tmp_path_factory: pytest.TempPathFactory) -> Market:
    return Market.play(tmp_path_factory.mktemp("clean"), seed=3)


@pytest.fixture(scope="session")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace without a single import, built."""
    folder = tmp_path_factory.mktemp("empty") / "workspace"
    api.create(folder, currency="EUR").build(now=NOW)
    return folder
