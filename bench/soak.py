"""The long run: a market of ten million touches from its files to its figures, and every sum closed.

And one CSV of ten million rows, imported and killed (`large_import.py`).

make soak                                 with the property tests at 2,000 examples
python -m bench.soak --people 140000      smaller; about 3.6 touches per person in 90 days

Each line: seconds since the start, seconds of processor since then (which other programs hardly change), the most
memory that the step before it held, and the step that begins.
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

from bench.large_import import ROWS, play
from bench.measured import peak_memory_mb
from outturn import api

if TYPE_CHECKING:
    from collections.abc import Callable

PEOPLE = 2_800_000


def main() -> int:
    """Play the market in a folder of its own; 1 when a sum does not close."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--people", type=int, default=PEOPLE)
    parser.add_argument("--rows", type=int, default=ROWS, help="of the one large CSV")
    parser.add_argument("--keep", type=Path, help="play it in this folder, an earlier run's or new, and leave it there")
    asked = parser.parse_args()
    folder = asked.keep or Path(tempfile.mkdtemp(prefix="outturn-soak-"))
    began, worked, peaks = time.perf_counter(), time.process_time(), [0.0]

    def said(what: str, share: float | None = None, /) -> None:
        if share is not None:
            return
        peaks.append(_peak_of_step_mb())
        wall, work = time.perf_counter() - began, time.process_time() - worked
        print(f"{wall:7.1f} s {work:7.1f} s {peaks[-1]:6.0f} MB  {what}", flush=True)

    try:
        shown = api.demo(folder / "demo", now=datetime.now(UTC), progress=said, people=asked.people, days=90, seed=7)
        said(f"{shown['build']['touches']:,} touches, {shown['build']['conversions']:,} conversions")
        sizes = ", ".join(f"{name} {_megabytes(Path(shown[name])):,.0f} MB" for name in ("exports", "workspace"))
        said(f"on disk: {sizes}; at most {max(peaks):,.0f} MB of memory at any time")
        return _closes(Path(shown["workspace"]), said) or play(Path(tempfile.mkdtemp(dir=folder)), said, asked.rows)
    finally:
        if not asked.keep:
            shutil.rmtree(folder)


def _peak_of_step_mb() -> float:
    """The most memory held since this was last asked; where the system keeps no such mark, since the start."""
    status, reset = Path("/proc/self/status"), Path("/proc/self/clear_refs")
    if not (status.exists() and reset.exists()):
        return peak_memory_mb()
    (peak,) = (line for line in status.read_text(encoding="ascii").splitlines() if line.startswith("VmHWM:"))
    reset.write_text("5", encoding="ascii")
    return int(peak.split()[1]) / 1024


def _megabytes(folder: Path) -> float:
    return sum(file.stat().st_size for file in folder.rglob("*") if file.is_file()) / 2**20


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
