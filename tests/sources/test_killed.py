"""An import that is killed in the middle leaves nothing half-imported."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

    from tests.sources.worlds import World

_ROWS = 150_000


def _large(path: Path) -> None:
    row = "Campaign {0},{0},2026-09-{1:02d},EUR,1.25,10,1\n"
    with path.open("w") as file:
        file.write("Campaign,Campaign ID,Day,Currency code,Cost,Impr.,Clicks\n")
        file.writelines(row.format(n // 28, n % 28 + 1) for n in range(_ROWS))


def _started(world: World, path: Path) -> subprocess.Popen[bytes]:
    program = "import sys; from outturn.cli.main import main; main(sys.argv[1:])"
    arguments = ["-w", str(world.workspace.root), "import", str(path), "--no-build", "--json"]
    return subprocess.Popen(
        [sys.executable, "-c", program, *arguments], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )


@pytest.mark.parametrize("share", [0.3, 0.6, 0.9])
def test_killed_in_the_middle(world: World, share: float) -> None:
    path = world.folder / "large.csv"
    _large(path)
    small = world.text("small.csv", "Campaign,Campaign ID,Day,Currency code,Cost,Impr.\nOld,x,2026-08-01,EUR,2.00,1\n")
    assert small.verdict == "accept"
    began = time.monotonic()
    with _started(
        world, world.file("warm.csv", "Campaign,Day,Currency code,Cost,Impr.\nW,2026-07-01,EUR,0.00,1\n")
    ) as warm:
        assert warm.wait() == 0
    start_up = time.monotonic() - began
    with _started(world, path) as child:
        time.sleep(start_up * (0.5 + share))
        child.send_signal(signal.SIGKILL)
        child.wait()
    spend = world.rows("SELECT CAST(SUM(spend_micros) AS BIGINT), COUNT(*) FROM ad_spend")[0]
    whole = (2_000_000 + _ROWS * 1_250_000, _ROWS + 2)
    assert spend in {(2_000_000, 2), whole}
    report = world.take(path)[0]
    assert report.verdict == ("unchanged" if spend == whole else "accept")
    assert world.rows("SELECT CAST(SUM(spend_micros) AS BIGINT), COUNT(*) FROM ad_spend") == [whole]
