"""A collector that runs: started as users start it, asked over HTTP, stopped or killed."""

from __future__ import annotations

import base64
import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import time
from contextlib import closing, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from outturn import api
from outturn.store.engine import open_engine
from outturn.store.facts import Facts

if TYPE_CHECKING:
    from outturn.collector.keys import Trust

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
START_SECONDS = 60


def free_port() -> int:
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


class Collector:
    """One workspace and the collector that answers for it.

    Args:
        root: A new workspace's folder, or an old one's.
        settings: Appended to `outturn.toml`.
        workers: Processes that answer.
    """

    def __init__(self, root: Path, *, settings: str = "", workers: int = 2) -> None:
        self.root = root
        self.port = free_port()
        self._workers = workers
        if not root.exists():
            self.workspace = api.create(root, currency="EUR", time_zone="Europe/Berlin")
            file = root / "outturn.toml"
            file.write_text(file.read_text() + settings)
        self.workspace = api.open(root)

    def add_key(self, trust: Trust) -> str:
        return self.workspace.add_key(trust, "test", now=NOW)["key"]

    def __enter__(self) -> Self:
        self.log = (self.root.parent / f"{self.root.name}.log").open("ab")
        command = [sys.executable, "-m", "outturn", "-w", str(self.root), "serve", "--port", str(self.port)]
        self.process = subprocess.Popen(
            [*command, "--workers", str(self._workers)], stdout=self.log, stderr=self.log, start_new_session=True
        )
        until = time.monotonic() + START_SECONDS
        while True:
            with suppress(OSError):
                if self.ask("GET", "/healthz")[0] == 200:
                    return self
            if self.process.poll() is not None or time.monotonic() > until:
                self.kill()
                raise AssertionError(f"the collector did not start: {Path(self.log.name).read_text()}")
            time.sleep(0.05)

    def __exit__(self, *_: object) -> None:
        self.stop()

    def stop(self) -> int:
        """As an operator does it; what it leaves with."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        code = self.process.wait(60)
        self.log.close()
        return code

    def kill(self) -> None:
        """As a power cut does it: no process of it lives on."""
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait(10)
        self.log.close()

    def ask(
        self, method: str, path: str, body: bytes | str | None = None, **headers: str
    ) -> tuple[int, dict[str, str], bytes]:
        """Status, headers and body of one answer."""
        with closing(http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)) as connection:
            connection.request(method, path, body, {name.replace("_", "-"): text for name, text in headers.items()})
            answer = connection.getresponse()
            return answer.status, {name.lower(): text for name, text in answer.getheaders()}, answer.read()

    def send(self, key: str, path: str, body: object) -> tuple[int, dict[str, Any]]:
        """Post JSON with a write key."""
        status, _, answer = self.ask("POST", path, json.dumps(body), authorization=basic(key))
        return status, json.loads(answer)

    def load(self) -> None:
        """Bring into the lake what the journal holds now."""
        self.workspace.load(now=lambda: NOW)

    def rows(self, statement: str) -> list[tuple[Any, ...]]:
        """Of the facts that are current now."""
        with closing(open_engine()) as engine:
            Facts(self.workspace.workspace.lake).expose(engine, only=("events", "outcomes", "costs", "refused_rows"))
            return [tuple(row.values()) for row in engine.query(statement).to_pylist()]


def basic(key: str) -> str:
    return f"Basic {base64.b64encode(f'{key}:'.encode()).decode()}"
