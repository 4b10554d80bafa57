"""Files that nobody meant, by the thousand: atheris changes bytes where that reaches new code of the reader.

atheris (Google, Apache-2.0) is no dependency: install it beside the project, then `python -m bench.fuzz 1800`.
Whatever is not read must be refused with a code; an exception, or a file that takes over ten seconds, ends the run.
"""

from __future__ import annotations

import importlib
import sys
import tempfile
from pathlib import Path
from types import FunctionType
from typing import Any

from outturn.sources import content, dates, encoding, frame, preambles, recognition, records
from tests.sources.looked_at import looked_at
from tests.sources.workbooks import workbook

_HEADER = "Campaign,Campaign ID,Day,Currency code,Cost,Impr.,Clicks\n"
_SEEDS = (
    (_HEADER + 'Spring,1,2026-09-01,EUR,"1,234.50",10,1\nTotal,,,EUR,1234.50,10,1\n').encode(),
    ("\ufeff" + _HEADER.replace(",", "\t") + "A\t1\t13/09/2026\tEUR\t(1,50)\t10\t1\r\n").encode("utf-16-le"),
    b'sep=;\rReporting starts;Campaign name;Day;Amount spent (EUR);Impressions\r;"a\nb";1. M\xe4rz 2026;1 234,50;5\r',
    b'{"date_day": "2026-09-01", "platform": "x", "channel": "y", "spend": "1.5", "currency": "EUR"}\n',
    workbook({"Data": [["Campaign", "Day", "Currency code", "Cost", "Impr."], ["A", 46266, "EUR", 1.5, 3]]}),
)


def main(seconds: int) -> None:
    """Run for so long."""
    atheris: Any = importlib.import_module("atheris")
    for module in (content, dates, encoding, frame, preambles, recognition, records):
        for name, value in vars(module).items():
            if isinstance(value, FunctionType) and value.__module__ == module.__name__:
                setattr(module, name, atheris.instrument_func(value))
    folder = Path(tempfile.mkdtemp(prefix="outturn-fuzz-"))
    corpus = folder / "corpus"
    corpus.mkdir()
    for number, seed in enumerate(_SEEDS):
        (corpus / str(number)).write_bytes(seed)
    path = folder / "file"

    def one(data: bytes) -> None:
        path.write_bytes(data)
        found = looked_at(path)
        report = found.report
        if not found.code and report.rows_read != report.accepted + report.refused + report.ignored:
            raise AssertionError(report)

    atheris.Setup([sys.argv[0], str(corpus), f"-max_total_time={seconds}", "-timeout=10", "-rss_limit_mb=2048"], one)
    atheris.Fuzz()


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 1800)
