"""A world: one market over one span of days, with its plan, its clocks and its rates drawn."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Self

from outturn.domain.errors import UsageError
from outturn.simulator.clock import Clock, Demand, first_instant
from outturn.simulator.rates import Rates, draw_rates
from outturn.simulator.spend import Plan, plan

if TYPE_CHECKING:
    from outturn.simulator.arrays import Floats, Ints
    from outturn.simulator.market import Campaign, Line, Market


# Each batch of visits or orders has its own eight bits in their numbers, see `contacts.numbers`.
_MOST_LINES, _MOST_ORGANIC = 28, 10


@dataclass(frozen=True, slots=True)
class World:
    """Everything that all people share. A **place** is a campaign, or after the campaigns an organic channel."""

    market: Market
    seed: int
    people: int
    start: date
    days: int
    first: int
    last: int
    plan: Plan
    shop: Clock
    clocks: tuple[Clock, ...]
    demand: Demand
    rates: Rates
    campaigns: tuple[tuple[Line, Campaign], ...]

    @classmethod
    def of(cls, market: Market, *, people: int, days: int, seed: int, start: date) -> Self:
        """Draw what the people of a market meet.

        Raises:
            UsageError: No people, no days, a negative seed, or more lines than batches have numbers for.
        """
        if people < 1 or days < 1 or seed < 0:
            raise UsageError(f"a market needs people, days and a seed >= 0; got {people=}, {days=}, {seed=}")
        if len(market.lines) > _MOST_LINES or len(market.organic) > _MOST_ORGANIC:
            raise UsageError(f"a market has at most {_MOST_LINES} lines and {_MOST_ORGANIC} organic channels")
        names = {market.shop_zone, market.google_zone, market.meta_zone}
        clocks = {name: Clock.of(name, start=start, days=days) for name in sorted(names)}
        shop = clocks[market.shop_zone]
        first = first_instant(start, market.shop_zone)
        last = first_instant(start + timedelta(days=days), market.shop_zone)
        drawn = plan(market, people=people, days=days, first_weekday=start.weekday(), seed=seed)
        return cls(
            market, seed, people, start, days, first, last, drawn, shop,
            tuple(clocks[market.zone_of(line)] for line in market.lines),
            Demand.of(shop, first=first, last=last),
            draw_rates(start, days=days, seed=seed),
            tuple((line, campaign) for line in market.lines for campaign in line.campaigns),
        )  # fmt: skip

    @property
    def parts(self) -> int:
        """In how many parts the population is played."""
        return -(-self.people // self.market.part_people)

    @property
    def places(self) -> int:
        """Campaigns and organic channels."""
        return len(self.campaigns) + len(self.market.organic)

    def channel(self, place: int) -> str:
        """The GA4 channel group of a place."""
        if place < len(self.campaigns):
            return self.campaigns[place][0].channel
        return self.market.organic[place - len(self.campaigns)].channel

    def clock_of(self, platform: str) -> Clock:
        """The clock of a platform's account; the shop's where no line is on it."""
        own = (clock for line, clock in zip(self.market.lines, self.clocks, strict=True) if line.platform == platform)
        return next(own, self.shop)

    def line_number(self, place: int) -> int:
        """The line of a campaign's place; -1 for organic ones."""
        return self.market.lines.index(self.campaigns[place][0]) if place < len(self.campaigns) else -1

    def organic_place(self, channel: str) -> int:
        """The place of an organic channel."""
        return len(self.campaigns) + [organic.channel for organic in self.market.organic].index(channel)

    def reached(self, line: int, at: Ints) -> Floats:
        """The share of a line's attainable contacts that its spend reaches at some instants."""
        return self.plan.reached(line, self.clocks[line].day(at))

    def campaign(self, line: int, at: Ints, uniforms: Floats) -> Ints:
        """The place that a contact of a line belongs to."""
        return self.plan.campaign(line, self.clocks[line].day(at), uniforms)
