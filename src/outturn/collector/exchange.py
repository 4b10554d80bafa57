"""One request and what is answered: the words in which every endpoint of the collector speaks.

An endpoint is a pure function `(Request, Desk) -> Reply`: it reads no clock, opens no file and sends
nothing. What must be kept comes back as a record, and the application answers only when that record
is on the disk.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence  # noqa: TC003 - msgspec reads the annotations
from http import HTTPStatus
from typing import Protocol

import msgspec
from msgspec import Struct

JSON = (("content-type", "application/json"),)


class Headers(Protocol):
    """A request's headers by name in small letters."""

    def get(self, name: str, default: None = None) -> str | None:
        """The header's value, or the default where the client sent none."""


class Request(Struct, frozen=True, gc=False):
    """What a client sent.

    Attributes:
        method: In capitals.
        path: Percent-encoded as sent, without the query.
        query: Without the question mark; empty where there is none.
        headers: By name in small letters.
        body: Decompressed, within the limits.
        find_address: Gives the client's address; see `address`.
        received_at: UTC microseconds on this machine's clock, which never goes backwards here.
    """

    method: str
    path: str
    query: str
    headers: Headers
    body: bytes
    find_address: Callable[[], str]
    received_at: int

    @property
    def address(self) -> str:
        """The client's own address, as the trusted proxies tell it; never stored whole. Found out when asked for."""
        return self.find_address()


class Reply(Struct, frozen=True, gc=False):
    """What to answer, and what must be on the disk before.

    Attributes:
        status: HTTP status.
        body: Empty for a redirect.
        headers: Names in small letters; the application adds the security headers and the length.
        record: A struct of `records.Record`; None: nothing to keep.
    """

    status: int
    body: bytes = b""
    headers: Sequence[tuple[str, str]] = ()
    record: Struct | None = None


def failure(status: int, field: str, reason: str, *, retry_after: int | None = None) -> Reply:
    """An answer that names what was wrong."""
    told = {"code": HTTPStatus(status).name, "message": f"{field} {reason}"}
    body = msgspec.json.encode({"success": False, **told, "refused": [{"field": field, "reason": reason}]})
    headers = (*JSON, ("retry-after", str(retry_after))) if retry_after is not None else JSON
    return Reply(status, body, headers)
