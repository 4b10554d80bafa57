"""What is sent and answered, as JSON Schema."""

from __future__ import annotations

from typing import Any

from outturn.collector.outcome_entries import AMOUNTS, TEXTS, WHO
from outturn.collector.outcomes import MOST_OUTCOMES
from outturn.collector.postbacks import EVENTS
from outturn.collector.settlement import ITEM_STATUSES
from outturn.collector.taken import MOST_MESSAGES
from outturn.domain.consent import PURPOSES
from outturn.domain.errors import REFUSAL_CODES
from outturn.domain.goals import OUTCOME_KINDS, OUTCOME_STATUSES
from outturn.domain.segment import MESSAGE_TYPES

_Json = dict[str, Any]

_TEXT: _Json = {"type": "string"}
_ID: _Json = {"type": "string", "minLength": 1, "maxLength": 512}
_INSTANT: _Json = {"type": "string", "format": "date-time"}
_AMOUNT: _Json = {
    "anyOf": [{"type": "number"}, {"type": "string", "pattern": r"^-?[0-9]{1,12}(\.[0-9]{1,6})?$"}],
    "description": "Exact: as text, or as a number of at most six decimals.",
}
_PLAIN_AMOUNT: _Json = {"type": "string", "pattern": r"^[0-9]{1,12}(\.[0-9]{1,6})?$"}
_CURRENCY: _Json = {"type": "string", "pattern": "^[A-Za-z]{3}$", "description": "ISO 4217."}
_OBJECT: _Json = {"type": "object"}
_CONSENT: _Json = {
    "type": "object",
    "properties": {**{name: {"type": "boolean"} for name in PURPOSES}, "policy_version": _TEXT, "at": _TEXT},
    "additionalProperties": False,
}

_MESSAGE: _Json = {
    "type": "object",
    "properties": {
        "type": {"enum": list(MESSAGE_TYPES)}, "messageId": _ID, "event": _ID, "name": _TEXT, "userId": _ID,
        "anonymousId": _ID, "previousId": _ID, "groupId": _ID, "timestamp": _INSTANT, "sentAt": _INSTANT,
        "context": _OBJECT, "traits": _OBJECT, "properties": _OBJECT, "writeKey": _TEXT,
    },
}  # fmt: skip

_OUTCOME: _Json = {
    "type": "object",
    "properties": {
        **{name: {"type": "string", "maxLength": 512} for name in (*TEXTS, *WHO)},
        "outcome_id": _ID,
        "kind": {"enum": list(OUTCOME_KINDS)},
        "status": {"enum": list(OUTCOME_STATUSES)},
        "occurred_at": {"anyOf": [_INSTANT, {"type": "integer", "description": "Microseconds since 1970."}]},
        **dict.fromkeys(AMOUNTS, _AMOUNT),
        "currency": _CURRENCY,
        "probability": {"type": "number", "minimum": 0, "maximum": 1},
        "new_customer": {"type": "boolean"},
        "consent": _CONSENT,
    },
    "required": ["outcome_id", "kind", "occurred_at"],
    "additionalProperties": False,
}

_POSTBACK: _Json = {
    "type": "object",
    "properties": {
        "link": {"type": "string", "description": "As `outturn links` lists it."},
        "secret": {"type": "string", "description": "The link's."},
        "txid": {"type": "string", "minLength": 1, "maxLength": 128, "description": "The transaction's own id."},
        "click_id": {"type": "string", "pattern": "^[A-Za-z0-9_-]{22}$", "description": "What {click_id} filled in."},
        "status": {"enum": list(ITEM_STATUSES), "default": "approved"},
        "amount": {**_PLAIN_AMOUNT, "description": "What the customer paid."},
        "payout": {**_PLAIN_AMOUNT, "description": "What the partner gets."},
        "currency": {**_CURRENCY, "description": "ISO 4217; without it the link's."},
        "event": {"enum": list(EVENTS)},
        "order_id": {"type": "string", "maxLength": 128, "description": "The shop's own."},
    },
    "required": ["link", "secret", "txid"],
}  # fmt: skip

_REFUSED: _Json = {
    "type": "object",
    "properties": {
        "index": {"type": "integer", "minimum": 0, "description": "Of the message in its batch."},
        "code": {"enum": sorted(REFUSAL_CODES)},
        "field": _TEXT,
        "reason": _TEXT,
    },
    "required": ["field", "reason"],
}


def _listed(schema: str, most: int) -> _Json:
    return {"type": "array", "items": {"$ref": f"#/components/schemas/{schema}"}, "maxItems": most}


SCHEMAS: _Json = {
    "Message": _MESSAGE,
    "Batch": {
        "type": "object",
        "properties": {"batch": _listed("Message", MOST_MESSAGES), "sentAt": _INSTANT, "writeKey": _TEXT},
        "required": ["batch"],
    },
    "Outcome": _OUTCOME,
    "Outcomes": {
        "type": "object",
        "properties": {"outcomes": {**_listed("Outcome", MOST_OUTCOMES), "minItems": 1}},
        "required": ["outcomes"],
    },
    "Postback": _POSTBACK,
    "Refused": _REFUSED,
    "Refusal": {
        "type": "object",
        "properties": {
            "success": {"const": False},
            "code": {"type": "string", "description": "Of the first refusal."},
            "message": {"type": "string", "description": "Of the first refusal."},
            "accepted": {"type": "integer", "minimum": 0},
            "refused": {"type": "array", "items": {"$ref": "#/components/schemas/Refused"}, "minItems": 1},
        },
        "required": ["success", "refused"],
    },
    "Taken": {
        "type": "object",
        "properties": {
            "success": {"type": "boolean"},
            "accepted": {"type": "integer", "minimum": 0},
            "refused": {"type": "array", "items": {"$ref": "#/components/schemas/Refused"}},
            "linker": {"type": "string", "description": "Carries the visitor to another site of ours."},
        },
        "required": ["success"],
    },
}  # fmt: skip
