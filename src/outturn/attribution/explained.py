"""One conversion explained: the journey before it, and what each model gives to each touch, to the micro.

The parts are the very ones that `credits` adds up: the same weights, the same removal effects, the same
division of money and of conversions.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from outturn.attribution.models import ORDERS
from outturn.domain.time import MICROS_PER_DAY
from outturn.store.sql import load

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from outturn.store.engine import Engine

Effects = dict[str, dict[str, float]]
"""By model, then by channel."""


class Entry(NamedTuple):
    """A sale, or a refund of it, as one goal counts it: a row of `conversions`; instants in microseconds."""

    goal: str
    outcome_id: str
    parent_outcome_id: str | None
    kind: str
    bucket: int
    person_id: int
    company_id: int
    converted_at: int
    lead_at: int | None
    opportunity_at: int | None
    date_day: date
    cash_day: date
    counts: int
    value_micros: int
    new_customer: bool | None
    flags: str


class Step(NamedTuple):
    """A touch and where it happened: `at` in microseconds, the rest as in `touches` and `places`."""

    at: int
    touch_id: str
    kind: str
    person_id: int
    ad_group_id: str | None
    ad_id: str | None
    joined_by: str | None
    place: int
    channel: str
    platform: str
    account_id: str
    campaign_key: str
    campaign_id: str | None
    campaign_name: str | None


class Trail(NamedTuple):
    """The touches of whoever converted: those that earn credit, and those that lie outside.

    Attributes:
        steps: In the lookback, in the order in which models see them.
        before: Older ones.
        after: Those after the conversion.
    """

    steps: tuple[Step, ...] = ()
    before: tuple[Step, ...] = ()
    after: tuple[Step, ...] = ()


class Parts(NamedTuple):
    """What one model gives to each touch; without any touch one part, which is `(none)`'s.

    Attributes:
        weights: Each in [0, 1], together 1.
        conversions: The shares of one conversion that `credits` adds up: multiples of 2^-36, together 1.
        micros: By outcome id, the shares of the sale's value and of each refund's; together that value.
    """

    weights: tuple[float, ...]
    conversions: tuple[float, ...]
    micros: dict[str, tuple[int, ...]]


def entries_of(engine: Engine, outcome_id: str) -> list[Entry]:
    """What an outcome counts as in every goal, each time followed by its refunds; of a refund its sale's.

    Args:
        engine: Knows `conversions`.
        outcome_id: Of a sale or a refund. No rows: no goal counts it.
    """
    return [Entry(*row) for row in engine.rows(load(__package__, "explained_entries"), {"outcome_id": outcome_id})]


def trail_of(engine: Engine, entry: Entry, lookback_days: int) -> Trail:
    """The touches of the person or company whose conversion it is.

    Args:
        engine: Knows `touches`, `company_touches` and `places`.
        entry: The sale; of nobody known, there are none.
        lookback_days: The goal's.
    """
    of_company = entry.company_id >= 0
    owner = entry.company_id if of_company else entry.person_id
    if owner < 0:
        return Trail()
    statement = load(__package__, "explained_company_touches" if of_company else "explained_touches")
    touches = [Step(*row) for row in engine.rows(statement, {"bucket": entry.bucket, "owner_id": owner})]
    begin = entry.converted_at - lookback_days * MICROS_PER_DAY
    return Trail(
        tuple(step for step in touches if begin < step.at <= entry.converted_at),
        tuple(step for step in touches if step.at <= begin),
        tuple(step for step in touches if step.at > entry.converted_at),
    )


def effects_of(engine: Engine, goal: str) -> Effects:
    """The removal effects with which the build has credited a goal; `engine` knows `credit_totals`."""
    effects: Effects = {model: {} for model in ORDERS}
    for model, channel, effect in engine.rows(load(__package__, "explained_effects"), {"goal": goal}):
        effects.setdefault(model, {})[channel] = effect
    return effects


def parts_of(
    model: str, steps: Sequence[Step], entries: Sequence[Entry], effects: Mapping[str, Mapping[str, float]]
) -> Parts:
    """Divide a conversion, and what restates it, over its touches by one model.

    Args:
        model: Its name.
        steps: `Trail.steps`.
        entries: The sale, then its refunds.
        effects: `effects_of` the goal; a channel that is not in it has no effect.

    Raises:
        ValueError: The model gave no weighting.
    """
    if len(steps) <= 1:
        # Every model gives one touch, or (none), the whole.
        return Parts((1.0,), (1.0,), {entry.outcome_id: (entry.value_micros,) for entry in entries})
    from outturn.attribution.parts import divided, weighed  # noqa: PLC0415 - it loads the compiler

    sale = entries[0]
    channels = {step.channel: effects.get(model, {}).get(step.channel, 0.0) for step in steps}
    weights = weighed(
        model,
        at=[step.at for step in steps],
        channels=[step.channel for step in steps],
        stages=(sale.converted_at, sale.lead_at, sale.opportunity_at),
        removal_effects=channels if model in ORDERS else dict.fromkeys(channels, 1.0),
    )
    return Parts(*divided(model, weights, {entry.outcome_id: entry.value_micros for entry in entries}))
