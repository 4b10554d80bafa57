"""Group commit: many requests wait for one write, and each is answered when its record is on the disk.

The event loop only adds to a queue. One thread takes all that has gathered, writes it with one
`fdatasync` and wakes the waiters; while it waits for the disk, the next group gathers.
"""

from __future__ import annotations

import asyncio
import logging
import threading
from collections import deque
from typing import TYPE_CHECKING

from outturn.collector.journal import JournalFailed, frame
from outturn.domain.errors import OutturnError

if TYPE_CHECKING:
    from outturn.collector.journal import Journal

_log = logging.getLogger(__name__)

_LOOK_SECONDS = 1.0
"""How often an idle worker looks whether it should finish its segment."""

Waiting = tuple[bytes, "asyncio.Future[None]"]


class QueueFull(OutturnError):
    """More waits for the disk than is allowed to: the client comes again later."""


class GroupCommit:
    """The queue before one journal.

    Args:
        journal: Written by this object's thread alone.
        loop: Of the requests.
        queue_bytes: More than this is never waiting; what comes then is refused.
    """

    def __init__(self, journal: Journal, loop: asyncio.AbstractEventLoop, *, queue_bytes: int) -> None:
        self._journal = journal
        self._loop = loop
        self._queue: deque[Waiting] = deque()
        self._free = queue_bytes
        self._room = queue_bytes
        self._work = threading.Event()
        self._closing = False
        self._thread = threading.Thread(target=self._write, name="journal", daemon=True)
        self._thread.start()

    @property
    def waiting_bytes(self) -> int:
        """What has not reached the disk yet."""
        return self._room - self._free

    def put(self, record: bytes) -> asyncio.Future[None]:
        """Hand a record over; called on the event loop.

        Returns:
            Done when the record is on the disk; raises `JournalFailed` when it could not be written.

        Raises:
            QueueFull: Nothing was taken.
        """
        framed = frame(record)
        if len(framed) > self._free or self._closing:
            raise QueueFull("the journal's queue is full")
        self._free -= len(framed)
        future = self._loop.create_future()
        self._queue.append((framed, future))
        if not self._work.is_set():
            self._work.set()
        return future

    async def close(self) -> None:
        """Write what waits, answer it, and give the journal back."""
        self._closing = True
        self._work.set()
        await self._loop.run_in_executor(None, self._thread.join)
        # The thread's last answers came through the loop: let them arrive.
        await asyncio.sleep(0)
        self._journal.close()

    def _write(self) -> None:
        while True:
            self._work.wait(_LOOK_SECONDS)
            self._work.clear()
            self._finish_if_asked()
            while self._queue:
                group = [self._queue.popleft() for _ in range(len(self._queue))]
                failure: JournalFailed | None = None
                try:
                    self._journal.append([framed for framed, _ in group])
                except JournalFailed as error:
                    failure = error
                    _log.error("journal not written", extra={"records": len(group), "reason": str(error)})
                self._loop.call_soon_threadsafe(self._answer, group, failure)
                self._finish_if_asked()
            if self._closing:
                return

    def _finish_if_asked(self) -> None:
        try:
            self._journal.finish_if_asked()
        except JournalFailed as error:
            _log.error("segment not finished", extra={"reason": str(error)})

    def _answer(self, group: list[Waiting], failure: JournalFailed | None) -> None:
        for framed, future in group:
            self._free += len(framed)
            if future.cancelled():
                continue  # The client hung up; what it sent is kept all the same.
            if failure is None:
                future.set_result(None)
            else:
                future.set_exception(failure)
