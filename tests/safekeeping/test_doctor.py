"""The doctor finds what was broken on purpose, and nothing in a workspace that is well."""

from __future__ import annotations

import json
import shutil
import socket
import threading
from contextlib import closing
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from types import SimpleNamespace
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner

from outturn import api
from outturn.cli.main import cli
from outturn.collector import records
from outturn.collector.journal import Journal, frame
from outturn.collector.messages import Messages
from outturn.domain.errors import WorkspaceError
from outturn.domain.time import micros_of
from outturn.safekeeping.doctor import examine

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


def record(number: int, at: datetime = NOW) -> bytes:
    body = json.dumps({"messageId": f"m{number}", "event": "Viewed", "userId": "u"}).encode()
    message = Messages(micros_of(at), "k", "secret", "track", None, None, None, None, None, no_sale=False, body=body)
    return frame(records.encode(message))


@pytest.fixture(scope="module")
def well(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace with loaded, built and waiting events."""
    root = tmp_path_factory.mktemp("doctor") / "acme"
    workspace = api.create(root, currency="EUR")
    journal = Journal(root / "journal")
    journal.append([record(1)])
    workspace.load(now=lambda: NOW)
    workspace.build(now=NOW)
    journal.append([record(2)])
    journal.close()
    (root / "collector.key").write_bytes(b"k" * 32)
    (root / "collector.key").chmod(0o600)
    return root


@pytest.fixture
def ill(well: Path, tmp_path: Path) -> Path:
    """Its copy, to be broken."""
    shutil.copytree(well, tmp_path / "acme", dirs_exist_ok=True)
    return tmp_path / "acme"


@pytest.fixture(autouse=True)
def disk(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The bytes that are free, whatever this machine has."""
    free = [100 * 1024**3]
    monkeypatch.setattr(shutil, "disk_usage", lambda _: SimpleNamespace(free=free[0]))
    return free


def found(root: Path, *, now: datetime = NOW) -> list[tuple[str, str, str]]:
    return [(one["level"], one["about"], one["says"]) for one in api.examine(root, now=now)]


def alone(root: Path, level: str, about: str, words: str, *, now: datetime = NOW) -> None:
    """That is found, and nothing else."""
    ((is_level, is_about, says),) = found(root, now=now)
    assert (is_level, is_about) == (level, about)
    assert words in says


def test_nothing_is_wrong_with_a_workspace_that_is_well(well: Path, tmp_path: Path) -> None:
    assert found(well) == []
    assert found(api.create(tmp_path / "new", currency="EUR").root) == []
    with pytest.raises(WorkspaceError, match="is no workspace"):
        found(tmp_path)


def test_what_others_may_read(ill: Path) -> None:
    (ill / "identity.key").chmod(0o644)
    alone(ill, "wrong", "folder", "mode 0644")


def test_a_disk_that_fills(well: Path, disk: list[int]) -> None:
    disk[0] = 4 * 1024**3
    alone(well, "advice", "disk", "4.0 GB are left")
    disk[0] = 1024**3 // 2
    alone(well, "wrong", "disk", "0.5 GB are left")


def test_a_key_that_is_gone(ill: Path) -> None:
    (ill / "identity.key").unlink()
    (ill / "collector.key").write_bytes(b"short")
    assert [(level, about) for level, about, _ in found(ill)] == [("wrong", "keys")] * 2


def test_a_schema_of_tomorrow_and_settings_that_cannot_be_read(ill: Path) -> None:
    (ill / "schema.json").write_text('{"version": 99}')
    alone(ill, "wrong", "folder", "schema 99")
    (ill / "schema.json").write_text("{")
    (ill / "outturn.toml").write_text("[server]\nprt = 1\n")
    first, second = found(ill)
    assert (first[:2], second[:2]) == (("wrong", "settings"), ("wrong", "folder"))
    assert "server.prt" in first[2]


def test_a_book_that_is_damaged(ill: Path) -> None:
    api.open(ill).add_key("secret", "x", now=NOW)
    book = ill / "book.sqlite"
    book.write_bytes(book.read_bytes()[:5000] + b"\xff" * 3000)
    assert ("wrong", "book") in [(level, about) for level, about, _ in found(ill)]


def test_files_of_the_lake_that_are_damaged_gone_or_strange(ill: Path) -> None:
    (file,) = (ill / "lake" / "events").glob("*.parquet")
    content = file.read_bytes()
    file.write_bytes(content[:-20])
    alone(ill, "wrong", "lake", "is damaged")
    file.unlink()
    alone(ill, "wrong", "lake", "is missing")
    (other,) = (ill / "lake" / "imports").glob("*.parquet")
    file.write_bytes(other.read_bytes())
    alone(ill, "wrong", "lake", "columns that events does not")
    file.write_bytes(content)
    for log in (ill / "lake" / "events" / "_delta_log").glob("*.json"):
        log.write_text("no log")
    alone(ill, "wrong", "lake", "The log of events cannot be read")


def test_builds_that_are_old_or_damaged(ill: Path) -> None:
    later = NOW + timedelta(days=2)
    api.open(ill).load(now=lambda: later)
    alone(ill, "advice", "builds", "2026-11-24 12:00", now=later)
    (ill / "lake" / "builds" / "published.json").write_text("{")
    alone(ill, "wrong", "builds", "is damaged", now=later)
    (ill / "lake" / "builds" / "published.json").unlink()
    alone(ill, "advice", "builds", "nothing was built", now=later)


def test_a_clock_that_was_ahead(ill: Path) -> None:
    api.open(ill).load(now=lambda: NOW)
    assert found(ill) == []
    earlier = NOW - timedelta(hours=3)
    alone(ill, "wrong", "clock", "which is to come", now=earlier)


def test_what_lies_about(ill: Path) -> None:
    (ill / "lake" / "events" / "i20260101T000000000000-0001.parquet").touch()
    # Files are as old as they are, whatever this test's clock says.
    soon, late = datetime.now(UTC), datetime.now(UTC) + timedelta(days=2)  # noqa: TID251
    assert not [one for one in found(ill, now=soon) if "crash" in one[2]]
    assert [one[:2] for one in found(ill, now=late) if "crash" in one[2]] == [("advice", "lake")]


def test_segments_that_are_damaged_cut_off_or_wait(ill: Path) -> None:
    journal = Journal(ill / "journal")
    journal.append([record(3), record(4), record(5)])
    journal.close()
    segment = max((ill / "journal" / "00").glob("*.seg"))
    content = segment.read_bytes()
    damaged = bytearray(content)
    damaged[len(content) // 2] ^= 1
    segment.write_bytes(damaged)
    alone(ill, "wrong", "journal", "are no record")
    segment.write_bytes(content[:-1])
    alone(ill, "advice", "journal", "cut off")
    segment.write_bytes(content)
    assert found(ill, now=NOW + timedelta(minutes=9)) == []
    alone(ill, "wrong", "journal", "since 2026-11-22 12:00", now=NOW + timedelta(minutes=11))


class _Other(BaseHTTPRequestHandler):
    def do_GET(self) -> None:  # the base class's name
        self.send_response(404)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def other_program() -> Iterator[int]:
    server = HTTPServer(("127.0.0.1", 0), _Other)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server.server_port
    server.shutdown()
    server.server_close()


def test_settings_that_do_not_go_together(ill: Path, other_program: int) -> None:
    api.open(ill).add_key("public", "shop", now=NOW)
    toml = ill / "outturn.toml"
    plain = toml.read_text()
    toml.write_text(
        f"{plain}\n[server]\nport = {other_program}\naddress = '0.0.0.0'\nmetrics_networks = ['0.0.0.0/0']\n"
    )
    says = {says.partition(":")[0].partition(" and ")[0] for _, _, says in found(ill)}
    assert says == {
        "There is a public key", "[consent] required is false", "The collector listens on 0.0.0.0",
        "[server] metrics_networks lets everybody read /metrics", "Another program answers on 0.0.0.0",
    }  # fmt: skip
    with closing(socket.socket()) as free:
        free.bind(("127.0.0.1", 0))
        number = free.getsockname()[1]
    fine = f'{plain}\n[server]\nport = {number}\norigins = ["https://shop.example"]\n[consent]\nrequired = true\n'
    toml.write_text(fine)
    alone(ill, "advice", "server", "No collector answers")
    toml.write_text(fine.replace("port =", 'trusted_proxies = ["nonsense"]\nport ='))
    assert [(level, about) for level, about, _ in found(ill)] == [("wrong", "settings"), ("advice", "server")]


def test_the_command_says_it_and_leaves_with_1(ill: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(api, "examine", lambda folder, **_: [asdict(one) for one in examine(folder, now=NOW)])
    run = CliRunner().invoke(cli, ["-w", str(ill), "doctor"])
    assert (run.exit_code, run.output) == (0, "Nothing is wrong.\n")
    (ill / "identity.key").chmod(0o644)
    run = CliRunner().invoke(cli, ["-w", str(ill), "doctor"])
    assert run.exit_code == 1
    assert "wrong  folder: Others than its owner may read" in run.output
    assert f"→ chmod 600 {ill / 'identity.key'}" in run.output
    run = CliRunner().invoke(cli, ["-w", str(ill), "doctor", "--json"])
    assert run.exit_code == 1
    assert [one["level"] for one in json.loads(run.output)["findings"]] == ["wrong"]
