"""A large CSV of every platform: imported with every check, against DuckDB reading it into Parquet."""

from __future__ import annotations

import shutil
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

import duckdb

from bench.exports import EXPORTS, write_export, write_google_report
from bench.measured import Ratio, alternating, hand_over, peak_memory_mb
from outturn.sources.importer import ImportOptions, import_files
from outturn.sources.registry import source_named
from outturn.store.workspace import Workspace

ROWS = 1_000_000
RUNS, RUNS_OF_OTHERS = 5, 3
NOW = datetime(2026, 11, 1, tzinfo=UTC)
# "At least 0.3x" of the bare speed is at most 1 / 0.3 of its time.
_BOUND = "<= 3.33"
_BARE = "DuckDB `read_csv` to Parquet"


def main() -> None:
    """Measure and hand over."""
    folder = Path(tempfile.mkdtemp(prefix="outturn-bench-"))
    try:
        body, report = folder / "body.csv", folder / "report.csv"
        write_google_report(body, rows=ROWS)
        report.write_bytes(b'Campaign report\n"January 1, 2023 - September 26, 2025"\n' + body.read_bytes())
        mine, theirs = _measured(folder, report, body, ROWS, RUNS)
        note = f"{report.stat().st_size / 1e6:.0f} MB, peak {peak_memory_mb():.0f} MB"
        ratios = [Ratio("Google Ads CSV of 1M rows, imported", mine, _BARE, theirs, _BOUND, note)]
        ratios += [_platform(folder, name) for name in EXPORTS]
        hand_over(ratios)
    finally:
        shutil.rmtree(folder)


def _platform(folder: Path, name: str) -> Ratio:
    file = folder / f"{name}.csv"
    layout = write_export(file, name, rows=ROWS)
    mine, theirs = _measured(folder, file, file, ROWS, RUNS_OF_OTHERS)
    note = f"{file.stat().st_size / 1e6:.0f} MB"
    file.unlink()
    what = f"{source_named(name).title}, `{layout.name}` of {ROWS // 1_000_000}M rows"
    return Ratio(what, mine, _BARE, theirs, _BOUND, note)


def _measured(folder: Path, file: Path, bare_file: Path, rows: int, runs: int) -> tuple[float, float]:
    def ours() -> None:
        root = folder / "workspace"
        shutil.rmtree(root, ignore_errors=True)
        workspace = Workspace.create(root, currency="EUR", time_zone="UTC")
        (done,) = import_files(workspace, [file], ImportOptions(currency="EUR"), now=NOW + timedelta(seconds=1))
        assert done.accepted == rows, done

    def bare() -> None:
        connection = duckdb.connect()
        connection.execute(f"COPY (SELECT * FROM read_csv('{bare_file}')) TO '{folder}/bare.parquet'")
        connection.close()

    ours()
    return alternating(ours, bare, runs=runs)


if __name__ == "__main__":
    main()
