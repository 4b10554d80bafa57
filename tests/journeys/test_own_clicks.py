"""Links of our own: one click is one touch, of whoever landed with it, and a partner's postback finds it."""

from __future__ import annotations

from typing import Any

from outturn.domain.urls import CLICK_ID_PRECEDENCE
from tests.journeys.world import Built, World, days, key

AFFILIATE = {"stated_channel": "Affiliates", "platform": "net", "campaign_id": "7"}
BRAND: dict[str, Any] = {"utm_source": "google", "utm_medium": "cpc", "utm_campaign": "brand"}


def click(world: World, oclid: str, *, at: float = 0, browser: str = "", **columns: Any) -> None:
    """A click on a link, as the collector books it."""
    who = {"anonymous": browser or f"oclid:{oclid}"}
    given = {
        "trust": "public" if browser else "secret",
        "touch_kind": "click",
        "source": "links",
        **AFFILIATE,
        **columns,
    }
    world.event("touch", who, at=at, oclid=oclid, event_id=f"link:{oclid}", **given)


def postback(world: World, oclid: str, *, at: float = 0) -> None:
    """A partner's word on what became of it."""
    world.outcome(f"postback:net:{oclid}", {}, at=at, oclid=oclid, system="postback", tracker=True, gross="50.00")


def owner(built: Built, outcome_id: str) -> int:
    ((person,),) = built.rows(f"SELECT person_id FROM outcome_people WHERE outcome_id = '{outcome_id}'")
    return int(person)


def person(built: Built, browser: str) -> int:
    ((found,),) = built.rows(
        f"SELECT person_id FROM people WHERE HEX(identifier) = '{key('anonymous', browser).hex().upper()}'"
    )
    return int(found)


def test_a_click_and_its_landing_a_second_later_are_one_touch_of_the_browser() -> None:
    world = World()
    click(world, "C1", gclid="G1")
    world.page({"anonymous": "a"}, at=0.02, oclid="C1", gclid="G1", trust="public", **BRAND)
    world.page({"anonymous": "a"}, at=5)
    world.outcome("o1", {"email": "ana@x.example"}, at=days(1), gclid="G1")
    postback(world, "C1", at=days(1))
    built = Built(world)
    assert built.touches("touch_id", "channel", "platform", "campaign_key", "touch_kind") == [
        ("link:C1", "Affiliates", "net", "7", "click")
    ]
    assert built.persons() == {
        frozenset({key("anonymous", "oclid:C1"), key("anonymous", "a"), key("email", "ana@x.example")})
    }
    assert owner(built, "postback:net:C1") == person(built, "a")


def test_a_later_visit_with_the_same_address_is_a_visit_of_its_own() -> None:
    world = World()
    click(world, "C1")
    world.page({"anonymous": "a"}, at=1, oclid="C1")
    world.page({"anonymous": "a"}, at=2, oclid="C1")
    world.page({"anonymous": "a"}, at=days(1), oclid="C1")
    assert Built(world).touches() == [(0, "Affiliates"), (1440, "Direct")]


def test_a_click_that_brought_its_cookie_is_that_browsers() -> None:
    world = World()
    click(world, "C1", browser="a")
    world.page({"anonymous": "a"}, at=1, oclid="C1")
    built = Built(world)
    assert built.touches() == [(0, "Affiliates")]
    assert built.persons() == {frozenset({key("anonymous", "a")})}


def test_a_click_that_landed_elsewhere_is_found_by_the_partners_postback() -> None:
    world = World()
    click(world, "C1", at=1)
    postback(world, "C1", at=days(1))
    built = Built(world)
    assert owner(built, "postback:net:C1") == person(built, "oclid:C1")
    assert built.conversions("outcome_id", "value_micros", "person_id") == [
        ("postback:net:C1", 50_000_000, person(built, "oclid:C1"))
    ]


def test_a_click_that_was_passed_on_ties_nobody_and_keeps_its_sale() -> None:
    world = World()
    click(world, "C1")
    world.page({"anonymous": "a"}, at=1, oclid="C1")
    world.page({"anonymous": "b"}, at=2, oclid="C1")
    postback(world, "C1", at=days(1))
    built = Built(world)
    assert sorted(map(len, built.persons())) == [1, 1, 1]
    assert built.touches() == [(0, "Affiliates"), (1, "Direct"), (2, "Direct")]
    assert owner(built, "postback:net:C1") == person(built, "oclid:C1")


def test_a_landing_whose_click_was_not_kept_still_ties_the_sale() -> None:
    world = World()
    click(world, "C1", is_bot=True)
    world.page({"anonymous": "a"}, at=1, oclid="C1")
    world.outcome("o1", {"user": "ana"}, at=days(1), oclid="C1")
    built = Built(world)
    assert built.touches() == [(1, "Direct")]
    assert frozenset({key("anonymous", "a"), key("user", "ana")}) in built.persons()


def test_a_landing_that_the_shop_noted_with_the_order_is_the_click_too() -> None:
    world = World()
    click(world, "C1")
    world.outcome("o1", {"email": "ana@x.example"}, at=60, oclid="C1", landing_url="https://shop.example/?oclid=C1")
    built = Built(world)
    assert built.touches() == [(0, "Affiliates")]
    assert len(built.persons()) == 1


def test_any_number_of_clicks_makes_no_hub_of_a_reader() -> None:
    world = World()
    for number in range(30):
        click(world, f"C{number}", at=days(number))
        world.page({"anonymous": "a"}, at=days(number) + 1, oclid=f"C{number}", trust="public")
    world.event("identify", {"anonymous": "a", "user": "ana"})
    built = Built(world)
    assert [len(one) for one in built.persons()] == [32]
    assert built.people_found.hubs == ()
    assert len(built.touches()) == 30


def test_whoever_claims_anothers_click_joins_no_known_user() -> None:
    world = World()
    world.event("identify", {"anonymous": "v", "user": "victim"})
    click(world, "C1", browser="v")
    world.event("identify", {"anonymous": "x", "user": "thief"}, oclid="C1", trust="public")
    assert sorted(map(len, Built(world).persons())) == [2, 2]


def test_our_own_click_id_is_no_evidence_of_a_channel() -> None:
    world = World()
    world.page({"anonymous": "a"}, oclid="C1", fbclid="F")
    world.page({"anonymous": "b"}, at=1, oclid="C2", referrer="https://blog.example/")
    assert "oclid" not in CLICK_ID_PRECEDENCE
    assert Built(world).touches() == [(0, "Organic Social"), (1, "Referral")]
