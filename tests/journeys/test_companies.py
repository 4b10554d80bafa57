"""Companies: whose touches are taken together where a company buys, and what became of its deals."""

from __future__ import annotations

from collections import Counter
from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from outturn.domain.goals import Goal
from outturn.domain.identifiers import bucket_of
from tests.journeys.world import Built, World, days, key

UNIT = 1_000_000
ACME, BOLT = (key("company", f"hubspot:{name}") for name in ("acme", "bolt"))
WON = Goal("deal", ("won",), per="account", lookback_days=180)
OPENED = Goal("opened", ("opportunity",), per="account", lookback_days=180)
COMPANY_TOUCHES = (
    "SELECT company_id, channel FROM company_touches INNER JOIN places USING (place) ORDER BY company_id, occurred_at"
)


def b2b(*goals: Goal) -> World:
    return World().having(goals=goals or (WON,))


def contact(world: World, name: str, company: bytes | None = None, **columns: Any) -> None:
    """A contact of the CRM whom the site knows by the same address, of a company."""
    world.event("identify", {"user": name, "crm": f"hubspot:{name}"}, company_key=company, **columns)


def at_day(day: float | None) -> float | None:
    return None if day is None else days(day)


def deal(
    world: World,
    deal_id: str,
    who: str | None,
    *entries: tuple[str, str, float | None],
    company: bytes | None = None,
    **given: Any,
) -> None:
    """A deal by its entries (kind, stage, day)."""
    person = {} if who is None else {"crm": f"hubspot:{who}"}
    for kind, stage, day in entries:
        world.outcome(
            f"hubspot:{deal_id}", person, kind, stage=stage, at=at_day(day), system="hubspot", deal_id=deal_id,
            company_key=company, **{"gross": "1000.00", **given},
        )  # fmt: skip


def built(world: World) -> Built:
    return Built(world, steps=("people", "campaigns", "touches", "conversions"))


def test_an_ad_that_one_contact_saw_leads_to_the_deal_that_the_other_signed() -> None:
    world = b2b()
    contact(world, "ana", ACME)
    contact(world, "ben", ACME)
    world.touch("ana", "Paid Social", at=days(1))
    world.touch("ben", "Direct", at=days(3))
    world.touch("eve", "Email", at=days(2))
    deal(world, "d1", "ben", ("opportunity", "", 2), ("won", "Closed won", 5), company=ACME)
    found = built(world)
    assert found.rows(COMPANY_TOUCHES) == [(0, "Paid Social"), (0, "Direct")]
    ((person,),) = found.rows(
        f"SELECT person_id FROM people WHERE HEX(identifier) = '{key('user', 'ben').hex().upper()}'"
    )
    assert found.conversions("outcome_id", "person_id", "company_id", "bucket") == [
        ("hubspot:d1", person, 0, bucket_of(ACME))
    ]
    assert found.rows("SELECT DISTINCT bucket FROM company_touches") == [(bucket_of(ACME),)]
    assert (found.companies_found.companies, found.companies_found.people) == (1, 2)
    assert len(found.persons()) == 3


def test_a_goal_per_person_takes_the_persons_touches() -> None:
    world = b2b(Goal("sale", ("won",)))
    contact(world, "ana", ACME)
    deal(world, "d1", "ana", ("won", "", 1), company=ACME)
    found = built(world)
    ((person, bucket),) = found.rows("SELECT DISTINCT person_id, bucket FROM people")
    assert found.conversions("person_id", "company_id", "bucket") == [(person, -1, bucket)]


def test_a_contact_of_two_companies_counts_in_both_and_joins_them_not() -> None:
    world = b2b()
    contact(world, "ana", ACME)
    contact(world, "ana", BOLT)
    contact(world, "ben", BOLT)
    world.touch("ana", "Email", at=days(1))
    world.touch("ben", "Display", at=days(2))
    deal(world, "d1", None, ("won", "", 3), company=ACME)
    deal(world, "d2", "ana", ("won", "", 4))
    found = built(world)
    first, second = sorted((ACME, BOLT), key=lambda company: (bucket_of(company), company))
    both = {ACME: ["Email"], BOLT: ["Email", "Display"]}
    assert found.rows(COMPANY_TOUCHES) == [(0, one) for one in both[first]] + [(1, one) for one in both[second]]
    # Nobody knows for which of her two companies Ana signed the second deal.
    assert found.conversions("outcome_id", "person_id >= 0", "company_id") == [
        ("hubspot:d1", False, [first, second].index(ACME)),
        ("hubspot:d2", True, -1),
    ]


