"""One small market, played once for all tests."""

from __future__ import annotations

import pytest

from outturn.simulator import simulate
from tests.simulator.files import Files
from tests.simulator.markets import DAYS, PEOPLE, SEED, SMALL, START


@pytest.fixture(scope="session")
def files(tmp_path_factory: pytest.TempPathFactory) -> Files:
    folder = tmp_path_factory.mktemp("market")
    return Files(folder, simulate(folder, people=PEOPLE, days=DAYS, seed=SEED, start=START, market=SMALL))
