"""Messages of the Segment spec as rows: an event each, and an outcome where one is an order or its refund.

What an archive of the same messages gives when it is imported, these give too; beyond it they know the
browser's id by its cookie, the network, and how far the key is trusted.
"""

from __future__ import annotations

import json
import re
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from outturn.collector.place import Rows
from outturn.domain.consent import PURPOSES
from outturn.domain.segment import MessageRefused, parse_message
from outturn.domain.time import instant_of, micros_of
from outturn.domain.urls import PERSONAL_KEYS, looks_like_email, parse_landing, without_fragment, without_personal_data

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from outturn.collector.messages import Messages
    from outturn.collector.place import Place
    from outturn.domain.segment import Message

SOURCE, PUBLIC_SOURCE = "collector", "tag"
"""Systems of what secret and public keys report: anybody may read a public key, so that what comes with it is tracking,
never the ledger, and can neither preempt nor change what a server said."""

_ADS = PURPOSES[1:]
_MINUTE = 60_000_000
FUTURE_MICROS = 5 * _MINUTE
LATE_MICROS = 30 * _MINUTE
OLD_MICROS = 400 * 24 * 60 * _MINUTE
_NAME = re.compile(r"[A-Za-z0-9 _.:$-]{1,64}")
_PHONE_LIKE = re.compile(r"\s*[+(]?[0-9][0-9 ()./-]{6,18}[0-9]\s*")
_LONGEST_PROPERTY = 200
_MOST_LOST = 1_000_000


def rows(record: Messages, place: Place) -> Rows:
    """What one request's messages are, and what was refused of them."""
    events: list[dict[str, Any]] = []
    outcomes: list[dict[str, Any]] = []
    refused = [{"reason": one.code, "detail": one.detail, "raw": one.raw} for one in record.refused]
    try:
        bodies = list(_bodies(record))
    except (ValueError, RecursionError):
        # One record that cannot be read must not hold up those after it.
        bodies = []
        refused.append(_late_refusal("NOT_JSON", "body cannot be read, or is nested too deep"))
    for body in bodies:
        try:
            message, is_nobody = _message(body, record)
        except MessageRefused as error:
            # The endpoint takes nothing that is refused here, unless the two programs differ in age.
            refused.append(_late_refusal(error.code, f"{error.field} {error.reason}"))
            continue
        event, denied = _event(message, body, record, place)
        if is_nobody or denied:
            event |= dict.fromkeys(_KEYS)
        events.append(event)
        if message.type == "track" and not denied:
            outcomes.extend(_outcomes(message, event, record))
        if record.linked and event["anonymous_key"]:
            events.extend(_bridge(record, event, place))
    events.extend(_refusal(content, record, place) for content in record.refusals)
    for content in record.nobodys:
        outcomes.extend(_nobodys(content, record, place))
    return Rows(events, outcomes, (), refused)


def _late_refusal(code: str, detail: str) -> dict[str, Any]:
    return {"reason": code, "detail": detail, "raw": ""}


def _bodies(record: Messages) -> Iterator[dict[str, Any]]:
    if not record.body:
        return
    # Numbers as the text said them: an amount that went through a float is another amount.
    body = json.loads(record.body, parse_float=Decimal)
    if record.kind is not None:
        yield {**body, "type": record.kind}
        return
    sent = {"sentAt": body["sentAt"]} if body.get("sentAt") else {}
    for one in body["batch"]:
        yield {**sent, **one}


def _message(body: Mapping[str, Any], record: Messages) -> tuple[Message, bool]:
    """The message, and whether it is about nobody: of a hit without consent nothing is left that says whose it was."""
    named = body.get("userId") or body.get("anonymousId")
    if body.get("anonymousId") or (named and not record.visitor):
        return parse_message(body, received_at=instant_of(record.received_at)), False
    # The browser's own id stands beside the user's: that is how the two become one person.
    somebody = {**body, "anonymousId": record.visitor or "-"}
    return parse_message(somebody, received_at=instant_of(record.received_at)), not record.visitor


