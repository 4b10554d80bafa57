"""What each person has agreed to: their latest word on each purpose, whichever of their identifiers said it.

A withdrawal in one browser holds for the person's address and every other identifier, from the next build on.
Whoever has said nothing has not agreed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from outturn.store.sql import load

if TYPE_CHECKING:
    from outturn.domain.consent import Purpose
    from outturn.journeys.context import Publish
    from outturn.store.engine import Engine

_AGREED = (
    "SELECT COUNT(*) FROM people INNER JOIN consents ON people.person_key = consents.person_key "
    "WHERE people.identifier = $identifier AND consents.purpose = $purpose AND consents.state = 'granted'"
)


def build_consents(engine: Engine, publish: Publish) -> dict[str, int]:
    """Publish `consents`.

    Args:
        engine: Knows `outcomes` and what `build_people` named.
        publish: Receives `consents`.

    Returns:
        How many people have agreed, by purpose, and how many have refused: `<purpose>.<state>`.
    """
    publish("consents", load(__package__, "consents"), order=("bucket", "person_key", "purpose"))
    counted = engine.rows(
        "SELECT purpose, state, COUNT(*) AS people FROM consents GROUP BY purpose, state ORDER BY purpose, state"
    )
    return {f"{purpose}.{state}": people for purpose, state, people in counted}


def may_send(engine: Engine, identifier: bytes, purpose: Purpose) -> bool:
    """Whether something about a person may be sent on for a purpose: only where their latest word was a yes.

    Args:
        engine: Knows `people` and `consents` of one build.
        identifier: Any identity key of theirs.
        purpose: Such as `ad_user_data`, which ad platforms ask for.
    """
    ((agreed,),) = engine.rows(_AGREED, {"identifier": identifier, "purpose": purpose})
    return bool(agreed)
