"""From the journal to the lake: what was acknowledged is there, once, wherever the plug is pulled."""

from __future__ import annotations

import gzip
import json
import os
from contextlib import closing
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from outturn import api
from outturn.cli.imports import loads_by_day
from outturn.collector import records
from outturn.collector.journal import Journal, frame, segments
from outturn.collector.load import Loaded, load
from outturn.collector.messages import Messages, Refused
from outturn.domain.errors import WorkspaceError
from outturn.domain.identifiers import identity_key
from outturn.store.book import Book
from outturn.store.engine import open_engine
from outturn.store.facts import Facts
from outturn.store.workspace import Workspace
from tests.collector.worlds import BROWSER, NOW, VISITOR

if TYPE_CHECKING:
    from pathlib import Path

AT = datetime(2026, 3, 1, 13, tzinfo=UTC)


class PlugPulled(Exception):
    """What a test raises between two writes."""


class Collected:
    """A workspace with a journal."""

    def __init__(self, root: Path) -> None:
        self.workspace = Workspace.create(root, currency="EUR", time_zone="Europe/Berlin")
        self.journal = Journal(self.workspace.journal)
        self._loads = 0

    def write(self, *message_ids: str, journal: Journal | None = None, **changes: Any) -> None:
        """Records of one message each, in one commit."""
        found = [frame(records.encode(message(message_id, **changes))) for message_id in message_ids]
        (journal or self.journal).append(found)

    def load(self, pull_after: int | None = None) -> Loaded:
        """Load; the plug is pulled after that many lasting steps."""
        steps = 0

        def step(_name: str) -> None:
            nonlocal steps
            steps += 1
            if steps == pull_after:
                raise PlugPulled

        self._loads += 1
        loaded = load(self.workspace, now=lambda: AT + timedelta(minutes=self._loads), between_writes=step)
        self.steps = steps
        return loaded

    def rows(self, statement: str) -> list[tuple[Any, ...]]:
        """Of the current facts."""
        with closing(open_engine()) as engine:
            Facts(self.workspace.lake).expose(engine, only=("events", "outcomes", "refused_rows"))
            return [tuple(row.values()) for row in engine.query(statement).to_pylist()]

    def ids(self) -> list[str]:
        """The message ids of the current events."""
        return [row[0].rpartition(":")[2] for row in self.rows("SELECT event_id FROM events ORDER BY event_id")]


def message(message_id: str, **changes: Any) -> Messages:
    body = {"messageId": message_id, "event": "Viewed", "userId": "u1", **changes.pop("body", {})}
    given = {
        "received_at": NOW, "key_id": "sec", "trust": "secret", "kind": "track", "ip_prefix": "203.0.113.0",
        "user_agent": BROWSER, "visitor": None, "born_at": None, "linked": None, "no_sale": False,
        "body": json.dumps(body).encode(), **changes,
    }  # fmt: skip
    return Messages(**given)


@pytest.fixture
def collected(tmp_path: Path) -> Collected:
    return Collected(tmp_path / "acme")


def test_what_was_written_is_loaded_once(collected: Collected) -> None:
    collected.write("a", "b")
    assert (collected.load().records, collected.ids()) == (2, ["a", "b"])
    assert collected.load().records == 0
    collected.write("c")
    assert (collected.load().events, collected.ids()) == (1, ["a", "b", "c"])


def test_a_message_that_is_sent_again_counts_once_also_over_workers_and_restarts(collected: Collected) -> None:
    collected.write("a", "a")
    other = Journal(collected.workspace.journal)
    collected.write("a", "b", journal=other)
    collected.load()
    collected.journal.close()
    collected.journal = Journal(collected.workspace.journal)
    collected.write("a", key_id="pub", trust="public")
    collected.write("b")
    collected.load()
    assert collected.rows("SELECT event_id FROM events ORDER BY event_id") == [
        ("collector:pub:a",), ("collector:sec:a",), ("collector:sec:b",),
    ]  # fmt: skip
    other.close()


def test_wherever_the_plug_is_pulled_nothing_is_lost_or_doubled(tmp_path: Path) -> None:
    def run(name: str, pull_after: int | None) -> tuple[Collected, bool]:
        world = Collected(tmp_path / name)
        order = {"event": "Order Completed", "properties": {"order_id": "7", "total": 5, "currency": "EUR"}}
        world.write("a", body=order, refused=(Refused("BAD_DATE", "timestamp", "x"),))
        world.write("b", journal=(other := Journal(world.workspace.journal)))
        world.journal.close()
        other.close()
        try:
            world.load(pull_after)
        except PlugPulled:
            return world, True
        return world, False

    whole, pulled = run("whole", None)
    assert not pulled
    assert whole.steps >= 8
    for step in range(1, whole.steps + 1):
        world, pulled = run(f"after{step}", step)
        assert pulled
        world.load()
        assert world.ids() == ["a", "b"], step
        assert world.rows("SELECT COUNT(*), CAST(SUM(gross_micros) AS BIGINT) FROM outcomes") == [(1, 5_000_000)], step
        assert world.rows("SELECT COUNT(*) FROM refused_rows") == [(1,)], step
        assert not list(world.workspace.journal.glob("*/*.seg")), step
        assert len(list(world.workspace.journal.glob("*/kept/*.seg.gz"))) == 2, step


