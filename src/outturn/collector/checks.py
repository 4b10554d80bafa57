"""Whether a message of the Segment spec can be taken: an answer in microseconds for the usual one.

`domain/segment.py` decides. In front of it stands a typed decoder that knows the shape most messages
have and accepts nothing that the domain would refuse (held by a property test); whatever it does not
know, or what must be changed before it is kept, goes the long way.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Callable  # noqa: TC003 - msgspec reads the annotations
from datetime import datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Annotated, Any, Literal

import msgspec
from msgspec import Meta, Struct

from outturn.collector.addresses import cut
from outturn.domain.segment import MESSAGE_TYPES, MessageRefused, parse_message
from outturn.domain.time import instant_of

if TYPE_CHECKING:
    from collections.abc import Mapping

_ID = Annotated[str, Meta(min_length=1, max_length=512)]
_Text = Annotated[str, Meta(max_length=8192)]
_LONGEST_ID, _LONGEST_TEXT = 512, 8192
_ID_BYTES = 12
_INT64_DIGITS = 18
DEEPEST = 16
MOST_FIELDS = 1000
_LONGEST_DELAY = timedelta(days=400)


class _Page(Struct):
    url: _Text | None = None
    referrer: _Text | None = None


class _Campaign(Struct):
    source: _Text | None = None
    medium: _Text | None = None
    name: _Text | None = None
    term: _Text | None = None
    content: _Text | None = None
    id: _Text | None = None


class _Traits(Struct):
    email: _Text | None = None
    phone: _Text | None = None


class _Consent(Struct):
    analytics_storage: bool | None = None
    categoryPreferences: dict[str, bool] | None = None  # noqa: N815 - the spec's name


class _Context(Struct):
    page: _Page | None = None
    campaign: _Campaign | None = None
    traits: _Traits | None = None
    userAgent: _Text | None = None  # noqa: N815 - the spec's name
    consent: _Consent | None = None
    # An address has to be cut before it is kept.
    ip: None = None


class _Properties(Struct):
    url: _Text | None = None
    referrer: _Text | None = None
    email: _Text | None = None
    phone: _Text | None = None
    order_id: _Text | None = None
    # Money is read by the domain alone.
    total: None = None
    revenue: None = None
    value: None = None
    tax: None = None
    shipping: None = None
    discount: None = None
    currency: None = None


class Usual(Struct):
    """A message of the usual shape; any other one fails to decode into this."""

    messageId: _ID  # noqa: N815 - the spec's name
    type: Literal["page", "track", "identify", "screen"] | None = None
    event: _ID | None = None
    name: _Text | None = None
    userId: _ID | None = None  # noqa: N815 - the spec's name
    anonymousId: _ID | None = None  # noqa: N815 - the spec's name
    timestamp: datetime | None = None
    sentAt: datetime | None = None  # noqa: N815 - the spec's name
    originalTimestamp: None = None  # noqa: N815 - the spec's name
    receivedAt: None = None  # noqa: N815 - the spec's name
    context: _Context | None = None
    traits: _Traits | None = None
    properties: _Properties | None = None
    # A key is not kept with what it opened.
    writeKey: None = None  # noqa: N815 - the spec's name

    def can_be_taken(self, kind: str | None, sender: Sender, sent_at: datetime | None = None) -> bool:
        """Whether it can be kept as it was sent.

        Args:
            kind: The endpoint's; None: the message's own counts.
            sender: Who sent it, and with what.
            sent_at: Of the batch, where the message does not say it.
        """
        kind = kind or self.type
        if kind not in sender.types or (kind == "track" and self.event is None):
            return False
        if self.userId is None and self.anonymousId is None and not sender.visitor:
            return False
        # A pattern in the decoder would say the same, at ten times the price.
        if self.messageId.isspace() or _is_blank(self.event) or _is_blank(self.userId) or _is_blank(self.anonymousId):
            return False
        sent = self.sentAt or sent_at
        if self.timestamp and sent and not _near(self.timestamp, sent):
            return False
        return sender.analytics(_analytics_of(self.context)) is not False


def _is_blank(text: str | None) -> bool:
    return text is not None and text.isspace()


def _near(one: datetime, other: datetime) -> bool:
    if (one.tzinfo is None) != (other.tzinfo is None):
        return False
    return abs(one - other) < _LONGEST_DELAY


def _analytics_of(context: _Context | None) -> bool | None:
    if context is None or context.consent is None:
        return None
    stated = context.consent.analytics_storage
    if stated is None and context.consent.categoryPreferences is not None:
        return context.consent.categoryPreferences.get("analytics_storage")
    return stated


class Sender(Struct, frozen=True):
    """Who sent a message, as far as the checks ask.

    Attributes:
        types: What the key may send.
        visitor: The browser's id by its cookie, which stands in where the message names nobody; empty: none.
        received_at: On this machine's clock, UTC microseconds.
        consent_required: Whoever has not said yes to analytics_storage is taken to have said no.
        dice: Makes an id for a message that came without one; sent again, such a message counts again.
    """

    types: tuple[str, ...]
    visitor: str
    received_at: int
    consent_required: bool
    dice: Callable[[int], bytes]

    def analytics(self, stated: bool | None) -> bool | None:  # noqa: FBT001 - what was said, not a switch
        """What holds of analytics_storage: as stated, else as the workspace has it; None: not said."""
        return False if stated is None and self.consent_required else stated


class ChangedMessage(Struct, frozen=True):
    """What is kept instead of a message as it was sent."""

    content: bytes
    denied: bool


_ENCODE = msgspec.json.Encoder(decimal_format="number").encode


def long_way(content: bytes, kind: str | None, sender: Sender, *, sent_at: object = None) -> ChangedMessage:
    """Check one message with the domain's own words, and make of it what may be kept.

    Addresses are cut. Where analytics_storage is denied, everything that could tell who it was, or which click
    brought them, is taken off: the hit counts in totals alone.

    Raises:
        MessageRefused: As `domain/segment.py` says, and TOO_LARGE, NOT_ALLOWED of what the key may not send.
    """
    body = parsed(content)
    body.pop("writeKey", None)
    if sent_at is not None:
        body.setdefault("sentAt", sent_at)
    if kind is not None:
        body["type"] = kind
    if body.get("messageId") in (None, ""):
        body["messageId"] = base64.urlsafe_b64encode(sender.dice(_ID_BYTES)).decode()
    stated = body.get("type")
    if stated in MESSAGE_TYPES and stated not in sender.types:
        raise MessageRefused(
            "NOT_ALLOWED", "type", f"is {stated!r}: this key sends {', '.join(sender.types)}, a secret one all"
        )
    named = body if _names_somebody(body) or not sender.visitor else {**body, "anonymousId": sender.visitor}
    _within_lengths(named)
    parse_message(named, received_at=instant_of(sender.received_at))
    context = body.get("context") or {}
    denied = sender.analytics(_stated_analytics(context)) is False
    if denied:
        body = stripped(body)
    elif "ip" in context:
        body["context"] = {**context, "ip": cut(str(context["ip"]))}
    try:
        return ChangedMessage(_ENCODE(body), denied)
    except UnicodeEncodeError:
        raise MessageRefused("BAD_ENCODING", "body", "holds half a character (a lone surrogate)") from None


def parsed(content: bytes) -> dict[str, Any]:
    """A message's JSON object, numbers exact, no deeper and no wider than is read.

    Raises:
        MessageRefused: NOT_JSON, BAD_ENCODING or TOO_LARGE.
    """
    try:
        body = json.loads(content.decode(), parse_float=Decimal, parse_int=_whole, parse_constant=_no_number)
    except UnicodeDecodeError:
        raise MessageRefused("BAD_ENCODING", "body", "is no UTF-8") from None
    except (ValueError, RecursionError) as error:
        raise MessageRefused("NOT_JSON", "body", f"is no JSON: {error}") from None
    if not isinstance(body, dict):
        raise MessageRefused("NOT_JSON", "body", "is no JSON object")
    fields = _fields(body, DEEPEST)
    if fields > MOST_FIELDS:
        raise MessageRefused("TOO_LARGE", "body", f"has {fields} fields: expected at most {MOST_FIELDS}")
    return body


def _whole(text: str) -> int | Decimal:
    return int(text) if len(text) <= _INT64_DIGITS else Decimal(text)


def _no_number(text: str) -> None:
    raise ValueError(f"{text} is no number of JSON")


def _fields(value: object, deeper: int) -> int:
    if not isinstance(value, dict | list):
        return 1
    if not deeper:
        raise MessageRefused("TOO_LARGE", "body", f"is nested deeper than {DEEPEST}")
    return sum(_fields(one, deeper - 1) for one in (value.values() if isinstance(value, dict) else value)) + 1


def _names_somebody(body: Mapping[str, Any]) -> bool:
    return any(body.get(name) not in (None, "") for name in ("userId", "anonymousId"))


def _within_lengths(body: Mapping[str, Any]) -> None:
    for name in ("messageId", "userId", "anonymousId", "previousId", "groupId", "event"):
        if len(str(body.get(name) or "")) > _LONGEST_ID:
            raise MessageRefused("TOO_LARGE", name, f"is longer than {_LONGEST_ID} characters")
    page = (body.get("context") or {}).get("page") if isinstance(body.get("context"), dict) else None
    for name in ("url", "referrer"):
        if isinstance(page, dict) and len(str(page.get(name) or "")) > _LONGEST_TEXT:
            raise MessageRefused("TOO_LARGE", f"context.page.{name}", f"is longer than {_LONGEST_TEXT} characters")


def _stated_analytics(context: Mapping[str, Any]) -> bool | None:
    consent = context.get("consent")
    if not isinstance(consent, dict):
        return None
    stated = consent.get("analytics_storage")
    if stated is None and isinstance(consent.get("categoryPreferences"), dict):
        stated = consent["categoryPreferences"].get("analytics_storage")
    return stated if isinstance(stated, bool) else None


def stripped(body: Mapping[str, Any]) -> dict[str, Any]:
    """What is left of a message without consent to analytics: that there was a hit, when, and on which page."""
    context = body.get("context") or {}
    page = context.get("page") or {}
    kept = {name: body[name] for name in ("type", "messageId", "event", "timestamp", "sentAt") if body.get(name)}
    return {
        **kept,
        "context": {
            "page": {
                name: str(page[name]).partition("#")[0].partition("?")[0]
                for name in ("url", "referrer")
                if page.get(name)
            },
            "consent": context.get("consent"),
            "lost": context.get("lost"),
        },
    }
