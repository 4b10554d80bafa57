"""The media plan: what each campaign is billed on each of its account's days, in whole cents."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from outturn.simulator.dice import dice
from outturn.simulator.response import hill

if TYPE_CHECKING:
    from outturn.simulator.arrays import Floats, Ints
    from outturn.simulator.market import Line, Market

_MOST_CAMPAIGNS = 4


@dataclass(frozen=True, slots=True)
class Plan:
    """The plan of a market.

    Attributes:
        first_place: The first campaign of each line among all campaigns.
        cents: Shape (campaigns, days), the account's currency.
        reach: Shape (lines, days + 2), the `hill` share, a day without spend before and after.
        campaign_shares: Shape (lines, days + 2, 4), cumulated over the line's campaigns.
    """

    first_place: Ints
    cents: Ints
    reach: Floats
    campaign_shares: Floats

    def reached(self, line: int, days: Ints) -> Floats:
        """The line's reach on account days counted from 0; none outside the plan."""
        share: Floats = self.reach[line, np.clip(days + 1, 0, self.reach.shape[1] - 1)]
        return share

    def campaign(self, line: int, days: Ints, uniforms: Floats) -> Ints:
        """The campaign, among all, that a contact of a line belongs to: by its share of the day's spend."""
        shares = self.campaign_shares[line, np.clip(days + 1, 0, self.reach.shape[1] - 1)]
        chosen: Ints = self.first_place[line] + (uniforms[:, None] >= shares).sum(axis=1)
        return chosen


def plan(market: Market, *, people: int, days: int, first_weekday: int, seed: int) -> Plan:
    """Draw the plan: weekdays, flights, weeks that differ, and campaigns that share the day."""
    sizes = [len(line.campaigns) for line in market.lines]
    first_place = np.cumsum([0, *sizes[:-1]], dtype=np.int64)
    cents = np.zeros((sum(sizes), days), dtype=np.int64)
    reach = np.zeros((len(market.lines), days + 2))
    shares = np.ones((len(market.lines), days + 2, _MOST_CAMPAIGNS))
    for number, line in enumerate(market.lines):
        billed = _billed(line, people=people, days=days, first_weekday=first_weekday, seed=seed)
        cents[first_place[number] : first_place[number] + sizes[number]] = billed
        total = billed.sum(axis=0)
        reach[number, 1:-1] = hill(total / 100.0, half=line.half * people / 1000.0, slope=line.slope)
        shares[number, 1:-1, : sizes[number]] = (np.cumsum(billed, axis=0) / np.maximum(total, 1)).T
    # The last campaign takes what rounding leaves, whatever the uniform.
    for number, size in enumerate(sizes):
        shares[number, :, size - 1 :] = 1.0
    return Plan(first_place, cents, reach, shares)


def _billed(line: Line, *, people: int, days: int, first_weekday: int, seed: int) -> Ints:
    """Cents by campaign and day of one line; its draws do not depend on how much it spends."""
    rng = dice(seed, f"spend {line.name}")
    weeks = days // 7 + 2
    weekly = np.exp(np.cumsum(rng.normal(0.0, 0.10, weeks)) + rng.normal(0.0, 0.22, weeks))
    daily = np.exp(rng.normal(0.0, 0.06, days))
    day = np.arange(days)
    level = weekly[(day + first_weekday) // 7] / weekly.mean() * daily
    level *= np.array(line.weekdays)[(day + first_weekday) % 7]
    if line.flight_days:
        level *= np.where((day // line.flight_days) % 2 == 0, 2.0, 0.0)
    wobble = np.exp(rng.normal(0.0, 0.18, (len(line.campaigns), days)))
    parts = np.array([campaign.share for campaign in line.campaigns])[:, None] * wobble
    parts /= parts.sum(axis=0)
    cents: Ints = np.rint(100.0 * line.spend * people / 1000.0 * level * parts).astype(np.int64)
    return cents
