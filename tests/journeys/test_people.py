"""Identity: who is one person, who is not, and that nothing but the facts decides it."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from outturn.journeys.components import name_propagated_components, scipy_components
from tests.journeys.world import Built, World, key

PEOPLE = ("people",)


def persons(world: World) -> set[frozenset[bytes]]:
    return Built(world, steps=PEOPLE).persons()


def test_a_sign_in_joins_the_browsers_before_it() -> None:
    world = World()
    world.page({"anonymous": "a1"})
    world.event("identify", {"anonymous": "a1", "user": "ana"})
    world.event("identify", {"anonymous": "a2", "user": "ana"})
    world.outcome("o1", {"email": "ana@x.example"})
    world.page({"anonymous": "a3"})
    assert persons(world) == {
        frozenset({key("anonymous", "a1"), key("anonymous", "a2"), key("user", "ana")}),
        frozenset({key("email", "ana@x.example")}),
        frozenset({key("anonymous", "a3")}),
    }


def test_persons_are_numbered_from_0_by_bucket_and_key() -> None:
    world = World()
    for number in range(300):
        world.touch(f"u{number}", "Email")
    built = Built(world, steps=PEOPLE)
    rows = built.rows("SELECT person_id, bucket, person_key FROM people ORDER BY person_id")
    assert [person_id for person_id, _, _ in rows] == list(range(300))
    assert [row[1:] for row in rows] == sorted(row[1:] for row in rows)


@pytest.mark.parametrize(("others", "persons_found"), [(20, 1), (21, 22)])
def test_an_identifier_of_more_than_20_users_joins_nobody(others: int, persons_found: int) -> None:
    joined = persons_found == 1
    world = World()
    for number in range(others):
        world.outcome(f"o{number}", {"user": f"u{number}", "email": "test@test.example"})
    built = Built(world, steps=PEOPLE)
    assert len(built.persons()) == persons_found
    assert built.people_found.hubs == (() if joined else ((key("email", "test@test.example").hex(), others),))
    owners = built.rows("SELECT COUNT(DISTINCT person_id) FROM outcome_people")
    assert owners == [(1 if joined else others,)]


def test_a_kiosk_belongs_to_nobody_and_a_user_may_have_many_browsers() -> None:
    world = World()
    for number in range(30):
        world.event("identify", {"anonymous": "kiosk", "user": f"u{number}"})
        world.event("identify", {"anonymous": f"cookie{number}", "user": "ana"})
    found = persons(world)
    assert frozenset({key("anonymous", "kiosk")}) in found
    assert max(map(len, found)) == 31


def test_public_keys_never_join_two_known_users() -> None:
    world = World()
    world.outcome("o1", {"email": "victim@x.example", "user": "victim"})
    world.outcome("o2", {"email": "thief@x.example", "user": "thief"})
    world.event("identify", {"user": "victim", "email": "thief@x.example"}, trust="public")
    world.event("identify", {"anonymous": "a1", "user": "victim"}, trust="public")
    world.event("identify", {"anonymous": "a1", "user": "thief"}, trust="public")
    assert sorted(map(len, persons(world))) == [1, 2, 2]


def test_public_keys_never_join_users_that_only_they_saw() -> None:
    world = World()
    world.event("identify", {"anonymous": "a1", "user": "u1"}, trust="public")
    world.event("identify", {"anonymous": "a1", "user": "u2"}, trust="public")
    world.event("identify", {"user": "u3", "email": "e@x.example"}, trust="public")
    world.event("identify", {"user": "u4", "email": "e@x.example"}, trust="public")
    assert all(len(person) == 1 for person in persons(world))


def test_a_browsers_public_sign_in_reaches_the_shops_customer() -> None:
    world = World()
    world.page({"anonymous": "a1"}, trust="public")
    world.event("identify", {"anonymous": "a1", "user": "u1", "email": "ana@x.example"}, trust="public")
    world.outcome("o1", {"email": "ana@x.example"})
    assert sorted(map(len, persons(world))) == [3]


def test_a_click_id_ties_the_browser_to_the_crms_deal() -> None:
    world = World()
    world.page({"anonymous": "a1"}, gclid="G1")
    world.outcome("won", {"crm": "7"}, "won", gclid="G1", system="crm")
    world.page({"anonymous": "a2"}, gclid="G2")
    world.page({"anonymous": "a3"}, gclid="G2")
    world.outcome("shared", {"crm": "8"}, "won", gclid="G2", system="crm")
    world.outcome("nameless", {}, "won", gclid="G1", system="crm")
    built = Built(world, steps=PEOPLE)
    assert sorted(map(len, built.persons())) == [1, 1, 1, 2]
    owners = dict(built.rows("SELECT outcome_id, person_id FROM outcome_people"))
    assert owners["nameless"] == owners["won"] >= 0


IDENTIFIERS = st.dictionaries(
    st.sampled_from(["anonymous", "user", "email", "phone", "crm"]), st.sampled_from("123456"), min_size=1, max_size=3
)
STATED = st.lists(st.tuples(IDENTIFIERS, st.sampled_from(["file", "public"])), min_size=1, max_size=14)


def _world(stated: list[tuple[dict[str, str], str]], cap: int) -> World:
    world = World().having(identity_degree_cap=cap)
    for who, trust in stated:
        world.event("identify", who, trust=trust)
    return world


@settings(max_examples=25)
@given(STATED, st.integers(1, 5), st.data())
def test_who_is_who_does_not_depend_on_the_order_of_rows(
    stated: list[tuple[dict[str, str], str]], cap: int, data: st.DataObject
) -> None:
    shuffled = data.draw(st.permutations(stated))
    assert persons(_world(stated, cap)) == persons(_world(shuffled, cap))


@settings(max_examples=20)
@given(STATED, STATED)
def test_undoing_an_import_undoes_its_merges(
    kept: list[tuple[dict[str, str], str]], undone: list[tuple[dict[str, str], str]]
) -> None:
    both = _world([*kept, *undone], 3)
    both.rows["events"] = both.rows["events"][: len(kept)]
    assert persons(both) == persons(_world(kept, 3))


@settings(max_examples=20)
@given(STATED)
def test_public_keys_add_identifiers_but_never_known_users(stated: list[tuple[dict[str, str], str]]) -> None:
    trusted = [(who, trust) for who, trust in stated if trust == "file"]
    alone = persons(_world(trusted, 20))
    together = persons(_world(stated, 20))
    users = {key("user", text) for text in "123456"}
    for person in together:
        within = [group for group in alone if group & person]
        assert all(group <= person for group in within)
        assert sum(1 for group in within if any(member not in _browsers() for member in group)) <= 1
        assert len(person & users) <= max([1, *(len(group & users) for group in within)])


def _browsers() -> set[bytes]:
    return {key("anonymous", text) for text in "123456"}


@settings(max_examples=25)
@given(st.lists(st.tuples(st.integers(0, 30), st.integers(0, 30)), max_size=40))
def test_label_propagation_gives_the_components_that_scipy_gives(pairs: list[tuple[int, int]]) -> None:
    engine = Built(World(), steps=()).engine
    values = ", ".join(f"(UNHEX('{a:02x}'), UNHEX('{b:02x}'))" for a, b in pairs)
    ties = f"SELECT * FROM (VALUES {values}) AS t(a, b)" if pairs else "SELECT ''::BLOB AS a, ''::BLOB AS b WHERE FALSE"
    name_propagated_components(engine, "propagated", ties)
    found = engine.rows("SELECT identifier, root FROM propagated ORDER BY identifier")
    expected = scipy_components(engine.query(ties)).to_pylist()
    assert found == sorted((row["identifier"], row["root"]) for row in expected)
    assert all(root <= identifier for identifier, root in found)


def test_a_long_chain_takes_few_rounds() -> None:
    engine = Built(World(), steps=()).engine
    name_propagated_components(
        engine,
        "propagated",
        "SELECT UNHEX(printf('%04x', n)) AS a, UNHEX(printf('%04x', n + 1)) AS b FROM range(2000) AS t(n)",
    )
    assert engine.rows("SELECT COUNT(*), COUNT(DISTINCT root) FROM propagated") == [(2001, 1)]


@pytest.mark.parametrize("number", ["1001", "5550000001"])
def test_an_order_ties_the_browser_that_placed_it_to_its_buyer(number: str) -> None:
    world = World()
    world.page({"anonymous": "a1"})
    world.event("track", {"anonymous": "a1"}, order_id=number)
    world.outcome("shopify:5550000001", {"email": "ana@x.example"}, order_id="1001")
    assert persons(world) == {frozenset({key("anonymous", "a1"), key("email", "ana@x.example")})}


def test_an_order_seen_in_two_browsers_ties_neither() -> None:
    world = World()
    for browser in ("a1", "a2"):
        world.event("track", {"anonymous": browser}, order_id="1001")
    world.outcome("shopify:5550000001", {"email": "ana@x.example"}, order_id="1001")
    assert len(persons(world)) == 3


def test_a_public_key_that_guesses_an_order_joins_no_known_user() -> None:
    world = World()
    world.event("identify", {"anonymous": "thief", "user": "mallory"})
    world.event("track", {"anonymous": "thief"}, order_id="1001", trust="public")
    world.outcome("shopify:5550000001", {"email": "ana@x.example"}, order_id="1001")
    assert len(persons(world)) == 2
