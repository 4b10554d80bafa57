"""The collector under load, against servers on the same granian that do less, in turn on the same two cores.

`wrk` (Debian package `wrk`) makes the load and shares the cores; `nginx`, where it is installed, stands
beside them as the limit. Every request has a message id of its own, so that nothing is answered twice.
"""

from __future__ import annotations

import base64
import os
import re
import shutil
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from contextlib import ExitStack, closing, contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from bench.measured import RUNS, Ratio, hand_over
from outturn import api

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parent.parent
PEERS = ROOT / ".venv-peers" / "bin" / "python"
SECONDS, CONNECTIONS, WORKERS = 4, 64, 2
BATCH = 100
_GRANIAN = ["--workers", str(WORKERS), "--http", "1", "--no-ws", "--loop", "uvloop", "--log-level", "warning"]
_MESSAGE = (
    '{"type":"track","event":"Product Viewed","messageId":"m-%s-%d","anonymousId":"a-%d",'
    '"timestamp":"2026-11-22T09:00:00.000Z","context":{"page":{"url":"https://shop.example/p/42?utm_source=news&'
    'utm_medium=email","referrer":"https://www.example.org/"},"userAgent":"Mozilla/5.0 (X11; Linux x86_64) '
    'AppleWebKit/537.36 Chrome/130 Safari/537.36"},"properties":{"product_id":"p42","category":"lamps"}}'
)
_SINGLE = """
local sent, mark = 0, tostring(math.random(1e9)) .. tostring(os.time())
local headers = {["content-type"] = "application/json", ["authorization"] = "%(authorization)s"}
request = function()
  sent = sent + 1
  return wrk.format("POST", "/v1/track", headers, string.format(%(message)s, mark, sent, sent %% 1000))
end
"""
_BATCHES = """
local sent, mark = 0, tostring(math.random(1e9)) .. tostring(os.time())
local headers = {["content-type"] = "application/json", ["authorization"] = "%(authorization)s"}
request = function()
  local messages = {}
  for number = 1, %(batch)d do
    sent = sent + 1
    messages[number] = string.format(%(message)s, mark, sent, sent %% 1000)
  end
  return wrk.format("POST", "/v1/batch", headers, '{"batch":[' .. table.concat(messages, ",") .. ']}')
end
"""


@dataclass
class Measured:
    """One server under one kind of request."""

    port: int
    script: str | None = None
    path: str = "/v1/track"
    rates: list[float] = field(default_factory=list)
    p99s: list[float] = field(default_factory=list)

    def run(self) -> None:
        """Once more."""
        command = ["wrk", "-t1", f"-c{CONNECTIONS}", f"-d{SECONDS}", "--latency"]
        script = ["-s", self.script] if self.script else []
        done = subprocess.run(
            [*command, *script, f"http://127.0.0.1:{self.port}{self.path}"], check=True, capture_output=True, text=True
        )
        if "Non-2xx" in done.stdout:
            raise RuntimeError(done.stdout)
        self.rates.append(float(re.findall(r"Requests/sec:\s+([\d.]+)", done.stdout)[0]))
        number, unit = re.findall(r"99%\s+([\d.]+)(us|ms|s)", done.stdout)[0]
        self.p99s.append(float(number) * {"us": 1e-6, "ms": 1e-3, "s": 1.0}[unit])

    @property
    def seconds(self) -> float:
        """For ten thousand requests, the median of the runs."""
        return 10_000 / statistics.median(self.rates)

    @property
    def p99(self) -> float:
        """Seconds, the median of the runs."""
        return statistics.median(self.p99s)


def main() -> None:
    """Measure and hand over."""
    if shutil.which("wrk") is None:
        sys.exit("bench/collector.py needs wrk: apt-get install wrk")
    folder = Path(tempfile.mkdtemp(prefix="outturn-bench-"))
    try:
        with ExitStack() as running:
            hand_over(_measure(folder, running))
    finally:
        shutil.rmtree(folder)


