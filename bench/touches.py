"""Identity and touches from ten million raw touches, against DuckDB sorting the same events by person and time."""

from __future__ import annotations

import math
import shutil
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

import duckdb

from bench.measured import Ratio, alternating, hand_over, peak_memory_mb
from outturn.journeys import JourneyContext, build_campaigns, build_people, build_touches
from outturn.pipeline.build import Bench
from outturn.simulator.generic import write_generic
from outturn.sources.importer import import_files
from outturn.store.builds import Build
from outturn.store.engine import open_engine
from outturn.store.facts import Facts
from outturn.store.workspace import Workspace

SIZES = (1_000_000, 10_000_000)
RUNS = 3
START = datetime(2026, 1, 1, tzinfo=UTC)
NOW = datetime(2026, 11, 1, tzinfo=UTC)


def made(folder: Path, touches: int) -> Workspace:
    """A workspace whose facts are that many generic touches."""
    files = write_generic(folder / "files", touches=touches, seed=7, start=START, campaigns=10)
    workspace = Workspace.create(folder / "workspace", currency="EUR", time_zone="UTC")
    (done,) = import_files(workspace, [files.touches], now=NOW + timedelta(seconds=1))
    assert done.accepted == touches, done
    return workspace


def built(workspace: Workspace, folder: Path) -> None:
    """From current facts to `people`, `campaigns`, `places` and `touches` on disk."""
    shutil.rmtree(folder, ignore_errors=True)
    engine = open_engine(workspace.settings)
    Facts(workspace.lake).expose(engine)
    bench = Bench(engine, workspace.settings, Build("bench", folder))
    context = JourneyContext.of(workspace.settings)
    build_people(engine, context, bench.publish)
    build_campaigns(engine, context, bench.publish)
    build_touches(engine, context, bench.publish)
    engine.close()


def copied(workspace: Workspace, file: Path) -> None:
    """The bare engine: the keyed events, all their columns, sorted by key and time."""
    connection = duckdb.connect(config={"temp_directory": str(file.parent)})
    events = [str(path) for path in (workspace.lake / "events").glob("*.parquet")]
    connection.execute(f"COPY (SELECT * FROM read_parquet({events}) ORDER BY user_key, occurred_at) TO '{file}'")
    connection.close()


def measured(touches: int) -> Ratio:
    """One size."""
    folder = Path(tempfile.mkdtemp(prefix="outturn-bench-"))
    try:
        workspace = made(folder, touches)
        before = peak_memory_mb()
        built(workspace, folder / "built")
        peak = peak_memory_mb()
        mine, theirs = alternating(
            lambda: built(workspace, folder / "built"), lambda: copied(workspace, folder / "bare.parquet"), runs=RUNS
        )
        return Ratio(
            f"Identity and touches from {touches // 1_000_000}M raw touches",
            mine,
            "DuckDB `COPY (… ORDER BY key, occurred_at)`",
            theirs,
            "<= 4.00",
            f"peak {peak:.0f} MB (importing them: {before:.0f} MB)",
        )
    finally:
        shutil.rmtree(folder)


def main() -> None:
    """Measure and hand over."""
    ratios = [measured(touches) for touches in SIZES]
    exponent = math.log10(ratios[1].ours_seconds / ratios[0].ours_seconds)
    hand_over([*ratios, Ratio("The same, growth from 1M to 10M as an exponent", exponent, "linear", 1.0, "<= 1.10")])


if __name__ == "__main__":
    main()
