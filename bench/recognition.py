"""How long it takes to know what a file is, however large: by its first bytes, or its first rows."""

from __future__ import annotations

import gzip
import shutil
import statistics
import tempfile
import time
from datetime import date, timedelta
from pathlib import Path

import duckdb

from bench.exports import write_export
from bench.measured import RUNS, Ratio, hand_over
from outturn.sources.frame import contents_of, open_content
from outturn.sources.recognition import recognise
from tests.sources.workbooks import Value, workbook

_TIMES = 18
_ROWS = 300_000
_SHEET_ROWS = 110_000
_QUICK, _SHEET = 0.05, 0.5


def main() -> None:
    """Measure and hand over."""
    folder = Path(tempfile.mkdtemp(prefix="outturn-bench-"))
    try:
        ratios = [_measured(name, file, _QUICK) for name, file in _large(folder).items()]
        sheet = folder / "report.xlsx"
        for shared in (False, True):
            sheet.write_bytes(_spreadsheet(shared=shared))
            kind = "shared texts" if shared else "texts in place"
            ratios.append(_measured(f"xlsx, {kind}", sheet, _SHEET))
        hand_over(ratios)
    finally:
        shutil.rmtree(folder)


def _large(folder: Path) -> dict[str, Path]:
    """About a gigabyte of each kind; of gzip unpacked."""
    body = folder / "body.csv"
    write_export(body, "google-ads", rows=_ROWS)
    head, _, rows = body.read_bytes().partition(b"\n")
    files = {kind: folder / f"report.{kind}" for kind in ("csv", "jsonl", "gz", "parquet")}
    lines = folder / "body.jsonl"
    duckdb.execute(
        f"COPY (SELECT * FROM read_csv('{body}', all_varchar = true) LIMIT 100000) TO '{lines}' (FORMAT json)"
    )
    _repeat(files["csv"], head + b"\n", rows)
    _repeat(files["jsonl"], b"", lines.read_bytes())
    _repeat(files["gz"], gzip.compress(head + b"\n"), gzip.compress(rows, 1))
    duckdb.execute(
        f"COPY (SELECT * FROM read_csv('{files['csv']}', all_varchar = true)) TO '{files['parquet']}' "
        "(FORMAT parquet, COMPRESSION uncompressed)"
    )
    return files


def _repeat(file: Path, head: bytes, rows: bytes) -> None:
    with file.open("wb") as target:
        target.write(head)
        for _ in range(_TIMES):
            target.write(rows)


def _spreadsheet(*, shared: bool) -> bytes:
    rows: list[list[Value]] = [["Campaign", "Campaign ID", "Day", "Currency code", "Cost", "Impr.", "Clicks"]]
    for n in range(_SHEET_ROWS):
        day = date(2024, 1, 1) + timedelta(days=n % 700)
        rows.append(
            [f"Campaign {n * 7919 % 99991}", str(12021000000000 + n), day, "EUR", n * 37 % 99991 / 100, n, n % 300]
        )
    return workbook({"Data": rows}, shared=shared)


def _measured(name: str, file: Path, bound_seconds: float) -> Ratio:
    def known() -> float:
        began = time.perf_counter()
        (content,) = contents_of(file)
        found = recognise(open_content(content))
        assert found.source.name == "google-ads", found
        return time.perf_counter() - began

    known()
    seconds = statistics.median(known() for _ in range(RUNS))
    size = f"{file.stat().st_size / 1e6:,.0f} MB"
    return Ratio(f"Recognising {name}", seconds, f"{bound_seconds * 1000:.0f} ms", bound_seconds, "<= 1.00", size)


if __name__ == "__main__":
    main()
