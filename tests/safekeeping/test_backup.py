"""A backup holds all that was acknowledged before it, and comes back whole or not at all."""

from __future__ import annotations

import hashlib
import io
import json
import os
import stat
import tarfile
import threading
import time
from contextlib import suppress
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest

from outturn import api
from outturn.collector import records
from outturn.collector.journal import Journal, frame
from outturn.collector.messages import Messages
from outturn.domain.errors import OutturnError, Refusal, UsageError, WorkspaceError
from outturn.domain.time import micros_of
from outturn.safekeeping.backup import backup
from tests.collector.running import NOW, Collector

if TYPE_CHECKING:
    from pathlib import Path

    from outturn.api import OpenWorkspace

AT = datetime(2026, 11, 22, 13, tzinfo=UTC)
TEN_DAYS_AGO = int(NOW.timestamp()) - 864_000


class Sender:
    """Sends one event after the other from a thread, and notes which were acknowledged."""

    def __init__(self, collector: Collector, key: str) -> None:
        self.acknowledged: list[str] = []
        self._collector, self._key = collector, key
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._send)

    def __enter__(self) -> Sender:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()

    def _send(self) -> None:
        while not self._stop.is_set():
            message_id = f"m{len(self.acknowledged)}"
            message = {"messageId": message_id, "userId": "u", "event": "Viewed"}
            with suppress(OSError):
                if self._collector.send(self._key, "/v1/track", message)[0] == 200:
                    self.acknowledged.append(message_id)


def received(root: Path, message_id: str) -> None:
    """One event, as a worker that came and went has kept it."""
    body = json.dumps({"messageId": message_id, "event": "Viewed", "userId": "u"}).encode()
    at = micros_of(NOW)
    message = Messages(at, "k", "secret", "track", None, None, None, None, None, no_sale=False, body=body)
    journal = Journal(root / "journal")
    journal.append([frame(records.encode(message))])
    journal.close()


def waited_for(condition: Any) -> None:
    until = time.monotonic() + 30
    while not condition():
        assert time.monotonic() < until
        time.sleep(0.02)


def test_a_backup_of_a_busy_collector_holds_what_was_acknowledged_before_it(tmp_path: Path) -> None:
    collector = Collector(tmp_path / "acme")
    key = collector.add_key("secret")
    file = tmp_path / "acme.tar.gz"
    received(collector.root, "first")
    collector.load()
    for packed in (collector.root / "journal").glob("*/kept/*"):
        os.utime(packed, (TEN_DAYS_AGO, TEN_DAYS_AGO))
    with collector, Sender(collector, key) as sender:
        waited_for(lambda: len(sender.acknowledged) > 20)
        collector.load()
        collector.workspace.build(now=NOW)
        waited_for(lambda: len(sender.acknowledged) > 50)
        before = list(sender.acknowledged)
        done = collector.workspace.backup(file, now=AT)
        waited_for(lambda: len(sender.acknowledged) > len(before) + 5)
        collector.kill()
    assert done["bytes"] == file.stat().st_size
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert sorted(path.name for path in tmp_path.iterdir()) == ["acme", "acme.log", "acme.tar.gz"]

    restored = api.restore(file, tmp_path / "again")
    assert restored["made_at"] == AT.isoformat()
    again = Collector(tmp_path / "again")
    (listed,) = again.workspace.keys()
    assert listed["trust"] == "secret"
    (packed,) = (tmp_path / "again" / "journal").glob("*/kept/00000001.seg.gz")
    assert packed.stat().st_mtime == TEN_DAYS_AGO, "it is kept no longer than before"
    assert again.workspace.workspace.secret() == collector.workspace.workspace.secret()
    for _ in range(2):
        again.load()
        stored = [row[0].rpartition(":")[2] for row in again.rows("SELECT event_id FROM events_rows")]
        assert len(stored) == len(set(stored))
        assert set(before) <= set(stored)
    # It goes on: the numbers of segments never come again.
    received(again.root, "new")
    again.load()
    assert len(again.rows("SELECT event_id FROM events_rows")) == len(stored) + 1
    assert again.workspace.build(now=AT)["people"] == 1


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[OpenWorkspace, Path]:
    """A small workspace and its backup."""
    folder = tmp_path_factory.mktemp("safe")
    workspace = api.create(folder / "acme", currency="EUR")
    workspace.add_key("public", "shop", now=NOW)
    workspace.backup(folder / "acme.tar", now=AT)
    return workspace, folder / "acme.tar"


def test_a_backup_overwrites_nothing_and_leaves_no_part_of_itself(
    made: tuple[OpenWorkspace, Path], tmp_path: Path
) -> None:
    workspace, file = made
    with pytest.raises(UsageError, match="is there already"):
        workspace.backup(file, now=AT)
    with pytest.raises(UsageError, match="no folder"):
        workspace.backup(tmp_path / "none" / "x.tar", now=AT)
    with workspace.workspace.lock(), pytest.raises(WorkspaceError, match="Another outturn command"):
        backup(workspace.workspace, tmp_path / "x.tar", now=AT, patience=0)
    assert list(tmp_path.iterdir()) == []