_KEYS = ("anonymous_key", "user_key", "email_key", "phone_key", "company_key")


def _event(message: Message, body: Mapping[str, Any], record: Messages, place: Place) -> tuple[dict[str, Any], bool]:
    """The event's row, and whether analytics was refused."""
    consent = _consent(body, record)
    url, referrer = _kept_address(message.url), _kept_address(message.referrer)
    occurred_at, mark = _when(message, record)
    agent = place.agent(message.user_agent or record.user_agent)
    campaign = message.campaign
    stated = {
        "utm_source": campaign.source, "utm_medium": campaign.medium, "utm_campaign": campaign.name,
        "utm_term": campaign.term, "utm_content": campaign.content, "utm_id": campaign.id,
    }  # fmt: skip
    tags = {name: text for name, text in stated.items() if text and not looks_like_email(text)}
    is_group = message.type == "group"
    amounts = message.amounts
    row = {
        "event_id": f"{SOURCE}:{record.key_id}:{message.message_id}",
        "source": _system(record),
        "type": {"page": "page", "screen": "page", "track": "track"}.get(message.type, "identify"),
        "name": message.name if message.type == "track" else None,
        "occurred_at": occurred_at,
        "received_at": record.received_at,
        "clock_mark": mark,
        "anonymous_key": place.key("anonymous", message.previous_id or message.anonymous_id or ""),
        "user_key": place.key("user", message.user_id or ""),
        "email_key": None if is_group else place.key("email", message.email or ""),
        "phone_key": None if is_group else place.key("phone", message.phone or ""),
        "company_key": place.key("company", message.group_id or "") if is_group else None,
        "trust": record.trust,
        "url": url,
        "referrer": referrer,
        **parse_landing(url).columns,
        **tags,
        "order_id": message.order_id,
        "value_micros": amounts.gross if amounts.currency else None,
        "currency": amounts.currency if amounts.gross is not None else None,
        "browser": agent.browser,
        "device": agent.device,
        "is_bot": agent.is_bot,
        "ip_prefix": record.ip_prefix,
        "id_born_at": record.born_at * 1_000_000 if record.born_at else None,
        "lost_before": _lost(body),
        "consent": json.dumps(consent) if consent else None,
        "properties": kept_properties(message.properties) if message.type == "track" else None,
    }
    return row, consent.get("analytics_storage") is False


def _lost(body: Mapping[str, Any]) -> int | None:
    lost = (body.get("context") or {}).get("lost")
    return lost if type(lost) is int and 0 < lost <= _MOST_LOST else None


def _refusal(content: bytes, record: Messages, place: Place) -> dict[str, Any]:
    """An event that says who said no to analytics, by one identifier: it ties nothing together and is no hit."""
    body = {"messageId": "none", **json.loads(content, parse_float=Decimal)}
    message = parse_message({**body, "type": "identify"}, received_at=instant_of(record.received_at))
    event, _ = _event(message, body, record, place)
    whose = "user_key" if body.get("userId") else "anonymous_key"
    told = ("source", "type", "occurred_at", "received_at", "clock_mark", "trust", "consent", whose)
    return {"event_id": f"{event['event_id']}:no", **{name: event[name] for name in told}}


def _system(record: Messages) -> str:
    return PUBLIC_SOURCE if record.trust == "public" else SOURCE


def _kept_address(url: str | None) -> str | None:
    return without_personal_data(without_fragment(url)) or None if url and url.strip() else None


def _when(message: Message, record: Messages) -> tuple[int, str | None]:
    """When it happened, and how that is odd; a public key dates nothing back by more than a visit's length."""
    stated = micros_of(message.occurred_at)
    delay = record.received_at - stated
    if delay < -FUTURE_MICROS:
        return record.received_at, "future"
    if record.trust == "public" and delay > LATE_MICROS:
        return record.received_at, "late"
    return min(stated, record.received_at), "old" if delay > OLD_MICROS else None


