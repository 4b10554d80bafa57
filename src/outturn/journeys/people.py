"""Who it was: identifiers that were stated together are one person, unless one of them is everybody's.

Recomputed from facts by every build, so that undoing an import undoes its merges too.

- **Ties** are pairs of identifiers that one row stated, a click id that landed in just one browser and stands on just
  one buyer's outcomes, an order that just one browser was seen placing and the ledger books to just one buyer, and a
  click on a link of our own that just one browser landed with.
- **Hubs** (`test@test`, a kiosk) are tied to more others of one kind than the cap: they join nobody, and are listed.
- **Weak ties**, stated only by public write keys, which anyone can use, add what nobody else claims: a browser to its
  one known group, an e-mail to a user. They never make one of two users, or of two groups that trusted sources know.
- Whatever happened belongs to the row's first identifier that is no hub: user, CRM id, e-mail, phone, browser.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from outturn.journeys.components import name_components
from outturn.store.sql import load

if TYPE_CHECKING:
    from outturn.journeys.context import JourneyContext, Publish
    from outturn.store.engine import Engine


@dataclass(frozen=True, slots=True)
class PeopleFound:
    """What the step found.

    Attributes:
        identifiers: How many there are.
        people: How many persons they make.
        hubs: The identifiers that join nobody, hex, with how many others of one kind they are tied to; the largest 100.
    """

    identifiers: int
    people: int
    hubs: tuple[tuple[str, int], ...]


def build_people(engine: Engine, context: JourneyContext, publish: Publish) -> PeopleFound:
    """Publish `people`; name `event_people` and `outcome_people` for the steps that follow.

    Args:
        engine: Knows `events` and `outcomes`.
        context: Only the degree cap counts here.
        publish: Receives `people`.
    """
    for step in ("known_together", "identifiers", "stated_ties", "own_clicks", "clicks", "order_ties", "ties"):
        engine.table(step, load(__package__, step))
    engine.table("hubs", load(__package__, "hubs"), {"cap": context.identity_degree_cap})
    engine.view("trusted_ties", load(__package__, "trusted_ties"))
    name_components(engine, "trusted_components", "SELECT a, b FROM trusted_ties")
    for step in ("groups", "weak_ties"):
        engine.table(step, load(__package__, step))
    name_components(engine, "claimed_components", "SELECT a, b FROM weak_ties WHERE a_known = 1 AND b_known = 1")
    engine.table("joined", load(__package__, "joined"))
    publish("people", load(__package__, "people"), order=("bucket", "person_id", "identifier"))
    engine.view("event_people", load(__package__, "event_people"))
    engine.table("outcome_people", load(__package__, "outcome_people"))
    ((identifiers, people),) = engine.rows("SELECT COUNT(*), COALESCE(MAX(person_id), -1) + 1 FROM people")
    hubs = engine.rows("SELECT LOWER(HEX(identifier)), others FROM hubs ORDER BY others DESC, identifier LIMIT 100")
    return PeopleFound(identifiers, people, tuple((key, others) for key, others in hubs))