def _measure(folder: Path, running: ExitStack) -> list[Ratio]:
    workspace = api.create(folder / "workspace", currency="EUR", time_zone="UTC")
    settings = workspace.root / "outturn.toml"
    settings.write_text(settings.read_text() + "\n[server]\nkey_rate = 10000000\naddress_rate = 10000000\n")
    now = datetime.now(UTC)
    key = workspace.add_key("secret", "bench", now=now)["key"]
    workspace.add_link("sale", now=now, kind="click", channel="Affiliates", destination="https://shop.example/sale")
    (folder / "journal").mkdir()
    environment = {"PYTHONPATH": f"{ROOT}:{ROOT / 'src'}", "BENCH_JOURNAL": str(folder / "journal")}
    words = {
        "authorization": f"Basic {base64.b64encode(f'{key}:'.encode()).decode()}",
        "message": f"[==[{_MESSAGE}]==]",
        "batch": BATCH,
    }
    single, batches = folder / "single.lua", folder / "batches.lua"
    single.write_text(_SINGLE % words)
    batches.write_text(_BATCHES % words)

    def granian(python: Path, interface: str, app: str) -> int:
        port = _free_port()
        command = [str(python), "-m", "granian", "--interface", interface, "--port", str(port), *_GRANIAN, app]
        running.enter_context(_server(command, port, environment))
        return port

    # What a flood of batches leaves to be loaded must not count against anything else: they come last.
    second = folder / "second"
    shutil.copytree(workspace.root, second)

    def collector(root: Path) -> int:
        port = _free_port()
        serve = [sys.executable, "-m", "outturn", "-w", str(root), "serve", "--port", str(port)]
        running.enter_context(_server([*serve, "--workers", str(WORKERS)], port, environment))
        return port

    ours, others = collector(workspace.root), collector(second)
    here = Path(sys.executable)
    posts = {
        "ours": Measured(ours, str(single)),
        "bare": Measured(granian(here, "rsgi", "bench.bare_apps:post"), str(single)),
        "commit": Measured(granian(here, "rsgi", "bench.bare_apps:commit"), str(single)),
        "link": Measured(others, path="/c/sale"),
        "redirect": Measured(granian(here, "rsgi", "bench.bare_apps:redirect"), path="/"),
    }
    for name in ("litestar", "fastapi") if PEERS.exists() else ():
        app = {"litestar": "star", "fastapi": "fast"}[name]
        posts[name] = Measured(granian(PEERS, "asgi", f"bench.peer_apps:{app}"), str(single))
    if shutil.which("nginx"):
        port = _free_port()
        running.enter_context(_server(["nginx", "-c", str(_nginx(folder, port)), "-p", str(folder)], port, {}))
        posts["nginx"] = Measured(port, path="/")
    for _ in range(RUNS):
        for measured in posts.values():
            measured.run()
    posts["batches"] = Measured(others, str(batches))
    for _ in range(RUNS):
        posts["batches"].run()
    return list(_ratios(posts))


def _ratios(posts: dict[str, Measured]) -> Iterator[Ratio]:
    ours, link = posts["ours"], posts["link"]
    for name, what, bound in (
        ("bare", "a bare RSGI app that keeps nothing", "<= 2.50"),
        ("commit", "a group commit that reads nothing", "<= 1.11"),
        ("litestar", "litestar, which keeps nothing", "<= 1.00"),
        ("fastapi", "fastapi, which keeps nothing", "<= 1.00"),
    ):
        if name in posts:
            note = f"{10_000 / ours.seconds:,.0f}/s, p99 {ours.p99 * 1000:.0f} ms"
            yield Ratio("10,000 single events, each durable", ours.seconds, what, posts[name].seconds, bound, note)
    yield Ratio("its p99", ours.p99, "the bare RSGI app's", posts["bare"].p99, "<= 3.00")
    batches = posts["batches"].seconds / BATCH
    note = f"{10_000 / batches:,.0f} events/s"
    yield Ratio(f"10,000 events in batches of {BATCH}", batches, "one by one", ours.seconds, "<= 0.10", note)
    note = f"{10_000 / link.seconds:,.0f}/s"
    yield Ratio(
        "10,000 redirects, each durable", link.seconds, "a bare redirect", posts["redirect"].seconds, "<= 2.50", note
    )
    if "nginx" in posts:
        yield Ratio("10,000 redirects, each durable", link.seconds, "nginx with its log", posts["nginx"].seconds)


def _nginx(folder: Path, port: int) -> Path:
    path = folder / "nginx.conf"
    path.write_text(
        f"daemon off; pid {folder}/nginx.pid; error_log {folder}/error.log; worker_processes {WORKERS};\n"
        "events { worker_connections 1024; }\n"
        f"http {{ access_log {folder}/access.log; client_body_temp_path {folder}; proxy_temp_path {folder};\n"
        f"fastcgi_temp_path {folder}; uwsgi_temp_path {folder}; scgi_temp_path {folder};\n"
        f"server {{ listen 127.0.0.1:{port}; location / {{ return 302 https://shop.example/sale; }} }} }}\n"
    )
    return path


@contextmanager
def _server(command: list[str], port: int, environment: dict[str, str]) -> Iterator[None]:
    process = subprocess.Popen(
        command, env={**os.environ, **environment}, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd=ROOT
    )
    try:
        until = time.monotonic() + 60
        while time.monotonic() < until:
            with suppress(OSError), closing(socket.create_connection(("127.0.0.1", port), timeout=1)):
                break
            if process.poll() is not None:
                raise RuntimeError(f"{command} left with {process.returncode}")
            time.sleep(0.1)
        yield
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(60)


def _free_port() -> int:
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


if __name__ == "__main__":
    main()
