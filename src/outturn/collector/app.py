"""The application that granian runs in each worker: one request in, one answer out, kept before it is given.

What an endpoint decides is pure (`exchange.py`). Here is the rest: reading a body within its limits,
waiting for the disk, and the headers that every answer bears.
"""

from __future__ import annotations

import asyncio
import gc
import logging
import zlib
from functools import partial
from typing import TYPE_CHECKING, Protocol

from outturn.collector import records
from outturn.collector.addresses import client_address
from outturn.collector.commit import GroupCommit, QueueFull
from outturn.collector.exchange import JSON, Reply, Request, failure
from outturn.collector.journal import Journal, JournalFailed

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Mapping, Sequence
    from pathlib import Path

    from outturn.collector.addresses import Network
    from outturn.collector.counters import Counters
    from outturn.collector.desk import Desk
    from outturn.collector.exchange import Headers

_log = logging.getLogger(__name__)

_ALWAYS = (
    ("x-content-type-options", "nosniff"),
    ("cache-control", "no-store"),
    ("content-security-policy", "default-src 'none'"),
)
_JSON_ALWAYS = [*JSON, *_ALWAYS]
READ_SECONDS = 10
"""A client that takes longer to send its body is cut off."""

_BUSY_SECONDS = 5


class Scope(Protocol):
    """What granian says of a request."""

    method: str
    path: str
    query_string: str
    client: str
    headers: Headers


class Exchange(Protocol):
    """Granian's end of one request."""

    def __call__(self) -> asyncio.Future[bytes]:
        """The whole body."""

    def __aiter__(self) -> AsyncIterator[bytes]:
        """The body as it comes."""

    def response_bytes(self, status: int, headers: list[tuple[str, str]], body: bytes) -> None:
        """Answer."""


class Refuse(Exception):
    """A request that is answered before any endpoint sees it."""

    def __init__(self, reply: Reply) -> None:
        self.reply = reply


class Application:
    """One worker.

    Args:
        root: The workspace's `journal` folder.
        desk: What the endpoints have at hand, as of now; asked for at every request.
        clock: UTC microseconds.
        counters: The counts of a stream, by its folder.

    Attributes:
        endpoints: By path; one that ends in `/` answers for all below it.
        state: Empty, or why nothing that is sent now would be kept.
    """

    def __init__(
        self,
        root: Path,
        *,
        desk: Callable[[], Desk],
        clock: Callable[[], int],
        counters: Callable[[Path], Counters],
    ) -> None:
        self._root = root
        self._desk = desk
        self._clock = clock
        self._latest = 0
        self.endpoints: Mapping[str, Callable[[Request, Desk], Reply]] = {}
        self.state = ""
        self._counters_of = counters
        self._reading: dict[asyncio.Future[bytes], int] = {}
        self._seconds = 0  # Since the start, as the sweeper counts them.

    def __rsgi_init__(self, loop: asyncio.AbstractEventLoop) -> None:
        """Take a stream of the journal; granian calls this before the first request."""
        self._loop = loop
        journal = Journal(self._root)
        self._counters = self._counters_of(journal.stream)
        self._commit = GroupCommit(journal, loop, queue_bytes=self._desk().rules.queue_bytes)
        self._sweeper = loop.create_task(self._cut_off_slow_clients())
        # What stands by now stands as long as the worker does: no need to look it over for rubbish again and again.
        gc.freeze()

    def __rsgi_del__(self, loop: asyncio.AbstractEventLoop) -> None:
        """Answer what still waits and give the stream back; granian calls this after the last request."""
        self._sweeper.cancel()
        loop.run_until_complete(self._commit.close())

    async def __rsgi__(self, scope: Scope, protocol: Exchange) -> None:
        """Answer one request."""
        desk = self._desk()
        headers = scope.headers
        try:
            reply = await self._reply(scope, headers, protocol, desk)
        except Refuse as refuse:
            reply = refuse.reply
        except QueueFull:
            self.state = "the queue before the disk is full"
            reply = failure(503, "server", "has too much waiting for the disk", retry_after=_BUSY_SECONDS)
        except JournalFailed:
            self.state = "the disk takes no more"
            reply = failure(503, "server", "could not write to its disk; nothing was kept", retry_after=_BUSY_SECONDS)
        except Exception:  # noqa: BLE001 - whatever it was, the client is told that nothing was kept
            # Nothing of the request goes into the log: it may be about a person.
            _log.exception("an endpoint failed", extra={"path": scope.path[:64]})
            reply = failure(500, "server", "failed; nothing was kept")
        self._counters.answered(reply.status)
        stated = _cautious(reply.headers)
        origin = headers.get("origin")
        if origin is not None and origin in desk.rules.origins:
            stated = [
                *stated,
                ("access-control-allow-origin", origin),
                ("access-control-allow-credentials", "true"),
                ("access-control-expose-headers", "retry-after"),
                ("vary", "origin"),
            ]
        protocol.response_bytes(reply.status, stated, reply.body)

    async def _reply(self, scope: Scope, headers: Headers, protocol: Exchange, desk: Desk) -> Reply:
        path, method = scope.path, scope.method
        endpoint = self.endpoints.get(path) or self.endpoints.get(_prefix(path))
        if endpoint is None:
            return failure(404, "path", "is none of the collector's")
        if method == "OPTIONS":
            return _preflight()
        body = b""
        if method not in ("GET", "HEAD"):
            reading = self._body(headers, protocol, desk.rules.batch_bytes)
            self._reading[reading] = self._seconds
            try:
                body = await reading
            except asyncio.CancelledError:
                return failure(408, "body", f"did not come within {READ_SECONDS} seconds")
            finally:
                del self._reading[reading]
            if (encoding := headers.get("content-encoding")) is not None:
                body = _unpacked(body, encoding, desk.rules.batch_bytes)
        find_address = partial(_address, scope, headers, desk.rules.trusted_proxies)
        reply = endpoint(Request(method, path, scope.query_string, headers, body, find_address, self._now()), desk)
        if reply.record is not None:
            await self._commit.put(records.encode(reply.record))
            self.state = ""
            self._counters.kept()
        return reply

    def _now(self) -> int:
        """UTC microseconds, never less than before: a clock that is set back does not reorder what came."""
        self._latest = max(self._latest, self._clock())
        return self._latest

    def _body(self, headers: Headers, protocol: Exchange, limit: int) -> asyncio.Future[bytes]:
        """The body to come, within its limit. Whoever states no length is read piece by piece."""
        length = headers.get("content-length")
        if length is None:
            return self._loop.create_task(_streamed(protocol, limit))
        if not (length.isdigit() and int(length) <= limit):
            raise Refuse(_too_large(limit))
        return protocol()

    async def _cut_off_slow_clients(self) -> None:
        while True:
            await asyncio.sleep(1)
            self._seconds += 1
            for reading, since in list(self._reading.items()):
                if since < self._seconds - READ_SECONDS:
                    reading.cancel()


