"""Group commit: written together, answered when it is on the disk, on a quick disk and on a slow one."""

from __future__ import annotations

import asyncio
import threading
from typing import TYPE_CHECKING

import pytest

from outturn.collector import commit
from outturn.collector.commit import GroupCommit, QueueFull
from outturn.collector.journal import Frame, Journal, JournalFailed, finish, frame, frames

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine, Iterable
    from pathlib import Path

ROOM = 10_000


class Disk(Journal):
    """A journal that counts its writes, and is slow or broken when it is told to be."""

    def __init__(self, root: Path) -> None:
        super().__init__(root)
        self.sizes: list[int] = []
        self.threads: set[str] = set()
        self.is_broken = False
        self.may_write = threading.Event()
        self.may_write.set()

    def append(self, framed: Iterable[bytes]) -> None:
        group = list(framed)
        self.threads.add(threading.current_thread().name)
        assert self.may_write.wait(60)
        if self.is_broken:
            raise JournalFailed("the disk is full")
        super().append(group)
        self.sizes.append(len(group))

    def records(self) -> list[bytes]:
        segments = sorted(self.stream.glob("*.seg"))
        return [found.record for one in segments for found in frames(one.read_bytes()) if isinstance(found, Frame)]


@pytest.fixture(params=["in the loop", "in the thread"])
def disk(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Disk:
    monkeypatch.setattr(commit, "_SLOW_SECONDS", 3600.0 if request.param == "in the loop" else -1.0)
    return Disk(tmp_path / "journal")


def committed(disk: Disk, use: Callable[[GroupCommit], Coroutine[None, None, None]], room: int = ROOM) -> None:
    async def run() -> None:
        queue = GroupCommit(disk, asyncio.get_running_loop(), queue_bytes=room)
        await use(queue)
        await queue.close()
        with pytest.raises(QueueFull):
            queue.put(b"too late")

    asyncio.run(run())


def test_what_gathers_in_one_turn_is_one_write(disk: Disk) -> None:
    async def use(queue: GroupCommit) -> None:
        await asyncio.gather(*(queue.put(b"%d" % number) for number in range(5)))
        assert disk.sizes == [5]
        await queue.put(b"5")

    committed(disk, use)
    assert disk.sizes == [5, 1]
    assert disk.records() == [b"%d" % number for number in range(6)]


def test_the_thread_writes_after_a_slow_write_and_the_loop_again_after_a_quick_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    disk = Disk(tmp_path / "journal")

    async def use(queue: GroupCommit) -> None:
        for was_slow, whose in ((False, "MainThread"), (True, "journal_0"), (False, "MainThread")):
            monkeypatch.setattr(commit, "_SLOW_SECONDS", -1.0 if was_slow else 3600.0)
            await queue.put(b"x")
            assert disk.threads.pop() == whose

    committed(disk, use)


def test_while_a_slow_disk_writes_the_loop_goes_on_and_the_queue_has_an_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(commit, "_SLOW_SECONDS", -1.0)
    disk = Disk(tmp_path / "journal")
    size = len(frame(b"x" * 100))

    async def use(queue: GroupCommit) -> None:
        disk.may_write.clear()
        waiting = [queue.put(b"x" * 100)]
        await asyncio.sleep(0.01)
        waiting += [queue.put(b"x" * 100), queue.put(b"x" * 100)]
        with pytest.raises(QueueFull):
            queue.put(b"x" * 100)
        assert not any(future.done() for future in waiting)
        disk.may_write.set()
        await asyncio.gather(*waiting)
        await queue.put(b"x" * 100)

    committed(disk, use, room=3 * size)
    assert disk.sizes == [1, 2, 1]


def test_a_broken_disk_is_told_to_all_who_wait_and_what_comes_later_is_kept(disk: Disk) -> None:
    async def use(queue: GroupCommit) -> None:
        disk.is_broken = True
        told = await asyncio.gather(queue.put(b"a"), queue.put(b"b"), return_exceptions=True)
        assert [type(one) for one in told] == [JournalFailed, JournalFailed]
        disk.is_broken = False
        await queue.put(b"c")

    committed(disk, use)
    assert disk.records() == [b"c"]


def test_whoever_hangs_up_is_kept_all_the_same(disk: Disk) -> None:
    async def use(queue: GroupCommit) -> None:
        gone, stays = queue.put(b"gone"), queue.put(b"stays")
        gone.cancel()
        await stays

    committed(disk, use)
    assert disk.records() == [b"gone", b"stays"]


def test_closing_writes_what_waits(disk: Disk) -> None:
    waiting: list[asyncio.Future[None]] = []

    async def use(queue: GroupCommit) -> None:
        waiting.extend(queue.put(b"%d" % number) for number in range(3))

    committed(disk, use)
    assert [future.exception() for future in waiting] == [None] * 3
    assert disk.records() == [b"0", b"1", b"2"]


def test_an_idle_worker_finishes_its_segment_when_asked(disk: Disk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(commit, "_LOOK_SECONDS", 0.01)

    async def use(queue: GroupCommit) -> None:
        await queue.put(b"a")
        loop = asyncio.get_running_loop()
        assert await loop.run_in_executor(None, lambda: finish(disk.stream.parent, seconds=60)) == []
        await queue.put(b"b")

    committed(disk, use)
    assert len(list(disk.stream.glob("*.seg"))) == 2