def _consent(body: Mapping[str, Any], record: Messages) -> dict[str, Any]:
    """What was said per purpose, when, and under which version of the policy; a purpose nobody spoke of is absent."""
    context = body.get("context") or {}
    given = context.get("consent") if isinstance(context, dict) else None
    given = given if isinstance(given, dict) else {}
    categories = given.get("categoryPreferences")
    said = {**(categories if isinstance(categories, dict) else {}), **given}
    consent: dict[str, Any] = {name: said[name] for name in PURPOSES if isinstance(said.get(name), bool)}
    consent |= {name: str(said[name])[:64] for name in ("policy_version", "at") if said.get(name)}
    if record.no_sale:
        consent |= dict.fromkeys(_ADS, False) | {"global_privacy_control": True}
    return consent


def kept_properties(given: Mapping[str, Any]) -> str | None:
    """JSON of the plain values under plain names, without what could name a person; None: nothing is left."""
    kept = {
        name: value
        for name, value in given.items()
        if isinstance(value, str | int | Decimal)
        and _NAME.fullmatch(name)
        and re.sub("[-_ .]", "", name).lower() not in PERSONAL_KEYS
        and len(str(value)) <= _LONGEST_PROPERTY
        and not (isinstance(value, str) and ("@" in value or _PHONE_LIKE.fullmatch(value)))
    }
    return json.dumps(kept, default=str, ensure_ascii=False) if kept else None


def _outcomes(message: Message, event: Mapping[str, Any], record: Messages) -> Iterator[dict[str, Any]]:
    system = _system(record)
    amounts = message.amounts
    seen = {
        "system": system, "tracker": record.trust == "public", "stage": "", "status": "counted",
        "occurred_at": event["occurred_at"], "consent": event["consent"], **{name: event[name] for name in _KEYS},
    }  # fmt: skip
    if message.is_purchase:
        yield {
            **seen, "outcome_id": f"{system}:{message.order_id or message.message_id}", "kind": "purchase",
            "gross_micros": amounts.gross, "tax_micros": amounts.tax, "shipping_micros": amounts.shipping,
            "discount_micros": amounts.discount, "currency": event["currency"], "order_id": message.order_id,
        }  # fmt: skip
    elif message.is_refund and amounts.gross is not None:
        sale = f"{message.order_id}:" if message.order_id else ""
        yield {
            **seen, "outcome_id": f"{system}:{sale}refund:{message.message_id}", "kind": "refund",
            "parent_outcome_id": f"{system}:{message.order_id}" if message.order_id else None,
            "gross_micros": -abs(amounts.gross),
            "tax_micros": -abs(amounts.tax) if amounts.tax is not None else None,
            "shipping_micros": -abs(amounts.shipping) if amounts.shipping is not None else None,
            "currency": event["currency"], "order_id": message.order_id,
        }  # fmt: skip


def _nobodys(content: bytes, record: Messages, place: Place) -> Iterator[dict[str, Any]]:
    """The outcomes of a message whose sender asked to be forgotten: they count, as nobody's."""
    body = json.loads(content, parse_float=Decimal)
    message = parse_message({**body, "anonymousId": "-"}, received_at=instant_of(record.received_at))
    event, _ = _event(message, body, record, place)
    return _outcomes(message, {**event, **dict.fromkeys((*_KEYS, "consent"))}, record)


def _bridge(record: Messages, event: Mapping[str, Any], place: Place) -> Iterator[dict[str, Any]]:
    """Two events that say: the id that came in the link and the id of this browser are one person's."""
    token = place.key("crm", f"linker:{record.linked}:{record.visitor}")
    common = {name: event[name] for name in ("source", "occurred_at", "received_at", "trust", "consent", "is_bot")}
    for number, whose in enumerate((record.linked, record.visitor)):
        yield {
            **common, "event_id": f"{event['event_id']}:linked:{number}", "type": "identify",
            "anonymous_key": place.key("anonymous", whose or ""), "crm_key": token,
        }  # fmt: skip
