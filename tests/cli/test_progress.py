"""How far a long import is: a bar on a terminal, nothing off it."""

from __future__ import annotations

import json
import os
import pty
import re
import subprocess
import sys
from datetime import UTC, datetime
from itertools import pairwise
from typing import TYPE_CHECKING

from outturn import api
from outturn.cli.progress import progress_bar

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

_ROWS = 150_000
_PROGRAM = "import sys; from outturn.cli.main import main; main(sys.argv[1:])"


def _large(path: Path) -> Path:
    row = "Campaign {0} of the autumn season,{0},2026-09-{1:02d},EUR,1.25,10,1\n"
    with path.open("w") as file:
        file.write("Campaign,Campaign ID,Day,Currency code,Cost,Impr.,Clicks\n")
        file.writelines(row.format(n // 28, n % 28 + 1) for n in range(_ROWS))
    return path


def test_a_terminal_sees_how_much_of_a_file_was_read(tmp_path: Path) -> None:
    file = _large(tmp_path / "[bold]large.csv")
    workspace = api.create(tmp_path / "acme", currency="EUR")
    told: list[tuple[str, float | None]] = []

    def heard(what: str, share: float | None = None, /) -> None:
        told.append((what, share))

    now = datetime(2026, 11, 1, tzinfo=UTC)
    workspace.import_files([file], now=now, dry_run=True, progress=heard)
    shares = [share for what, share in told if what == f"reading {file.name}" and share is not None]
    assert len(shares) > 2
    assert all(0 < before < after < 1 for before, after in pairwise(shares))
    assert told[0] == (f"reading {file.name}", None)
    assert told[-1] == (f"keeping {file.name}", None)


def test_a_terminal_shows_what_is_being_done_and_the_answer_stays_whole(tmp_path: Path) -> None:
    file = tmp_path / "[bold]small.csv"
    file.write_text("Campaign,Campaign ID,Day,Currency code,Cost,Impr.\nAutumn,7,2026-09-01,EUR,1.25,10\n")
    workspace = api.create(tmp_path / "acme", currency="EUR")
    screen, slave = pty.openpty()
    command = [sys.executable, "-c", _PROGRAM, "-w", str(workspace.root), "import", str(file), "--json", "--no-build"]
    environment = os.environ | {"TERM": "xterm", "COLUMNS": "100"}
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=slave, env=environment) as child:
        os.close(slave)
        seen = b"".join(_read(screen))
        assert child.stdout
        assert json.load(child.stdout)["files"][0]["accepted"] == 1
    # What is told last is drawn, however quickly it was done.
    assert b"keeping [bold]small.csv" in seen


def test_the_share_is_drawn(monkeypatch: pytest.MonkeyPatch) -> None:
    screen, slave = pty.openpty()
    with os.fdopen(slave, "w") as terminal:
        monkeypatch.setattr(sys, "stderr", terminal)
        monkeypatch.setenv("TERM", "xterm")
        with progress_bar() as show:
            show("reading [bold]large.csv", 0.37)
    assert re.search(rb"reading \[bold\]large.csv .* 37%", b"".join(_read(screen)))


def _read(screen: int) -> list[bytes]:
    """What a terminal is sent until nobody holds its other end."""
    blocks: list[bytes] = []
    while True:
        try:
            block = os.read(screen, 1 << 16)
        except OSError:  # So a terminal says that the other side has gone.
            block = b""
        if not block:
            os.close(screen)
            return blocks
        blocks.append(block)
