"""The collector as it runs: over HTTP, through kills and full disks."""

from __future__ import annotations

import gzip
import http.client
import json
import os
import random
import socket
import subprocess
import threading
import time
from contextlib import suppress
from typing import TYPE_CHECKING, Self

import pytest

from outturn.collector.app import READ_SECONDS
from tests.collector.running import Collector, basic

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

SHOP = "https://shop.example"
SETTINGS = f'\n[server]\norigins = ["{SHOP}"]\nbatch_kb = 64\n'
KILLS = int(os.environ.get("OUTTURN_KILLS", "3"))
"""`make soak` asks for fifty."""


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Collector]:
    with Collector(tmp_path_factory.mktemp("collector") / "acme", settings=SETTINGS) as collector:
        yield collector


@pytest.fixture(scope="module")
def secret(running: Collector) -> str:
    key = running.add_key("secret")
    time.sleep(1.1)  # A running collector knows a new key within a second.
    return key


def track(message_id: str) -> dict[str, object]:
    return {"messageId": message_id, "type": "track", "event": "Viewed", "userId": "u1"}


def test_what_is_acknowledged_can_be_loaded(running: Collector, secret: str) -> None:
    assert running.send(secret, "/v1/track", track("a")) == (200, {"success": True})
    assert running.send(secret, "/v1/batch", {"batch": [track("b"), track("a")]})[0] == 200
    packed = gzip.compress(json.dumps(track("c")).encode())
    status, _, _ = running.ask("POST", "/v1/track", packed, authorization=basic(secret), content_encoding="gzip")
    assert status == 200
    running.load()
    found = running.rows("SELECT COUNT(*), COUNT(DISTINCT event_id) FROM events WHERE name = 'Viewed'")
    assert found == [(3, 3)]


@pytest.mark.parametrize(
    ("body", "headers", "status"),
    [
        (b"x" * (65 * 1024), {}, 413),
        (gzip.compress(b"0" * 10_000_000, mtime=0), {"content_encoding": "gzip"}, 413),
        (gzip.compress(b"{}", mtime=0)[:-5], {"content_encoding": "gzip"}, 400),
        (b"no gzip", {"content_encoding": "gzip"}, 400),
        (b"{}", {"content_encoding": "br"}, 415),
        (b"{}", {"content_length": "nonsense"}, 400),
    ],
)
def test_bodies_have_limits(running: Collector, secret: str, body: bytes, headers: dict[str, str], status: int) -> None:
    assert running.ask("POST", "/v1/track", body, authorization=basic(secret), **headers)[0] == status


def test_a_body_without_a_length_has_limits_too(running: Collector, secret: str) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", running.port, timeout=20)
    chunks = (b"x" * 8192 for _ in range(20))
    with suppress(BrokenPipeError, ConnectionResetError):
        connection.request("POST", "/v1/track", chunks, {"authorization": basic(secret)}, encode_chunked=True)
    assert connection.getresponse().status == 413
    connection.close()


def test_a_client_that_dribbles_is_cut_off(running: Collector, secret: str) -> None:
    with socket.create_connection(("127.0.0.1", running.port), timeout=READ_SECONDS * 6) as client:
        head = f"POST /v1/track HTTP/1.1\r\nhost: x\r\nauthorization: {basic(secret)}\r\ncontent-length: 100\r\n\r\n"
        client.sendall(head.encode() + b"{")
        started = time.monotonic()
        assert client.recv(1000).startswith(b"HTTP/1.1 408")
        assert time.monotonic() - started < READ_SECONDS * 3


def test_browsers_are_answered_for_configured_pages_alone(running: Collector) -> None:
    status, headers, _ = running.ask("OPTIONS", "/v1/batch", origin=SHOP, access_control_request_method="POST")
    assert (status, headers["access-control-allow-origin"]) == (204, SHOP)
    assert headers["access-control-allow-credentials"] == "true"
    for origin in ("https://evil.example", "null"):
        assert "access-control-allow-origin" not in running.ask("OPTIONS", "/v1/batch", origin=origin)[1]


def test_every_answer_bears_the_headers_of_caution(running: Collector) -> None:
    for path in ("/v1/track", "/healthz", "/nothing", "/c/none", "/o.js"):
        _, headers, _ = running.ask("GET", path)
        assert headers["x-content-type-options"] == "nosniff", path
        assert headers["content-security-policy"] == "default-src 'none'", path


