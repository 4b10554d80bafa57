"""Claim actions: what kind of outcome a platform's conversion action is, and which goal it is held against.

Platforms name actions as their users do. A name that plainly speaks of purchases, leads, trials or subscriptions is
held against the goal that counts these; any other, and `all`, against the goal that is asked for.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from outturn.domain.goals import Goal

EVERY_ACTION = "all"
_SIGNS = re.compile(r"[^a-z0-9]+")
# Begun is not done: a checkout that was entered, a card whose number was typed.
_BEGUN = re.compile(r"\b(add|added|begin|initiate|initiated|start checkout|view)\b")
_KINDS = (
    (re.compile(r"\b(purchases?|orders?|complete payment|sales?|kauf|kaeufe|bestellung(en)?)\b"), ("purchase", "won")),
    (re.compile(r"\b(leads?|(lead|contact|kontakt) ?form(ular)?|submit form|form submitted)\b"), ("lead",)),
    (re.compile(r"\btrials?\b"), ("trial",)),
    (re.compile(r"\bsubscri(be|bed|ption|ptions)\b"), ("subscription_start",)),
)


def kinds_of_action(action: str) -> tuple[str, ...]:
    """The kinds of outcomes that an action's name speaks of; empty: it does not say.

    >>> kinds_of_action("offsite_conversion.fb_pixel_purchase"), kinds_of_action("Newsletter")
    (('purchase', 'won'), ())
    """
    words = _SIGNS.sub(" ", action.lower())
    if _BEGUN.search(words):
        return ()
    return next((kinds for pattern, kinds in _KINDS if pattern.search(words)), ())


def comparable(action: str, kinds: Iterable[str]) -> bool:
    """Whether an action can be of a goal that counts these kinds: it names one of them, or is every action."""
    return action == EVERY_ACTION or bool(set(kinds_of_action(action)) & set(kinds))


def goal_of_action(action: str, asked: Goal, goals: Iterable[Goal]) -> tuple[Goal, bool]:
    """The goal that an action is held against, and whether its name says so."""
    kinds = set(kinds_of_action(action))
    for goal in (asked, *goals):
        if kinds & set(goal.kinds):
            return goal, True
    return asked, False
