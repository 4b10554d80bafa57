"""What a record of messages keeps of somebody who asked to be forgotten: that something was sold, and for how much."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import TYPE_CHECKING

import msgspec
from msgspec import Raw, Struct
from msgspec.structs import replace

from outturn.collector.message_rows import rows

if TYPE_CHECKING:
    from collections.abc import Sequence

    from outturn.collector.forgotten import Forgotten
    from outturn.collector.messages import Messages, Refused

_KEPT = ("messageId", "event", "timestamp", "sentAt", "originalTimestamp")
_OF_THE_ORDER = ("order_id", "total", "revenue", "value", "tax", "shipping", "discount", "currency")


class _Batch(Struct, omit_defaults=True):
    batch: list[Raw]
    sentAt: Raw = Raw(b"")  # noqa: N815 - the spec's name


_BATCH = msgspec.json.Decoder(_Batch).decode
_ENCODE = msgspec.json.Encoder(decimal_format="number").encode


def without(record: Messages, person: Forgotten) -> Messages | None:
    """The record without the person; the messages of others stay to the letter.

    Returns:
        The same record where nothing of it is theirs; None: all of it was.
    """
    sent, messages = _messages(record)
    others = []
    nobodys = list(record.nobodys)
    for message in messages:
        found = rows(_alone(record, message, sent), person.place)
        if not person.owns((*found.events, *found.outcomes)):
            others.append(message)
        elif found.outcomes:
            nobodys.append(_bare(message, sent))
    refusals = tuple(
        one
        for one in record.refusals
        if not person.owns(
            rows(replace(record, body=b"", refused=(), nobodys=(), refusals=(one,)), person.place).events
        )
    )
    changed = replace(
        record,
        refusals=refusals,
        body=record.body if len(others) == len(messages) else _together(record, others, sent),
        nobodys=tuple(nobodys),
        refused=blanked(record.refused, person),
    )
    if person.is_theirs("anonymous", record.visitor):
        changed = replace(changed, visitor=None, born_at=None, linked=None)
    if person.is_theirs("anonymous", record.linked):
        changed = replace(changed, linked=None)
    if changed != record and not others:
        changed = replace(changed, ip_prefix=None, user_agent=None, visitor=None, born_at=None, linked=None)
    if not (others or nobodys or refusals or changed.refused):
        return None
    return record if changed == record else changed


def blanked(refused: Sequence[Refused], person: Forgotten) -> tuple[Refused, ...]:
    """What was refused, without what was sent where the person is named in it: that there was a refusal stays."""
    return tuple(replace(one, detail="", raw="") if person.is_named_in(one.raw, one.detail) else one for one in refused)


def _messages(record: Messages) -> tuple[bytes, list[bytes]]:
    """The batch's `sentAt`, and the JSON of each message."""
    if not record.body:
        return b"", []
    if record.kind is not None:
        return b"", [record.body]
    found = _BATCH(record.body)
    return bytes(found.sentAt), [bytes(one) for one in found.batch]


def _alone(record: Messages, message: bytes, sent: bytes) -> Messages:
    """A record of that message alone, and of nothing that two browsers have in common."""
    return replace(record, body=_together(record, [message], sent), refused=(), nobodys=(), refusals=(), linked=None)


def _together(record: Messages, messages: Sequence[bytes], sent: bytes) -> bytes:
    if not messages:
        return b""
    if record.kind is not None:
        return messages[0]
    return b'{"batch":[' + b",".join(messages) + b"]" + (b',"sentAt":' + sent if sent else b"") + b"}"


def _bare(message: bytes, sent: bytes) -> bytes:
    """An order's message as nobody's."""
    body = json.loads(message, parse_float=Decimal)
    if sent and not body.get("sentAt"):
        body["sentAt"] = json.loads(sent)
    properties = body.get("properties") or {}
    kept = {name: body[name] for name in _KEPT if body.get(name) is not None}
    order = {name: properties[name] for name in _OF_THE_ORDER if properties.get(name) is not None}
    return _ENCODE({"type": "track", **kept, "properties": order})
