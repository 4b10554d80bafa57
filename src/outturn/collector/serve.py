"""The collector as processes: granian's workers that answer, and one that loads."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from functools import partial
from typing import TYPE_CHECKING

from granian import Granian
from granian.constants import HTTPModes, Interfaces, Loops
from granian.http import HTTP1Settings

from outturn.collector import links, messages, openapi, operation, outcomes, pixels, postbacks, tag
from outturn.collector.app import READ_SECONDS, Application
from outturn.collector.counters import Counters
from outturn.collector.desks import Desks, collector_secret
from outturn.collector.rounds import leave_with_parent
from outturn.store.workspace import Workspace

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from outturn.collector.desk import Desk
    from outturn.collector.exchange import Reply, Request

_DRAIN_SECONDS = 20


def endpoints(root: Path, state: Callable[[], str], *, tag_path: str) -> Mapping[str, Callable[[Request, Desk], Reply]]:
    """Every endpoint by its path; one that ends in `/` answers for all below it.

    Args:
        root: The workspace's `journal` folder.
        tag_path: Of the tag.
        state: Empty, or why nothing would be kept now.
    """
    return {
        **dict.fromkeys(messages.ENDPOINTS, messages.take),
        tag_path: tag.answer,
        links.PREFIX: links.follow,
        pixels.PREFIX: pixels.show,
        postbacks.PATH: postbacks.take,
        outcomes.PATH: outcomes.take,
        openapi.PATH: openapi.published(tag_path=tag_path),
        "/healthz": operation.health,
        "/readyz": operation.readiness(state),
        "/metrics": operation.metrics(root),
    }


def application(folder: Path, _target: str = "") -> Application:
    """The application of one worker; granian calls this inside it."""
    workspace = Workspace.open(folder)
    app = Application(
        workspace.journal,
        desk=Desks(workspace, collector_secret(workspace)),
        clock=lambda: time.time_ns() // 1000,
        counters=Counters,
    )
    app.endpoints = endpoints(workspace.journal, lambda: app.state, tag_path=workspace.settings["server.tag_path"])
    leave_with_parent()
    return app


def serve(workspace: Workspace, *, address: str, port: int, workers: int) -> None:
    """Answer until SIGTERM or SIGINT; then answer what is under way, and leave.

    Args:
        workspace: Whose collector.
        address: To listen on.
        port: To listen on.
        workers: Processes that answer.
    """
    collector_secret(workspace)
    server = Granian(
        "outturn",
        address=address,
        port=port,
        interface=Interfaces.RSGI,
        workers=workers,
        loop=Loops.uvloop,
        http=HTTPModes.http1,
        websockets=False,
        http1_settings=HTTP1Settings(header_read_timeout=READ_SECONDS * 1000),
        log_access=False,
        respawn_failed_workers=True,
        workers_kill_timeout=_DRAIN_SECONDS,
    )
    command = [sys.executable, "-m", "outturn", "-w", str(workspace.root), "load", "--leave-with-parent"]
    loader = subprocess.Popen(command)  # noqa: S603 - our own program
    try:
        server.serve(target_loader=partial(application, workspace.root))  # type: ignore[arg-type]  # it has __rsgi__
    finally:
        loader.send_signal(signal.SIGTERM)
        loader.wait(_DRAIN_SECONDS)
