"""What the collector is held against: servers on the same granian that do less.

`post` and `redirect` answer and keep nothing. `Commit` is the least that is durable: a body goes into
a file as it came, one `fdatasync` for all that wait, and no look at what it says.
"""

from __future__ import annotations

import os
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import asyncio

_JSON = [("content-type", "application/json")]
_SUCCESS = b'{"success":true}'


async def post(_scope: Any, protocol: Any) -> None:
    """Read and answer."""
    await protocol()
    protocol.response_bytes(200, _JSON, _SUCCESS)


async def redirect(_scope: Any, protocol: Any) -> None:
    """Send on."""
    protocol.response_empty(302, [("location", "https://shop.example/sale?oclid=AAAAAAAAAAAAAAAAAAAAAA")])


class Commit:
    """Read, append, sync, answer."""

    def __rsgi_init__(self, loop: asyncio.AbstractEventLoop) -> None:
        """Open this worker's file and start its writer."""
        path = Path(os.environ["BENCH_JOURNAL"]) / str(os.getpid())
        self._file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
        self._loop = loop
        self._waiting: list[tuple[bytes, asyncio.Future[None]]] = []
        self._work = threading.Event()
        threading.Thread(target=self._write, daemon=True).start()

    async def __rsgi__(self, _scope: Any, protocol: Any) -> None:
        """Answer when it is on the disk."""
        body = await protocol()
        future = self._loop.create_future()
        self._waiting.append((body, future))
        self._work.set()
        await future
        protocol.response_bytes(200, _JSON, _SUCCESS)

    def _write(self) -> None:
        while True:
            self._work.wait()
            self._work.clear()
            group, self._waiting = self._waiting, []
            os.write(self._file, b"".join(body for body, _ in group))
            os.fdatasync(self._file)
            self._loop.call_soon_threadsafe(_answer, group)


def _answer(group: list[tuple[bytes, asyncio.Future[None]]]) -> None:
    for _, future in group:
        future.set_result(None)


commit = Commit()
