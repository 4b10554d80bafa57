"""`outturn kpis --by channel` from process start over ten million touches, against DuckDB and the bare queries."""

from __future__ import annotations

import shutil
import statistics
import sys
import tempfile
from datetime import timedelta
from pathlib import Path

from bench.measured import RUNS, Ratio, hand_over, process_seconds
from bench.touches import NOW, START
from outturn.pipeline.build import build
from outturn.simulator.generic import write_generic
from outturn.sources.importer import import_files
from outturn.store.builds import Builds
from outturn.store.workspace import Workspace

TOUCHES = 10_000_000
_BARE = """
import duckdb
print(duckdb.execute('''
    SELECT channel, SUM(revenue_micros), SUM(conversions) FROM read_parquet({credits})
    WHERE model = 'last_non_direct' GROUP BY 1 ORDER BY 1''').fetchall(),
    duckdb.execute('''
    SELECT channel, SUM(spend_micros), SUM(visits) FROM read_parquet({channel_day}) GROUP BY 1''').fetchall())
"""


def main() -> None:
    """Measure and hand over."""
    folder = Path(tempfile.mkdtemp(prefix="outturn-bench-"))
    try:
        files = write_generic(folder / "files", touches=TOUCHES, seed=7, start=START, campaigns=10)
        workspace = Workspace.create(folder / "workspace", currency="EUR", time_zone="UTC")
        import_files(workspace, [files.touches, files.conversions], now=NOW)
        build(workspace, now=NOW + timedelta(seconds=1))
        tables = {name: [str(file) for file in found] for name, found in Builds(workspace.lake).current().files.items()}
        bare = [sys.executable, "-c", _BARE.format(credits=tables["credits"], channel_day=tables["channel_day"])]
        command = [sys.executable, "-m", "outturn", "-w", str(workspace.root), "kpis", "--by", "channel", "--json"]
        ours, theirs = [], []
        for _ in range(2 * RUNS):
            ours.append(process_seconds(command))
            theirs.append(process_seconds(bare))
        what = "`outturn kpis --by channel --json`, from process start"
        hand_over(
            [
                Ratio(
                    what,
                    statistics.median(ours),
                    "`import duckdb` and the bare queries",
                    statistics.median(theirs),
                    "<= 2.00",
                )
            ]
        )
    finally:
        shutil.rmtree(folder)


if __name__ == "__main__":
    main()
