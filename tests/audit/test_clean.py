"""Without a fault no check fires: consent, blockers, lost tags and late orders are what every market has."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from tests.audit.world import Market

if TYPE_CHECKING:
    from pathlib import Path

# `make soak` asks for two hundred: then the upper bound of a market's chance of a false alarm is known to be small.
SEEDS = int(os.environ.get("OUTTURN_SEEDS", "3"))


@pytest.mark.parametrize("seed", range(100, 100 + SEEDS))
def test_a_market_without_a_fault_has_no_findings(seed: int, tmp_path: Path) -> None:
    found = Market.play(tmp_path, seed=seed).audit()
    assert [(one["check"], one["places"]) for one in found["findings"]] == []
    assert found["score"] > 80