def test_a_restore_wants_a_new_folder(made: tuple[OpenWorkspace, Path], tmp_path: Path) -> None:
    workspace, file = made
    with pytest.raises(UsageError, match="not empty"):
        api.restore(file, workspace.root)
    (tmp_path / "empty").mkdir()
    api.restore(file, tmp_path / "empty")
    assert {path.name for path in (tmp_path / "empty").iterdir()} >= {"outturn.toml", "identity.key", "book.sqlite"}
    assert stat.S_IMODE((tmp_path / "empty").stat().st_mode) == 0o700
    assert stat.S_IMODE((tmp_path / "empty" / "identity.key").stat().st_mode) == 0o600


def test_any_byte_that_changed_is_found_and_nothing_is_made(made: tuple[OpenWorkspace, Path], tmp_path: Path) -> None:
    content = made[1].read_bytes()
    damaged = tmp_path / "damaged.tar"
    # One byte in every 512: heads, contents and the list alike; the tar's own padding means nothing.
    for at in range(7, len(content), 512):
        changed = bytearray(content)
        changed[at] ^= 0x20
        damaged.write_bytes(changed)
        try:
            api.restore(damaged, tmp_path / "again")
        except OutturnError:
            assert sorted(path.name for path in tmp_path.iterdir()) == ["damaged.tar"], at
        else:
            assert at > content.rindex(b"}"), at  # the blocks that end a tar
            for path in sorted((tmp_path / "again").rglob("*"), reverse=True):
                path.unlink() if path.is_file() else path.rmdir()
            (tmp_path / "again").rmdir()
    for size in (0, 100, 511, len(content) // 2, content.rindex(b"}") - 1):
        damaged.write_bytes(content[:size])
        with pytest.raises(Refusal):
            api.restore(damaged, tmp_path / "again")
    assert not (tmp_path / "again").exists()


def hostile(path: Path, entry: tarfile.TarInfo, *, schema: int = 1) -> Path:
    """A backup whose list is right, with one more entry in it."""
    files = {"outturn.toml": b"x", "schema.json": b"{}", "identity.key": b"k" * 32}
    listed = []
    with tarfile.open(path, "w") as tar:
        for name, content in files.items():
            info = tarfile.TarInfo(name)
            info.size = len(content)
            tar.addfile(info, io.BytesIO(content))
            listed.append({"path": name, "bytes": len(content), "sha256": hashlib.sha256(content).hexdigest()})
        tar.addfile(entry, io.BytesIO(b"x" * entry.size))
        listed.append(
            {"path": entry.name, "bytes": entry.size, "sha256": hashlib.sha256(b"x" * entry.size).hexdigest()}
        )
        document = {"format": 1, "made_at": "", "outturn": "", "schema": schema, "files": listed}
        info = tarfile.TarInfo("manifest.json")
        info.size = len(json.dumps(document))
        tar.addfile(info, io.BytesIO(json.dumps(document).encode()))
    return path


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("/etc/evil", tarfile.REGTYPE), ("../evil", tarfile.REGTYPE), ("lake/../../evil", tarfile.REGTYPE),
        ("lake/./evil", tarfile.REGTYPE), ("lake//evil", tarfile.REGTYPE), ("lake\\evil", tarfile.REGTYPE),
        ("evil", tarfile.REGTYPE), (".lock", tarfile.REGTYPE), ("home/evil", tarfile.REGTYPE),
        ("lake/a", tarfile.SYMTYPE), ("lake/b", tarfile.LNKTYPE), ("lake/c", tarfile.CHRTYPE),
        ("lake/d", tarfile.FIFOTYPE), ("lake/e", tarfile.DIRTYPE), ("identity.key", tarfile.REGTYPE),
    ],
)  # fmt: skip
def test_a_backup_leads_nowhere_else(tmp_path: Path, name: str, kind: bytes) -> None:
    entry = tarfile.TarInfo(name)
    entry.type = kind
    entry.linkname = "/etc/passwd"
    file = hostile(tmp_path / "evil.tar", entry)
    with pytest.raises(Refusal, match="is no backup of ours"):
        api.restore(file, tmp_path / "again")
    assert os.listdir(tmp_path) == ["evil.tar"]  # noqa: PTH208 - the very names


def test_a_newer_workspace_is_refused(tmp_path: Path) -> None:
    entry = tarfile.TarInfo("lake/x")
    with pytest.raises(WorkspaceError, match="Update Outturn"):
        api.restore(hostile(tmp_path / "new.tar", entry, schema=99), tmp_path / "again")
    assert os.listdir(tmp_path) == ["new.tar"]  # noqa: PTH208
