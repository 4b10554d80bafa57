"""Loading again what the journal keeps: rows are mended, every record counts once, order and sums stay."""

from __future__ import annotations

import json
import shutil
from contextlib import closing
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from click.testing import CliRunner

from outturn import api
from outturn.cli.main import cli
from outturn.collector import journal, message_rows, records
from outturn.collector.again import LoadedAgain, load_again
from outturn.collector.journal import Journal, frame
from outturn.collector.load import load
from outturn.collector.outcomes import Outcomes
from outturn.collector.place import Stated
from outturn.collector.postbacks import Postback
from outturn.store.engine import open_engine
from outturn.store.facts import Facts
from outturn.store.workspace import Workspace
from tests.collector.test_live import track
from tests.collector.worlds import NOW

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from msgspec import Struct

AT = datetime(2026, 3, 1, 13, tzinfo=UTC)
STATED = Stated("Affiliates")


class PlugPulled(Exception):
    """What a test raises between two writes."""


def refuse(_name: str) -> None:
    """For where no plug is pulled."""


class World:
    """Two workers, loads between what they write, and a file that came in the middle."""

    def __init__(self, root: Path) -> None:
        self.workspace = Workspace.create(root, currency="EUR", time_zone="UTC")
        self.one, self.two = Journal(self.workspace.journal), Journal(self.workspace.journal)
        self.minutes = 0

    def now(self) -> datetime:
        self.minutes += 1
        return AT + timedelta(minutes=self.minutes)

    def write(self, writer: Journal, *found: Struct) -> None:
        writer.append(frame(records.encode(one)) for one in found)

    def load(self) -> None:
        load(self.workspace, now=self.now)

    def again(self, between_writes: Callable[[str], None] = refuse) -> LoadedAgain:
        return load_again(self.workspace, now=self.now, between_writes=between_writes)

    def file(self, tmp_path: Path, revenue: int) -> None:
        """An import of a file between two loads."""
        path = tmp_path / f"{self.workspace.root.name}{revenue}.csv"
        path.write_text(
            f"outcome_id,kind,occurred_at,user_id,revenue,currency\ns1,purchase,2026-03-01T10:00:00Z,u1,{revenue},EUR\n"
        )
        api.OpenWorkspace(self.workspace).import_files([path], now=self.now(), source="outcomes")

    def rows(self, statement: str) -> list[tuple[Any, ...]]:
        with closing(open_engine()) as engine:
            Facts(self.workspace.lake).expose(engine)
            return engine.rows(statement)

    def state(self) -> dict[str, list[tuple[Any, ...]]]:
        """All that counts, apart from when and by which import it came."""
        return {
            "events": self.rows("SELECT event_id, name, user_key FROM events ORDER BY event_id"),
            "outcomes": self.rows(
                "SELECT outcome_id, status, gross_micros, commission_micros FROM outcomes ORDER BY outcome_id"
            ),
            "costs": self.rows("SELECT cost_id, cost_micros FROM costs ORDER BY cost_id"),
            "refused": self.rows("SELECT reason, detail FROM refused_rows ORDER BY reason, detail"),
        }


def sold(revenue: int, outcome_id: str = "s1") -> Outcomes:
    told = {
        "outcome_id": outcome_id, "kind": "purchase", "occurred_at": "2026-03-01T10:00:00Z", "user_id": "u1",
        "revenue": revenue, "currency": "EUR",
    }  # fmt: skip
    return Outcomes(NOW, None, "sec", (json.dumps(told).encode(),))


def postback(status: str, payout: int) -> Postback:
    return Postback(NOW, None, None, "spring", STATED, "t1", status, payout_micros=payout, currency="EUR")


@pytest.fixture
def world(tmp_path: Path) -> World:
    """Four loads of two workers' segments, one segment finished, and a file that restates what came before it."""
    world = World(tmp_path / "acme")
    world.write(world.one, track("a", "Viewed"), postback("pending", 5), sold(1), sold(1, "s2"))
    world.load()
    world.write(world.two, postback("approved", 7), sold(2, "s2"), track("b", "Viewed"))
    world.load()
    world.file(tmp_path, 20)
    world.write(world.one, track("a", "Viewed"), track("c", "Viewed"), postback("rejected", 7))
    journal.finish(world.workspace.journal, seconds=0)
    world.one.finish_if_asked()
    world.load()
    world.write(world.one, track("d", "Viewed"), sold(3, "s2"))
    world.load()
    return world