def test_a_finished_segment_is_packed_and_kept_for_its_days(collected: Collected) -> None:
    collected.write("a")
    collected.journal.close()
    collected.load()
    (packed,) = collected.workspace.journal.glob("*/kept/*.seg.gz")
    assert gzip.decompress(packed.read_bytes()) == frame(records.encode(message("a")))
    assert packed.stat().st_mode & 0o777 == 0o600
    month_ago = (AT - timedelta(days=31)).timestamp()
    os.utime(packed, (month_ago, month_ago))
    collected.load()
    assert not packed.exists()
    assert collected.ids() == ["a"]


def test_a_segment_that_is_being_written_stays(collected: Collected) -> None:
    collected.write("a")
    collected.load()
    assert [segment.finished for segment in segments(collected.journal.stream)] == [False]
    collected.write("b")
    collected.load()
    assert collected.ids() == ["a", "b"]


def test_a_torn_tail_is_nobodys_and_a_changed_record_is_told(collected: Collected) -> None:
    collected.write("a", "b", "c")
    collected.journal.close()
    (segment,) = segments(collected.journal.stream)
    content = bytearray(segment.path.read_bytes())
    start = content.index(b'"b"')
    content[start] ^= 1
    segment.path.write_bytes(content + frame(b"torn")[:-1])
    loaded = collected.load()
    assert collected.ids() == ["a", "c"]
    assert [name for name, _ in loaded.damaged] == [f"00/{segment.path.name}"]
    assert loaded.damaged[0][1] == len(content) // 3
    assert collected.load().records == 0


def test_one_loader_at_a_time(collected: Collected) -> None:
    collected.write("a")
    with collected.workspace.lock(), pytest.raises(WorkspaceError, match="Another outturn command"):
        collected.load()
    assert collected.load().records == 1


def test_a_large_journal_is_loaded_in_portions(collected: Collected) -> None:
    settings = collected.workspace.root / "outturn.toml"
    settings.write_text(settings.read_text() + "\n[journal]\nload_mb = 1\n")
    collected.workspace = Workspace.open(collected.workspace.root)
    for number in range(5):
        collected.write(f"m{number}", body={"properties": {"x": "y" * 700_000}})
    assert len(collected.load().imports) == 3
    assert collected.ids() == ["m0", "m1", "m2", "m3", "m4"]


def test_a_clock_that_is_set_back_loses_and_reorders_nothing(collected: Collected) -> None:
    for number, value in enumerate((5, 7, 9)):
        order = {"event": "Order Completed", "properties": {"order_id": "7", "total": value, "currency": "EUR"}}
        collected.write(f"m{number}", body=order)
        load(collected.workspace, now=lambda number=number: AT - timedelta(days=number))  # type: ignore[misc]
    assert collected.ids() == ["m0", "m1", "m2"]
    assert collected.rows("SELECT gross_micros FROM outcomes") == [(9_000_000,)]


def test_whoever_asked_to_be_forgotten_comes_back_as_nobody(collected: Collected) -> None:
    key = identity_key(collected.workspace.secret(), "user", "u1")
    book = Book(collected.workspace.book)
    book.suppress([key], AT)
    book.close()
    collected.write("a", visitor=VISITOR, body={"anonymousId": VISITOR})
    collected.load()
    assert collected.rows("SELECT user_key, anonymous_key, ip_prefix FROM events") == [(None, None, None)]


def test_a_days_loads_are_one_line_of_what_came_in(collected: Collected) -> None:
    for number in range(3):
        collected.write(f"m{number}")
        collected.load()
    imports = api.open(collected.workspace.root).imports()
    assert [one["accepted"] for one in imports] == [1, 1, 1]
    (line,) = loads_by_day(imports)
    assert (line["import_id"], line["file"], line["accepted"]) == ("3 loads on 2026-03-01", "journal", 3)


def test_events_know_the_browser_and_its_id(collected: Collected) -> None:
    page = {"event": None, "userId": None, "context": {"page": {"url": "https://shop.example/?gclid=A"}}}
    collected.write("a", kind="page", trust="public", visitor=VISITOR, born_at=NOW // 1_000_000 - 86_400, body=page)
    collected.load()
    assert collected.rows(
        "SELECT source, trust, browser, device, is_bot, ip_prefix, gclid, "
        "outturn_micros(received_at) - outturn_micros(id_born_at) AS age FROM events"
    ) == [("tag", "public", "Chrome", "desktop", False, "203.0.113.0", "A", 86_400_000_000)]
