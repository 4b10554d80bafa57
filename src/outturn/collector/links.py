"""Click links: `GET /c/<link>` sends a visitor on to the link's own destination and remembers the click.

Where it leads was decided when the link was made. The click gets a fresh id, which goes along in the address, so
that the landing page and a later postback can say which click it was.

No cookie is set here: a redirect cannot ask for consent. The one that the collector set on its own site is read, for
it stands there with consent only. Where consent is required and there is none, the click counts in totals alone. A
`HEAD` request is a machine that looks where a link leads, and a prefetch is turned away: the browser asks again when
somebody really clicks.
"""

from __future__ import annotations

import base64
import json
from typing import TYPE_CHECKING, Any, Protocol

from msgspec import Struct

from outturn.collector.addresses import cut
from outturn.collector.exchange import Reply
from outturn.collector.place import Rows, Stated
from outturn.collector.queries import header, parameters
from outturn.collector.visitors import read_cookie
from outturn.domain.links import OWN_CLICK_ID, SUB_IDS, Link
from outturn.domain.masking import masked
from outturn.domain.urls import CLICK_IDS, without_fragment, without_personal_data

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from outturn.collector.desk import Rules
    from outturn.collector.exchange import Request
    from outturn.collector.forgotten import Forgotten
    from outturn.collector.limits import Limits
    from outturn.collector.place import Place

PREFIX = "/c/"
SOURCE = "links"
CLICK_ID_BYTES = 16
LONGEST_REFERRER, LONGEST_AGENT = 2048, 512

# The landing page is told the site where the link stood and no page of it, as by a link without us: `unsafe-url` would
# hand another site's addresses on, and a stricter policy of a proxy in front would empty the landing page's referrer.
_REFERRER = ("referrer-policy", "strict-origin-when-cross-origin")
_TEXT = (("content-type", "text/plain; charset=utf-8"),)
_CARRIED = {spelling: one.name for one in CLICK_IDS for spelling in one.parameters if one.name != OWN_CLICK_ID}


class LinkDesk(Protocol):
    """What the endpoints of links, pixels and postbacks ask of the desk."""

    @property
    def links(self) -> Mapping[str, Link]:
        """By id."""

    @property
    def dice(self) -> Callable[[int], bytes]:
        """Random bytes, as many as asked for."""

    @property
    def rules(self) -> Rules:
        """The settings that count here."""

    @property
    def limits(self) -> Limits:
        """Who may ask how often."""


class Click(Struct, tag="c", array_like=True, frozen=True):
    """One request for a link.

    Attributes:
        received_at: UTC microseconds.
        ip_prefix: The network it came from, as `addresses.cut` leaves it.
        id: Fresh, of this record.
        click_id: The same, where somebody clicked and may be known by it; else empty.
        visitor: The browser's id by its cookie; None: there is none.
        born_at: When that id was made, UTC seconds.
        carried: Other platforms' click ids that came with the request, by their columns.
        no_sale: The browser sent Global Privacy Control.
        machine: Why it is no click, though it looked like one (`head`, `prefetch`); empty: it is one.
    """

    received_at: int
    ip_prefix: str | None
    user_agent: str | None
    link: str
    stated: Stated
    id: str
    click_id: str
    visitor: str | None
    born_at: int | None
    referrer: str | None
    carried: dict[str, str]
    subs: dict[str, str]
    no_sale: bool
    machine: str = ""


