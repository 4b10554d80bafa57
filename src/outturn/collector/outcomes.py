"""The outcomes API: `POST /v1/outcomes`, by which a server says what was sold, won, refunded or asked for.

The body is `{"outcomes": [{...}, ...]}`, its requests are signed (`signatures.py`), and its fields mean what the
columns of the generic table `outcomes` mean (`sources/outcomes.py`), so that a file and the API may tell of the same
outcome: the later one counts. Each outcome is taken or refused by itself; the answer names index and field of what was
refused.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Protocol

import msgspec
from msgspec import Raw, Struct
from msgspec.structs import replace

from outturn.collector.addresses import cut
from outturn.collector.checks import parsed
from outturn.collector.exchange import Reply, failure
from outturn.collector.message_erasure import blanked
from outturn.collector.message_rows import SOURCE
from outturn.collector.messages import Refused
from outturn.collector.outcome_entries import AMOUNTS, TEXTS, Entry, read
from outturn.collector.place import Rows
from outturn.collector.postbacks import refused_row
from outturn.collector.queries import clean
from outturn.collector.signatures import SigningDesk, Unsigned, signer
from outturn.domain.masking import MASK, masked
from outturn.domain.segment import MessageRefused
from outturn.domain.urls import PERSONAL_KEYS

if TYPE_CHECKING:
    from outturn.collector.exchange import Request
    from outturn.collector.forgotten import Forgotten
    from outturn.collector.limits import Limits
    from outturn.collector.place import Place

PATH = "/v1/outcomes"
SYSTEM = "generic"
MOST_OUTCOMES = 1000
_LONGEST = 32 * 1024
_JSON = (("content-type", "application/json"),)
_ENCODE = msgspec.json.Encoder(decimal_format="number").encode
_OF_NOBODY = (*TEXTS, "occurred_at", *AMOUNTS, "currency", "probability", "new_customer")
_MASKED_KEYS = PERSONAL_KEYS | {"userid", "crmid", "emailsha256", "clickid", "companyid"}


class OutcomesDesk(SigningDesk, Protocol):
    """What the endpoint asks of the desk."""

    @property
    def limits(self) -> Limits:
        """Who may ask how often."""


class Outcomes(Struct, tag="o", array_like=True, frozen=True):
    """What one request brought.

    Attributes:
        received_at: UTC microseconds.
        key_id: Of the secret key that signed it.
        taken: JSON of each outcome that was taken, as it was sent.
        refused: Those that were not, masked.
        nobodys: Places in `taken` of those whose buyers asked to be forgotten: nothing there says who they were.
    """

    received_at: int
    ip_prefix: str | None
    key_id: str
    taken: tuple[bytes, ...]
    refused: tuple[Refused, ...] = ()
    nobodys: tuple[int, ...] = ()


class _Body(Struct):
    outcomes: list[Raw]


_BODY = msgspec.json.Decoder(_Body).decode


def take(request: Request, desk: OutcomesDesk) -> Reply:
    """Take the outcomes of one request."""
    if request.method != "POST":
        return failure(405, "method", "is none that outcomes come by: expected POST")
    key_id = signer(request, desk)
    if isinstance(key_id, Unsigned):
        return failure(401, key_id.header, key_id.reason)
    if not desk.limits.keys.take(key_id, request.received_at):
        return failure(429, "outturn-key", "sends more than [server] key_rate allows", retry_after=1)
    given = _given(request.body)
    if given is None:
        return failure(400, "outcomes", 'is missing: expected a JSON object {"outcomes": [...]}')
    if not 0 < len(given) <= MOST_OUTCOMES:
        return failure(400, "outcomes", f"holds {len(given)} outcomes: expected 1 to {MOST_OUTCOMES}")
    taken: list[bytes] = []
    refused: list[tuple[int, MessageRefused, bytes]] = []
    for index, content in enumerate(given):
        try:
            entry_of(content, request.received_at)
        except MessageRefused as error:
            refused.append((index, error, content))
        else:
            taken.append(content)
    kept = tuple(
        Refused(error.code, f"outcomes[{index}].{error.field} {error.reason}", _masked(content))
        for index, error, content in refused
        if desk.limits.refused.take(key_id, request.received_at)
    )
    record = Outcomes(request.received_at, cut(request.address), key_id, tuple(taken), kept)
    status = 200 if not refused else 207 if taken else 400
    return Reply(status, _answer(len(taken), refused), _JSON, record if taken or kept else None)


def _given(body: bytes) -> list[bytes] | None:
    """The JSON of each outcome; None: the body is no list of them."""
    try:
        return [bytes(one) for one in _BODY(body).outcomes]
    except (msgspec.DecodeError, RecursionError, ValueError):
        pass
    try:
        # Half a character in one outcome makes the fast reader refuse them all.
        outcomes = parsed(body).get("outcomes")
    except MessageRefused:
        return None
    return [json.dumps(one, default=str).encode() for one in outcomes] if isinstance(outcomes, list) else None


def entry_of(content: bytes, received_at: int) -> Entry:
    """One outcome of its JSON.

    Raises:
        MessageRefused: It names the field.
    """
    if len(content) > _LONGEST:
        raise MessageRefused("TOO_LARGE", "", f"is larger than {_LONGEST} bytes")
    return read(parsed(content), received_at=received_at)


def _answer(taken: int, refused: list[tuple[int, MessageRefused, bytes]]) -> bytes:
    told = [
        {"index": index, "code": error.code, "field": f"outcomes[{index}].{error.field}", "reason": error.reason}
        for index, error, _ in refused
    ]
    return msgspec.json.encode({"success": not refused, "accepted": taken, "refused": told})


def _masked(content: bytes) -> str:
    try:
        body = parsed(content)
    except MessageRefused:
        return masked(content.decode(errors="replace"), personal=True)
    shown = {
        name: MASK if name.lower().replace("_", "").replace("-", "") in _MASKED_KEYS else value
        for name, value in body.items()
    }
    return masked(clean(json.dumps(shown, ensure_ascii=False, default=str)), personal=True)


def rows(record: Outcomes, place: Place) -> Rows:
    """The ledger entries of one request, and who said no to analytics in it."""
    outcomes: list[dict[str, Any]] = []
    events: list[dict[str, Any]] = []
    refused = list(record.refused)
    for place_in_record, content in enumerate(record.taken):
        try:
            entry = entry_of(content, record.received_at)
            row = entry.row(place)
            outcomes.append(row | _of_nobody(content, place) if place_in_record in record.nobodys else row)
            if refusal := entry.refusal(place):
                about = f"{record.key_id}:{row['outcome_id']}:{record.received_at}:no"
                events.append({"event_id": about, "source": SOURCE, "received_at": record.received_at, **refusal})
        except MessageRefused as error:
            # The endpoint takes nothing that is refused here, unless the two programs differ in age.
            refused.append(Refused(error.code, f"{error.field} {error.reason}", _masked(content)))
    return Rows(events, outcomes, (), [refused_row(one) for one in refused])


def _of_nobody(content: bytes, place: Place) -> dict[str, Any]:
    company = parsed(content).get("company_id")
    return {"consent": None, "company_key": place.key("company", str(company)) if company else None}


def without(record: Outcomes, person: Forgotten) -> Outcomes:
    """The same ledger entries, those of somebody who asked to be forgotten as nobody's."""
    taken = list(record.taken)
    nobodys = set(record.nobodys)
    for index, content in enumerate(taken):
        alone = replace(record, taken=(content,), refused=(), nobodys=())
        found = rows(alone, person.place)
        if index not in nobodys and person.owns([*found.outcomes, *found.events]):
            taken[index] = _bare(content)
            nobodys.add(index)
    changed = replace(
        record, taken=tuple(taken), refused=blanked(record.refused, person), nobodys=tuple(sorted(nobodys))
    )
    return record if changed == record else changed


def _bare(content: bytes) -> bytes:
    body = parsed(content)
    kept = {name: body[name] for name in _OF_NOBODY if body.get(name) is not None}  # A company is no person.
    # Only of whoever did not agree may an entry name nobody.
    return _ENCODE({**kept, "consent": {"analytics_storage": False}})
