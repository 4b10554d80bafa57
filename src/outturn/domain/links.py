"""A link of our own: an address handed out with an ad, a mailing or a partner, and all that it states by itself.

A link never changes where it leads, so that a click recorded long ago still means what it meant: whoever
wants another destination makes another link. Only macros in the destination's query are filled, and only
with percent-encoded text, so nothing of a request can choose where a visitor is sent.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from ipaddress import AddressValueError, IPv6Address
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, get_args
from urllib.parse import quote, unquote_plus, urlsplit

from outturn.domain.channels import stated_channel
from outturn.domain.currencies import minor_digits
from outturn.domain.errors import UnknownName, UsageError
from outturn.domain.goals import OUTCOME_KINDS, RESTATING_KINDS

if TYPE_CHECKING:
    from collections.abc import Mapping

LinkKind = Literal["click", "impression", "vast"]
Duplicates = Literal["ignore", "update", "add"]
LinkState = Literal["active", "disabled"]
LINK_KINDS: tuple[LinkKind, ...] = get_args(LinkKind)
DUPLICATES: tuple[Duplicates, ...] = get_args(Duplicates)

OWN_CLICK_ID = "oclid"
"""The parameter under which our own click id reaches the landing page; a column of events and outcomes."""
SUB_IDS = ("sub1", "sub2", "sub3", "sub4", "sub5")
"""What whoever places a link may add to it, each to find a placement again."""
MACROS = ("click_id", "link_id", *SUB_IDS, "timestamp")
VAST_EVENTS = ("start", "first_quartile", "midpoint", "third_quartile", "complete")
"""Tracking events of a video ad, as VAST counts them; only a completed view is a touch."""

_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")
_MACRO = re.compile(r"\{([^{}]*)\}")
_HOST = re.compile(
    r"[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?(?:\.[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?)*\.?", re.IGNORECASE
)
# Everything that may stand in an address as it is, the escape's own sign included.
_PLAIN = "%!$&'()*+,;=:@/?-._~{}[]"
# What is in no address as it is, and what browsers take for `/`.
_FOREIGN = re.compile(r'[ "<>\\^`|]')
_LONGEST = 2000
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Link:
    """One link, as it was made.

    Attributes:
        id: How addresses name it: letters, digits, `_` and `-`.
        kind: Whether it is to be clicked, or counts an ad that was shown or a video that was watched.
        channel: The channel of what comes by it, as `outturn.domain.channels` names it where it does.
        destination: Where a click leads, as `checked_destination` leaves it; empty for the other kinds.
        partner: Who was given it: an affiliate, an influencer, a network; empty: nobody.
        secret_digest: SHA-256 of the secret that postbacks bring; None: the link takes none.
        currency: Of postbacks that state none; None: they have to.
        duplicates: What a repeated transaction does: nothing, replace what stands, or add to it.
        outcome_kind: What a postback is that does not name its event.

    >>> link = Link("spring", "click", "Affiliates", "https://shop.example/sale?aff={sub1}")
    >>> link.address(click_id="c1", subs={"sub1": "a&b"}, timestamp=0)
    'https://shop.example/sale?aff=a%26b&oclid=c1'
    """

    id: str
    kind: LinkKind
    channel: str
    destination: str = ""
    platform: str | None = None
    campaign_id: str | None = None
    campaign_name: str | None = None
    ad_group_id: str | None = None
    ad_id: str | None = None
    partner: str = ""
    secret_digest: bytes | None = None
    currency: str | None = None
    duplicates: Duplicates = "update"
    outcome_kind: str = "purchase"
    state: LinkState = "active"
    created_at: datetime = _EPOCH

    def address(
        self, *, click_id: str, subs: Mapping[str, str], timestamp: int, carried: Mapping[str, str] | None = None
    ) -> str:
        """Where one click leads: the destination with its macros filled.

        Our click id is added as `oclid` where no macro takes it along, so that the landing page tells which click
        it was; without a click id (nobody clicked yet) its places stay empty.

        Args:
            click_id: Of this click; empty for none.
            subs: Values of `sub1` to `sub5`; those that lack are empty.
            timestamp: Seconds since 1970.
            carried: Further parameters to take along, each unless the destination has one of that name.
        """
        way = _way(self.destination)
        query = way.query
        if way.macros:
            filled = {"click_id": click_id, "link_id": self.id, "timestamp": str(timestamp), **subs}
            known = {name: quote(text, safe="") for name, text in filled.items() if name in MACROS}
            query = _MACRO.sub(lambda match: known.get(match[1], ""), query)
        parts = [query] if query else []
        for name, text in (carried or {}).items():
            if name not in way.names:
                parts.append(f"{quote(name, safe='')}={quote(text, safe='')}")
        if click_id and "click_id" not in way.macros and OWN_CLICK_ID not in way.names:
            parts.append(f"{OWN_CLICK_ID}={quote(click_id, safe='')}")
        return f"{way.front}{'?' if parts or way.has_query else ''}{'&'.join(parts)}{way.end}"


class _Way(NamedTuple):
    """A destination in parts; `names` are those of its parameters, `end` its fragment with the `#`."""

    front: str
    has_query: bool
    query: str
    macros: frozenset[str]
    names: frozenset[str]
    end: str


@lru_cache(10_000)
def _way(destination: str) -> _Way:
    page, hash_mark, fragment = destination.partition("#")
    front, mark, query = page.partition("?")
    names = frozenset(unquote_plus(pair.partition("=")[0]) for pair in query.split("&"))
    return _Way(front, bool(mark), query, frozenset(_MACRO.findall(query)), names, hash_mark + fragment)


def made_link(
    link_id: str, kind: str, channel: str, *, destination: str = "", created_at: datetime, **fields: str | bytes | None
) -> Link:
    """A link of what a user typed.

    Args:
        link_id: See `Link`.
        kind: One of `LINK_KINDS`.
        channel: In any spelling of its name.
        destination: See `checked_destination`.
        created_at: The time of making it.
        fields: The rest of `Link`; empty text is None.

    Raises:
        UsageError: What cannot be; the message says what can.
    """
    if not _ID.fullmatch(link_id):
        raise UsageError(
            f"{link_id!r} is no id for a link: expected 1 to 64 letters, digits, _ and -, such as spring-24"
        )
    _known("kind of link", kind, LINK_KINDS)
    named = stated_channel(channel)
    if named is None:
        raise UsageError("A link needs a channel, such as Affiliates, Email or Influencer: what it brings counts there")
    if kind == "click":
        destination = checked_destination(destination)
    elif destination:
        raise UsageError(f"A link of kind {kind} leads nowhere: leave its destination out, or make it of kind click")
    given: dict[str, Any] = {name: value or None for name, value in fields.items()}
    if given.get("currency"):
        given["currency"] = str(given["currency"]).upper()
        minor_digits(given["currency"])
    given |= {"partner": given.get("partner") or "", "duplicates": given.get("duplicates") or "update"}
    _known("duplicate mode", given["duplicates"], DUPLICATES)
    given["outcome_kind"] = given.get("outcome_kind") or "purchase"
    _known("kind of outcome", given["outcome_kind"], [one for one in OUTCOME_KINDS if one not in RESTATING_KINDS])
    given |= {"id": link_id, "kind": kind, "channel": named, "destination": destination, "created_at": created_at}
    return Link(**given)


def checked_destination(text: str) -> str:
    """The address that a link leads to, its letters beyond ASCII percent-encoded.

    Raises:
        UsageError: No web address, one with a user in it, or one with macros outside its query.
    """
    if not text or not text.isprintable() or _FOREIGN.search(text):
        raise _no_destination(text, "it is empty, or holds a blank or a sign that no address has")
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError:
        raise _no_destination(text, "its host or port is none") from None
    if parts.scheme.lower() not in ("http", "https"):
        raise _no_destination(text, "only web addresses are led to, no app's scheme")
    if "@" in parts.netloc or port == 0:
        raise _no_destination(text, "it must not hold a user, a password or port 0")
    host = _host(parts.hostname or "", text)
    if "{" in parts.path + parts.fragment + parts.netloc or "}" in parts.path + parts.fragment:
        raise _no_destination(text, "macros may stand in the query only, after `?`")
    front = (
        f"{parts.scheme.lower()}://{host}{'' if port is None else f':{port}'}{quote(parts.path, safe=_PLAIN) or '/'}"
    )
    query = f"?{quote(parts.query, safe=_PLAIN)}" if parts.query else ""
    fragment = f"#{quote(parts.fragment, safe=_PLAIN)}" if parts.fragment else ""
    whole = front + query + fragment
    if len(whole) > _LONGEST:
        raise _no_destination(text[:80], f"it is longer than {_LONGEST:,} characters")
    return whole


def _host(name: str, text: str) -> str:
    if ":" in name:
        try:
            return f"[{IPv6Address(name)}]"
        except AddressValueError:
            raise _no_destination(text, "its host is none") from None
    try:
        plain = name.encode("idna").decode() if not name.isascii() else name
    except UnicodeError:
        raise _no_destination(text, "its host is none") from None
    if not _HOST.fullmatch(plain):
        raise _no_destination(text, "its host is none")
    return plain


def addresses(link: Link, host: str) -> dict[str, str]:
    """The addresses of a link, to be pasted where they belong; what their users fill in stands in capitals.

    Args:
        link: Any.
        host: Where the collector is reached, such as "https://t.shop.example".
    """
    base = host.rstrip("/")
    found = {"click": f"{base}/c/{link.id}"} if link.kind == "click" else {}
    if link.kind == "vast":
        found |= {event: f"{base}/i/{link.id}/{event}.gif?id=[TRANSACTIONID]" for event in VAST_EVENTS}
    found["impression"] = f"{base}/i/{link.id}.gif"
    if link.secret_digest is not None:
        stated = "click_id=CLICK_ID&txid=TRANSACTION_ID&status=STATUS&amount=AMOUNT&payout=PAYOUT"
        money = "" if link.currency else "&currency=CURRENCY"
        found["postback"] = f"{base}/postback?link={link.id}&secret=SECRET&{stated}{money}"
    return found


def unknown_macros(destination: str) -> tuple[str, ...]:
    """The macros of a destination that nothing fills: they are left out of every address.

    >>> unknown_macros("https://shop.example/?a={click_id}&b={clickid}")
    ('clickid',)
    """
    return tuple(dict.fromkeys(name for name in _MACRO.findall(destination) if name not in MACROS))


def secret_digest(secret: str) -> bytes:
    """Under which a postback's secret is kept: it is 24 random bytes, which nobody finds by trying."""
    return hashlib.sha256(secret.encode()).digest()


def _known(what: str, name: str, known: tuple[str, ...] | list[str]) -> None:
    if name not in known:
        raise UnknownName(what, name, known)


def _no_destination(text: str, why: str) -> UsageError:
    return UsageError(
        f"{text!r} is no destination of a link: {why}. Expected https://shop.example/page?id={{click_id}}"
    )
