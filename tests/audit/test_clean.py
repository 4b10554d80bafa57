"""Without a fault no check fires: consent, blockers, lost tags and late orders are what every market has."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.audit.world import Market

if TYPE_CHECKING:
    from pathlib import Path


# `bench/audit_proof.py` plays two hundred: then the chance of a false alarm is known to be small.
@pytest.mark.parametrize("seed", range(100, 103))
def test_a_market_without_a_fault_has_no_findings(seed: int, tmp_path: Path) -> None:
    found = Market.play(tmp_path, seed=seed).audit()
    assert [(one["check"], one["places"]) for one in found["findings"]] == []
    assert found["score"] > 80
