"""Group commit: many requests wait for one write, and each is answered when its record is on the disk.

What has gathered in one turn of the event loop is written with one `fdatasync`. On a quick disk the
loop does that itself: to wake a thread, and to hand it the interpreter and take it back, costs more
than the sync (docs/benchmarks.md). Once a write was slow, a thread does the next one, and meanwhile
the loop goes on: it answers, and refuses what the queue has no room for.
"""

from __future__ import annotations

import asyncio
import logging
import time
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

from outturn.collector.journal import JournalFailed, frame
from outturn.domain.errors import OutturnError

if TYPE_CHECKING:
    from outturn.collector.journal import Journal

_log = logging.getLogger(__name__)

_LOOK_SECONDS = 0.25
"""How often a worker looks whether it should finish its segment."""

_SLOW_SECONDS = 0.003
"""After a write that took longer, the loop does not wait for the next one itself."""

Waiting = tuple[bytes, "asyncio.Future[None]"]


class QueueFull(OutturnError):
    """More waits for the disk than is allowed to: the client comes again later."""


class GroupCommit:
    """The queue before one journal; every method is called on the event loop.

    Args:
        journal: Written by this object alone.
        loop: Of the requests.
        queue_bytes: More than this is never waiting; what comes then is refused.
    """

    def __init__(self, journal: Journal, loop: asyncio.AbstractEventLoop, *, queue_bytes: int) -> None:
        self._journal = journal
        self._loop = loop
        self._queue: list[Waiting] = []
        self._free = queue_bytes
        self._seconds = 0.0
        self._thread = ThreadPoolExecutor(1, "journal")
        self._under_way: asyncio.Future[JournalFailed | None] | None = None
        self._closing = False
        self._look = loop.call_later(_LOOK_SECONDS, self._look_whether_to_finish)

    def put(self, record: bytes) -> asyncio.Future[None]:
        """Hand a record over.

        Returns:
            Done when the record is on the disk; raises `JournalFailed` when it could not be written.

        Raises:
            QueueFull: Nothing was taken.
        """
        framed = frame(record)
        if len(framed) > self._free or self._closing:
            raise QueueFull("the journal's queue is full")
        self._free -= len(framed)
        if not self._queue:
            self._loop.call_soon(self._commit)
        future = self._loop.create_future()
        self._queue.append((framed, future))
        return future

    async def close(self) -> None:
        """Write what waits, answer it, and give the journal back."""
        self._closing = True
        self._look.cancel()
        while self._queue or self._under_way is not None:
            self._commit()
            if self._under_way is not None:
                await asyncio.wait([self._under_way])
            await asyncio.sleep(0)  # Whoever was answered goes on in the loop's next turn.
        self._thread.shutdown()
        self._journal.close()

    def _commit(self) -> None:
        """Write what has gathered; what gathers while the thread writes is written after it."""
        if self._under_way is not None or not self._queue:
            return
        group, self._queue = self._queue, []
        if self._seconds < _SLOW_SECONDS:
            self._answer(group, self._written(group))
            return
        self._under_way = self._loop.run_in_executor(self._thread, self._written, group)
        self._under_way.add_done_callback(lambda done: self._go_on(group, done.result()))

    def _go_on(self, group: list[Waiting], failure: JournalFailed | None) -> None:
        self._under_way = None
        self._answer(group, failure)
        self._finish_if_asked()
        self._commit()

    def _written(self, group: list[Waiting]) -> JournalFailed | None:
        """Put the group on the disk, and remember how long that took."""
        began = time.monotonic()
        try:
            self._journal.append([framed for framed, _ in group])
        except JournalFailed as error:
            _log.error("journal not written", extra={"records": len(group), "reason": str(error)})
            return error
        finally:
            self._seconds = time.monotonic() - began
        return None

    def _answer(self, group: list[Waiting], failure: JournalFailed | None) -> None:
        for framed, future in group:
            self._free += len(framed)
            if future.cancelled():
                continue  # The client hung up; what it sent is kept all the same.
            if failure is None:
                future.set_result(None)
            else:
                future.set_exception(failure)

    def _look_whether_to_finish(self) -> None:
        self._look = self._loop.call_later(_LOOK_SECONDS, self._look_whether_to_finish)
        if self._under_way is None:
            self._finish_if_asked()

    def _finish_if_asked(self) -> None:
        try:
            self._journal.finish_if_asked()
        except (JournalFailed, OSError) as error:
            _log.error("segment not finished", extra={"reason": str(error)})