def _address(scope: Scope, headers: Headers, trusted: Sequence[Network]) -> str:
    return client_address(scope.client, headers.get("x-forwarded-for"), trusted)


def _cautious(stated: Sequence[tuple[str, str]]) -> list[tuple[str, str]]:
    """An answer's headers with those that every answer bears, where it does not state them itself."""
    if stated is JSON:
        return _JSON_ALWAYS
    names = {name for name, _ in stated}
    return [*stated, *(one for one in _ALWAYS if one[0] not in names)]


async def _streamed(protocol: Exchange, limit: int) -> bytes:
    parts = []
    size = 0
    async for part in protocol:
        size += len(part)
        if size > limit:
            raise Refuse(_too_large(limit))
        parts.append(part)
    return b"".join(parts)


def _unpacked(body: bytes, encoding: str, limit: int) -> bytes:
    if encoding != "gzip":
        raise Refuse(failure(415, "content-encoding", "is not known: expected gzip or none"))
    unpacker = zlib.decompressobj(zlib.MAX_WBITS | 16)
    try:
        content = unpacker.decompress(body, limit + 1)
    except zlib.error:
        raise Refuse(failure(400, "body", "is no gzip though content-encoding says so")) from None
    if len(content) > limit:
        raise Refuse(_too_large(limit))
    if not unpacker.eof:
        raise Refuse(failure(400, "body", "is gzip that was cut off"))
    return content


def _too_large(limit: int) -> Reply:
    return failure(413, "body", f"is larger than {limit} bytes, decompressed")


def _prefix(path: str) -> str:
    """`/c/abc` belongs to `/c/`."""
    end = path.find("/", 1)
    return path[: end + 1] if end > 0 else path


def _preflight() -> Reply:
    return Reply(
        204,
        headers=(
            ("access-control-allow-methods", "GET, POST"),
            ("access-control-allow-headers", "authorization, content-type, content-encoding"),
            ("access-control-max-age", "86400"),
        ),
    )
