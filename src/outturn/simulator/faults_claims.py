"""Faults of claims: what platforms' own reports count."""

from __future__ import annotations

from typing import TYPE_CHECKING

from outturn.simulator.fault_files import GOOGLE
from outturn.simulator.planted import Fault, Planted

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy as np

    from outturn.simulator.fault_files import Files

_PREAMBLE = 2


def _count_baskets(files: Files, share: float, rng: np.random.Generator) -> Planted:
    """Google counts baskets as purchases: this share of what it claims now was bought by nobody."""
    del rng
    rows = files.table(GOOGLE, preamble=_PREAMBLE)
    for row in rows:
        for column in ("Conversions", "Conv. value"):
            row[column] = f"{float(row[column].replace(',', '')) / (1 - min(share, 0.99)):,.2f}"
    files.write_table(GOOGLE, rows, preamble=_PREAMBLE)
    # What it claimed before, it claimed too much of as well: where that ends nobody can say.
    return Planted(None, where={"platform": "google_ads", "subject": "all, by click or view"})


FAULTS: Mapping[str, Fault] = {"over_claiming": _count_baskets}
