"""One outcome as a server tells of it: checked field by field, and as a row of the ledger.

Nothing is guessed and nothing is passed over: a field that no outcome has is refused, for it may be a misspelt one.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any

from outturn.collector.queries import clean
from outturn.domain.consent import PURPOSES
from outturn.domain.currencies import MINOR_DIGITS
from outturn.domain.goals import OUTCOME_KINDS, OUTCOME_STATUSES, RESTATING_KINDS
from outturn.domain.identifiers import canonical_email
from outturn.domain.money import exact_micros
from outturn.domain.phones import canonical_phone
from outturn.domain.segment import MessageRefused
from outturn.domain.time import micros_of
from outturn.domain.urls import CLICK_IDS

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from outturn.collector.place import Place
    from outturn.domain.identifiers import IdentityKind

SYSTEM = "generic"
WHO = ("user_id", "email", "email_sha256", "phone", "click_id", "crm_id", "anonymous_id")
AMOUNTS = {
    "revenue": "gross_micros", "tax": "tax_micros", "shipping": "shipping_micros", "discount": "discount_micros",
    "fees": "fees_micros", "cogs": "cogs_micros", "margin": "margin_micros",
}  # fmt: skip
"""Field -> column; `revenue` is what was charged, tax and shipping included, discount deducted."""
TEXTS = (
    "outcome_id",
    "kind",
    "stage",
    "status",
    "order_id",
    "deal_id",
    "payment_id",
    "parent_outcome_id",
    "company_id",
)
FIELDS = (*TEXTS, *WHO, "occurred_at", *AMOUNTS, "currency", "probability", "new_customer", "consent")
_KINDS: Mapping[str, tuple[IdentityKind, str]] = {
    "user_id": ("user", ""), "email": ("email", ""), "email_sha256": ("email", "sha256:"), "phone": ("phone", ""),
    "crm_id": ("crm", ""), "anonymous_id": ("anonymous", ""),
}  # fmt: skip
"""Field -> kind of identity, and what stands before its text; the surest first."""
AHEAD_MICROS = 5 * 60 * 1_000_000
"""How far a server's clock may be ahead of ours."""

_CLICKS = tuple(one.name for one in CLICK_IDS if one.name not in ("gad_source", "gad_campaignid"))
_CLICK = re.compile(f"(?:({'|'.join(_CLICKS)})[:=])?(.+)", re.DOTALL)
_HASH = re.compile(r"[0-9a-fA-F]{64}")
_COOKIE = re.compile(r"([A-Za-z0-9_-]{22})\.[0-9]{1,12}")
_PARENT = re.compile(r"(.+?):refund(?::.*)?", re.DOTALL)
_HARMFUL = re.compile(r"[\x00-\x1f\x7f\ud800-\udfff]")
_TAKEN_BACK = ("gross_micros", "tax_micros", "shipping_micros", "discount_micros", "margin_micros", "cogs_micros")
_LONGEST = 512
_EARLIEST = micros_of(datetime(1970, 1, 1, tzinfo=UTC))


@dataclass(frozen=True, slots=True)
class Entry:
    """One outcome, checked.

    Attributes:
        columns: Of `outcomes`, those that need no key.
        who: Raw identifiers by field.
        denied_by: The same of whoever said no to analytics: the outcome is nobody's, their word is theirs.
    """

    columns: Mapping[str, Any]
    who: Mapping[str, str] = field(default_factory=dict)
    denied_by: Mapping[str, str] = field(default_factory=dict)

    def row(self, place: Place) -> dict[str, Any]:
        """The row, its identifiers replaced by keys.

        Raises:
            MessageRefused: None of them is an identifier.
        """
        who = self.who

        def key(kind: Any, name: str, prefix: str = "") -> bytes | None:
            return place.key(kind, prefix + who[name]) if name in who else None

        hashed, address = key("email", "email_sha256", "sha256:"), key("email", "email")
        keys = {
            "user_key": key("user", "user_id"), "crm_key": key("crm", "crm_id"), "phone_key": key("phone", "phone"),
            "email_key": address or hashed, "company_key": key("company", "company_id"),
            # Both in one entry: the two are one person's, which only a second column can say.
            "anonymous_key": key("anonymous", "anonymous_id") or (hashed if address else None),
        }  # fmt: skip
        known = any(keys[name] is not None for name in keys if name != "company_key")
        if who and not known and not any(one.name in self.columns for one in CLICK_IDS):
            # Of a phone, only the workspace's own region tells whether it is one.
            raise MessageRefused("MISSING_VALUE", next(iter(who)), "names nobody: it is no identifier of its kind")
        return {**self.columns, **keys}

    def refusal(self, place: Place) -> dict[str, Any] | None:
        """Whose no it was, by one identifier, and the no: columns of `events`; None: nobody's that anyone could tell.

        Without it nobody could honour a withdrawal.
        """
        for name, (kind, prefix) in _KINDS.items():
            found = place.key(kind, prefix + self.denied_by[name]) if name in self.denied_by else None
            if found is not None:
                said = {name: self.columns[name] for name in ("occurred_at", "consent")}
                return {"type": "identify", "trust": "secret", f"{kind}_key": found, **said}
        return None


