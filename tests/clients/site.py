"""A small web of our own: pages under any host name, and a collector that writes down what it is told.

Everything listens on one port of this machine. The browser is told that every name lives here, so
cookies, sites and origins are the real thing and nothing leaves the machine.
"""

from __future__ import annotations

import json
import threading
import time
from collections import deque
from dataclasses import dataclass, field
from http.cookies import SimpleCookie
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from outturn.collector.tag import served

ID_COOKIE = "_ot"
READY = "!!(window.outturn && window.outturn.track)"
"""A page's script: whether the tag has loaded."""
SETTLED = "JSON.parse(localStorage._ot || '{\"queue\": [1]}').queue.length === 0"
"""A page's script: whether all was answered; what was not is sent again by the next page."""


@dataclass(frozen=True)
class Hit:
    """One request that the tag made.

    Attributes:
        cookie: The visitor's id that came with it; None: the browser sent none.
        given: The id that the answer set; None: none was set.
    """

    host: str
    origin: str | None
    content_type: str | None
    cookie: str | None
    given: str | None
    body: dict[str, Any]
    began: float
    ended: float

    @property
    def messages(self) -> list[dict[str, Any]]:
        """Of its batch."""
        found: list[dict[str, Any]] = self.body["batch"]
        return found


@dataclass(frozen=True)
class Answer:
    """What the collector does with the next request instead of taking it at once.

    Attributes:
        status: 0: it hangs up without a word.
    """

    status: int = 200
    seconds: float = 0.0
    headers: tuple[tuple[str, str], ...] = ()


@dataclass
class Site:
    """The web; hosts that begin with `t.` are collectors.

    Attributes:
        collector: Where a page's tag comes from; HOST stands for the page's own host without `www.`.
        key: The write key of its pages.
    """

    port: int = 0
    collector: str = ""
    key: str = "wk_1"
    hits: list[Hit] = field(default_factory=list)
    answers: deque[Answer] = field(default_factory=deque)
    pages: dict[str, str] = field(default_factory=dict)
    methods: list[str] = field(default_factory=list)
    ids: int = 0

    def url(self, host: str, path: str = "/") -> str:
        """The address of a path on a host."""
        return f"http://{host}:{self.port}{path}"

    def page(self, path: str, body: str, *, tag: str = "", before: str = "") -> None:
        """Put a page under a path of every host; the tag is that of the host's own collector.

        Args:
            path: Without query.
            body: HTML.
            tag: Attributes of the tag's script element; "none": a page without the tag.
            before: A script that stands before the tag.
        """
        where = self.collector or f"t.HOST:{self.port}"
        script = f'<script async src="//{where}/o.js" data-key="{self.key}" {tag}></script>' if tag != "none" else ""
        self.pages[path] = f"<!doctype html><title>Page {path}</title><script>{before}</script>{script}{body}"

    def taken(self) -> list[dict[str, Any]]:
        """Every message, as often as it came, in order."""
        return [message for hit in list(self.hits) for message in hit.messages]

    def named(self, name: str) -> list[dict[str, Any]]:
        """Messages of one kind or of one event."""
        return [message for message in self.taken() if name in (message["type"], message.get("event"))]


class Web(ThreadingHTTPServer):
    """The server of a site, in threads of its own."""

    daemon_threads = True

    def __init__(self, site: Site) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.site = site
        site.port = self.server_address[1]
        threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()

    def handle_error(self, request: object, client_address: object) -> None:
        """A browser that went away before its answer is the daily bread of a tag."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Web

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class's name
        """Say nothing."""

    def do_GET(self) -> None:
        """The tag, or a page."""
        path = self.path.partition("?")[0]
        if path == "/o.js":
            self._send(200, served().text, [("content-type", "text/javascript")])
            return
        page = self.server.site.pages.get(path)
        host = self.headers["host"].partition(":")[0].removeprefix("www.")
        content = (page or "").replace("HOST", host).encode()
        self._send(200 if page is not None else 404, content, [("content-type", "text/html; charset=utf-8")])

    def do_OPTIONS(self) -> None:
        """A preflight, which the tag must never cause."""
        self.server.site.methods.append("OPTIONS")
        self._send(204, b"", [])

    def do_POST(self) -> None:
        """A form that is sent to a page, or messages."""
        began = time.monotonic()
        content = self.rfile.read(int(self.headers["content-length"] or 0))
        if self.path != "/v1/batch":
            self.do_GET()
            return
        site = self.server.site
        answer = site.answers.popleft() if site.answers else Answer()
        time.sleep(answer.seconds)
        given = self._given(content) if answer.status == 200 else None
        cookie = SimpleCookie(self.headers["cookie"] or "").get(ID_COOKIE)
        hit = Hit(
            host=self.headers["host"].partition(":")[0],
            origin=self.headers["origin"],
            content_type=self.headers["content-type"],
            cookie=cookie.value if cookie else None,
            given=given,
            body=json.loads(content),
            began=began,
            ended=time.monotonic(),
        )
        site.hits.append(hit)
        if answer.status == 0:
            self.close_connection = True
            return
        headers = [
            ("access-control-allow-origin", self.headers["origin"] or "*"),
            ("access-control-allow-credentials", "true"),
            ("access-control-expose-headers", "retry-after"),
            ("content-type", "application/json"),
            *answer.headers,
        ]
        if given is not None:
            seconds = 34_128_000 if given else 0
            said = f"{ID_COOKIE}={given}; Max-Age={seconds}; Path=/; HttpOnly; SameSite=Lax"
            headers.append(("set-cookie", said))
        linker = f"L{len(site.hits)}-{(given or (cookie.value if cookie else ''))}"
        self._send(answer.status, json.dumps({"success": True, "linker": linker}).encode(), headers)

    def _given(self, content: bytes) -> str | None:
        """A new id for a browser that has none, the old one again, or none at all where consent is denied."""
        cookie = SimpleCookie(self.headers["cookie"] or "").get(ID_COOKIE)
        denied = any(
            (message.get("context", {}).get("consent") or {}).get("analytics_storage") is False
            for message in json.loads(content)["batch"]
        )
        if denied:
            return "" if cookie else None
        if cookie:
            return cookie.value
        self.server.site.ids += 1
        return f"visitor-{self.server.site.ids}"

    def _send(self, status: int, content: bytes, headers: list[tuple[str, str]]) -> None:
        self.send_response(status)
        for name, value in (*headers, ("content-length", str(len(content)))):
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(content)
