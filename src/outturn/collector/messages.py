"""The Segment spec's HTTP API: `POST /v1/track`, `page`, `screen`, `identify`, `group`, `alias`, `batch`, `import`.

A message that cannot be taken is refused with the field that is wrong; the others of its batch are
kept. What is kept is the message as it was sent, save what may not be: see `checks.long_way`.

References:
    Segment, "HTTP Tracking API Source".
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import msgspec
from msgspec import Struct

from outturn.collector.addresses import cut
from outturn.collector.checks import Sender, parsed
from outturn.collector.exchange import JSON, Reply, failure
from outturn.collector.keys import PUBLIC_TYPES, WriteKey, basic_user
from outturn.collector.taken import Taken, taken_of_batch, taken_of_message
from outturn.collector.visitors import Visitor, clear_cookie, linked, linker, read_cookie, set_cookie
from outturn.domain.masking import MASK, masked
from outturn.domain.segment import MESSAGE_TYPES, MessageRefused
from outturn.domain.urls import PERSONAL_KEYS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from outturn.collector.desk import Desk
    from outturn.collector.exchange import Request

ENDPOINTS: dict[str, str | None] = {f"/v1/{kind}": kind for kind in MESSAGE_TYPES} | {
    "/v1/batch": None,
    "/v1/import": None,
}
"""Path -> the kind of message that comes there; None: a batch, whose messages say it themselves."""

_LONGEST_SHOWN = 200
_SUCCESS = b'{"success":true}'
_STATUS = {"TOO_LARGE": 413, "NOT_ALLOWED": 403}
_MASKED_KEYS = PERSONAL_KEYS | {"userid", "anonymousid", "previousid", "groupid", "ip"}


class Refused(Struct, array_like=True, frozen=True):
    """One message that was not taken.

    Attributes:
        raw: Masked.
    """

    code: str
    detail: str
    raw: str


class Messages(Struct, tag="m", array_like=True, frozen=True):
    """What one request brought.

    Attributes:
        received_at: UTC microseconds.
        key_id: Of the write key.
        trust: Of the write key.
        kind: Of the one message; None: `body` is a batch.
        ip_prefix: The network it came from, as `addresses.cut` leaves it.
        user_agent: Of a browser; the messages of servers say their users' own.
        visitor: The browser's id by its cookie; None: there is none, or it may not be used.
        born_at: When that id was made, UTC seconds.
        linked: The id that another site's page handed over in a link.
        no_sale: The browser sent Global Privacy Control.
        body: JSON: the messages that were taken.
        refused: Those that were not.
        nobodys: JSON of messages about orders whose buyers asked to be forgotten, without the buyers.
        refusals: JSON of who said no to analytics, when, and to what else: their id and their words, and nothing of
            what they did. Without it nobody could honour a withdrawal.
    """

    received_at: int
    key_id: str
    trust: str
    kind: str | None
    ip_prefix: str | None
    user_agent: str | None
    visitor: str | None
    born_at: int | None
    linked: str | None
    no_sale: bool
    body: bytes
    refused: tuple[Refused, ...] = ()
    nobodys: tuple[bytes, ...] = ()
    refusals: tuple[bytes, ...] = ()


class _Keyed(Struct):
    writeKey: str | None = None  # noqa: N815 - the spec's name


class _LinkedContext(Struct):
    linker: str | None = None


class _Linked(Struct):
    context: _LinkedContext | None = None
    batch: list[_Linked] = []


_KEYED = msgspec.json.Decoder(_Keyed).decode
_LINKED = msgspec.json.Decoder(_Linked).decode
_NOT_SO = (msgspec.DecodeError, RecursionError, ValueError)
_ENCODE = msgspec.json.Encoder(decimal_format="number").encode


def take(request: Request, desk: Desk) -> Reply:
    """Take the messages of one request."""
    kind = ENDPOINTS[request.path]
    user = basic_user(request.headers.get("authorization"))
    key = desk.keys.find(user or _stated_key(request.body))
    if key is None:
        return failure(401, "write key", "is missing or not known: `outturn keys` lists the keys that count")
    public = key.trust == "public"
    # A server's own network says nothing about whom its messages are about.
    prefix = cut(request.address) if public else None
    if refusal := _kept_out(request, desk, key, prefix):
        return refusal
    visitor, linked = _visitor(request, desk) if public else (None, None)
    sender = Sender(
        types=PUBLIC_TYPES if public else MESSAGE_TYPES,
        visitor=visitor.id if visitor else "",
        received_at=request.received_at,
        consent_required=public and desk.rules.consent_required,
        dice=desk.dice,
    )
    try:
        most_bytes = desk.rules.message_bytes
        if kind is None:
            taken = taken_of_batch(request.body, sender, keyed=user is None and not public, most_bytes=most_bytes)
        else:
            taken = taken_of_message(request.body, kind, sender, most_bytes=most_bytes)
    except MessageRefused as refused:
        taken = Taken(b"", 0, [(0, refused, request.body)])
    if not taken.count and not taken.refused:
        return _fresh_token(request, desk)
    refusals: tuple[bytes, ...] = ()
    if taken.denied:
        known = read_cookie(request.headers.get("cookie"), desk.rules.cookie) if public else None
        refusals = _refusals(taken, known, public=public)
        visitor = prefix = linked = None
    record = Messages(
        received_at=request.received_at,
        key_id=key.id,
        trust=key.trust,
        kind=kind,
        ip_prefix=prefix,
        user_agent=request.headers.get("user-agent") if public else None,
        visitor=visitor.id if visitor else None,
        born_at=visitor.born_at if visitor else None,
        linked=linked,
        no_sale=request.headers.get("sec-gpc") == "1",
        body=taken.body,
        refused=_to_keep(taken.refused, key, desk, request.received_at) if taken.refused else (),
        refusals=refusals,
    )
    return Reply(
        200 if taken.count or not taken.refused else _status(taken.refused[0][1]),
        _answer(taken, visitor, request, desk) if taken.refused or visitor else _SUCCESS,
        (*JSON, *_cookie(request, desk, visitor, denied=taken.denied)) if public else JSON,
        record if taken.count or record.refused else None,
    )


def _stated_key(body: bytes) -> str:
    try:
        return _KEYED(body).writeKey or ""
    except _NOT_SO:
        return ""


def _kept_out(request: Request, desk: Desk, key: WriteKey, prefix: str | None) -> Reply | None:
    if not desk.limits.keys.take(key.id, request.received_at):
        return failure(429, "write key", "sends more than [server] key_rate allows", retry_after=1)
    if key.trust != "public":
        return None
    if not desk.limits.networks.take(prefix or "", request.received_at):
        return failure(429, "address", "sends more than [server] address_rate allows", retry_after=1)
    origin = request.headers.get("origin")
    if origin is not None and origin not in desk.rules.origins:
        return failure(403, "origin", f"{origin[:_LONGEST_SHOWN]!r} is not among [server] origins")
    return None


def _visitor(request: Request, desk: Desk) -> tuple[Visitor | None, str | None]:
    """The browser's id by its cookie, else by a link from another site, else a new one; and the other site's id.

    A client that is no browser names its users itself.
    """
    now = request.received_at // 1_000_000
    known = read_cookie(request.headers.get("cookie"), desk.rules.cookie)
    other = _handed_over(request.body, now, desk) if b'"linker"' in request.body else None
    if known is not None:
        return known, other if other != known.id else None
    if request.headers.get("origin") is None:
        return None, None
    return Visitor(other, now) if other else Visitor.new(desk.dice, now), None


def _handed_over(body: bytes, now: int, desk: Desk) -> str | None:
    try:
        found = _LINKED(body)
    except _NOT_SO:
        return None
    tokens = (one.context.linker for one in (found, *found.batch) if one.context and one.context.linker)
    return next((linked(token, now, desk.secret) for token in tokens), None)


def _refusals(taken: Taken, known: Visitor | None, *, public: bool) -> tuple[bytes, ...]:
    """Who has said no: a browser that we know until then, by its cookie, or whom a server names.

    Silence, where consent is required, is nobody's word.
    """
    found = []
    for content in taken.noes[-1:] if public else taken.noes:
        body = {"sentAt": taken.sent_at, **parsed(content)}
        consent = (body.get("context") or {}).get("consent")
        who = {"anonymousId": known.id} if public and known else {}
        if not public:
            who = next(({name: body[name]} for name in ("userId", "anonymousId") if body.get(name)), {})
        if who and isinstance(consent, dict):
            when = {name: body[name] for name in ("messageId", "timestamp", "sentAt") if body.get(name)}
            found.append(_ENCODE({**when, **who, "context": {"consent": consent}}))
    return tuple(found)


def _fresh_token(request: Request, desk: Desk) -> Reply:
    """To a page that sends no message, since all it wants is a token for its links: of the visitor that it has."""
    known = read_cookie(request.headers.get("cookie"), desk.rules.cookie)
    return Reply(200, _answer(Taken(b"", 0), known, request, desk), JSON)


def _to_keep(
    refused: Sequence[tuple[int, MessageRefused, bytes]], key: WriteKey, desk: Desk, at: int
) -> tuple[Refused, ...]:
    return tuple(
        Refused(error.code, f"{error.field} {error.reason}", _masked(content))
        for _, error, content in refused
        if desk.limits.refused.take(key.id, at)
    )


def _masked(content: bytes) -> str:
    try:
        shown = json.dumps(_without_persons(parsed(content)), ensure_ascii=False, default=str)
    except MessageRefused:
        shown = content.decode(errors="replace")
    # Half a character cannot be kept.
    return masked(shown.encode(errors="replace").decode(), personal=True)


def _without_persons(value: Any) -> Any:
    if isinstance(value, dict):
        return {
            name: MASK if name.lower().replace("_", "").replace("-", "") in _MASKED_KEYS else _without_persons(one)
            for name, one in value.items()
        }
    return [_without_persons(one) for one in value] if isinstance(value, list) else value


def _answer(taken: Taken, visitor: Visitor | None, request: Request, desk: Desk) -> bytes:
    answer: dict[str, Any] = {"success": bool(taken.count or not taken.refused)}
    if visitor is not None:
        answer["linker"] = linker(visitor.id, request.received_at // 1_000_000, desk.secret)
    if taken.refused:
        answer["accepted"] = taken.count
        if not taken.count:
            # Where the spec's own libraries look, to know whether to send it again.
            _, first, _ = taken.refused[0]
            answer |= {"code": first.code, "message": f"{first.field} {first.reason}"}
        answer["refused"] = [
            {"index": place, "code": error.code, "field": error.field, "reason": error.reason}
            for place, error, _ in taken.refused
        ]
    return _ENCODE(answer)


def _status(refused: MessageRefused) -> int:
    return _STATUS.get(refused.code, 400)


def _cookie(request: Request, desk: Desk, visitor: Visitor | None, *, denied: bool) -> tuple[tuple[str, str], ...]:
    rules = desk.rules
    name, domain, secure = rules.cookie, rules.cookie_domain, not _is_local(request)
    if denied and read_cookie(request.headers.get("cookie"), name):
        return (("set-cookie", clear_cookie(name=name, domain=domain, secure=secure)),)
    if visitor is None or denied:
        return ()
    return (("set-cookie", set_cookie(visitor, name=name, domain=domain, secure=secure)),)


def _is_local(request: Request) -> bool:
    """Whether a browser on this very machine asks without TLS, where a Secure cookie would never come back."""
    host = (request.headers.get("host") or "").partition(":")[0]
    return host in ("localhost", "127.0.0.1") and request.headers.get("x-forwarded-proto") != "https"
