"""What the CRM's checks take for a lead, a CRM and a stage that was left out, in small worlds typed by hand."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.audit.asked import found
from tests.metrics.conftest import World, at

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def world() -> Iterator[World]:
    made = World()
    yield made
    made.engine.close()


def key(number: int) -> bytes:
    return number.to_bytes(4, "big") * 8


def person(world: World, number: int, *keys: bytes) -> None:
    for identifier in keys:
        world.add("people", identifier=identifier, person_key=keys[0], person_id=number, bucket=0)


def form(world: World, number: int, **told: Any) -> None:
    given = {"name": "Form Submitted", "source": "segment", "occurred_at": at(2), "anonymous_key": key(number)}
    world.add("events", event_id=f"e{number}", type="track", **{**given, **told})


def deal(world: World, number: int, *stages: str, first_on: int = 1, opened_on: int = 1) -> None:
    """A deal that enters stages day after day; a stage that ends in `!` by what it is called: won or lost."""
    world.outcome(f"hubspot:{number}", "opportunity", on=opened_on, deal_id=str(number), crm_key=key(number))
    for place, stage in enumerate(stages):
        closed = stage.removesuffix("!") if stage.endswith("!") else "opportunity"
        world.outcome(
            f"hubspot:{number}", closed, on=first_on + place, stage=stage, deal_id=str(number), crm_key=key(number)
        )


def test_a_form_is_in_the_crm_where_any_identifier_of_its_sender_is(world: World) -> None:
    world.outcome("hubspot:c1", "lead", on=1, email_key=key(100), crm_key=key(101))
    world.outcome("hubspot:c2", "lead", on=5, email_key=key(102))
    person(world, 1, key(1), key(100), key(101))
    person(world, 2, key(2))
    form(world, 1)
    form(world, 2)
    form(world, 3, occurred_at=at(6))  # after the last lead that the CRM took in
    form(world, 4, name="Newsletter Signed Up")
    form(world, 5, source="hubspot")
    form(world, 6, name="generate_lead", source="ga4")
    assert found(world, "forms_without_contact") == {("segment",): (1, 2), ("ga4",): (1, 1)}


def test_generic_leads_are_a_crms_where_deals_stand_beside_them(world: World) -> None:
    for number in range(3):
        world.outcome(f"generic:{number}", "lead", email_key=key(number))
    form(world, 9)
    assert found(world, "forms_without_contact") == {}
    world.outcome("generic:d1", "opportunity", deal_id="d1")
    assert found(world, "forms_without_contact") == {}, "the CRM took in no lead on the second day"
    world.outcome("generic:4", "lead", on=2, email_key=key(4))
    assert found(world, "forms_without_contact") == {("segment",): (1, 1)}


def test_a_lead_from_elsewhere_is_known_by_its_person_or_its_deal(world: World) -> None:
    world.outcome("salesforce:c1", "lead", email_key=key(1))
    world.outcome("salesforce:d1", "opportunity", deal_id="7")
    person(world, 1, key(1), key(2))
    world.outcome("generic:1", "lead", phone_key=key(2))
    world.outcome("generic:2", "lead", email_key=key(3))
    world.outcome("generic:3", "lead", deal_id="7")
    world.outcome("generic:4", "lead", gclid="Cj0abc")
    assert found(world, "leads_without_contact") == {("generic",): (1, 3)}


def test_a_contact_of_whom_only_the_crms_id_is_known_joins_nobody(world: World) -> None:
    person(world, 1, key(1), key(100))
    person(world, 2, key(2))
    deal(world, 1, "Offer")
    deal(world, 2, "Offer")
    world.outcome("hubspot:3", "opportunity", deal_id="3", company_key=key(50))
    world.outcome("hubspot:c4", "lead", company_key=key(50))
    world.outcome("hubspot:c5", "lead", email_key=key(100))
    assert found(world, "nameless_deals") == {("hubspot", "deals"): (1, 3), ("hubspot", "leads"): (1, 2)}


def test_a_contact_whom_a_shared_address_names_is_named_there_alone(world: World) -> None:
    """An address of very many contacts joins nobody: a deal with nothing but such a contact's id names no one."""
    for number in (1, 2):
        person(world, number, key(number))
    person(world, 3, key(3), key(30))
    world.outcome("hubspot:c1", "lead", crm_key=key(1), email_key=key(99))
    for number in (1, 2, 3):
        deal(world, number, "Talk")
    assert found(world, "nameless_deals") == {("hubspot", "deals"): (2, 3), ("hubspot", "leads"): (0, 1)}


def test_two_deals_of_one_outcome_are_two(world: World) -> None:
    world.outcome("hubspot:1", "opportunity")
    world.outcome("hubspot:1", "opportunity", stage="Talk", deal_id="1")
    assert found(world, "nameless_deals") == {("hubspot", "deals"): (2, 2)}


def test_a_stage_that_most_go_through_is_skipped_and_one_that_few_use_is_not(world: World) -> None:
    for number in range(40):
        stages = ["Talk", "Offer", "won!"] if number < 30 else ["Talk", "won!"]
        deal(world, number, *(["Pilot", *stages] if number < 20 else stages))
    for number in range(40, 60):
        deal(world, number, "Talk", "lost!")
    told = found(world, "stage_jumps")
    assert told["hubspot", "Offer: skipped"] == (10, 40)
    assert told["hubspot", "Talk: skipped"] == (0, 40)
    # Of the deals with a talk, 20 in 60 had a pilot, of those that were won 20 in 40.
    assert told["hubspot", "Pilot: skipped"] == (20, 40)
    assert told["hubspot", "closed before it was created"] == (0, 60)


def test_a_stage_entered_after_those_that_follow_it_is_told(world: World) -> None:
    for number in range(30):
        deal(world, number, "Talk", "Offer")
    for number in range(30, 33):
        deal(world, number, "Offer", "Talk")
    assert found(world, "stage_jumps")["hubspot", "Talk: after later stages"] == (3, 33)


@pytest.mark.parametrize(("first", "told_of"), [(1, True), (61, True), (121, True), (181, False)])
def test_of_very_many_stages_the_180_that_most_deals_entered_are_looked_at(
    world: World, first: int, *, told_of: bool
) -> None:
    for number in range(40):
        deal(world, number, "Talk", *(["Offer"] if number % 4 else []), "won!")
    for number in range(1, first):
        for more in range(41):
            deal(world, 1000 * number + more, f"Other {number}")
    told = found(world, "stage_jumps")
    assert (told.get(("hubspot", "Offer: skipped")) == (10, 40)) is told_of


def test_no_order_is_usual_where_deals_do_not_agree_or_are_few(world: World) -> None:
    for number in range(30):
        deal(world, number, "Talk", "Offer")
    for number in range(30, 40):
        deal(world, number, "Offer", "Talk")
    for number in range(40, 55):
        deal(world, number, "Call", "Quote")
    assert found(world, "stage_jumps") == {}


def test_a_deal_that_is_closed_days_before_it_was_created_is_told(world: World) -> None:
    deal(world, 1, "won!", first_on=3, opened_on=5)
    deal(world, 2, "lost!", first_on=5, opened_on=5)
    deal(world, 3, "won!", first_on=9, opened_on=5)
    assert found(world, "stage_jumps") == {("hubspot", "closed before it was created"): (1, 3)}