def test_everything_counts_once_in_the_order_in_which_it_came(world: World) -> None:
    before = world.state()
    assert len(before["events"]) == 4
    assert ("generic:s1", "counted", 20_000_000, None) in before["outcomes"]
    assert ("generic:s2", "counted", 3_000_000, None) in before["outcomes"]
    assert ("postback:spring:t1", "counted", None, 7) in before["outcomes"]
    assert before["costs"] == [("postback:spring:t1", 7)]
    assert [reason for reason, _ in before["refused"]] == ["SETTLED"]
    world.write(world.two, track("e", "Viewed"))
    again = world.again()
    # The file's import parts what came before it from what came after.
    assert (len(again.imports), again.replaced, again.left) == (2, 5, [])
    assert again.records == 4 + 3 + 3 + 2 + 1
    after = world.state()
    assert [row[0] for row in after.pop("events")] == [*(row[0] for row in before.pop("events")), "collector:sec:e"]
    assert after == before
    for _ in range(2):
        assert world.again().replaced == 2
        assert {name: world.state()[name] for name in before} == before
    world.write(world.one, track("f", "Viewed"))
    world.load()
    assert len(world.state()["events"]) == 6


def test_a_mistake_in_making_rows_is_mended(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    assert world.rows("SELECT DISTINCT trust FROM events") == [("secret",)]
    monkeypatch.setattr(message_rows, "SOURCE", "mended")
    world.again()
    assert world.rows("SELECT DISTINCT source FROM events") == [("mended",)]
    assert world.rows("SELECT COUNT(*) FROM events") == [(4,)]


def test_wherever_the_plug_is_pulled_everything_counts_once(world: World, tmp_path: Path) -> None:
    before = world.state()
    world.one.close()
    world.two.close()

    def again(name: str, pull_after: int) -> tuple[World, int, bool]:
        copied = World.__new__(World)
        shutil.copytree(world.workspace.root, tmp_path / name)
        copied.workspace, copied.minutes = Workspace.open(tmp_path / name), 100
        steps = 0

        def step(_name: str) -> None:
            nonlocal steps
            steps += 1
            if steps == pull_after:
                raise PlugPulled

        try:
            copied.again(step)
        except PlugPulled:
            return copied, steps, True
        return copied, steps, False

    _, steps, pulled = again("whole", 0)
    assert not pulled
    assert steps >= 8
    for step in range(1, steps + 1):
        copied, _, pulled = again(f"after{step}", step)
        assert pulled
        assert copied.state() == before, step
        if step % 4 == 0:
            copied.again()
            assert copied.state() == before, step


def test_what_is_no_longer_kept_stays_as_it_is_and_is_told(world: World) -> None:
    before = world.state()
    (packed,) = world.workspace.journal.glob("*/kept/*.gz")
    packed.unlink()
    again = world.again()
    assert len(again.left) == 2
    assert again.replaced == 2
    assert world.state() == before


def test_what_was_taken_back_by_hand_stays_so_and_who_was_forgotten_stays_nobody(world: World) -> None:
    opened = api.OpenWorkspace(world.workspace)
    (first, *_) = [one["import_id"] for one in opened.imports() if one["source"] == "collector"]
    opened.undo(first, now=world.now())
    world.one.close()
    world.two.close()
    opened.forget("u1", now=world.now())
    before = world.state()
    world.again()
    assert world.state() == before
    assert before["events"] == []
    assert before["outcomes"]


def test_the_command_says_what_it_did(world: World) -> None:
    folder = str(world.workspace.root)
    shown = CliRunner().invoke(cli, ["-w", folder, "load", "--again"])
    assert shown.exit_code == 0, shown.output
    assert "They take the place of 4 earlier loads." in shown.output
    told = json.loads(CliRunner().invoke(cli, ["-w", folder, "load", "--again", "--json"]).output)
    assert (told["replaced"], told["records"], told["left"]) == (2, 12, [])
