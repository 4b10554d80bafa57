"""The latest word of a person on each purpose counts, for all of their identifiers; silence is no yes."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from outturn.domain.consent import PURPOSES
from outturn.journeys import build_consents, may_send
from outturn.journeys.erasure import export_person, find_person, identify_everyone
from tests.journeys.world import SECRET, Built, World, days, key

if TYPE_CHECKING:
    from collections.abc import Mapping

ANA = {"anonymous": "a1"}
MINUTE = "EXTRACT(MINUTE FROM said_at)"
YES, NO = json.dumps({"ad_user_data": True}), json.dumps({"ad_user_data": False})


def built(world: World) -> Built:
    made = Built(world, steps=("people",))
    made.found = build_consents(made.engine, made.publish)  # type: ignore[attr-defined]
    return made


def words(world: World, who: Mapping[str, str] = ANA) -> dict[str, str]:
    """Purpose -> state of one person."""
    ((kind, text),) = who.items()
    rows = built(world).engine.rows(
        "SELECT purpose, state FROM consents INNER JOIN people ON consents.person_key = people.person_key "
        "WHERE people.identifier = $key",
        {"key": key(kind, text)},  # type: ignore[arg-type]
    )
    return dict(rows)


def test_the_latest_word_counts_whatever_came_first() -> None:
    world = World()
    world.page(ANA, at=5, consent=NO)
    world.page(ANA, at=3, consent=YES)
    world.page(ANA, at=9, consent=json.dumps({"analytics_storage": True, "policy_version": "7"}))
    made = built(world)
    rows = made.rows(f"SELECT purpose, state, {MINUTE}, policy_version FROM consents ORDER BY purpose")
    assert rows == [("ad_user_data", "denied", 5, None), ("analytics_storage", "granted", 9, "7")]
    assert made.found == {"ad_user_data.denied": 1, "analytics_storage.granted": 1}  # type: ignore[attr-defined]


def test_who_said_nothing_has_not_agreed() -> None:
    world = World()
    world.page(ANA)
    world.page({"anonymous": "b1"}, consent=json.dumps({"ad_storage": "maybe", "note": True, "ad_user_data": None}))
    world.page({"anonymous": "c1"}, consent=YES)
    world.page({"anonymous": "d1"}, consent=YES, is_bot=True)
    engine = built(world).engine
    answers = {name: may_send(engine, key("anonymous", name), "ad_user_data") for name in ("a1", "b1", "c1", "d1", "x")}
    assert answers == {"a1": False, "b1": False, "c1": True, "d1": False, "x": False}
    assert [purpose for purpose in PURPOSES if may_send(engine, key("anonymous", "c1"), purpose)] == ["ad_user_data"]


def test_a_withdrawal_reaches_every_identifier_of_the_person() -> None:
    world = World()
    world.event("identify", {**ANA, "email": "ana@x.example"}, at=1, consent=YES)
    world.event("identify", {"anonymous": "a2", "email": "ana@x.example"}, at=2)
    engine = built(world).engine
    everyone = [key("anonymous", "a1"), key("anonymous", "a2"), key("email", "ana@x.example")]
    assert all(may_send(engine, one, "ad_user_data") for one in everyone)
    world.page({"anonymous": "a2"}, at=3, consent=NO)
    engine = built(world).engine
    assert not any(may_send(engine, one, "ad_user_data") for one in everyone)


def test_of_two_words_of_one_instant_the_no_counts() -> None:
    for first, second in ((YES, NO), (NO, YES)):
        world = World()
        world.page(ANA, at=1, consent=first)
        world.page(ANA, at=1, consent=second)
        assert words(world) == {"ad_user_data": "denied"}


@pytest.mark.parametrize(
    ("told", "state"),
    [
        # (trust, word) in order of time
        ((("secret", NO), ("public", YES)), "denied"),  # anybody could have sent that yes
        ((("file", NO), ("public", YES), ("public", YES)), "denied"),
        ((("secret", NO), ("public", YES), ("secret", YES)), "granted"),
        ((("secret", YES), ("public", NO)), "denied"),  # a no is heard from everybody
        ((("public", NO), ("public", YES)), "granted"),
        ((("public", NO), ("secret", YES)), "granted"),
    ],
)
def test_a_yes_that_anybody_could_have_sent_lifts_no_no_of_a_server(
    told: tuple[tuple[str, str], ...], state: str
) -> None:
    world = World()
    for at, (trust, consent) in enumerate(told):
        world.page(ANA, at=at, trust=trust, consent=consent)
    assert words(world) == {"ad_user_data": state}


def test_an_old_word_repeated_is_old_and_one_of_tomorrow_is_of_now() -> None:
    world = World()
    world.page(ANA, at=days(4), consent=NO)
    world.page(ANA, at=days(9), consent=json.dumps({"ad_user_data": True, "at": "2025-03-02T10:00:00.5Z"}))
    assert words(world) == {"ad_user_data": "denied"}
    for strange in ("2025", "yesterday", "2025-03-99T10:00:00Z", "2099-01-01T00:00:00Z", "", "2025-03-02 10:00"):
        world.rows["events"][1]["consent"] = json.dumps({"ad_user_data": True, "at": strange})
        assert words(world) == {"ad_user_data": "granted"}, strange


def test_a_sale_says_it_too() -> None:
    world = World()
    world.event("identify", {**ANA, "email": "ana@x.example"}, at=1, consent=YES)
    world.outcome("shop:1", {"email": "ana@x.example"}, at=2, gross="1.00", consent=NO)
    world.outcome("shop:2", {"email": "ana@x.example"}, at=None, gross="1.00", consent=YES)
    assert words(world) == {"ad_user_data": "denied"}


def test_an_access_request_shows_it() -> None:
    world = World()
    world.page(ANA, at=1, consent=YES)
    world.page({"anonymous": "b1"}, at=1, consent=NO)
    engine = Built(world, steps=()).engine
    identify_everyone(engine, world.context)
    shown = export_person(engine, find_person(engine, "a1", secret=SECRET))
    assert shown["consent"] == [{"purpose": "ad_user_data", "state": "granted", "said_at": "2025-03-01T00:01:00+00:00"}]
