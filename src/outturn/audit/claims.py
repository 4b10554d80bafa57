"""Claims against the ledger, like against like: what platforms say of themselves, and what can be seen of it.

A click claim is held against the ledger's conversions of its days that had a click or visit of that platform inside
its window. A view claim cannot be verified: nobody but the platform saw the view. Claims that do not say which of the
two they are hold both, so their ratio says how far clicks alone could carry them. An action whose name says what it
counts is held against the goal that counts that. Nothing is ever added up as if claims were sales; of several platforms
only bounds of what they must share are given.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from outturn.audit.claim_actions import goal_of_action
from outturn.audit.claim_windows import name_windows, window_days
from outturn.audit.needs import name_step
from outturn.store.sql import load

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from outturn.domain.goals import Goal
    from outturn.store.engine import Engine

STEPS = ("claim_reach", "claim_overlap", "claim_ledger", "claim_days", "claim_models", "claim_kinds", "claim_values")
GOAL_STEPS = ("touched_sales", "claimable_sales")
"""What a goal's conversions are held against claims by."""


@dataclass(frozen=True, slots=True)
class Claim:
    """One kind of claim of one platform, and what the ledger holds of it.

    Attributes:
        click_or_view: click, view, or all: the report does not tell them apart.
        window_days: After a click. `window_stated` False: the platform's default stands in.
        date_basis: impression, conversion or unknown. The ledger's conversions are always those of the same days.
        goal: The id of the goal that it is held against. `goal_told` False: the action's name does not say what it
            counts, and the goal that was asked for stands in.
        claimed: Platforms claim fractions.
        claimed_value: What the platform says that these are worth, in micros of the workspace's currency and mostly
            with tax and shipping; None: `value_unknown` says why.
        ledger: All conversions of the goal on these days, worth `ledger_value` micros, refunds not deducted.
        reached: Those with a click or visit of this platform inside the window, worth `reached_value`; None for views.
        causes: Upper bounds, each by itself and in conversions, of what can set claim and ledger apart:
            `view_through`, claims for views
            (None: the report does not tell them apart, all of the residual may be); `not_joined`, conversions without
            any touch seen here; `zone`, those of the first and last day, which the account's clock may put outside;
            `refund`, reached ones wholly taken back since, which platforms go on claiming; `window`, those whose last
            click or visit of the platform is older than its window. Bounds overlap (a conversion may be refunded and
            on the last day), so they need not add up to the residual, and what exceeds their sum none of them explains:
            `unexplained_at_least`. Empty for views.
    """

    platform: str
    conversion_action: str
    click_or_view: str
    attribution_window: str
    date_basis: str
    first_day: date
    last_day: date
    window_days: int
    window_stated: bool
    goal: str
    goal_told: bool
    claimed: float
    claimed_value: int | None
    value_unknown: str | None
    ledger: int
    ledger_value: int
    reached: int | None
    reached_value: int | None
    causes: Mapping[str, int | None]

    @property
    def over_claim_ratio(self) -> float | None:
        """Claims over conversions that they can be true of; None for views, and where there is no such conversion."""
        return self.claimed / self.reached if self.reached else None

    @property
    def residual(self) -> float | None:
        """Claims that no click or visit seen here supports; None for views; negative: more was seen than is claimed."""
        return None if self.reached is None else self.claimed - self.reached

    @property
    def unexplained_at_least(self) -> float | None:
        """The residual beyond the sum of all causes' bounds; None: for views, or where all of it may be views."""
        if self.residual is None or None in self.causes.values():
            return None
        return max(0.0, self.residual - sum(bound or 0 for bound in self.causes.values()))

    @property
    def whole(self) -> bool:
        """Whether it may be a platform's own total, as far as one claim can be."""
        return self.click_or_view != "view"


@dataclass(frozen=True, slots=True)
class Reconciliation:
    """All claims, and what several platforms must share.

    Attributes:
        claims: By platform and kind.
        models: Conversions that each model credits, by platform and model.
        able: Conversions by the number of platforms that can claim them, and their value in micros.
        claimed_most: The sum of each platform's largest kind of claim that is not views; never a number of sales.
        claimed_value_most: What these kinds are said to be worth, in micros; None: not known of each.
        ledger: Conversions that any of them can be of: of all their days together and, where a claim is not dated by
            the conversion, of its window after them.
    """

    claims: tuple[Claim, ...]
    models: Mapping[str, Mapping[str, float]]
    able: Mapping[int, tuple[int, int]]
    claimed_most: float
    claimed_value_most: int | None
    ledger: int

    @property
    def overlap_at_least(self) -> float:
        """Claims that must be of the same conversion as another platform's, or of none."""
        return max(0.0, self.claimed_most - self.ledger)

    @property
    def claimable_by_several(self) -> int:
        """Conversions that two or more platforms had a click or visit before, each inside its window."""
        return sum(count for platforms, (count, _) in self.able.items() if platforms > 1)

    @property
    def claimable(self) -> int:
        """Conversions that any platform had a click or visit before, each inside its window."""
        return sum(count for count, _ in self.able.values())

    @property
    def claimable_value(self) -> int:
        """What they are worth, in micros."""
        return sum(value for _, value in self.able.values())


