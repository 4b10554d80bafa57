"""Every benchmark, each in a process of its own, as ratios to the bare engine in the same run.

make bench                   all of them; the table goes to standard output and bench/out/benchmarks.md
python bench/run.py kpis     some of them
"""

from __future__ import annotations

import json
import os
import platform
import subprocess
import sys
from pathlib import Path

import duckdb

from bench.measured import Ratio

FOLDER = Path(__file__).resolve().parent
BENCHMARKS = ("attribution", "markov", "peers", "touches", "imports", "recognition", "kpis", "audit", "collector")
_HEAD = "| what | ours | bare | | ratio | bound | kept | |\n|---|---|---|---|---|---|---|---|"


def main(asked: list[str]) -> int:
    """Run the asked benchmarks; 1 when a bound was not kept."""
    rows: list[Ratio] = []
    for name in asked or BENCHMARKS:
        print(f"{name} …", file=sys.stderr, flush=True)
        done = subprocess.run(
            [sys.executable, "-m", f"bench.{name}"], check=True, capture_output=True, text=True, cwd=FOLDER.parent
        )
        rows += [Ratio(**ratio) for ratio in json.loads(done.stdout.splitlines()[-1])]
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    machine = (
        f"{os.cpu_count()} cores, {memory:.0f} GB, Python {platform.python_version()}, DuckDB {duckdb.__version__}"
    )
    text = "\n".join(
        [f"Measured on {machine}; medians of several runs in turn.", "", _HEAD, *(row.row() for row in rows)]
    )
    out = FOLDER / "out"
    out.mkdir(exist_ok=True)
    (out / "benchmarks.md").write_text(text + "\n", encoding="utf-8")
    print(text)
    return any(row.kept == "NO" for row in rows)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
