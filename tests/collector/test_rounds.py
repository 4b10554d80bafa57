"""The background loader's rounds: by time, by what has gathered, and never without whoever started it."""

from __future__ import annotations

import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

from outturn.collector.journal import Journal, frame
from outturn.collector.rounds import wait_for_round

_PATIENCE_SECONDS = 60
_CHILD = """
import time
from outturn.collector.rounds import leave_with_parent
leave_with_parent()
print("up", flush=True)
time.sleep(600)
"""
_PARENT = f"""
import subprocess, sys, time
process = subprocess.Popen([sys.executable, "-c", {_CHILD!r}], stdout=subprocess.PIPE)
process.stdout.readline()
print(process.pid, flush=True)
time.sleep(600)
"""


def test_a_round_comes_in_its_time(tmp_path: Path) -> None:
    assert wait_for_round(tmp_path, threading.Event(), seconds=0.01, gathered_bytes=1)


def test_a_round_comes_before_its_time_when_much_has_gathered(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "journal")
    journal.append([frame(b"x" * 1000)])
    gathers = threading.Timer(0.1, lambda: journal.append([frame(b"x" * 1000)]))
    gathers.start()
    began = time.monotonic()
    # What lay there before has been loaded: only what is new counts.
    assert wait_for_round(tmp_path / "journal", threading.Event(), seconds=3600, gathered_bytes=1000)
    assert time.monotonic() - began < _PATIENCE_SECONDS
    gathers.join()
    journal.close()


def test_no_round_comes_once_it_is_to_stop(tmp_path: Path) -> None:
    stop = threading.Event()
    threading.Timer(0.05, stop.set).start()
    assert not wait_for_round(tmp_path, stop, seconds=3600, gathered_bytes=1)


def test_whoever_was_started_leaves_when_its_parent_is_killed() -> None:
    with subprocess.Popen([sys.executable, "-c", _PARENT], stdout=subprocess.PIPE) as parent:
        assert parent.stdout
        child = int(parent.stdout.readline())
        parent.send_signal(signal.SIGKILL)
    until = time.monotonic() + _PATIENCE_SECONDS
    while _lives(child):
        assert time.monotonic() < until
        time.sleep(0.05)


def _lives(process: int) -> bool:
    """Whether it runs; whoever has ended and is waited for by nobody is no more than a name."""
    try:
        return "\nState:\tZ" not in Path(f"/proc/{process}/status").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return False
