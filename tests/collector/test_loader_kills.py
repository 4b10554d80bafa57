"""The loader as a process that is killed at every step, runs twice at once, and starts while the collector writes."""

from __future__ import annotations

import os
import signal
import time
from datetime import UTC, datetime
from multiprocessing import get_context
from typing import TYPE_CHECKING

from outturn.collector.journal import Journal
from outturn.collector.load import load
from outturn.collector.messages import Refused
from outturn.domain.errors import WorkspaceError
from outturn.store.workspace import Workspace
from tests.collector.running import Collector
from tests.collector.test_load import Collected
from tests.collector.test_serve import KILLS, Senders

if TYPE_CHECKING:
    from multiprocessing.context import ForkServerProcess
    from pathlib import Path

AT = datetime(2026, 3, 1, 13, tzinfo=UTC)
ORDER = {"event": "Order Completed", "properties": {"order_id": "7", "total": 5, "currency": "EUR"}}

_PROCESSES = get_context("forkserver")
_PROCESSES.set_forkserver_preload(["tests.collector.test_loader_kills"])


def _load(root: Path, kill_after: int) -> None:
    """In a process of its own: load, and die as by a power cut after that many lasting steps; 0: never."""
    steps = 0

    def step(_name: str) -> None:
        nonlocal steps
        steps += 1
        if steps == kill_after:
            os.kill(os.getpid(), signal.SIGKILL)

    load(Workspace.open(root), now=lambda: AT, between_writes=step)


def _load_until(root: Path, until: float) -> None:
    """Load again and again, as the background loader does."""
    workspace = Workspace.open(root)
    while time.monotonic() < until:
        try:
            load(workspace, now=lambda: AT)
        except WorkspaceError:
            continue


def started(root: Path, kill_after: int = 0) -> ForkServerProcess:
    process = _PROCESSES.Process(target=_load, args=(root, kill_after))
    process.start()
    return process


def test_killed_at_every_step_the_loader_loses_and_doubles_nothing(tmp_path: Path) -> None:
    every = max(
        1, 12 // KILLS
    )  # All of them in `make soak`; without a process, `test_load` pulls every plug each time.
    for step in range(1, 100, every):
        world = Collected(tmp_path / f"after{step}")
        world.write("a", body=ORDER, refused=(Refused("BAD_DATE", "timestamp", "x"),))
        other = Journal(world.workspace.journal)
        world.write("b", "a", journal=other)
        world.journal.close()
        other.close()
        process = started(world.workspace.root, step)
        process.join(60)
        # The loader that follows is killed too, at the same step: what was left behind is no trap.
        if every == 1:
            started(world.workspace.root, step).join(60)
        world.load()
        assert world.ids() == ["a", "b"], step
        assert world.rows("SELECT COUNT(*), CAST(SUM(gross_micros) AS BIGINT) FROM outcomes") == [(1, 5_000_000)], step
        assert world.rows("SELECT COUNT(*) FROM refused_rows") == [(1,)], step
        assert not list(world.workspace.journal.glob("*/*.seg")), step
        if process.exitcode == 0:
            break
        assert process.exitcode == -signal.SIGKILL
    assert step > 8, "every step that lasts is one to be killed at"


def test_loaders_that_run_at_once_and_start_again_store_what_was_acknowledged_once(tmp_path: Path) -> None:
    collector = Collector(tmp_path / "acme")
    key = collector.add_key("secret")
    with collector:
        time.sleep(1.1)
        with Senders(collector, key, name="l") as senders:
            senders.wait_for(20)
            until = time.monotonic() + 2 + KILLS / 5
            steady = _PROCESSES.Process(target=_load_until, args=(collector.root, until))
            steady.start()
            for kill in range(KILLS):
                rival = started(collector.root, kill_after=1 + kill % 7)
                rival.join(60)
                # Refused at once where the other holds the lock, else killed, or done before its step came.
                assert rival.exitcode in (1, -signal.SIGKILL, 0)
            steady.join(120)
            assert steady.exitcode == 0
    collector.load()
    stored = [row[0].rpartition(":")[2] for row in collector.rows("SELECT event_id FROM events")]
    assert len(stored) == len(set(stored))
    assert set(senders.acknowledged) <= set(stored)
