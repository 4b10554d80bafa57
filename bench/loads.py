"""A month of loads, one a minute: does the last cost what the first did?

python -m bench.loads            43,200 loads of ten events each; some hours
python -m bench.loads 3000       fewer

The clock is played, the work is done: each load commits to every table that it has rows for, and each hour's upkeep
merges files, writes checkpoints and deletes what no reader needs any more.
"""

from __future__ import annotations

import json
import os
import shutil
import statistics
import sys
import tempfile
import time
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

from outturn import api
from outturn.collector import records
from outturn.collector.journal import Journal, frame
from outturn.collector.messages import Messages
from outturn.domain.time import micros_of

LOADS, EVENTS = 43_200, 10
_START = datetime(2026, 3, 1, tzinfo=UTC)
_TENTHS, _HOUR = 10, 60


def main(loads: int) -> None:
    """Print a line for each tenth of the loads: medians of a load's and an upkeep's processor time, and files."""
    folder = Path(tempfile.mkdtemp(prefix="outturn-bench-"))
    workspace = api.create(folder / "acme", currency="EUR")
    journal = Journal(workspace.workspace.journal)
    log_files: dict[Path, datetime] = {}
    seconds: list[float] = []
    upkeeps: list[float] = []
    try:
        for number in range(loads):
            now = _START + timedelta(minutes=number)
            _receive(journal, number, now)
            began = time.process_time()
            loaded = workspace.load(now=partial(_same, now))
            seconds.append(time.process_time() - began)
            assert loaded["events"] == EVENTS, loaded
            if number % _HOUR == _HOUR - 1:
                _age(folder, log_files, now)
                began = time.process_time()
                workspace.keep_up(now=now)
                upkeeps.append(time.process_time() - began)
            if (number + 1) % (loads // _TENTHS) == 0:
                files = sum(1 for one in folder.rglob("*") if one.is_file())
                load, upkeep = statistics.median(seconds), statistics.median(upkeeps or [0.0])
                print(
                    f"{number + 1:6,d} loads: {load * 1000:4.0f} ms a load, {upkeep * 1000:4.0f} ms an upkeep, "
                    f"{files:,} files",
                    flush=True,
                )
                seconds, upkeeps = [], []
    finally:
        journal.close()
        shutil.rmtree(folder)


def _receive(journal: Journal, number: int, now: datetime) -> None:
    """What a worker writes in a minute."""
    for event in range(EVENTS):
        body = {"messageId": f"m{number}-{event}", "event": "Viewed", "userId": f"u{event}"}
        record = Messages(
            received_at=micros_of(now),
            key_id="bench",
            trust="secret",
            kind="track",
            ip_prefix=None,
            user_agent=None,
            visitor=None,
            born_at=None,
            linked=None,
            no_sale=False,
            body=json.dumps(body).encode(),
        )
        journal.append([frame(records.encode(record))])


def _same(now: datetime) -> datetime:
    return now


def _age(folder: Path, log_files: dict[Path, datetime], now: datetime) -> None:
    """Date the tables' logs as the played clock has it: they are deleted by the age of their files."""
    for path in folder.glob("*/*/*/_delta_log/*"):
        age = now - log_files.setdefault(path, now)
        os.utime(path, times=(time.time() - age.total_seconds(),) * 2)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else LOADS)
