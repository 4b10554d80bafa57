"""A partner's transaction through all its postbacks: what stands after each, and what an approved one no longer allows.

`settle` is a fold: what stood, one postback, what stands. What stands is read back from the current outcome, so nothing
is remembered anywhere else.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any, Literal, Protocol, get_args

from outturn.domain.money import MAX_MICROS, decimal_text
from outturn.domain.time import micros_of

if TYPE_CHECKING:
    from collections.abc import Mapping

ItemStatus = Literal["pending", "approved", "rejected"]
ITEM_STATUSES: tuple[ItemStatus, ...] = get_args(ItemStatus)
COUNTS_AS: dict[str, str] = {"pending": "pending", "approved": "counted", "rejected": "void"}
"""What an item's status is as an outcome's."""
_STATUS_OF: dict[str, ItemStatus] = {"pending": "pending", "counted": "approved", "void": "rejected"}


class Stating(Protocol):
    """What a postback says of its item; None: nothing."""

    @property
    def received_at(self) -> int:
        """UTC microseconds."""

    @property
    def status(self) -> str:
        """One of `ITEM_STATUSES`."""

    @property
    def kind(self) -> str | None:
        """A kind of outcome; None: its event was not named."""

    @property
    def usual_kind(self) -> str:
        """What the link takes a postback for that does not name its event."""

    @property
    def amount_micros(self) -> int | None:
        """What the customer paid."""

    @property
    def payout_micros(self) -> int | None:
        """What the partner gets."""

    @property
    def currency(self) -> str | None:
        """Of both."""

    @property
    def click_id(self) -> str | None:
        """Of the click that led there."""

    @property
    def order_id(self) -> str | None:
        """The shop's own."""

    @property
    def duplicates(self) -> str:
        """What a repeated transaction does on its link."""


@dataclass(frozen=True, slots=True)
class Item:
    """One transaction as it stands.

    Attributes:
        occurred_at: Of its first postback, UTC microseconds.
        kind: A kind of outcome.
        amount_micros: What the customer paid; None: not said.
        payout_micros: What the partner gets; None: not said.
    """

    occurred_at: int
    status: ItemStatus
    kind: str
    amount_micros: int | None = None
    payout_micros: int | None = None
    currency: str | None = None
    click_id: str | None = None
    order_id: str | None = None


@dataclass(frozen=True, slots=True)
class Unsettled:
    """A postback that changes nothing, and why.

    Attributes:
        code: One of `REFUSAL_CODES`.
    """

    code: str
    reason: str


def settle(previous: Item | None, stated: Stating) -> Item | Unsettled:
    """What stands after one more postback of the transaction.

    An approved item is final: nothing changes it any more, in any mode. A postback that says the same of it again is
    no contradiction. Otherwise the link's mode decides about a repeated transaction: `ignore` keeps the first,
    `update` takes what the latest states, `add` adds its amounts and takes its status.
    """
    if previous is None:
        return Item(
            stated.received_at, _status(stated.status), stated.kind or stated.usual_kind, stated.amount_micros,
            stated.payout_micros, _currency(stated), stated.click_id, stated.order_id,
        )  # fmt: skip
    latest = _updated(previous, stated)
    if previous.status == "approved":
        if latest == previous:
            return previous
        return Unsettled("SETTLED", f"says {_said(stated)} of a transaction that is approved: that is final")
    if stated.duplicates == "ignore":
        return previous if latest == previous else Unsettled(
            "REPEATED", f"says {_said(stated)} of a transaction that counts by its first postback"
        )  # fmt: skip
    if stated.duplicates == "update":
        return _in_one_currency(previous, stated) or latest
    return _added(previous, stated, latest)


def item_of(outcome: Mapping[str, Any] | None) -> Item | None:
    """What stands, of the current row of `outcomes`; None: no postback named the transaction yet."""
    if outcome is None:
        return None
    at = outcome["occurred_at"]
    return Item(
        micros_of(at) if isinstance(at, datetime) else at, _STATUS_OF[outcome["status"]], outcome["kind"],
        outcome.get("gross_micros"), outcome.get("commission_micros"), outcome.get("currency"), outcome.get("oclid"),
        outcome.get("order_id"),
    )  # fmt: skip


def _updated(previous: Item, stated: Stating) -> Item:
    """What the postback says, and of what it does not say, what was said before."""
    amount = previous.amount_micros if stated.amount_micros is None else stated.amount_micros
    payout = previous.payout_micros if stated.payout_micros is None else stated.payout_micros
    return replace(
        previous,
        status=_status(stated.status),
        kind=stated.kind or previous.kind,
        amount_micros=amount,
        payout_micros=payout,
        currency=_currency(stated) or previous.currency,
        click_id=stated.click_id or previous.click_id,
        order_id=stated.order_id or previous.order_id,
    )


def _added(previous: Item, stated: Stating, latest: Item) -> Item | Unsettled:
    if _currency(stated) is not None and previous.currency not in (None, stated.currency):
        return Unsettled("CURRENCY_MISMATCH", f"adds {stated.currency} to {previous.currency}")
    amount = _sum(previous.amount_micros, stated.amount_micros)
    payout = _sum(previous.payout_micros, stated.payout_micros)
    if max(amount or 0, payout or 0) > MAX_MICROS:
        return Unsettled("BAD_NUMBER", "adds up to more than an amount can be")
    return replace(latest, amount_micros=amount, payout_micros=payout)


def _in_one_currency(previous: Item, stated: Stating) -> Unsettled | None:
    """Why the two amounts would stand in different currencies; None: they do not."""
    kept = (stated.amount_micros is None and previous.amount_micros is not None) or (
        stated.payout_micros is None and previous.payout_micros is not None
    )
    if kept and _currency(stated) not in (None, previous.currency):
        return Unsettled(
            "CURRENCY_MISMATCH", f"is in {stated.currency}, and what it does not restate in {previous.currency}"
        )
    return None


def _sum(one: int | None, other: int | None) -> int | None:
    return one if other is None else other if one is None else one + other


def _currency(stated: Stating) -> str | None:
    return None if stated.amount_micros is None and stated.payout_micros is None else stated.currency


def _status(text: str) -> ItemStatus:
    found: ItemStatus = next(status for status in ITEM_STATUSES if status == text)
    return found


def _said(stated: Stating) -> str:
    amounts = {"amount": stated.amount_micros, "payout": stated.payout_micros}
    currency = stated.currency or ""
    said = (f"{name} {decimal_text(micros, currency)}" for name, micros in amounts.items() if micros is not None)
    return " ".join((stated.status, *said))