def test_a_sale_of_somebody_in_one_company_is_that_companys() -> None:
    world = b2b(Goal("order", ("purchase",), per="account"))
    contact(world, "ana", ACME)
    contact(world, "ben", ACME)
    world.outcome("o1", {"user": "ana"}, at=days(60), gross="5.00")
    world.outcome("o2", {"user": "ben"}, at=days(61), gross="5.00")
    world.outcome("o0", {"user": "eve"}, gross="5.00")
    assert built(world).conversions("outcome_id", "company_id", "new_customer") == [
        ("o0", -1, None), ("o1", 0, True), ("o2", 0, False),
    ]  # fmt: skip


def test_a_company_without_people_has_no_journey() -> None:
    world = b2b()
    world.touch("eve", "Email", at=days(1))
    deal(world, "d1", None, ("won", "", 3), company=ACME)
    found = built(world)
    assert found.rows(COMPANY_TOUCHES) == []
    assert found.conversions("person_id", "company_id", "bucket") == [(-1, -1, 0)]


def test_contacts_of_a_deal_without_a_company_are_taken_together() -> None:
    world = b2b()
    contact(world, "ana")
    contact(world, "ben")
    world.touch("ana", "Email", at=days(1))
    world.touch("ben", "Display", at=days(2))
    deal(world, "d1", "ana", ("opportunity", "", 3))
    deal(world, "d1", "ben", ("won", "Closed won", 5))
    deal(world, "d2", "ben", ("won", "Closed won", 6))
    found = built(world)
    assert found.rows(COMPANY_TOUCHES) == [(0, "Email"), (0, "Display")]
    assert found.conversions("outcome_id", "company_id") == [("hubspot:d1", 0), ("hubspot:d2", -1)]
    assert len(found.persons()) == 2


def test_a_deals_rows_share_the_company_that_one_of_them_states() -> None:
    world = b2b()
    deal(world, "d1", "ana", ("opportunity", "", 1), company=ACME)
    deal(world, "d1", "ben", ("won", "Closed won", 5))
    found = built(world)
    assert found.companies_found.people == 2
    assert found.conversions("company_id") == [(0,)]


def test_a_placeholder_company_groups_nobody() -> None:
    world = b2b().having(company_people_cap=2)
    for name in ("ana", "ben", "eve"):
        contact(world, name, ACME)
        deal(world, name, name, ("won", "", 40 + len(world.rows["outcomes"])), company=ACME)
    contact(world, "zoe", BOLT)
    deal(world, "old", "zoe", ("won", "", 1), company=BOLT)
    found = built(world)
    assert found.companies_found.hubs == ((ACME.hex(), 3),)
    # Each is a customer of their own.
    assert found.conversions("outcome_id", "company_id", "new_customer") == [
        ("hubspot:ana", -1, True), ("hubspot:ben", -1, True), ("hubspot:eve", -1, True), ("hubspot:old", 0, None),
    ]  # fmt: skip


def test_somebody_in_very_many_companies_belongs_to_none() -> None:
    world = b2b().having(identity_degree_cap=2)
    for company in ("a", "b", "c"):
        contact(world, "seller", key("company", company))
    contact(world, "ana", key("company", "a"))
    world.touch("seller", "Direct", at=1)
    world.touch("ana", "Email", at=2)
    found = built(world)
    assert found.rows(COMPANY_TOUCHES) == [(0, "Email")]
    assert (found.companies_found.strangers, found.companies_found.people) == (1, 1)


def test_a_public_key_puts_nobody_into_a_company() -> None:
    world = b2b()
    contact(world, "ana", ACME, trust="public")
    world.touch("ana", "Email", at=1)
    assert built(world).rows(COMPANY_TOUCHES) == []