def read(body: Mapping[str, Any], *, received_at: int) -> Entry:
    """Check one outcome.

    Args:
        body: Its JSON object, numbers exact.
        received_at: UTC microseconds.

    Raises:
        MessageRefused: It names the field.
    """
    for name in body:
        if name not in FIELDS:
            near = get_close_matches(name, FIELDS, n=1)
            guess = f"; did you mean {near[0]}?" if near else ""
            raise MessageRefused("UNKNOWN_KIND", clean(name[:64]), f"is no field of an outcome{guess}")
    texts = {name: text for name in (*TEXTS, *WHO) if (text := _text(body, name)) is not None}
    kind = _among(texts, "kind", OUTCOME_KINDS)
    native = _needed(texts, "outcome_id")
    consent = _consent(body.get("consent"))
    may_know = consent is None or consent.get("analytics_storage") is not False
    columns = {
        "outcome_id": f"{SYSTEM}:{native}", "system": SYSTEM, "tracker": False, "kind": kind,
        "stage": texts.get("stage", ""), "status": _among({"status": "counted", **texts}, "status", OUTCOME_STATUSES),
        "occurred_at": _instant(body, received_at), "parent_outcome_id": _parent(texts, kind, native),
        **_amounts(body, kind), "order_id": texts.get("order_id"), "deal_id": texts.get("deal_id"),
        "payment_id": texts.get("payment_id"), "probability": _share(body), "new_customer": _flag(body),
        "consent": json.dumps(consent, ensure_ascii=False) if consent else None,
    }  # fmt: skip
    if may_know and not any(name in texts for name in WHO):
        raise MessageRefused("MISSING_VALUE", "user_id", f"is missing: expected one of {', '.join(WHO)}")
    who = _who(texts)
    if not may_know:
        return Entry(columns, denied_by=who)
    return Entry({**columns, **_click(texts)}, who)


def _text(body: Mapping[str, Any], name: str) -> str | None:
    given = body.get(name)
    if isinstance(given, Decimal) and given.is_finite() and abs(given) < 2**53 and given == int(given):
        given = int(given)  # Some languages have no whole numbers: 123.0 is the id 123.
    if isinstance(given, int) and not isinstance(given, bool):
        given = str(given)
    if given is None or given == "":
        return None
    if not isinstance(given, str):
        raise _wrong("MISSING_VALUE", body, name, "expected text")
    if len(given) > _LONGEST or _HARMFUL.search(given):
        raise _wrong("TOO_LARGE", body, name, f"expected at most {_LONGEST} characters, none of them a control sign")
    return given.strip() or None


def _needed(texts: Mapping[str, str], name: str) -> str:
    if name not in texts:
        raise MessageRefused("MISSING_VALUE", name, "is missing: expected text")
    return texts[name]


def _among(texts: Mapping[str, str], name: str, known: Collection[str]) -> str:
    text = _needed(texts, name).lower()
    if text not in known:
        raise _wrong("UNKNOWN_KIND", texts, name, f"expected one of {', '.join(known)}")
    return text


def _instant(body: Mapping[str, Any], received_at: int) -> int:
    given = body.get("occurred_at")
    expected = "expected ISO 8601 such as 2026-03-01T12:00:00Z, or whole microseconds since 1970"
    if given is None or given == "":
        raise MessageRefused("MISSING_VALUE", "occurred_at", f"is missing: {expected}")
    try:
        if isinstance(given, int) and not isinstance(given, bool):
            at = given
        else:
            instant = datetime.fromisoformat(given)
            at = micros_of(instant.replace(tzinfo=UTC) if instant.tzinfo is None else instant.astimezone(UTC))
    except (TypeError, ValueError, OverflowError):
        raise _wrong("BAD_DATE", body, "occurred_at", expected) from None
    if not _EARLIEST <= at <= received_at + AHEAD_MICROS:
        raise _wrong("BAD_DATE", body, "occurred_at", "expected a time since 1970 that is not in the future")
    return min(at, received_at)


