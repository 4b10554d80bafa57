"""Goals: the default one, what a table of settings may say, and errors that name what was expected."""

from __future__ import annotations

from typing import Any

import pytest

from outturn.domain.errors import UnknownName, UsageError
from outturn.domain.goals import DEFAULT_GOAL, OUTCOME_KINDS, OUTCOME_STATUSES, RESTATING_KINDS, Goal


def test_the_first_goal_is_every_purchase_or_won_deal_over_thirty_days() -> None:
    assert (
        Goal(
            id="sale",
            kinds=("purchase", "won"),
            system=None,
            count="every",
            per="person",
            lookback_days=30,
            statuses=("counted",),
        )
        == DEFAULT_GOAL
    )


def test_the_kinds_are_the_words_of_the_design() -> None:
    assert OUTCOME_KINDS == (
        "lead", "qualified", "opportunity", "won", "lost", "purchase", "trial", "subscription_start", "renewal",
        "expansion", "contraction", "churn", "refund", "chargeback",
    )  # fmt: skip
    assert set(RESTATING_KINDS) < set(OUTCOME_KINDS)


def test_a_table_of_the_settings_becomes_a_goal() -> None:
    table = {
        "kinds": ["won"],
        "system": "hubspot",
        "count": "one",
        "per": "account",
        "lookback_days": 180,
        "statuses": ["counted"],
        "stages": ["Closed won", "Signed"],
    }
    assert Goal.from_table("deal", table) == Goal(
        "deal", ("won",), "hubspot", "one", "account", 180, stages=("Closed won", "Signed")
    )


def test_companies_are_looked_back_on_for_half_a_year_unless_told_otherwise() -> None:
    assert Goal.from_table("deal", {"kinds": ["won"], "per": "account"}).lookback_days == 180
    assert Goal.from_table("deal", {"kinds": ["won"], "per": "account", "lookback_days": 90}).lookback_days == 90
    assert Goal.from_table("deal", {"kinds": ["won"]}).lookback_days == 30


def test_a_goal_may_count_what_is_pending() -> None:
    assert Goal("order", ("purchase",), statuses=("counted", "pending")).statuses == ("counted", "pending")
    assert set(DEFAULT_GOAL.statuses) < set(OUTCOME_STATUSES)


@pytest.mark.parametrize(
    ("table", "expected"),
    [
        ({}, 'kinds = ["purchase"]'),
        ({"kinds": "purchase"}, "a list of texts"),
        ({"kinds": []}, "at least one of lead"),
        ({"kinds": ["purchase", "purchase"]}, "twice"),
        ({"kinds": ["refund"]}, "restates its sale"),
        ({"kinds": ["won"], "count": "first"}, "expected every or one"),
        ({"kinds": ["won"], "per": "household"}, "expected person or account"),
        ({"kinds": ["won"], "lookback_days": 0}, "from 1 to 3650"),
        ({"kinds": ["won"], "lookback_days": True}, "from 1 to 3650"),
        ({"kinds": ["won"], "lookback_days": 30.0}, "from 1 to 3650"),
        ({"kinds": ["won"], "system": " "}, "name one"),
        ({"kinds": ["won"], "system": 3}, "expected text"),
        ({"kinds": ["won"], "stages": "Closed won"}, 'such as ["Demo held"]'),
        ({"kinds": ["won"], "stages": [" "]}, "an empty stage"),
        ({"kinds": ["won"], "stages": ["Demo", "demo "]}, "a stage twice"),
    ],
)
def test_an_error_says_what_was_expected(table: dict[str, Any], expected: str) -> None:
    with pytest.raises(UsageError) as caught:
        Goal.from_table("deal", table)
    assert expected in str(caught.value)
    assert "'deal'" in str(caught.value)


@pytest.mark.parametrize(
    ("table", "guess"),
    [
        ({"kinds": ["purchse"]}, "Did you mean 'purchase'?"),
        ({"kinds": ["won"], "lookback": 3}, "Did you mean 'lookback_days'?"),
        ({"kinds": ["won"], "statuses": ["count"]}, "Did you mean 'counted'?"),
        ({"kinds": ["won"], "stage": ["Demo"]}, "Did you mean 'stages'?"),
    ],
)
def test_a_misspelt_word_is_answered_with_the_nearest(table: dict[str, Any], guess: str) -> None:
    with pytest.raises(UnknownName, match="deal") as caught:
        Goal.from_table("deal", table)
    assert guess in str(caught.value)


@pytest.mark.parametrize("goal_id", ["", "Sale", "1st", "sale now", "ventă"])
def test_an_id_is_plain_text_that_fits_a_command(goal_id: str) -> None:
    with pytest.raises(UsageError, match="demo_request"):
        Goal(goal_id, ("won",))
