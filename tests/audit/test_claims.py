"""Claims in a small world typed by hand, against the exact numbers that the ledger supports."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from outturn.audit.claim_actions import kinds_of_action
from outturn.audit.claim_windows import window_days
from outturn.audit.claims import GOAL_STEPS, Claim, Reconciliation, reconcile
from outturn.audit.needs import name_step
from outturn.audit.over_claiming import name_comparable
from outturn.domain.goals import DEFAULT_GOAL, Goal
from tests.metrics.conftest import World, at, day

if TYPE_CHECKING:
    from collections.abc import Iterator

GOOGLE, META = ("Paid Search", "google_ads", "a1", "c1"), ("Paid Social", "meta_ads", "a1", "c2")


@pytest.fixture
def world() -> Iterator[World]:
    made = World()
    yield made
    made.engine.close()


def claim(world: World, platform: str, conversions: float, *, on: int, **told: Any) -> None:
    values = {
        "conversion_action": "purchase",
        "click_or_view": "click",
        "attribution_window": "7d_click",
        "date_basis": "conversion",
        "level": "campaign",
        **told,
    }
    world.add(
        "claims",
        import_id="i1",
        line=len(world.rows["claims"]) + 2,
        platform=platform,
        account_id="a1",
        date_day=day(on),
        claimed_conversions=conversions,
        **values,
    )


def held(world: World) -> Reconciliation:
    world.build()
    parameters = {"goal": "sale", "lookback_days": 30, "longest_days": 90, "currency": "EUR"}
    for step in ("claim_lines", *GOAL_STEPS):
        name_step(world.engine, step, parameters)
    return reconcile(world.engine, parameters, world.goals)


def only(told: Reconciliation) -> Claim:
    (one,) = told.claims
    return one


def test_a_click_claim_is_held_against_sales_with_a_click_inside_its_window(world: World) -> None:
    world.touch(*GOOGLE, on=1, person_id=1)
    world.sale("10.00", on=8, person=1)  # seven days later to the hour
    world.touch(*GOOGLE, on=1, hour=11, person_id=2)
    world.sale("10.00", on=8, person=2)  # an hour too late
    world.touch(*GOOGLE, on=9, person_id=3)
    world.sale("10.00", on=8, person=3)  # the click came after the sale
    world.sale("10.00", on=8)  # nobody
    claim(world, "google_ads", 1.0, on=1)
    claim(world, "google_ads", 2.5, on=8)
    one = only(held(world))
    assert (one.claimed, one.reached, one.ledger, one.window_days, one.window_stated) == (3.5, 1, 4, 7, True)
    assert (one.over_claim_ratio, one.residual) == (3.5, 2.5)
    assert one.causes == {"view_through": 0, "not_joined": 2, "zone": 4, "refund": 0, "window": 1}


def test_views_cannot_be_verified_and_stand_apart(world: World) -> None:
    world.touch(*META, on=1, person_id=1)
    world.sale("10.00", on=1, person=1)
    claim(world, "meta_ads", 5.0, on=1, click_or_view="view", attribution_window="1d_view")
    one = only(held(world))
    assert (one.reached, one.over_claim_ratio, one.residual, one.causes) == (None, None, None, {})


def test_claims_that_hold_both_may_be_views_to_the_last(world: World) -> None:
    world.touch(*META, on=1, person_id=1)
    world.sale("10.00", on=1, person=1)
    claim(world, "meta_ads", 3.0, on=1, click_or_view="all", attribution_window="default")
    one = only(held(world))
    assert (one.window_days, one.window_stated, one.over_claim_ratio, one.causes["view_through"]) == (
        7,
        False,
        3.0,
        None,
    )


def test_a_refunded_sale_is_still_claimed_and_is_named_as_a_cause(world: World) -> None:
    world.touch(*GOOGLE, on=1, person_id=1)
    world.sale("10.00", on=2, person=1, kept=0)
    claim(world, "google_ads", 1.0, on=2)
    one = only(held(world))
    assert (one.over_claim_ratio, one.causes["refund"]) == (1.0, 1)


def test_what_several_platforms_claim_is_bounded_and_never_added_up_as_sales(world: World) -> None:
    for person, places in enumerate([(GOOGLE, META), (GOOGLE, META), (GOOGLE,), ()], 1):
        for place in places:
            world.touch(*place, on=1, person_id=person)
        world.sale("10.00", on=1, person=person)
    claim(world, "google_ads", 4.0, on=1)
    claim(world, "meta_ads", 3.0, on=1)
    claim(world, "meta_ads", 9.0, on=1, click_or_view="view", attribution_window="1d_view")
    told = held(world)
    assert (told.claimed_most, told.ledger, told.overlap_at_least) == (7.0, 4, 3.0)
    assert (told.able, told.claimable_by_several) == ({1: (1, 10_000_000), 2: (2, 20_000_000)}, 2)
    assert (told.claimable, told.claimable_value, told.claimed_value_most) == (3, 30_000_000, None)


def test_claims_of_other_days_or_of_a_later_sale_need_not_overlap(world: World) -> None:
    for on in (1, 1, 5, 5, 9):
        world.sale("10.00", on=on)
    claim(world, "google_ads", 2.0, on=1)
    claim(world, "meta_ads", 2.0, on=5)
    told = held(world)
    assert (told.claimed_most, told.ledger, told.overlap_at_least) == (4.0, 4, 0.0)


def test_a_claim_dated_by_its_click_may_be_of_a_sale_after_its_days(world: World) -> None:
    for on in (1, 4, 20):
        world.sale("10.00", on=on)
    claim(world, "google_ads", 3.0, on=1, date_basis="impression")
    told = held(world)
    assert (told.ledger, told.overlap_at_least) == (2, 1.0)


def test_two_levels_of_one_export_are_one_claim(world: World) -> None:
    claim(world, "google_ads", 4.0, on=1, level="campaign")
    claim(world, "google_ads", 3.0, on=1, level="ad_group")
    claim(world, "google_ads", 2.0, on=2, level="ad_group")
    assert only(held(world)).claimed == 6.0


def test_what_models_give_instead_is_of_the_days_of_the_claims(world: World) -> None:
    world.touch(*GOOGLE, on=1, person_id=1)
    world.sale("10.00", on=1, person=1, credit={GOOGLE: 0.5, "(none)": 0.5})
    world.sale("10.00", on=5, person=1, credit={GOOGLE: 1.0})
    claim(world, "google_ads", 1.0, on=1)
    assert held(world).models == {"google_ads": {"last_non_direct": 0.5}}


def test_what_claims_are_worth_is_held_against_what_the_ledger_has(world: World) -> None:
    world.rate("USD", "1.25", on=1)
    world.touch(*GOOGLE, on=1, person_id=1)
    world.sale("10.00", on=1, person=1)
    world.sale("7.00", on=1)
    claim(world, "google_ads", 1.0, on=1, currency="USD", claimed_value_micros=25_000_000)
    claim(world, "google_ads", 1.0, on=1, currency="EUR", claimed_value_micros=5_000_000)
    one = only(held(world))
    assert (one.claimed_value, one.value_unknown) == (25_000_000, None)
    assert (one.ledger_value, one.reached_value) == (17_000_000, 10_000_000)


def test_a_value_that_is_not_told_or_cannot_be_converted_is_unknown_and_says_why(world: World) -> None:
    claim(world, "google_ads", 1.0, on=1)
    claim(world, "meta_ads", 1.0, on=1, currency="USD", claimed_value_micros=25_000_000)
    google, meta = held(world).claims
    assert (google.claimed_value, google.value_unknown) == (None, "the report tells no value")
    assert (meta.claimed_value, meta.value_unknown) == (None, "no exchange rate for USD on some of its days")


def test_an_action_whose_name_says_what_it_counts_is_held_against_the_goal_that_counts_it(world: World) -> None:
    world.goals = (DEFAULT_GOAL, Goal("contact", ("lead",)))
    world.touch(*GOOGLE, on=1, person_id=1)
    world.sale("10.00", on=1, person=1)
    for _ in range(3):
        world.sale("0.00", on=1, person=1, goal="contact", kind="lead")
    claim(world, "google_ads", 2.0, on=1, conversion_action="Submit lead form")
    claim(world, "google_ads", 1.0, on=1, conversion_action="Newsletter")
    claim(world, "google_ads", 1.0, on=1, conversion_action="purchase")
    told = held(world)
    assert [(one.conversion_action, one.goal, one.goal_told, one.reached) for one in told.claims] == [
        ("Newsletter", "sale", False, 1),
        ("Submit lead form", "contact", True, 3),
        ("purchase", "sale", True, 1),
    ]
    assert (told.claimed_most, told.ledger, told.claimable) == (1.0, 1, 1)


@pytest.mark.parametrize(
    ("action", "kinds"),
    [
        ("omni_purchase", ("purchase", "won")),
        ("Bestellung (Web)", ("purchase", "won")),
        ("onsite_conversion.lead_grouped", ("lead",)),
        ("Kontaktformular", ("lead",)),
        ("add_payment_info", ()),
        ("Begin checkout: order", ()),
        ("start_trial", ("trial",)),
        ("Subscribe", ("subscription_start",)),
        ("platform", ()),
        ("all", ()),
    ],
)
def test_an_action_tells_its_kind_only_by_plain_words(action: str, kinds: tuple[str, ...]) -> None:
    assert kinds_of_action(action) == kinds


def test_what_no_cause_explains_is_a_lower_bound(world: World) -> None:
    world.touch(*GOOGLE, on=5, person_id=1)
    for on in (1, 5, 9):
        world.sale("10.00", on=on, person=1)
    claim(world, "google_ads", 1.0, on=1)
    claim(world, "google_ads", 12.0, on=9)
    one = only(held(world))
    # Two of the three have a click before them; one has none, two are of the first and last day.
    assert (one.residual, one.causes["not_joined"], one.causes["zone"]) == (11.0, 1, 2)
    assert one.unexplained_at_least == 8.0


def over_claimed(world: World) -> dict[tuple[str, str], tuple[int, int]]:
    """Found and seen, by platform and kind of claim."""
    world.build()
    parameters = {"goal": "sale", "goal_kinds": ("purchase",), "lookback_days": 30, "longest_days": 90, "zone": "UTC"}
    for step in ("claim_lines", "touched_sales", "claimable_sales"):
        name_step(world.engine, step, parameters)
    name_comparable(world.engine, parameters)
    name_step(world.engine, "over_claiming", parameters, as_name="lines")
    lines = world.engine.rows("SELECT platform, subject, found, seen FROM lines")
    return {row[:2]: row[2:] for row in lines}


def test_claims_beyond_the_normal_ratio_and_beyond_all_sales_of_nobody_are_found(world: World) -> None:
    for on in (1, 20):
        page(world, on=on)
    world.sale("1.00", on=1)
    for number in range(4):
        world.touch(*GOOGLE, on=8, person_id=number)
        world.sale("10.00", on=9, person=number)
    world.sale("10.00", on=9)  # nobody's: it may be the platform's
    world.sale("1.00", on=20)  # nobody's, on a day without a claim
    claim(world, "google_ads", 40.0, on=2)  # the tracker's first week
    claim(world, "google_ads", 20.0, on=9)
    claim(world, "google_ads", 20.0, on=9, click_or_view="all")
    claim(world, "google_ads", 20.0, on=9, click_or_view="view")
    claim(world, "google_ads", 20.0, on=9, conversion_action="Newsletter")
    assert over_claimed(world) == {
        ("google_ads", "purchase, by click"): (13, 20),  # 20 - 1.5 * 4 - 1
        ("google_ads", "purchase, by click or view"): (9, 20),  # 20 - 2.5 * 4 - 1
    }


def page(world: World, *, on: int) -> None:
    number = len(world.rows["events"])
    world.add(
        "events", import_id="i1", line=number + 2, event_id=f"segment:{number}", source="segment", type="page",
        occurred_at=at(on), received_at=at(on), trust="file", is_bot=False,
    )  # fmt: skip


def test_without_claims_there_is_nothing_to_hold(world: World) -> None:
    told = held(world)
    assert (told.claims, told.overlap_at_least, told.claimable_by_several) == ((), 0.0, 0)


@pytest.mark.parametrize(
    ("platform", "text", "expected"),
    [
        ("meta_ads", "1d_view", (1, True)),
        ("amazon_ads", "14 day", (14, True)),
        ("x_ads", "default", (30, False)),
        ("unheard_of", "default", (30, False)),
        ("meta_ads", "400d_click", (90, True)),
    ],
)
def test_windows_are_read_from_their_names(platform: str, text: str, expected: tuple[int, bool]) -> None:
    assert window_days(platform, text) == expected