def _parent(texts: Mapping[str, str], kind: str, native: str) -> str | None:
    """A refund's sale: as stated, else the one that its own id names (`<sale>:refund`)."""
    stated = texts.get("parent_outcome_id")
    if kind not in RESTATING_KINDS:
        if stated is not None:
            raise _wrong("UNKNOWN_KIND", texts, "parent_outcome_id", f"only {' and '.join(RESTATING_KINDS)} have one")
        return None
    named = _PARENT.fullmatch(native)
    sale = stated or (named[1] if named else None)
    return None if sale is None else sale if sale.startswith(f"{SYSTEM}:") else f"{SYSTEM}:{sale}"


def _amounts(body: Mapping[str, Any], kind: str) -> dict[str, Any]:
    found: dict[str, Any] = {column: _micros(body, name) for name, column in AMOUNTS.items()}
    if kind in RESTATING_KINDS:
        # It takes away, however its sign is written.
        found |= {name: -abs(found[name]) for name in _TAKEN_BACK if found[name] is not None}
    currency = _text(body, "currency")
    if any(micros is not None for micros in found.values()):
        if currency is None or currency.upper() not in MINOR_DIGITS:
            raise _wrong("AMBIGUOUS_CURRENCY", body, "currency", "expected an ISO 4217 code such as EUR")
        found["currency"] = currency.upper()
    return found


def _micros(body: Mapping[str, Any], name: str) -> int | None:
    given = body.get(name)
    if given is None or given == "":
        return None
    try:
        return exact_micros(given if isinstance(given, str | int | Decimal) else repr(given))
    except ValueError as error:
        raise _wrong("BAD_NUMBER", body, name, str(error)) from None


def _share(body: Mapping[str, Any]) -> float | None:
    given = body.get("probability")
    if given is None:
        return None
    if isinstance(given, bool) or not isinstance(given, int | Decimal) or not 0 <= given <= 1:
        raise _wrong("BAD_NUMBER", body, "probability", "expected a number from 0 to 1")
    return float(given)


def _flag(body: Mapping[str, Any]) -> bool | None:
    given = body.get("new_customer")
    if given is not None and not isinstance(given, bool):
        raise _wrong("UNKNOWN_KIND", body, "new_customer", "expected true or false")
    return given


def _who(texts: Mapping[str, str]) -> dict[str, str]:
    if "email" in texts and canonical_email(texts["email"]) is None:
        raise MessageRefused("MISSING_VALUE", "email", "is no e-mail address")
    if texts.get("phone", "").startswith("+") and canonical_phone(texts["phone"]) is None:
        raise MessageRefused("MISSING_VALUE", "phone", "is no phone number")
    if "email_sha256" in texts and not _HASH.fullmatch(texts["email_sha256"]):
        raise MessageRefused("MISSING_VALUE", "email_sha256", "is no SHA-256: expected 64 hex digits")
    who = {name: texts[name] for name in (*WHO, "company_id") if name in texts and name != "click_id"}
    if "email_sha256" in who:
        who["email_sha256"] = who["email_sha256"].lower()
    if (cookie := _COOKIE.fullmatch(who.get("anonymous_id", ""))) is not None:
        who["anonymous_id"] = cookie[1]  # The whole cookie was sent: the time after the dot is not the id's.
    return who


def _click(texts: Mapping[str, str]) -> dict[str, str]:
    """A click id is Google's unless its name stands before it: `oclid:...`, `fbclid:...`."""
    match = _CLICK.fullmatch(texts.get("click_id", ""))
    return {match[1] or "gclid": match[2]} if match else {}


def _consent(given: object) -> dict[str, Any] | None:
    """What was agreed to by purpose, when, and under which version of the policy."""
    if given is None:
        return None
    known = (*PURPOSES, "policy_version", "at")
    if not isinstance(given, dict) or not all(
        isinstance(value, bool if name in PURPOSES else str) for name, value in given.items() if name in known
    ):
        raise MessageRefused("UNKNOWN_KIND", "consent", f"expected true or false for any of {', '.join(PURPOSES)}")
    if strange := [str(name) for name in given if name not in known]:
        expected = f"is no purpose: expected {', '.join(PURPOSES)}"
        raise MessageRefused("UNKNOWN_KIND", f"consent.{clean(strange[0][:64])}", expected)
    return {name: value if name in PURPOSES else value[:64] for name, value in given.items()}


def _wrong(code: str, body: Mapping[str, Any], name: str, expected: str) -> MessageRefused:
    return MessageRefused(code, name, f"is {str(body.get(name))[:60]!r}: {expected}")
