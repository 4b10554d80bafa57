"""What operators ask: is it up, will it take messages, how much has it taken.

References:
    Prometheus, "Exposition formats": text format 0.0.4.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from outturn.collector import counters
from outturn.collector.exchange import Reply
from outturn.collector.journal import held_bytes, streams

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from outturn.collector.desk import Desk
    from outturn.collector.exchange import Request

_TEXT = (("content-type", "text/plain; charset=utf-8"),)
_METRICS = (("content-type", "text/plain; version=0.0.4; charset=utf-8"),)


def health(request: Request, desk: Desk) -> Reply:  # noqa: ARG001 - as every endpoint
    """The process answers."""
    return Reply(200, b"ok\n", _TEXT)


def readiness(state: Callable[[], str]) -> Callable[[Request, Desk], Reply]:
    """The endpoint that says whether what is sent now would be kept.

    Args:
        state: Empty, or why not.
    """

    def ready(request: Request, desk: Desk) -> Reply:  # noqa: ARG001 - as every endpoint
        why_not = state() or ("" if len(desk.keys) else "no write key yet: outturn keys add")
        return Reply(503, f"{why_not}\n".encode(), _TEXT) if why_not else Reply(200, b"ready\n", _TEXT)

    return ready


def metrics(root: Path) -> Callable[[Request, Desk], Reply]:
    """The endpoint with the counts of all workers; they live on over restarts.

    Args:
        root: The workspace's `journal` folder.
    """

    def measured(request: Request, desk: Desk) -> Reply:
        if not desk.rules.may_measure(request.address):
            return Reply(403, b"Metrics are for [server] metrics_networks.\n", _TEXT)
        return Reply(200, _exposition(root).encode(), _METRICS)

    return measured


def _exposition(root: Path) -> str:
    lines = [
        "# HELP outturn_collector_answers_total Requests answered, by first digit of the status.",
        "# TYPE outturn_collector_answers_total counter",
    ]
    found = [(stream, counters.read(stream)) for stream in streams(root)]
    for stream, counts in found:
        lines += [
            f'outturn_collector_answers_total{{stream="{stream.name}",class="{name}"}} {counts[name]}'
            for name in counters.CLASSES
        ]
    lines += [
        "# HELP outturn_collector_records_total Requests whose content is on the disk.",
        "# TYPE outturn_collector_records_total counter",
        *(f'outturn_collector_records_total{{stream="{stream.name}"}} {counts["kept"]}' for stream, counts in found),
        "# HELP outturn_collector_journal_bytes Bytes in segments that are not packed away yet.",
        "# TYPE outturn_collector_journal_bytes gauge",
        *(f'outturn_collector_journal_bytes{{stream="{stream.name}"}} {held_bytes(stream)}' for stream, _ in found),
    ]
    return "\n".join(lines) + "\n"
