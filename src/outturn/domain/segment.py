"""A message of the Segment spec: who did what, when and on which page, read without guessing.

Callers parse the JSON with `parse_float=decimal.Decimal`, so that amounts come as the text said
them; a float has lost that text and is a programming error here. Nothing is decided about clocks:
a time far in the future is read as it stands.

References:
    Segment, "Spec: Common fields", and "V2 Ecommerce events" (Order Completed, Order Refunded).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Literal, get_args

from outturn.domain.currencies import MINOR_DIGITS
from outturn.domain.errors import REFUSAL_CODES, Refusal
from outturn.domain.money import exact_micros

if TYPE_CHECKING:
    from collections.abc import Mapping

MessageType = Literal["track", "page", "screen", "identify", "group", "alias"]
MESSAGE_TYPES: tuple[MessageType, ...] = get_args(MessageType)
PURCHASE_EVENTS = ("order completed",)
REFUND_EVENTS = ("order refunded",)


class MessageRefused(Refusal):
    """One message was refused.

    Attributes:
        code: One of `REFUSAL_CODES`.
        field: The dotted path of the field ("context.page.url").
        reason: What stood there and what was expected, without the field.
    """

    def __init__(self, code: str, field_path: str, reason: str) -> None:
        if code not in REFUSAL_CODES:
            raise ValueError(f"unknown refusal code {code}")
        self.code = code
        self.field = field_path
        self.reason = reason
        super().__init__(f"{code}: {field_path} {reason}")


@dataclass(frozen=True, slots=True)
class Campaign:
    """`context.campaign`, which a tracker took from the landing address; None: not said."""

    source: str | None = None
    medium: str | None = None
    name: str | None = None
    term: str | None = None
    content: str | None = None
    id: str | None = None


@dataclass(frozen=True, slots=True)
class Amounts:
    """The money of an event's properties in micros of its currency; None: not said.

    Attributes:
        total: As charged: tax and shipping included, discount deducted.
        revenue: Without tax and shipping.
        value: What the event is worth where it is no order.
        currency: ISO 4217 in capitals; the spec's default of USD is never assumed.
    """

    total: int | None = None
    revenue: int | None = None
    value: int | None = None
    tax: int | None = None
    shipping: int | None = None
    discount: int | None = None
    currency: str | None = None

    @property
    def gross(self) -> int | None:
        """What was charged: `total`, else `revenue` with the tax and shipping that are stated, else `value`."""
        if self.total is not None:
            return self.total
        if self.revenue is not None:
            return self.revenue + (self.tax or 0) + (self.shipping or 0)
        return self.value


@dataclass(frozen=True, slots=True)
class Message:
    """One message, checked; None: not said.

    Attributes:
        name: A track's event, else the name of the page or screen.
        occurred_at: On the receiver's clock, as `occurrence` corrects it.
        previous_id: Of an alias: the id that `user_id` replaces.
        email: As written, from traits, the context's traits or properties.
        url: As written, fragment included.
        order_id: Of an order's event.
        amounts: Of a track, else all None.
        consent: By category, from `context.consent.categoryPreferences`.
        properties: As they came; of identify and group, the traits.
    """

    type: MessageType
    message_id: str
    occurred_at: datetime
    received_at: datetime | None = None
    name: str | None = None
    anonymous_id: str | None = None
    user_id: str | None = None
    previous_id: str | None = None
    group_id: str | None = None
    email: str | None = None
    phone: str | None = None
    url: str | None = None
    referrer: str | None = None
    campaign: Campaign = field(default_factory=Campaign)
    order_id: str | None = None
    amounts: Amounts = field(default_factory=Amounts)
    user_agent: str | None = None
    ip: str | None = None
    consent: Mapping[str, bool] | None = None
    properties: Mapping[str, Any] = field(default_factory=dict)

    @property
    def is_purchase(self) -> bool:
        """Whether it is the spec's Order Completed, letters' case and `_` apart."""
        return self._event() in PURCHASE_EVENTS

    @property
    def is_refund(self) -> bool:
        """Whether it is the spec's Order Refunded, letters' case and `_` apart."""
        return self._event() in REFUND_EVENTS

    def _event(self) -> str | None:
        return self.name.replace("_", " ").strip().lower() if self.type == "track" and self.name else None


def parse_message(body: Mapping[str, Any], *, received_at: datetime | None = None) -> Message:
    """Check one message.

    Args:
        body: The parsed JSON object, floats as Decimal.
        received_at: The receiver's clock for a message that comes straight from a tracker. None for
            one of an archive, which carries its own `receivedAt`.

    Raises:
        MessageRefused: MISSING_VALUE (no type, messageId, event, time, or nobody it is about),
            UNKNOWN_KIND (type), BAD_DATE, BAD_NUMBER; the error names the field.
    """
    if not isinstance(body, dict):
        raise MessageRefused("MISSING_VALUE", "type", f"is missing: expected an object, not {_shown(body)}")
    kind = _type(body)
    context = _object(body, "context")
    traits = {**_object(context, "traits", "context."), **_object(body, "traits")}
    properties = _object(body, "traits" if kind in ("identify", "group") else "properties")
    page = _object(context, "page", "context.")
    if kind == "page":
        page = {**page, **{key: properties[key] for key in ("url", "referrer") if properties.get(key)}}
    user_id, anonymous_id = _text(body, "userId"), _text(body, "anonymousId")
    if user_id is None and anonymous_id is None:
        raise MessageRefused("MISSING_VALUE", "anonymousId", "and userId are missing: expected at least one of them")
    return Message(
        type=kind,
        message_id=_needed(body, "messageId"),
        occurred_at=occurrence(body, received_at=received_at),
        received_at=received_at or _instant(body, "receivedAt"),
        name=_needed(body, "event") if kind == "track" else _text(body, "name"),
        anonymous_id=anonymous_id,
        user_id=user_id,
        previous_id=_needed(body, "previousId") if kind == "alias" else None,
        group_id=_needed(body, "groupId") if kind == "group" else None,
        email=_text(traits, "email", "traits.") or _text(properties, "email", "properties."),
        phone=_text(traits, "phone", "traits.") or _text(properties, "phone", "properties."),
        url=_text(page, "url", "context.page."),
        referrer=_text(page, "referrer", "context.page."),
        campaign=_campaign(_object(context, "campaign", "context.")),
        order_id=_text(properties, "order_id", "properties.") if kind == "track" else None,
        amounts=_amounts(properties) if kind == "track" else Amounts(),
        user_agent=_text(context, "userAgent", "context."),
        ip=_text(context, "ip", "context."),
        consent=_consent(_object(context, "consent", "context.")),
        properties=properties,
    )


def occurrence(body: Mapping[str, Any], *, received_at: datetime | None = None) -> datetime:
    """When it happened on the receiver's clock, which a device's own clock may miss by hours.

    `receivedAt - (sentAt - originalTimestamp)` where all three are known: how long the message lay on
    the device is told by the device's own clock, whatever hour it shows. Straight from a tracker, its
    `timestamp` is the original one; in an archive, `timestamp` is already corrected and stands in
    where one of the three is missing, then `originalTimestamp`, then `receivedAt`.

    Raises:
        MessageRefused: BAD_DATE, or MISSING_VALUE where no time is said.
    """
    received = received_at or _instant(body, "receivedAt")
    stamped, sent, original = (_instant(body, key) for key in ("timestamp", "sentAt", "originalTimestamp"))
    if original is None and received_at is not None:
        original = stamped
    if received and sent and original:
        try:
            return received - (sent - original)
        except OverflowError:
            raise MessageRefused("BAD_DATE", "originalTimestamp", f"is {_shown(original)}: out of range") from None
    known = (original, stamped) if received_at is not None else (stamped, original)
    found = next((instant for instant in (*known, received) if instant is not None), None)
    if found is None:
        raise MessageRefused("MISSING_VALUE", "timestamp", "is missing: expected an ISO 8601 time")
    return found


def _type(body: Mapping[str, Any]) -> MessageType:
    kind = _needed(body, "type")
    if kind not in MESSAGE_TYPES:
        raise MessageRefused("UNKNOWN_KIND", "type", f"is {_shown(kind)}: expected one of {', '.join(MESSAGE_TYPES)}")
    return kind


def _object(body: Mapping[str, Any], key: str, path: str = "") -> Mapping[str, Any]:
    given = body.get(key)
    # PHP writes an empty object as an empty list.
    if given is None or given == []:
        return {}
    if not isinstance(given, dict):
        raise MessageRefused("MISSING_VALUE", path + key, f"is {_shown(given)}: expected an object")
    return given


def _text(body: Mapping[str, Any], key: str, path: str = "") -> str | None:
    given = body.get(key)
    if isinstance(given, int) and not isinstance(given, bool):
        return str(given)
    if isinstance(given, Decimal) and given.is_finite() and abs(given) < _LARGEST_WHOLE and given == int(given):
        return str(int(given))  # Some languages have no whole numbers: 123.0 is the id 123.
    if given is not None and not isinstance(given, str):
        raise MessageRefused("MISSING_VALUE", path + key, f"is {_shown(given)}: expected text")
    return given.strip() or None if given else None


def _needed(body: Mapping[str, Any], key: str) -> str:
    given = _text(body, key)
    if given is None:
        raise MessageRefused("MISSING_VALUE", key, "is missing: expected text")
    return given


def _instant(body: Mapping[str, Any], key: str) -> datetime | None:
    """An ISO 8601 time; the spec's times are UTC, so one without a zone is."""
    given = body.get(key)
    if given is None or given == "":
        return None
    try:
        instant = datetime.fromisoformat(given)
        return instant.replace(tzinfo=UTC) if instant.tzinfo is None else instant.astimezone(UTC)
    except (TypeError, ValueError, OverflowError):
        raise MessageRefused(
            "BAD_DATE", key, f"is {_shown(given)}: expected an ISO 8601 time such as 2026-03-01T12:00:00.000Z"
        ) from None


