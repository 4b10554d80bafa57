"""One CSV of ten million rows, about a gigabyte: imported in bounded memory, and killed in the middle without a trace.

python -m bench.large_import               a part of `make soak`
python -m bench.large_import --rows 2000000
"""

from __future__ import annotations

import argparse
import json
import shutil
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from bench.exports import write_google_report
from bench.measured import peak_memory_mb
from outturn.sources.importer import import_files
from outturn.store.duckdb_engine import DuckDBEngine
from outturn.store.facts import Facts
from outturn.store.workspace import Workspace

if TYPE_CHECKING:
    from collections.abc import Callable

ROWS = 10_000_000
MOST_MEMORY_MB = 1000
_KILLED_AT = (("reading", 0.2), ("reading", 0.6), ("keeping", 0.0))
_NOW = datetime(2026, 11, 1, tzinfo=UTC)


def play(folder: Path, said: Callable[[str], None], rows: int = ROWS) -> int:
    """Write the file, kill its import three times, import it; how many promises were broken."""
    file = folder / "large.csv"
    write_google_report(file, rows=rows)
    said(f"a CSV of {rows:,} rows, {file.stat().st_size / 1e6:,.0f} MB")
    workspace = Workspace.create(folder / "large", currency="EUR", time_zone="UTC")
    broken = 0
    for stage, share in _KILLED_AT:
        _killed(workspace.root, file, stage, share)
        left, loaded = _rows(workspace), len(Facts(workspace.lake).loaded())
        broken += bool(left or loaded)
        said(f"killed while {stage} ({share:.0%}): {left:,} rows and {loaded} imports are left")
    began = time.perf_counter()
    with _started(workspace.root, file) as child:
        assert child.stdout
        *_told, last = child.stdout
    done = json.loads(last)
    kept = _rows(workspace)
    broken += done["accepted"] != rows or kept != rows or done["peak_mb"] > MOST_MEMORY_MB
    said(f"imported {kept:,} rows in {time.perf_counter() - began:.0f} s, at most {done['peak_mb']:,.0f} MB of memory")
    return broken


def _started(root: Path, file: Path) -> subprocess.Popen[str]:
    arguments = [sys.executable, "-m", "bench.large_import", "--import", str(file), "--into", str(root)]
    return subprocess.Popen(arguments, stdout=subprocess.PIPE, text=True, cwd=Path(__file__).resolve().parents[1])


def _killed(root: Path, file: Path, stage: str, share: float) -> None:
    """Start the import and kill it where it says that it is so far."""
    with _started(root, file) as child:
        assert child.stdout
        for line in child.stdout:
            told = json.loads(line)
            if told.get("what", "").startswith(stage) and (told.get("share") or 0.0) >= share:
                break
        time.sleep(1.0)
        child.kill()


def _rows(workspace: Workspace) -> int:
    engine = DuckDBEngine()
    try:
        Facts(workspace.lake).expose(engine)
        return int(engine.rows("SELECT COUNT(*) FROM ad_spend")[0][0])
    finally:
        engine.close()


def _import(file: Path, root: Path) -> None:
    """What the child does: one JSON line for each thing that it tells."""

    def told(what: str, share: float | None = None, /) -> None:
        print(json.dumps({"what": what, "share": share}), flush=True)

    (done,) = import_files(Workspace.open(root), [file], now=_NOW, progress=told)
    print(json.dumps({"accepted": done.accepted, "peak_mb": peak_memory_mb()}), flush=True)


def main() -> int:
    """Play it in a folder of its own; 1 when a promise is broken."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=ROWS)
    parser.add_argument("--import", dest="file", type=Path, help="be the child that imports this file")
    parser.add_argument("--into", type=Path, help="the child's workspace")
    asked = parser.parse_args()
    if asked.file:
        _import(asked.file, asked.into)
        return 0
    folder = Path(tempfile.mkdtemp(prefix="outturn-soak-"))
    try:
        return 1 if play(folder, print, asked.rows) else 0
    finally:
        shutil.rmtree(folder)


if __name__ == "__main__":
    sys.exit(main())
