"""Postbacks: `GET|POST /postback`, by which a partner's server says what became of a click.

`link` and `secret` say who speaks, `txid` of which transaction; `click_id` is the one that `{click_id}` filled in.
`status` is pending, approved or rejected (approved where it is not said), `amount` what the customer paid, `payout`
what the partner gets, both in `currency` or the link's; `event` names the kind of outcome where it is not the link's
usual one; `order_id` is the shop's own. An answer of 200 means that the postback is kept. What it changes is decided
when it is loaded, by `settlement.py`: here nothing is known of other postbacks.

An approved payout is a commission, a cost of the link's channel on the day of the transaction.
"""

from __future__ import annotations

import hmac
import re
from typing import TYPE_CHECKING, Any

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from outturn.collector.addresses import cut
from outturn.collector.exchange import Reply, failure
from outturn.collector.links import LONGEST_AGENT
from outturn.collector.message_erasure import blanked
from outturn.collector.messages import Refused
from outturn.collector.place import Rows, Stated
from outturn.collector.queries import header, parameters
from outturn.collector.settlement import COUNTS_AS, ITEM_STATUSES, Item, Unsettled, item_of, settle
from outturn.domain.currencies import MINOR_DIGITS
from outturn.domain.goals import OUTCOME_KINDS, RESTATING_KINDS
from outturn.domain.links import OWN_CLICK_ID, secret_digest
from outturn.domain.masking import MASK, masked
from outturn.domain.money import exact_micros
from outturn.domain.segment import MessageRefused

if TYPE_CHECKING:
    from outturn.collector.exchange import Request
    from outturn.collector.forgotten import Forgotten
    from outturn.collector.links import LinkDesk
    from outturn.collector.place import Place
    from outturn.domain.links import Link

PATH = "/postback"
SYSTEM = "postback"
EVENTS = tuple(kind for kind in OUTCOME_KINDS if kind not in RESTATING_KINDS)
"""What `event` may name."""

_JSON = (("content-type", "application/json"),)
_FORM = "application/x-www-form-urlencoded"
_KEPT = b'{"success":true}'
_NO_DIGEST = secret_digest("")
_CLICK_ID = re.compile(r"[A-Za-z0-9_-]{22}")
_AMOUNT = re.compile(r"[0-9]{1,12}(?:\.[0-9]{1,12})?")
_LONGEST_ID = 128


class Postback(Struct, tag="b", array_like=True, frozen=True):
    """One postback, checked.

    Attributes:
        received_at: UTC microseconds.
        kind: Of outcome; None: the postback did not name its event.
        usual_kind: The link's.
        currency: Of both amounts; None: there are none.
        duplicates: The link's mode when it came.
        refused: Why it was not taken; then nothing above counts but the link.
    """

    received_at: int
    ip_prefix: str | None
    user_agent: str | None
    link: str
    stated: Stated
    txid: str = ""
    status: str = "approved"
    click_id: str | None = None
    amount_micros: int | None = None
    payout_micros: int | None = None
    currency: str | None = None
    kind: str | None = None
    usual_kind: str = "purchase"
    order_id: str | None = None
    duplicates: str = "update"
    refused: tuple[Refused, ...] = ()

    @property
    def outcome_id(self) -> str:
        """Of the transaction; links' ids hold no colon."""
        return f"{SYSTEM}:{self.link}:{self.txid}"


def take(request: Request, desk: LinkDesk) -> Reply:
    """Take one postback."""
    if request.method not in ("GET", "POST"):
        return failure(405, "method", "is none that postbacks come by: expected GET or POST")
    given = _given(request)
    link = desk.links.get(given.get("link", ""))
    expected = link.secret_digest if link is not None and link.secret_digest else _NO_DIGEST
    # Compared even where there is no such link: how long it takes tells nothing.
    is_known = hmac.compare_digest(secret_digest(given.get("secret", "")), expected)
    if link is None or not is_known or expected is _NO_DIGEST or link.state != "active":
        return failure(
            403, "secret", "is missing, or not that of an active link: `outturn links` shows which there are"
        )
    if not desk.limits.keys.take(link.id, request.received_at):
        return failure(429, "link", "sends more than [server] key_rate allows", retry_after=1)
    about: dict[str, Any] = {
        "received_at": request.received_at, "ip_prefix": cut(request.address), "link": link.id,
        "stated": Stated.of(link),
        "user_agent": header(request, "user-agent", longest=LONGEST_AGENT),
    }  # fmt: skip
    try:
        record = Postback(**about, **_checked(given, link))
    except MessageRefused as refused:
        keeps = desk.limits.refused.take(link.id, request.received_at)
        kept = Refused(refused.code, f"{refused.field} {refused.reason}", _masked(given))
        return Reply(400, _refusal(refused), _JSON, Postback(**about, refused=(kept,)) if keeps else None)
    return Reply(200, _KEPT, _JSON, record)


def _given(request: Request) -> dict[str, str]:
    """What the query says, and beside it the form of a body."""
    form = ""
    if (request.headers.get("content-type") or "").partition(";")[0].strip().lower() == _FORM:
        form = request.body.decode(errors="replace")
    return parameters(form) | parameters(request.query)