def test_operators_see_that_it_is_up_and_what_it_took(running: Collector, secret: str) -> None:
    def kept() -> int:
        _, _, body = running.ask("GET", "/metrics")
        lines = [line for line in body.decode().splitlines() if line.startswith("outturn_collector_records_total")]
        return sum(int(line.rsplit(" ", 1)[1]) for line in lines)

    before = kept()
    running.send(secret, "/v1/track", track("metric"))
    assert kept() == before + 1
    assert running.ask("GET", "/readyz")[::2] == (200, b"ready\n")
    assert running.ask("GET", "/metrics", x_forwarded_for="203.0.113.9")[0] == 200  # Of no trusted proxy: not believed.


def test_sigterm_answers_what_is_under_way_and_leaves(tmp_path: Path) -> None:
    with Collector(tmp_path / "acme") as collector:
        key = collector.add_key("secret")
        time.sleep(1.1)
        assert collector.send(key, "/v1/track", track("a"))[0] == 200
        assert collector.stop() == 0
    collector.load()
    assert collector.rows("SELECT COUNT(*) FROM events") == [(1,)]


class Senders:
    """Clients that send as fast as they are answered, and know what was acknowledged."""

    def __init__(self, collector: Collector, key: str, *, name: str, clients: int = 4) -> None:
        self.acknowledged: list[str] = []
        self.statuses: set[int] = set()
        self._collector, self._key, self._name = collector, key, name
        self._stop = threading.Event()
        self._threads = [threading.Thread(target=self._send, args=(number,), daemon=True) for number in range(clients)]
        for thread in self._threads:
            thread.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        for thread in self._threads:
            thread.join()

    def wait_for(self, number: int) -> None:
        """Until so many were acknowledged, however busy the machine is."""
        until = time.monotonic() + 60
        while len(self.acknowledged) < number:
            assert time.monotonic() < until, self.statuses
            time.sleep(0.01)

    def _send(self, client: int) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", self._collector.port, timeout=5)
        number = 0
        while not self._stop.is_set():
            number += 1
            message_id = f"{self._name}-{client}-{number}"
            padded = track(message_id) | {"properties": {"pad": "x" * 100}}
            try:
                connection.request("POST", "/v1/track", json.dumps(padded), {"authorization": basic(self._key)})
                status = connection.getresponse()
                status.read()
            except (OSError, http.client.HTTPException):
                connection.close()
                time.sleep(0.01)
                continue
            self.statuses.add(status.status)
            if status.status == 200:
                self.acknowledged.append(message_id)
        connection.close()


def _stored_once(collector: Collector, acknowledged: list[str]) -> None:
    collector.load()
    stored = [row[0].rpartition(":")[2] for row in collector.rows("SELECT event_id FROM events")]
    assert len(stored) == len(set(stored))
    assert set(acknowledged) <= set(stored)


def test_what_was_acknowledged_before_a_kill_is_stored_once(tmp_path: Path) -> None:
    collector = Collector(tmp_path / "acme")
    key = collector.add_key("secret")
    acknowledged: list[str] = []
    dice = random.Random(7)  # noqa: S311 - when the plug is pulled, not a secret
    for kill in range(KILLS):
        with collector, Senders(collector, key, name=f"k{kill}") as senders:
            senders.wait_for(20)
            time.sleep(dice.random())
            if kill % 2:
                collector.load()
            collector.kill()
        acknowledged += senders.acknowledged
    _stored_once(collector, acknowledged)


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 16 MB that fills."""
    disk = tmp_path / "disk"
    disk.mkdir()
    mounted = (
        os.geteuid() == 0
        and not subprocess.run(
            ["/bin/mount", "-t", "tmpfs", "-o", "size=16m", "tmpfs", str(disk)], check=False, capture_output=True
        ).returncode
    )
    if not mounted:
        pytest.skip("mounting a disk takes root")
    yield disk
    subprocess.run(["/bin/umount", "-l", str(disk)], check=True)


def test_a_full_disk_is_told_and_what_was_acknowledged_stays(small_disk: Path) -> None:
    with Collector(small_disk / "acme") as collector:
        key = collector.add_key("secret")
        time.sleep(1.1)
        with Senders(collector, key, name="f") as senders:
            _fill_and_free(collector, senders, small_disk / "filler")
    _stored_once(collector, senders.acknowledged)


def _fill_and_free(collector: Collector, senders: Senders, filler: Path) -> None:
    until = time.monotonic() + 60
    senders.wait_for(1)
    for size in (65536, 1):
        with suppress(OSError), filler.open("ab", buffering=0) as file:
            while True:
                file.write(b"x" * size)
    while 503 not in senders.statuses and time.monotonic() < until:
        time.sleep(0.05)
    assert senders.statuses == {200, 503}
    assert collector.ask("GET", "/readyz")[0] in (200, 503)
    filler.unlink()
    senders.wait_for(len(senders.acknowledged) + 1)
