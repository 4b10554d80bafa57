"""When the background loader goes its next round, and when it leaves for good."""

from __future__ import annotations

import os
import signal
import threading
import time
from typing import TYPE_CHECKING

from outturn.collector.journal import held_bytes

if TYPE_CHECKING:
    from pathlib import Path

_LOOK_SECONDS = 1.0


def wait_for_round(root: Path, stop: threading.Event, *, seconds: float, gathered_bytes: int) -> bool:
    """Wait until the next load is due: when its time has come, or before that when much has gathered.

    Args:
        root: The workspace's `journal` folder.
        stop: Set when nobody wants a next load.
        seconds: Between two loads, if little comes.
        gathered_bytes: So much more in the journal is loaded at once.

    Returns:
        False: asked to stop.
    """
    until = time.monotonic() + seconds
    before = held_bytes(root)
    while (left := until - time.monotonic()) > 0 and held_bytes(root) - before < gathered_bytes:
        if stop.wait(min(_LOOK_SECONDS, left)):
            return False
    return not stop.is_set()


def leave_with_parent() -> None:
    """Have this process leave by SIGTERM when its parent is gone, so that the next start finds port and streams free.

    A parent that was killed cannot ask for it.
    """
    parent = os.getppid()

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(_LOOK_SECONDS)
        os.kill(os.getpid(), signal.SIGTERM)

    threading.Thread(target=watch, name="parent", daemon=True).start()