def _campaign(given: Mapping[str, Any]) -> Campaign:
    return Campaign(
        **{key: _text(given, key, "context.campaign.") for key in ("source", "medium", "name", "term", "content", "id")}
    )


def _amounts(properties: Mapping[str, Any]) -> Amounts:
    currency = _text(properties, "currency", "properties.")
    currency = currency.upper() if currency else None
    if currency is not None and currency not in MINOR_DIGITS:
        raise MessageRefused(
            "AMBIGUOUS_CURRENCY", "properties.currency", f"is {_shown(currency)}: expected an ISO 4217 code such as EUR"
        )
    keys = ("total", "revenue", "value", "tax", "shipping", "discount")
    return Amounts(**{key: _micros(properties, key) for key in keys}, currency=currency)


def _micros(properties: Mapping[str, Any], key: str) -> int | None:
    given = properties.get(key)
    if given is None or given == "":
        return None
    if isinstance(given, float):
        raise TypeError(f"properties.{key} came as a float: parse JSON with parse_float=decimal.Decimal")
    try:
        # What is neither text nor a number is refused as its text would be.
        return exact_micros(given if isinstance(given, str | int | Decimal) else repr(given))
    except ValueError as error:
        raise MessageRefused("BAD_NUMBER", f"properties.{key}", f"is {_shown(given)}: {error}") from None


_LARGEST_WHOLE = 2**53  # What a double can count to.


def _consent(given: Mapping[str, Any]) -> Mapping[str, bool] | None:
    preferences = given.get("categoryPreferences")
    if preferences is None:
        return None
    if not isinstance(preferences, dict) or not all(isinstance(choice, bool) for choice in preferences.values()):
        raise MessageRefused(
            "MISSING_VALUE",
            "context.consent.categoryPreferences",
            f"is {_shown(preferences)}: expected true or false by category",
        )
    return preferences


def _shown(given: object) -> str:
    text = repr(given) if not isinstance(given, datetime | Decimal) else str(given)
    return text if len(text) <= _LONGEST_SHOWN else f"{text[:_LONGEST_SHOWN]}..."


_LONGEST_SHOWN = 60
