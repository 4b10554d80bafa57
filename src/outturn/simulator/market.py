"""A market: its channels with their campaigns, what spend reaches in each, and what a contact causes."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

from outturn.domain.errors import UnknownName

Tag = Literal["id", "name", "auto", "dirty"]


@dataclass(frozen=True, slots=True)
class Campaign:
    """One campaign; `tag` says what its landing URLs carry.

    `id` and `name` put that into utm_campaign; `auto` sends the platform's click id alone; `dirty` is
    a hand-written name that joins nothing.
    """

    id: str
    name: str
    type: str
    share: float
    tag: Tag
    utm_source: str
    utm_medium: str


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the media plan, such as brand search. Rates are per 1,000 people and day.

    Attributes:
        channel: GA4's default channel group.
        platform: `google_ads`, `meta_ads`, or empty for what no ad platform bills (booked as a cost).
        spend: Mean spend in the account's currency.
        half: The spend that reaches half of the attainable clicks.
        slope: The Hill curve's slope.
        clicks: Attainable clicks, at infinite spend.
        click_effect: Orders caused by one click.
        carry_days: Mean days from contact to the order it caused.
        interest: In [0, 1]: how far the contacts go to people who are interested anyway.
        harvest: Weight among the visits from which people who buy anyway place their order.
        ctr: Clicks per impression.
        view_effect: Orders caused by unclicked views, at infinite spend.
        views: Views that the platform may claim for, at infinite spend.
        weekdays: Spend's shape from Monday to Sunday.
        flight_days: On for so many days, then off for as many; 0 is always on.
    """

    name: str
    channel: str
    platform: str
    campaigns: tuple[Campaign, ...]
    spend: float
    half: float
    slope: float
    clicks: float
    click_effect: float
    carry_days: float
    interest: float
    harvest: float
    ctr: float
    view_effect: float = 0.0
    views: float = 0.0
    weekdays: tuple[float, ...] = (1.0, 1.02, 1.0, 0.98, 1.05, 1.0, 0.95)
    flight_days: int = 0


@dataclass(frozen=True, slots=True)
class Organic:
    """Visits that nobody pays for and that cause nothing; `visits` per 1,000 people and day."""

    channel: str
    visits: float
    harvest: float


@dataclass(frozen=True, slots=True)
class Market:
    """A whole market.

    Attributes:
        organic: Among them `Direct`, `Organic Search` and `Referral`: the ways in for those who meet no ad.
        baseline_orders: Orders per 1,000 people and day that no channel causes.
        part_people: The population is played in parts of so many people, so that memory is bounded.
        states_consent: Whether the Segment archive says of each browser what it agreed to.
    """

    lines: tuple[Line, ...]
    organic: tuple[Organic, ...]
    baseline_orders: float
    shop_zone: str = "Europe/Berlin"
    google_zone: str = "Europe/Berlin"
    meta_zone: str = "America/New_York"
    part_people: int = 32_768
    states_consent: bool = False

    def without(self, name: str) -> Market:
        """The same market with one line's spend at zero: the counterfactual of that line.

        Raises:
            UnknownName: No line is called so.
        """
        return self.scaled(name, 0.0)

    def scaled(self, name: str, factor: float) -> Market:
        """The same market with one line's spend multiplied."""
        known = [line.name for line in self.lines]
        if name not in known:
            raise UnknownName("line of the media plan", name, known)
        lines = (replace(line, spend=line.spend * factor) if line.name == name else line for line in self.lines)
        return replace(self, lines=tuple(lines))

    def zone_of(self, line: Line) -> str:
        """The IANA zone in which the line's account counts its days."""
        return self.meta_zone if line.platform == "meta_ads" else self.google_zone
