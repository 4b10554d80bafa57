"""What a process loads before it prints one figure: a question must not pay for what models and imports need."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

HEAVY = {"altair", "numba", "pyarrow", "rich", "scipy", "sqlalchemy", "sqlglot"}
_LISTING = """
import sys
sys.argv = ["outturn", *sys.argv[1:]]
from outturn.cli import main
try:
    main()
finally:
    print(" ".join(sorted({name.partition(".")[0] for name in sys.modules})), file=sys.stderr)
"""


def loaded(*arguments: str) -> set[str]:
    """The top packages that a command has imported when it is done."""
    ran = subprocess.run(
        [sys.executable, "-c", _LISTING, *arguments],
        capture_output=True, text=True, check=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(path for path in sys.path if path)},
    )  # fmt: skip
    return set(ran.stderr.split())


@pytest.mark.parametrize("by", ["channel", "campaign,date_day", "month"])
def test_kpis_as_json_load_nothing_heavy(pristine: Path, by: str) -> None:
    assert loaded("-w", str(pristine), "kpis", "--by", by, "--json") & HEAVY == set()


def test_help_loads_no_engine(pristine: Path) -> None:
    assert loaded("--help") & {*HEAVY, "duckdb"} == set()
    assert loaded("-w", str(pristine), "kpis", "--help") & {*HEAVY, "duckdb"} == set()
