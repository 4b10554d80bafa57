"""The long run: a market of ten million touches from its files to its figures, and every sum closed.

make soak                                 with the property tests at 2,000 examples
python -m bench.soak --people 60000       smaller; about 3.6 touches per person in 90 days
"""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
import time
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING

from bench.measured import peak_memory_mb
from outturn import api

if TYPE_CHECKING:
    from collections.abc import Callable

PEOPLE = 2_800_000


def main() -> int:
    """Play the market in a folder of its own; 1 when a sum does not close."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, default=PEOPLE)
    people = parser.parse_args().people
    folder = Path(tempfile.mkdtemp(prefix="outturn-soak-"))
    began = time.perf_counter()

    def said(what: str) -> None:
        print(f"{time.perf_counter() - began:7.1f} s  {peak_memory_mb():6.0f} MB  {what}", flush=True)

    try:
        shown = api.demo(folder / "demo", now=datetime.now(UTC), progress=said, people=people, days=90, seed=7)
        said(f"{shown['build']['touches']:,} touches, {shown['build']['conversions']:,} conversions")
        return _closes(Path(shown["workspace"]), said)
    finally:
        shutil.rmtree(folder)


def _closes(root: Path, said: Callable[[str], None]) -> int:
    """Each model's rows, by channel and by campaign, against the ledger's own total."""
    workspace = api.open(root)
    (ledger,) = workspace.kpis(kpi=("revenue",)).rows
    open_sums = 0
    for by in ("channel", "campaign"):
        for model, rows in workspace.attribute(("all",), by=by)["models"].items():
            credited = sum(Decimal(row["revenue"]) for row in rows)
            if credited != ledger["revenue"]:
                open_sums += 1
                said(f"OPEN: {model} by {by}: {credited}, the ledger has {ledger['revenue']}")
    said("every sum closes" if not open_sums else f"{open_sums} sums do not close")
    return 1 if open_sums else 0


if __name__ == "__main__":
    sys.exit(main())
