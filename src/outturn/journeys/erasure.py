"""Everything that lies about one person: found from any one identifier, to be forgotten or handed out.

Events are deleted. Outcomes keep their amounts, tags and order numbers, which the books need, and lose what leads to
a person: identity keys, click ids, landing address, referrer, consent. What must be rewritten is said here;
`store.facts` rewrites it. The identity keys that come with it go into the book's suppression list, which every
import and build asks, so that the same file imported again brings nobody back.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from outturn.domain.errors import UsageError
from outturn.domain.identifiers import IdentityKind, canonical_email, canonical_id, identity_key, named_record
from outturn.domain.phones import canonical_phone
from outturn.journeys.people import build_people
from outturn.store.facts import Rewrite
from outturn.store.sql import load
from outturn.store.tables import CLICK_ID_COLUMNS, IDENTITY_COLUMNS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from outturn.journeys.context import JourneyContext
    from outturn.store.engine import Engine

# An order is no kind of identity, but people know their order's number.
ORDER = "order"
# An address that came as its SHA-256 is a key of kind `email` too, of the text `sha256:<hex>`.
HASHED_EMAIL = "email_sha256"
BLANKED_OUTCOME_COLUMNS = (*IDENTITY_COLUMNS, *CLICK_ID_COLUMNS, "landing_url", "referrer", "consent")
_KEY_HEX = 64
_IDENTIFIERS = "SELECT identifier, person_key FROM people WHERE person_id = $id ORDER BY identifier"
_OUTCOMES = (
    "SELECT outcomes.outcome_id, outcomes.order_id FROM outcomes INNER JOIN outcome_people "
    "ON outcomes.outcome_id = outcome_people.outcome_id AND outcomes.stage = outcome_people.stage "
    "WHERE outcome_people.person_id = $id ORDER BY outcomes.outcome_id"
)
_CONSENT = (
    "SELECT DISTINCT consents.purpose, consents.state, consents.said_at, consents.policy_version FROM consents "
    "INNER JOIN people ON consents.person_key = people.person_key "
    "INNER JOIN erasure_keys ON people.identifier = erasure_keys.identifier ORDER BY consents.purpose"
)
# Shorter texts stand in too many refused rows by chance.
_SHORTEST_TEXT = 4


@dataclass(frozen=True, slots=True)
class PersonFound:
    """One person, as a typed identifier means them.

    Attributes:
        text: What was typed.
        keys: Every identity key of the person; where nobody is known, the keys that the text would have.
        person_key: None: nobody is known by it.
        outcome_ids: Outcomes that are theirs, also those that bear a click id alone.
        texts: Order numbers and what was typed: words by which refused rows are found.
        hashed: What the typed address would be if a file held its hash: to be suppressed, known or not.
    """

    text: str
    keys: tuple[bytes, ...]
    person_key: bytes | None
    outcome_ids: tuple[str, ...]
    texts: tuple[str, ...]
    hashed: tuple[bytes, ...] = ()


@dataclass(frozen=True, slots=True)
class Erasure:
    """What forgetting one person takes.

    Attributes:
        rewrites: By fact table, what `Facts.rewrite` must do.
        suppressed: Identity keys for the book's suppression list.
        events: How many current events go.
        outcomes: How many outcomes lose their person.
        shared: How many other identifiers stood beside theirs without being theirs (hubs, other users): they stay.
    """

    rewrites: Mapping[str, Rewrite]
    suppressed: tuple[bytes, ...]
    events: int
    outcomes: int
    shared: int


def identify_everyone(engine: Engine, context: JourneyContext) -> None:
    """Name `people` anew from the facts that the engine knows now, without publishing anything.

    To forget someone, let `events` and `outcomes` name every row ever written, undone imports' too.
    """

    def keep(
        name: str, statement: str, parameters: Mapping[str, object] | None = None, *, order: Sequence[str] = ()
    ) -> None:
        del order
        engine.table(name, statement, parameters or {})

    build_people(engine, context, keep)


def find_person(engine: Engine, text: str, *, secret: bytes, phone_region: str = "") -> PersonFound:
    """Find whom an identifier means: e-mail, phone, user, browser, CRM or order id, or a person's key in hex.

    Args:
        engine: Knows `people`, `outcome_people`, `outcomes` and `ties`, as `build_people` leaves them.
        text: As typed. `user:1001` says of which kind it is.
        secret: The workspace's identity key.
        phone_region: Country of phone numbers without `+`.

    Raises:
        UsageError: It means different persons as different kinds; the message says how to tell them apart.
    """
    keys = _keys_of(text, secret, phone_region)
    kind, _, rest = text.partition(":")
    order = rest if kind == ORDER else text
    engine.register("asked_keys", _table(kind=[kind for kind, _ in keys], identifier=[key for _, key in keys]))
    engine.register("asked_texts", _table(kind=[ORDER], text=[order]))
    found = engine.rows(load(__package__, "named_people"))
    persons = {person_id for _, person_id, _ in found if person_id >= 0}
    kinds = sorted({kind for kind, person_id, _ in found if person_id >= 0})
    # An address and its hash never meet in a file, but whoever types the address means both.
    if len(persons) > 1 and not {*kinds} <= {"email", HASHED_EMAIL}:
        ways = " or ".join(f"{kind}:{text}" for kind in kinds)
        raise UsageError(f"{text!r} means {len(persons)} different persons, as {', '.join(kinds)}. Say which: {ways}.")
    if not persons:
        ordered = tuple(sorted({outcome_id for _, _, outcome_id in found if outcome_id}))
        return PersonFound(text, tuple(key for _, key in keys), None, ordered, _texts([order]))
    own = [row for person_id in sorted(persons) for row in engine.rows(_IDENTIFIERS, {"id": person_id})]
    outcomes = [row for person_id in sorted(persons) for row in engine.rows(_OUTCOMES, {"id": person_id})]
    return PersonFound(
        text,
        tuple(bytes(identifier) for identifier, _ in own),
        bytes(own[0][1]),
        tuple(dict.fromkeys(outcome_id for outcome_id, _ in outcomes)),
        _texts([order, *(order_id for _, order_id in outcomes)]),
        tuple(key for kind, key in keys if kind == HASHED_EMAIL),
    )


def erasure_of(engine: Engine, person: PersonFound) -> Erasure:
    """What must be rewritten to forget a person, and how much that is.

    Args:
        engine: As for `find_person`.
        person: What it found.
    """
    _name_keys(engine, person)
    for step in ("person_events", "person_outcomes"):
        engine.view(step, load(__package__, step))
    ((events,),) = engine.rows("SELECT COUNT(*) FROM person_events")
    ((outcomes,),) = engine.rows("SELECT COUNT(DISTINCT outcome_id) FROM person_outcomes")
    ((shared,),) = engine.rows(
        "SELECT COUNT(DISTINCT CASE WHEN a_keys.identifier IS NULL THEN ties.a ELSE ties.b END) FROM ties "
        "LEFT JOIN erasure_keys AS a_keys ON ties.a = a_keys.identifier "
        "LEFT JOIN erasure_keys AS b_keys ON ties.b = b_keys.identifier "
        "WHERE (a_keys.identifier IS NULL) <> (b_keys.identifier IS NULL)"
    )
    theirs = " OR ".join(f"COALESCE(list_contains($keys, {column}), FALSE)" for column in IDENTITY_COLUMNS)
    keys = {"keys": list(person.keys)}
    rewrites = {
        "events": Rewrite(drop=theirs, parameters=keys),
        "outcomes": Rewrite(
            blank=f"{theirs} OR list_contains($outcome_ids, outcome_id)",
            columns=BLANKED_OUTCOME_COLUMNS,
            parameters={**keys, "outcome_ids": list(person.outcome_ids)},
        ),
    }
    if person.texts:
        words = {f"text_{number}": text for number, text in enumerate(person.texts)}
        mentioned = " OR ".join(f"contains(raw, ${name}) OR contains(detail, ${name})" for name in words)
        rewrites["refused_rows"] = Rewrite(drop=mentioned, parameters=words)
    return Erasure(rewrites, tuple(dict.fromkeys((*person.keys, *person.hashed))), events, outcomes, shared)


def export_person(engine: Engine, person: PersonFound) -> dict[str, Any]:
    """Everything that is kept about a person, as plain JSON values, for an access request.

    Args:
        engine: As for `find_person`.
        person: What it found.

    Returns:
        `person_key` and `identifiers` in hex, `consent`: the latest word on each purpose that they spoke of, and rows
        of `events` and `outcomes` with the columns that have a value.
    """
    _name_keys(engine, person)
    engine.table("consents", load(__package__, "consents"))
    return {
        "identifier": person.text,
        "person_key": None if person.person_key is None else person.person_key.hex(),
        "identifiers": [key.hex() for key in person.keys] if person.person_key else [],
        "consent": _plain_rows(engine, _CONSENT),
        "events": _plain_rows(engine, load(__package__, "person_events")),
        "outcomes": _plain_rows(engine, load(__package__, "person_outcomes")),
    }


def _keys_of(text: str, secret: bytes, phone_region: str) -> list[tuple[str, bytes]]:
    kind, colon, rest = text.partition(":")
    # A row of a CRM, as `explain` takes it: its key is made of the system and the id alone.
    system, _, natives, _ = named_record(text)
    named: dict[IdentityKind, str] = {"user": text, "anonymous": text, "crm": text}
    if colon and kind in (*named, "email", "phone", ORDER):
        named = {given: rest for given in named if given == kind}
        text = rest if kind in ("email", "phone") else ""
        natives = []
    canonical: dict[IdentityKind, str | None] = {
        given: own if given == "anonymous" else canonical_id(own) for given, own in named.items()
    }
    canonical["email"] = canonical_email(text)
    canonical["phone"] = canonical_phone(text, region=phone_region or None)
    keys: list[tuple[str, bytes]] = [
        (kind, identity_key(secret, kind, given)) for kind, given in canonical.items() if given
    ]
    keys += [("crm", identity_key(secret, "crm", f"{system}:{native}")) for native in natives]
    if canonical["email"]:
        digest = hashlib.sha256(canonical["email"].encode()).hexdigest()
        keys.append((HASHED_EMAIL, identity_key(secret, "email", f"sha256:{digest}")))
    if len(text) == _KEY_HEX and set(text.lower()) <= set("0123456789abcdef"):
        keys.append(("key", bytes.fromhex(text)))
    return keys


def _texts(given: Sequence[str | None]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(text for text in given if text and len(text) >= _SHORTEST_TEXT))


def _name_keys(engine: Engine, person: PersonFound) -> None:
    engine.register("erasure_keys", _table(identifier=list(person.keys)))
    engine.register("erasure_outcomes", _table(outcome_id=list(person.outcome_ids)))


def _table(**columns: Sequence[str] | Sequence[bytes]) -> pa.Table:
    return pa.table(
        {
            name: pa.array(values, pa.binary() if name == "identifier" else pa.string())
            for name, values in columns.items()
        }
    )


def _plain_rows(engine: Engine, statement: str) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = engine.query(statement).to_pylist()
    return [{name: _plain(value) for name, value in row.items() if value is not None} for row in rows]


def _plain(value: Any) -> Any:
    if isinstance(value, bytes):
        return value.hex()
    return value.isoformat() if isinstance(value, date | datetime) else value