def follow(request: Request, desk: LinkDesk) -> Reply:
    """Send one visitor on."""
    if request.method not in ("GET", "HEAD"):
        return Reply(405, b"A link is followed by GET.\n", (*_TEXT, ("allow", "GET, HEAD")))
    link = desk.links.get(request.path[len(PREFIX) :])
    if link is None or link.kind != "click":
        return Reply(404, b"There is no such link.\n", _TEXT)
    if link.state != "active":
        return Reply(410, b"This link is not in use any more.\n", _TEXT)
    prefix = cut(request.address)
    if not desk.limits.networks.take(prefix or "", request.received_at):
        return Reply(429, b"Too many requests.\n", (*_TEXT, ("retry-after", "1")))
    machine = machine_of(request)
    query = parameters(request.query) if request.query else {}
    subs = {name: query[name] for name in SUB_IDS if name in query}
    carried = {name: value for name, value in query.items() if name in _CARRIED}
    fresh = fresh_id(desk.dice)
    cookie = None if machine else read_cookie(request.headers.get("cookie"), desk.rules.cookie)
    consented = cookie is not None or not desk.rules.consent_required
    record = Click(
        received_at=request.received_at,
        ip_prefix=prefix if consented else None,
        user_agent=header(request, "user-agent", longest=LONGEST_AGENT),
        link=link.id,
        stated=Stated.of(link),
        # What went along in the address is not kept where nobody may be known by it.
        id=fresh if consented or machine else fresh_id(desk.dice),
        click_id=fresh if consented and not machine else "",
        visitor=cookie.id if cookie else None,
        born_at=cookie.born_at if cookie else None,
        referrer=header(request, "referer", longest=LONGEST_REFERRER) if consented else None,
        carried={_CARRIED[name]: value for name, value in carried.items()} if consented else {},
        subs=subs,
        no_sale=request.headers.get("sec-gpc") == "1",
        machine=machine,
    )
    if machine == "prefetch":
        return Reply(503, b"Not before it is clicked.\n", (*_TEXT, ("retry-after", "1")), record)
    found = link.address(
        click_id="" if machine else fresh,
        subs=subs,
        timestamp=request.received_at // 1_000_000,
        carried=carried,
    )
    return Reply(302, b"", (("location", found), _REFERRER), record)


def fresh_id(dice: Callable[[int], bytes]) -> str:
    """An id that nobody guesses: 22 characters that an address may hold as they are."""
    return base64.urlsafe_b64encode(dice(CLICK_ID_BYTES)).decode().rstrip("=")


def machine_of(request: Request) -> str:
    """Why a request is nobody's click or view, as it says itself: `head`, `prefetch`; empty: it may be somebody's."""
    if request.method == "HEAD":
        return "head"
    get = request.headers.get
    for name in ("sec-purpose", "purpose", "x-moz", "x-purpose"):
        stated = get(name)
        if stated is not None and any(word in stated.lower() for word in ("prefetch", "prerender", "preview")):
            return "prefetch"
    return ""


def rows(record: Click, place: Place) -> Rows:
    """A click is a stated touch of whoever clicked; a machine's look at a link is an event of a bot.

    Whoever brought no cookie is known by the click itself until a landing page says whose browser it was.
    """
    agent = place.agent(record.user_agent)
    event: dict[str, Any] = {
        "event_id": f"link:{record.id}", "source": SOURCE,
        "occurred_at": record.received_at, "received_at": record.received_at,
        "ip_prefix": record.ip_prefix, "browser": agent.browser, "device": agent.device,
        "is_bot": agent.is_bot or bool(record.machine), "consent": consent_text(no_sale=record.no_sale),
        "properties": properties(record.link, record.stated, record.subs), **record.stated.columns(),
    }  # fmt: skip
    if record.machine:
        name = "Link Prefetched" if record.machine == "prefetch" else "Link Looked At"
        return Rows(events=[event | {"type": "track", "name": name, "trust": "public"}])
    whose = record.visitor or (f"{OWN_CLICK_ID}:{record.click_id}" if record.click_id else "")
    key = place.key("anonymous", whose) if whose else None
    event |= {
        "type": "touch", "touch_kind": "click",
        # A cookie is what a browser says; a click id came from here alone.
        "trust": "public" if record.visitor else "secret",
    }  # fmt: skip
    if key is not None:
        address = record.referrer and without_personal_data(without_fragment(record.referrer))
        event |= {"anonymous_key": key, "referrer": address, OWN_CLICK_ID: record.click_id, **record.carried}
        event["id_born_at"] = record.born_at and record.born_at * 1_000_000
    return Rows(events=[event])


def without(record: Click, person: Forgotten) -> Click | None:
    """None where it was the click of somebody who asked to be forgotten, else the record."""
    return None if person.owns(rows(record, person.place).events) else record


def properties(link: str, stated: Stated, more: Mapping[str, str]) -> str:
    """What has no column of its own; people write addresses into sub ids too."""
    found = {
        "link": link,
        "partner": stated.partner,
        **{name: masked(text, personal=False) for name, text in more.items()},
    }
    return json.dumps({name: text for name, text in found.items() if text}, ensure_ascii=False)


def consent_text(*, no_sale: bool) -> str | None:
    """What Global Privacy Control says of the purposes; None: nothing was said."""
    return json.dumps({"ad_user_data": False, "ad_personalization": False}) if no_sale else None