def _checked(given: dict[str, str], link: Link) -> dict[str, Any]:
    """What a postback says, as fields of `Postback`.

    Raises:
        MessageRefused: It names the field.
    """
    status = given.get("status", "approved").lower()
    if status not in ITEM_STATUSES:
        raise _refused("UNKNOWN_KIND", "status", given, f"expected {', '.join(ITEM_STATUSES)}")
    kind = given.get("event")
    if kind is not None and kind not in EVENTS:
        raise _refused("UNKNOWN_KIND", "event", given, f"expected one of {', '.join(EVENTS)}")
    click_id = given.get("click_id")
    if click_id is not None and not _CLICK_ID.fullmatch(click_id):
        raise _refused("UNKNOWN_KIND", "click_id", given, "expected the 22 characters that {click_id} filled in")
    if "txid" not in given:
        raise MessageRefused("MISSING_VALUE", "txid", "is missing: expected the transaction's own id")
    for name in ("txid", "order_id"):
        if len(given.get(name, "")) > _LONGEST_ID:
            raise MessageRefused("TOO_LARGE", name, f"is longer than {_LONGEST_ID} characters")
    amounts = {f"{name}_micros": _micros(given, name) for name in ("amount", "payout")}
    currency = None
    if any(micros is not None for micros in amounts.values()):
        currency = given.get("currency", link.currency or "").upper()
        if currency not in MINOR_DIGITS:
            raise MessageRefused(
                "AMBIGUOUS_CURRENCY", "currency",
                f"is {currency!r}: expected an ISO 4217 code such as EUR, here or with the link",
            )  # fmt: skip
    return {
        "txid": given["txid"], "status": status, "click_id": click_id, **amounts, "currency": currency, "kind": kind,
        "usual_kind": link.outcome_kind, "order_id": given.get("order_id"), "duplicates": link.duplicates,
    }  # fmt: skip


def _micros(given: dict[str, str], name: str) -> int | None:
    text = given.get(name)
    if text is None:
        return None
    if not _AMOUNT.fullmatch(text):
        raise _refused("BAD_NUMBER", name, given, "expected a plain number such as 12.34")
    try:
        return exact_micros(text)
    except ValueError as error:
        raise _refused("BAD_NUMBER", name, given, str(error)) from None


def _refused(code: str, name: str, given: dict[str, str], expected: str) -> MessageRefused:
    return MessageRefused(code, name, f"is {given[name][:60]!r}: {expected}")


def _masked(given: dict[str, str]) -> str:
    shown = "&".join(f"{name}={MASK if name == 'secret' else text}" for name, text in given.items())
    return masked(shown, personal=True)


def _refusal(refused: MessageRefused) -> bytes:
    told = {"code": refused.code, "field": refused.field, "reason": refused.reason}
    return msgspec.json.encode({"success": False, "refused": [told]})


def rows(record: Postback, place: Place) -> Rows:
    """What one postback makes of its transaction: an outcome, and of an approved payout a cost."""
    if record.refused:
        return Rows(refused=[refused_row(one) for one in record.refused])
    previous = item_of(place.standing(record.outcome_id))
    item = settle(previous, record)
    if isinstance(item, Unsettled):
        raw = f"link={record.link}&txid={record.txid}&status={record.status}"
        return Rows(refused=[refused_row(Refused(item.code, f"txid {item.reason}", masked(raw, personal=True)))])
    if item == previous:
        return Rows()
    return Rows(outcomes=[_outcome(record, item)], costs=_commission(record, item, place))


def without(record: Postback, person: Forgotten) -> Postback:
    """The transaction without the click of somebody who asked to be forgotten; what the partner is owed stays."""
    click_id = record.click_id
    clicked = person.is_theirs("anonymous", f"{OWN_CLICK_ID}:{click_id}" if click_id else None)
    if clicked or record.outcome_id in person.outcome_ids:
        click_id = None
    changed = replace(record, click_id=click_id, refused=blanked(record.refused, person))
    return record if changed == record else changed


def refused_row(refused: Refused) -> dict[str, Any]:
    """As a row of `refused_rows`."""
    return {"reason": refused.code, "detail": refused.detail, "raw": refused.raw}


def _outcome(record: Postback, item: Item) -> dict[str, Any]:
    return {
        # A partner's word is no entry of the shop's ledger: it counts where there is no such ledger.
        "outcome_id": record.outcome_id, "system": SYSTEM, "tracker": True, "kind": item.kind, "stage": "",
        "status": COUNTS_AS[item.status], "occurred_at": item.occurred_at, "gross_micros": item.amount_micros,
        "commission_micros": item.payout_micros, "currency": item.currency, "oclid": item.click_id,
        "order_id": item.order_id,
    }  # fmt: skip


def _commission(record: Postback, item: Item, place: Place) -> list[dict[str, Any]]:
    if item.status != "approved" or not item.payout_micros:
        return []
    return [
        {
            # One that is approved never changes, so this row is made once.
            "cost_id": record.outcome_id, "date_day": place.day(item.occurred_at), "channel": record.stated.channel,
            "kind": "commission", "campaign_id": record.stated.campaign_id, "cost_micros": item.payout_micros,
            "currency": item.currency, "note": record.stated.partner or None,
        }
    ]  # fmt: skip
