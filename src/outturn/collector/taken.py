"""What of a request's body is kept: the message or the batch as it was sent, or message by message what may be."""

from __future__ import annotations

import json
from datetime import datetime  # noqa: TC003 - msgspec reads the annotations
from decimal import Decimal
from typing import Any

import msgspec
from msgspec import Raw, Struct

from outturn.collector.checks import DEEPEST, MOST_FIELDS, Sender, Usual, long_way, parsed
from outturn.domain.segment import MessageRefused

MOST_MESSAGES = 2500


class _UsualBatch(Struct):
    batch: list[Usual]
    sentAt: datetime | None = None  # noqa: N815 - the spec's name


class _AnyBatch(Struct):
    batch: list[Raw]
    sentAt: Any = None  # noqa: N815 - the spec's name


_USUAL = msgspec.json.Decoder(Usual).decode
_USUAL_BATCH = msgspec.json.Decoder(_UsualBatch).decode
_ANY_BATCH = msgspec.json.Decoder(_AnyBatch).decode
_NOT_SO = (msgspec.DecodeError, RecursionError, ValueError)
_ENCODE = msgspec.json.Encoder(decimal_format="number").encode


class Taken(Struct):
    """What of a body is kept.

    Attributes:
        body: JSON: what was taken.
        count: How many messages that is.
        refused: By their places.
        denied: Somebody said no to analytics, or said nothing where it takes a yes.
        noes: JSON of the messages that did.
        sent_at: Of the batch, as it says itself.
    """

    body: bytes
    count: int
    refused: list[tuple[int, MessageRefused, bytes]] = []
    denied: bool = False
    noes: list[bytes] = []
    sent_at: object = None


def taken_of_message(content: bytes, kind: str, sender: Sender, *, most_bytes: int) -> Taken:
    """One message, whole if it is usual.

    Raises:
        MessageRefused: It cannot be taken.
    """
    _require_small(content, most_bytes)
    try:
        if _USUAL(content).can_be_taken(kind, sender) and _is_flat(content):
            return Taken(content, 1)
    except _NOT_SO:
        pass
    changed = long_way(content, kind, sender)
    return Taken(changed.content, 1, denied=changed.denied, noes=[content] if changed.denied else [])


def _require_small(content: bytes, most_bytes: int) -> None:
    if len(content) > most_bytes:
        raise MessageRefused("TOO_LARGE", "body", f"is larger than {most_bytes} bytes")


def _is_flat(content: bytes) -> bool:
    """Whether it surely keeps the limits of depth and fields, by counts that take no parsing."""
    brackets = content.count(b"{") + content.count(b"[")
    # A field takes four signs at least.
    return brackets <= DEEPEST and (len(content) <= 4 * MOST_FIELDS or content.count(b":") <= MOST_FIELDS)


def taken_of_batch(content: bytes, sender: Sender, *, keyed: bool, most_bytes: int) -> Taken:
    """A batch whole if all of it is usual, else message by message; what carries a secret key (`keyed`) never whole.

    Raises:
        MessageRefused: It is no batch, or too long a one; messages are refused one by one.
    """
    try:
        usual = _USUAL_BATCH(content)
        if (
            not keyed
            and 0 < len(usual.batch) <= MOST_MESSAGES
            and all(one.can_be_taken(None, sender, usual.sentAt) for one in usual.batch)
            and all(len(one) <= most_bytes and _is_flat(one) for one in map(bytes, _ANY_BATCH(content).batch))
        ):
            return Taken(content, len(usual.batch))
    except _NOT_SO:
        pass
    return _batch_by_message(content, sender, most_bytes)


def _batch_by_message(content: bytes, sender: Sender, most_bytes: int) -> Taken:
    messages, sent_at = _cut_up(content)
    if not messages and sender.visitor:
        return Taken(b"", 0)
    if not 0 < len(messages) <= MOST_MESSAGES:
        raise MessageRefused("TOO_LARGE", "batch", f"holds {len(messages)} messages: expected 1 to {MOST_MESSAGES}")
    kept: list[bytes] = []
    taken = Taken(b"", 0, [], noes=[], sent_at=sent_at)
    for place, message in enumerate(messages):
        try:
            _require_small(message, most_bytes)
            changed = long_way(message, None, sender, sent_at=sent_at)
        except MessageRefused as error:
            taken.refused.append((place, error, message))
            continue
        kept.append(changed.content)
        taken.denied = taken.denied or changed.denied
        if changed.denied:
            taken.noes.append(message)
    taken.body = b'{"batch":[' + b",".join(kept) + b"]}"
    taken.count = len(kept)
    return taken


def _cut_up(content: bytes) -> tuple[list[bytes], object]:
    """The JSON of each message of a batch, and when the batch was sent.

    Raises:
        MessageRefused: It is no batch.
    """
    try:
        batch = _ANY_BATCH(content)
        return [bytes(message) for message in batch.batch], batch.sentAt
    except _NOT_SO:
        pass
    try:
        # Half a character in one message makes the fast reader refuse them all. Escaped, it stays that message's fault.
        body = json.loads(content.decode(), parse_float=Decimal)
        messages, sent_at = body["batch"], body.get("sentAt")
    except (ValueError, RecursionError, KeyError, TypeError, AttributeError):
        parsed(content)  # Says more exactly what is wrong with the JSON, if that is it.
        messages, sent_at = None, None
    if not isinstance(messages, list):
        raise MessageRefused("MISSING_VALUE", "batch", "is missing: expected a list of messages")
    return [_written(message) for message in messages], sent_at


def _written(message: object) -> bytes:
    try:
        return _ENCODE(message)
    except UnicodeEncodeError:
        return json.dumps(message, default=str).encode()  # It is refused for what could not be written here.