def reconcile(engine: Engine, parameters: Mapping[str, Any], goals: Sequence[Goal]) -> Reconciliation:
    """Hold every claim against the ledger.

    Args:
        engine: Knows the build's tables, `fx_rates`, and the room's steps `claim_lines` and `GOAL_STEPS`, these of the
            goal that was asked for; of the last of several goals they are afterwards.
        parameters: Of the room's statements.
        goals: The one that was asked for, then all others.
    """
    asked = goals[0]
    name_step(engine, "claim_kinds", parameters)
    kinds = engine.rows(
        "SELECT * FROM claim_kinds ORDER BY platform, conversion_action, click_or_view, attribution_window, date_basis"
    )
    held = [goal_of_action(row[1], asked, goals) for row in kinds]

    def held_by(goal: Goal) -> list[tuple[int, Any]]:
        return [(number, row) for number, row in enumerate(kinds) if held[number][0] is goal]

    found = _of_goal(engine, parameters, held_by(asked))
    for step in ("claim_days", "claim_overlap", "claim_models"):
        name_step(engine, step, parameters)
    models: dict[str, dict[str, float]] = {}
    for platform, model, conversions in engine.rows("SELECT platform, model, conversions FROM claim_models"):
        models.setdefault(platform, {})[model] = conversions
    able = engine.rows("SELECT platforms, conversions, value_micros FROM claim_overlap")
    ((ledger,),) = engine.rows("SELECT conversions FROM claim_days")
    for goal in goals[1:]:
        if held_by(goal):
            of_goal = {**parameters, "goal": goal.id, "lookback_days": goal.lookback_days}
            for step in GOAL_STEPS:
                name_step(engine, step, of_goal)
            found |= _of_goal(engine, of_goal, held_by(goal))
    claims = tuple(_claim(row, held[number], found[number]) for number, row in enumerate(kinds))
    whole = _whole_claims(claims, asked)
    worth = [one.claimed_value for one in whole]
    return Reconciliation(
        claims,
        models,
        {row[0]: row[1:] for row in able},
        sum(one.claimed for one in whole),
        None if None in worth else sum(one or 0 for one in worth),
        ledger,
    )


def _whole_claims(claims: Sequence[Claim], goal: Goal) -> list[Claim]:
    """Of each platform the largest claim to the goal that may be its own total."""
    most: dict[str, Claim] = {}
    for one in claims:
        if one.whole and one.goal == goal.id and (one.platform not in most or one.claimed > most[one.platform].claimed):
            most[one.platform] = one
    return list(most.values())


def _of_goal(engine: Engine, parameters: Mapping[str, Any], kinds: Sequence[tuple[int, Any]]) -> dict[int, Any]:
    """By number of the kind: rows of reach, ledger and value, of kinds that are held against one goal."""
    name_windows(engine, kinds)
    for step in ("claim_reach", "claim_ledger"):
        name_step(engine, step, parameters)
    engine.view(
        "rated_days",
        "SELECT DISTINCT date_day, currency FROM claim_lines "
        "WHERE claimed_value_micros IS NOT NULL AND currency IS NOT NULL",
    )
    engine.table("sale_rates", load("outturn.store", "sale_rates"), {"currency": parameters["currency"]})
    name_step(engine, "claim_values", parameters)
    tables = {
        "SELECT number, reached, refunded, outside_window, reached_micros FROM claim_reach": (0, 0, 0, 0),
        "SELECT number, conversions, untouched, on_edge_days, value_micros FROM claim_ledger": (0, 0, 0, 0),
        "SELECT number, told, value_micros, unrated_currency FROM claim_values": (0, None, None),
    }
    read = [({row[0]: row[1:] for row in engine.rows(statement)}, none) for statement, none in tables.items()]
    return {number: tuple(rows.get(number, none) for rows, none in read) for number, _ in kinds}


def _claim(row: tuple[Any, ...], held: tuple[Goal, bool], found: tuple[Any, ...]) -> Claim:
    platform, action, click_or_view, window, basis, first_day, last_day, claimed = row
    days, stated = window_days(platform, window)
    is_view = click_or_view == "view"
    (reached, refunded, outside, reached_value), (ledger, untouched, on_edge_days, ledger_value), worth = found
    causes = {
        "view_through": None if click_or_view == "all" else 0,
        "not_joined": untouched,
        "zone": on_edge_days,
        "refund": refunded,
        "window": outside,
    }
    value, unknown = _value(*worth)
    return Claim(
        platform, action, click_or_view, window, basis, first_day, last_day, days, stated, held[0].id, held[1],
        claimed, value, unknown, ledger, ledger_value, None if is_view else reached,
        None if is_view else reached_value, {} if is_view else causes,
    )  # fmt: skip


def _value(told: int, micros: int | None, unrated: str | None) -> tuple[int | None, str | None]:
    """What is claimed, or why that is not known."""
    if not told:
        return None, "the report tells no value"
    if unrated is not None:
        return None, f"no exchange rate for {unrated} on some of its days" if unrated else "it names no currency"
    return micros, None
