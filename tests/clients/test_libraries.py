"""Libraries that servers already send with, unchanged: all that they send is stored exactly once."""

from __future__ import annotations

import importlib
import shutil
import subprocess
import threading
import time
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest

from outturn.domain.identifiers import identity_key
from tests.clients.commands import outturn
from tests.collector.running import Collector

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.clients

HERE = Path(__file__).parent
TRACKS = 230
"""More than two batches of each library."""


class Keyed(NamedTuple):
    """A collector that runs, and a key that it knew when it began."""

    running: Collector
    key: str

    @property
    def host(self) -> str:
        return f"http://127.0.0.1:{self.running.port}"


@pytest.fixture(scope="module")
def collector(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Keyed]:
    running = Collector(tmp_path_factory.mktemp("libraries") / "acme")
    key = running.add_key("secret")
    with running:
        yield Keyed(running, key)


@pytest.fixture(scope="module")
def node_packages(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the packages of the lock, each only with the bytes that it names."""
    npm = shutil.which("npm")
    if npm is None or shutil.which("node") is None:
        pytest.fail("there is no node or no npm on the PATH: version 20 or later is needed", pytrace=False)
    folder = tmp_path_factory.mktemp("node")
    for name in ("package.json", "package-lock.json"):
        shutil.copy(HERE / name, folder)
    quiet = ("--ignore-scripts", "--no-audit", "--no-fund", "--no-progress", "--loglevel=error")
    subprocess.run([npm, "ci", *quiet], cwd=folder, check=True, timeout=120)
    return folder


def stored(running: Collector, user: str) -> Counter[tuple[str, str | None]]:
    """What lies in the lake of one user, by kind and name: rows, each id once."""
    outturn(running.root, "load", "--now")
    key = identity_key(running.workspace.workspace.secret(), "user", user)
    rows = running.rows("SELECT event_id, type, name, user_key FROM events")
    ours = [row for row in rows if row[3] == key]
    assert len({row[0] for row in ours}) == len(ours)
    return Counter((row[1], row[2]) for row in ours)


def expected(track: str) -> Counter[tuple[str, str | None]]:
    """Identify, group and alias say who is who; a screen is a page."""
    return Counter({("identify", None): 3, ("page", None): 2, ("track", track): TRACKS})


def send_all(client: Any, user: str, track: str) -> None:
    """One message of every kind, then the tracks."""
    client.identify(user, {"email": f"{user}@example.com", "plan": "pro"})
    client.page(user, "Category", "Home", {"url": "https://shop.example/?utm_source=news"})
    client.screen(user, "Category", "Start")
    client.group(user, "company-1", {"name": "Company"})
    client.alias("earlier", user)
    for number in range(TRACKS):
        client.track(user, track, {"number": number, "price": 9.99, "at": datetime(2026, 11, 1, tzinfo=UTC)})


@pytest.mark.parametrize("gzip", [False, True])
def test_segments_python_library(collector: Keyed, *, gzip: bool) -> None:
    from segment.analytics.client import Client  # noqa: PLC0415 - only where it is installed

    errors: list[object] = []
    user = f"segment-{gzip}"
    client = Client(
        collector.key,
        host=collector.host,
        gzip=gzip,
        on_error=lambda error, _: errors.append(error),
    )
    send_all(client, user, "Segment Track")
    client.shutdown()
    assert errors == []
    assert stored(collector.running, user) == expected("Segment Track")


def test_rudderstacks_python_library(collector: Keyed) -> None:
    from rudderstack.analytics.client import Client  # noqa: PLC0415 - only where it is installed

    errors: list[object] = []
    client = Client(
        collector.key,
        host=collector.host,
        on_error=lambda error, _: errors.append(error),
    )
    send_all(client, "rudder", "Rudder Track")
    client.shutdown()
    assert errors == []
    assert stored(collector.running, "rudder") == expected("Rudder Track")


@pytest.mark.parametrize("library", ["segment.analytics.client", "rudderstack.analytics.client"])
def test_the_libraries_read_why_they_were_refused(collector: Keyed, library: str) -> None:
    """What they cannot read they would send again, ten times."""
    errors: list[Any] = []
    client = importlib.import_module(library).Client(
        "ot_secret_nobodys",
        host=collector.host,
        on_error=lambda error, _: errors.append(error),
    )
    client.track("u1", "Viewed")
    client.shutdown()
    (error,) = errors
    assert (type(error).__name__, error.status, error.code) == ("APIError", 401, "UNAUTHORIZED")
    assert "outturn keys" in error.message


def test_segments_node_library(collector: Keyed, node_packages: Path) -> None:
    sent = subprocess.run(
        ["node", str(HERE / "send.mjs"), str(node_packages), collector.host, collector.key, str(TRACKS)],  # noqa: S607
        check=False,
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert (sent.returncode, sent.stderr) == (0, "")
    assert stored(collector.running, "node-user") == expected("Node Track")


def test_a_library_that_meets_a_restart_sends_again_and_counts_once(tmp_path: Path) -> None:
    from segment.analytics.client import Client  # noqa: PLC0415 - only where it is installed

    running = Collector(tmp_path / "acme")
    key = running.add_key("secret")
    with running:
        client = Client(key, host=f"http://127.0.0.1:{running.port}", upload_size=5, upload_interval=0.01)
        done = threading.Event()

        def send() -> None:
            for number in range(TRACKS):
                client.track("restarted", "Number", {"number": number})
                time.sleep(0.01)
            done.set()

        sender = threading.Thread(target=send)
        sender.start()
        time.sleep(0.7)
        running.kill()
        with running:
            sender.join()
            client.shutdown()
            assert done.is_set()
            assert stored(running, "restarted") == Counter({("track", "Number"): TRACKS})
