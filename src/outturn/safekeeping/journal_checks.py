"""The journal: whole segments, and none that waits for long."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import msgspec

from outturn.collector import journal, records
from outturn.collector.journal import Damage
from outturn.collector.load import start_in, stream_id
from outturn.domain.time import instant_of
from outturn.safekeeping.finding import advice, wrong
from outturn.store.facts import Facts

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from outturn.safekeeping.finding import Examined, Finding

_SKEW = timedelta(minutes=5)
_LOADS_MISSED = 10
_LEAST_WAIT = timedelta(minutes=10)


def segments(examined: Examined) -> Iterator[Finding]:
    """What is not packed away yet is whole."""
    for stream in journal.streams(examined.root / "journal"):
        for segment in journal.segments(stream):
            content = segment.path.read_bytes()
            end, damaged = 0, 0
            for one in journal.frames(content):
                end = one.end
                damaged += one.end - one.start if isinstance(one, Damage) else 0
            if damaged:
                yield wrong(
                    "journal", f"{damaged:,} bytes of {segment.path} are no record: the disk has changed them",
                    "Have the disk checked. Whole records around them are loaded; those bytes are in no backup but an "
                    "older one.",
                )  # fmt: skip
            if segment.finished and end < len(content):
                yield advice(
                    "journal", f"{segment.path} ends in a write that was cut off ({len(content) - end:,} bytes)",
                    "Nothing: whoever sent it was not told that it was kept. It goes when the segment is packed away.",
                )  # fmt: skip


def waiting(examined: Examined) -> Iterator[Finding]:
    """What was received is in the lake soon."""
    seconds = examined.workspace.settings["journal.load_seconds"] if examined.workspace else 60
    patience = max(_LEAST_WAIT, timedelta(seconds=_LOADS_MISSED * seconds))
    try:
        facts = Facts(examined.root / "lake")
        positions = {
            stream: facts.stream_offset(stream_id(stream)) for stream in journal.streams(examined.root / "journal")
        }
    except Exception:  # noqa: BLE001 - the lake's own checks say what is wrong with it
        return
    for stream, done in positions.items():
        try:
            received = _first_waiting(stream, done)
        except msgspec.DecodeError:
            yield wrong(
                "journal", f"{stream} holds records that this program cannot read: a newer one wrote them",
                "Update Outturn; they wait meanwhile.",
            )  # fmt: skip
            continue
        if received is None:
            continue
        since = instant_of(received)
        if since > examined.now + _SKEW:
            yield wrong(
                "clock", f"{stream} holds records of {since:%Y-%m-%d %H:%M} UTC, which is to come",
                "Set this machine's clock (NTP).",
            )  # fmt: skip
        elif examined.now - since > patience:
            yield wrong(
                "journal", f"{stream} waits to be loaded since {since:%Y-%m-%d %H:%M} UTC",
                "outturn load --now. While `outturn serve` runs it loads by itself: its log says why it did not.",
            )  # fmt: skip


def _first_waiting(stream: Path, done: int) -> int | None:
    """When the first record came that is not in the lake; None: all are."""
    for segment in journal.segments(stream):
        start = start_in(segment, done)
        if start is None:
            continue
        for one in journal.frames(segment.path.read_bytes(), start):
            if not isinstance(one, Damage) and one.record:
                return records.decode(one.record).received_at
    return None