def test_a_goal_counts_a_deal_once_as_of_its_first_entry_into_a_stage() -> None:
    world = b2b(
        Goal("demo", ("opportunity",), stages=("demo HELD ", "Offer")),
        Goal("opened", ("opportunity",)),
        Goal("deal", ("won",)),
    )
    deal(world, "d1", "ana", ("opportunity", "Offer", 4), ("opportunity", "Demo held", 3), ("opportunity", "", 2))
    deal(world, "d1", "ana", ("won", "Closed won", 6))
    deal(world, "d2", "ben", ("opportunity", "Qualified to buy", 3), ("opportunity", "", 5))
    assert built(world).conversions("goal", "outcome_id", "date_day") == [
        ("deal", "hubspot:d1", date(2025, 3, 7)),
        ("demo", "hubspot:d1", date(2025, 3, 4)),
        ("opened", "hubspot:d1", date(2025, 3, 3)),
        ("opened", "hubspot:d2", date(2025, 3, 6)),
    ]


def test_rows_of_one_deal_under_several_ids_are_one_deal() -> None:
    world = b2b(Goal("deal", ("won",)), Goal("order", ("purchase",)))
    for number in (1, 2):
        for kind in ("won", "purchase"):
            world.outcome(f"{kind}{number}", {"user": "ana"}, kind, at=number, deal_id="d1", gross="1.00")
    assert built(world).conversions("goal", "outcome_id") == [
        ("deal", "won1"), ("order", "purchase1"), ("order", "purchase2"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("entries", "stands", "counts"),
    [
        ([("won", "Closed won", 3)], "won", 1),
        ([("won", "Closed won", 3), ("opportunity", "Negotiation", 4)], "opportunity", 0),
        ([("opportunity", "Negotiation", 2), ("won", "Closed won", 3)], "won", 1),
        ([("won", "Closed won", 3), ("lost", "Closed lost", 4)], "lost", 0),
        ([("lost", "Closed lost", 3), ("won", "Closed won", 4)], "won", 1),
        ([("won", "Closed won", 0.5)], "won", 1),  # written down after it was signed
        ([("lost", "Closed lost", 3)], "lost", 0),
        ([("opportunity", "Demo", 2), ("opportunity", "Offer", 3)], "opportunity", 0),
    ],
)
def test_a_deal_that_is_opened_again_is_no_longer_won(
    entries: list[tuple[str, str, float]], stands: str, counts: int
) -> None:
    world = b2b()
    deal(world, "d1", "ana", ("opportunity", "", 1), *entries)
    found = built(world)
    assert found.rows("SELECT kind FROM deals") == [(stands,)]
    assert len(found.conversions()) == counts


def test_an_earlier_import_undoes_nothing_that_a_later_one_says() -> None:
    world = b2b()
    deal(world, "d1", "ana", ("opportunity", "", 1), ("opportunity", "Negotiation", 4.5), import_id="i1")
    deal(world, "d1", "ana", ("won", "Closed won", 4), import_id="i2")
    found = built(world)
    assert found.rows("SELECT kind, stage FROM deals") == [("won", "Closed won")]
    assert found.conversions("outcome_id") == [("hubspot:d1",)]


def test_two_deals_of_one_company_make_one_new_customer() -> None:
    world = b2b(WON, Goal("first", ("won",), per="account", count="one"), Goal("contacts", ("won",), count="one"))
    deal(world, "d0", "zoe", ("won", "", 0), company=BOLT)
    deal(world, "d1", "ana", ("won", "", 60), company=ACME)
    deal(world, "d2", "ben", ("won", "", 70), company=ACME)
    assert built(world).conversions("goal", "outcome_id", "new_customer") == [
        ("contacts", "hubspot:d0", None), ("contacts", "hubspot:d1", True), ("contacts", "hubspot:d2", False),
        ("deal", "hubspot:d0", None), ("deal", "hubspot:d1", True), ("deal", "hubspot:d2", False),
        ("first", "hubspot:d0", None), ("first", "hubspot:d1", True),
    ]  # fmt: skip


def test_a_deal_is_new_business_also_where_it_was_won_before_the_stage_that_counts() -> None:
    world = b2b(Goal("live", ("won",), per="account", stages=("Live",)))
    deal(world, "d0", "zoe", ("won", "Signed", 0), company=BOLT)
    deal(world, "d1", "ana", ("won", "Signed", 60), ("won", "Live", 70), company=ACME)
    assert built(world).conversions("outcome_id", "new_customer") == [("hubspot:d1", True)]


def test_a_companys_deal_knows_its_first_lead_and_its_opening() -> None:
    world = b2b(WON, Goal("sale", ("won",)))
    contact(world, "ana", ACME)
    contact(world, "ben", ACME)
    for name, day in (("ben", 4), ("ana", 2), ("eve", 1)):
        world.outcome(f"hubspot:contact:{name}", {"crm": f"hubspot:{name}"}, "lead", at=at_day(day), system="hubspot")
    deal(world, "d1", "ben", ("opportunity", "Demo", 5), ("opportunity", "", 6), ("won", "Closed won", 9), company=ACME)
    lead, opportunity = (f"CAST(outturn_day({at}, 'UTC') AS VARCHAR)" for at in ("lead_at", "opportunity_at"))
    assert built(world).conversions("goal", lead, opportunity) == [
        ("deal", "2025-03-03", "2025-03-07"),
        ("sale", "2025-03-05", "2025-03-07"),
    ]


def test_a_deal_is_worth_what_it_is_expected_to_bring() -> None:
    world = b2b(OPENED)
    world.rate("USD", date(2025, 3, 3), "1.25")
    deal(world, "open", "a", ("opportunity", "", 1), ("opportunity", "Offer", 3), probability=0.4)
    deal(
        world,
        "won",
        "b",
        ("opportunity", "", 1),
        ("won", "Closed won", 3),
        probability=0.9,
        gross="119.00",
        tax="19.00",
    )
    deal(world, "lost", "c", ("opportunity", "", 1), ("lost", "Closed lost", 3), gross=None)
    deal(world, "vague", "d", ("opportunity", "", 1), ("opportunity", "Offer", 3))
    deal(world, "blank", "e", ("opportunity", "", 1), probability=0.4, gross=None)
    deal(world, "dollars", "f", ("opportunity", "", 2), probability=1 / 3, gross="100.00", currency="USD")
    deal(world, "yen", "g", ("opportunity", "", 2), probability=0.5, gross="100", currency="JPY")
    deal(world, "unopened", "h", ("won", "", 2))
    found = built(world)
    expected = {
        "open": 400 * UNIT, "won": 100 * UNIT, "lost": 0, "vague": None, "blank": None,
        "dollars": 26_666_640, "yen": None,
    }  # fmt: skip
    assert dict(found.rows("SELECT SUBSTRING(outcome_id, 9), expected_micros FROM deals")) == expected
    assert found.rows("SELECT deal_key FROM deals WHERE missing_rate") == [("deal:hubspot:yen",)]
    # A goal of openings carries it along as the margin of its conversions.
    margins = {outcome_id[8:]: margin for outcome_id, margin in found.conversions("outcome_id", "margin_micros")}
    assert margins == {name: worth for name, worth in expected.items() if name != "yen"}


def test_a_stage_without_a_time_is_where_the_deal_is_now() -> None:
    world = b2b(OPENED, Goal("offer", ("opportunity",), stages=("Offer",)), WON)
    deal(world, "d1", "a", ("opportunity", "", 1), ("opportunity", "Demo", 3), probability=0.2)
    deal(world, "d1", "a", ("opportunity", "Offer", None), probability=0.5)
    deal(world, "d2", "b", ("opportunity", "", 2), ("won", "Closed won", None))
    found = built(world)
    assert found.rows("SELECT stage, expected_micros, stage_at IS NULL FROM deals ORDER BY deal_key") == [
        ("Offer", 500 * UNIT, True), ("Closed won", 1000 * UNIT, True),
    ]  # fmt: skip
    assert found.conversions("goal", "outcome_id") == [("opened", "hubspot:d1"), ("opened", "hubspot:d2")]
    said = found.conversions_found.idle_goals
    assert [one.goal for one in said] == ["offer", "deal"]
    assert all("leaves out 1 whose date no import holds" in one.says for one in said)


def test_what_trackers_saw_of_deals_counts_only_where_nothing_else_does() -> None:
    world = b2b()
    world.outcome("ga4:1", {"user": "ana"}, "opportunity", system="ga4", tracker=True, gross="1.00")
    assert built(world).rows("SELECT system FROM deals") == [("ga4",)]
    deal(world, "d1", "ana", ("opportunity", "", 1))
    assert built(world).rows("SELECT system FROM deals") == [("hubspot",)]


def test_a_goal_that_counts_nothing_says_why() -> None:
    goals = (
        Goal("sale", ("purchase", "won"), system="salesforce"),
        Goal("trial", ("trial",), system="hubspot"),
        Goal("demo", ("opportunity",), stages=("Demo hold", "Offer")),
        Goal("live", ("opportunity",), stages=("Live",)),
        Goal("kept", ("won",), statuses=("pending",)),
        Goal("deal", ("won",)),
        Goal("gone", ("lost",)),
    )
    world = World().having(goals=goals)
    deal(world, "d1", "ana", ("opportunity", "", 1), ("opportunity", "Offer", 2), ("lost", "No", 3), ("won", "Yes", 4))
    said = {one.goal: one.says for one in built(world).conversions_found.idle_goals}
    assert said == {
        "sale": "Goal 'sale' counts nothing: no import holds outcomes of the system 'salesforce'. "
        "There are the systems hubspot.",
        "trial": "Goal 'trial' counts nothing: no outcome of hubspot is of kind trial. "
        "There are the kinds lost, opportunity, won.",
        "demo": "Goal 'demo' counts less than it names: no deal entered the stage 'Demo hold'. "
        "There are the stages Offer.",
        "live": "Goal 'live' counts nothing: no deal entered the stage 'Live'. There are the stages Offer.",
        "kept": "Goal 'kept' counts nothing: no outcome of its kinds has the status pending. "
        "There are the statuses counted.",
        "gone": "Goal 'gone' counts nothing: no outcome of its kinds stands, as when deals were opened again.",
    }


def test_an_empty_ledger_is_no_goals_fault_unless_it_names_its_system() -> None:
    world = b2b(Goal("sale", ("purchase",)), Goal("deal", ("won",), system="hubspot"))
    assert [one.goal for one in built(world).conversions_found.idle_goals] == ["deal"]


NAMES = st.sampled_from("abcde")
COMPANIES = st.sampled_from([None, "x", "y", "z"])


@st.composite
def _worlds(draw: st.DrawFn) -> tuple[World, list[tuple[str, str]]]:
    """Contacts, touches and won deals; and who belongs to which company, told apart by hand."""
    world = b2b()
    members = []
    for name, company in draw(st.lists(st.tuples(NAMES, COMPANIES), max_size=8)):
        contact(world, name, None if company is None else key("company", company))
        members += [] if company is None else [(company, name)]
    for name, at in draw(st.lists(st.tuples(NAMES, st.integers(0, 100)), max_size=8)):
        world.touch(name, "Email", at=at)
    for number, (who, company) in enumerate(draw(st.lists(st.tuples(NAMES, COMPANIES), max_size=4))):
        deal(world, str(number), who, ("won", "", number), company=None if company is None else key("company", company))
        members += [] if company is None else [(company, who)]
    for name in "abcde":
        contact(world, name)
    return world, members


@settings(max_examples=8)
@given(_worlds(), st.data())
def test_a_company_has_its_peoples_touches_and_merges_nobody(
    drawn: tuple[World, list[tuple[str, str]]], data: st.DataObject
) -> None:
    world, members = drawn
    found = built(world)
    touched = Counter(row.get("user_key") for row in world.rows["events"] if row["type"] == "touch")
    expected: Counter[str] = Counter()
    for company, name in set(members):
        expected[company] += touched[key("user", name)]
    companies = sorted(
        (bucket_of(key("company", name)), key("company", name), name) for name in {c for c, _ in members}
    )
    assert Counter(
        {companies[number][2]: touches for number, touches in found.rows(
            "SELECT company_id, COUNT(*) FROM company_touches GROUP BY company_id"
        )}
    ) == +expected  # fmt: skip
    assert len(found.persons()) == 5
    shuffled = World(world.context, {name: data.draw(st.permutations(rows)) for name, rows in world.rows.items()})
    again = built(shuffled)
    for statement in (
        "SELECT bucket, company_id, outturn_micros(occurred_at), place, person_id FROM company_touches",
        "SELECT goal, outcome_id, bucket, company_id, person_id, new_customer FROM conversions ORDER BY outcome_id",
        "SELECT deal_key, kind, expected_micros FROM deals ORDER BY deal_key",
    ):
        assert again.rows(statement) == found.rows(statement)
