"""Pixels: `GET /i/<link>.gif` says that an ad was shown, `GET /i/<link>/<event>.gif` how far a video was watched.

An impression is an event and never a touch: whether anybody looked is not known. A video that was watched to its end
is a touch of kind `view`. Only that one is tied to a browser, and only by the cookie which the collector set on its
own site; none is set here.

`?id=` counts once: a player that asks again, or a page that reloads, says the same id (VAST: `[TRANSACTIONID]`).

References:
    IAB Tech Lab, "Video Ad Serving Template" 4.2, 3.14 Tracking events.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from outturn.collector.addresses import cut
from outturn.collector.exchange import Reply
from outturn.collector.links import LONGEST_AGENT, LONGEST_REFERRER, consent_text, fresh_id, machine_of, properties
from outturn.collector.place import Rows, Stated
from outturn.collector.queries import header, parameters
from outturn.collector.visitors import read_cookie
from outturn.domain.links import SUB_IDS, VAST_EVENTS
from outturn.domain.urls import without_fragment, without_personal_data

if TYPE_CHECKING:
    from outturn.collector.exchange import Request
    from outturn.collector.forgotten import Forgotten
    from outturn.collector.links import LinkDesk
    from outturn.collector.place import Place

PREFIX = "/i/"
SOURCE = "pixels"
IMPRESSION = "impression"
NAMES = {IMPRESSION: "Impression", **{event: f"Video {event.replace('_', ' ').title()}" for event in VAST_EVENTS}}
"""What a tracked event of each pixel is called; `complete` is a touch and has none."""

GIF = bytes.fromhex("47494638396101000100800000000000ffffff21f90401000000002c00000000010001000002024401003b")
"""One transparent dot, 43 bytes."""

_HEADERS = (("content-type", "image/gif"),)
_TEXT = (("content-type", "text/plain; charset=utf-8"),)
_PATH = re.compile(r"/i/([A-Za-z0-9_-]{1,64})(?:/([a-z_]{1,20}))?\.gif")
_ID = re.compile(r"[A-Za-z0-9._~-]{1,128}")


class Pixel(Struct, tag="p", array_like=True, frozen=True):
    """One request for a pixel.

    Attributes:
        received_at: UTC microseconds.
        id: The view's own id, else a fresh one.
        event: `impression` or one of `VAST_EVENTS`.
        visitor: The browser's id by its cookie, of a completed view alone.
        born_at: When that id was made, UTC seconds.
        no_sale: The browser sent Global Privacy Control.
    """

    received_at: int
    ip_prefix: str | None
    user_agent: str | None
    link: str
    stated: Stated
    id: str
    event: str
    visitor: str | None
    born_at: int | None
    page: str | None
    subs: dict[str, str]
    no_sale: bool
    machine: str = ""


def show(request: Request, desk: LinkDesk) -> Reply:
    """Answer one pixel."""
    if request.method not in ("GET", "HEAD"):
        return Reply(405, b"A pixel is asked for by GET.\n", (*_TEXT, ("allow", "GET, HEAD")))
    match = _PATH.fullmatch(request.path)
    link = desk.links.get(match[1]) if match else None
    event = (match[2] or IMPRESSION) if match else ""
    if link is None or event not in NAMES:
        return Reply(404, b"There is no such pixel.\n", _TEXT)
    if link.state != "active":
        return Reply(200, GIF, _HEADERS)
    prefix = cut(request.address)
    if not desk.limits.networks.take(prefix or "", request.received_at):
        return Reply(429, b"Too many requests.\n", (*_TEXT, ("retry-after", "1")))
    query = parameters(request.query) if request.query else {}
    cookie = read_cookie(request.headers.get("cookie"), desk.rules.cookie) if event == "complete" else None
    consented = cookie is not None or not desk.rules.consent_required
    given = query.get("id", "")
    record = Pixel(
        received_at=request.received_at,
        ip_prefix=prefix if consented else None,
        user_agent=header(request, "user-agent", longest=LONGEST_AGENT),
        link=link.id,
        stated=Stated.of(link),
        id=given if _ID.fullmatch(given) else fresh_id(desk.dice),
        event=event,
        visitor=cookie.id if cookie else None,
        born_at=cookie.born_at if cookie else None,
        page=header(request, "referer", longest=LONGEST_REFERRER) if consented else None,
        subs={name: query[name] for name in SUB_IDS if name in query},
        no_sale=request.headers.get("sec-gpc") == "1",
        machine=machine_of(request),
    )
    return Reply(200, GIF, _HEADERS, record)


def rows(record: Pixel, place: Place) -> Rows:
    """An impression is a tracked event of nobody; a video watched to its end a touch of whoever brought the cookie."""
    agent = place.agent(record.user_agent)
    page = record.page and without_personal_data(without_fragment(record.page))
    more = {"event": record.event, "page": page or "", **record.subs}
    event: dict[str, Any] = {
        "event_id": f"pixel:{record.link}:{record.event}:{record.id}", "source": SOURCE, "trust": "public",
        "occurred_at": record.received_at, "received_at": record.received_at, "ip_prefix": record.ip_prefix,
        "browser": agent.browser, "device": agent.device, "is_bot": agent.is_bot or bool(record.machine),
        "consent": consent_text(no_sale=record.no_sale), "properties": properties(record.link, record.stated, more),
        **record.stated.columns(),
    }  # fmt: skip
    if record.event != "complete" or record.machine:
        return Rows(events=[event | {"type": "track", "name": NAMES[record.event]}])
    key = place.key("anonymous", record.visitor) if record.visitor else None
    born_at = record.born_at * 1_000_000 if key is not None and record.born_at else None
    return Rows(events=[event | {"type": "touch", "touch_kind": "view", "anonymous_key": key, "id_born_at": born_at}])


def without(record: Pixel, person: Forgotten) -> Pixel | None:
    """None where somebody watched who asked to be forgotten, else the record."""
    return None if person.owns(rows(record, person.place).events) else record
