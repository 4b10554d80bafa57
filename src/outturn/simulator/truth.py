"""Truth: what each channel really caused, known because the market was drawn that way."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import Self


@dataclass(frozen=True, slots=True)
class PlaceTruth:
    """The truth of one campaign, or of one organic channel (which has no campaign and causes nothing).

    Attributes:
        line: The line of the media plan, such as `Brand search`; empty for organic channels.
        spend_micros: Billed by an ad platform, in euro: each campaign's day at its ECB rate, half to even.
        cost_micros: Booked as another cost instead (newsletter, partners), in euro.
        clicks: As the platform counts them; 0 for organic channels.
        touches: Arrivals that the tracker saw.
        incremental_orders: Counted orders that would not have come without it.
        incremental_revenue_micros: Their net revenue (no tax, shipping, discount), refunds not deducted.
        incremental_refunded_micros: What of that has flowed back by the export.
        claimed_orders: As the platform claims; claims overlap.
    """

    channel: str
    line: str
    platform: str
    campaign_id: str
    campaign_name: str
    spend_micros: int
    cost_micros: int
    clicks: int
    touches: int
    incremental_orders: int
    incremental_revenue_micros: int
    incremental_refunded_micros: int
    claimed_orders: int


@dataclass(frozen=True, slots=True)
class ChannelTruth:
    """The truth of one channel: the sum over its places."""

    channel: str
    spend_micros: int
    cost_micros: int
    clicks: int
    touches: int
    incremental_orders: int
    incremental_revenue_micros: int
    incremental_refunded_micros: int
    claimed_orders: int


@dataclass(frozen=True, slots=True)
class Truth:
    """The truth of one run. Counted orders are baseline plus all places' incremental ones.

    Attributes:
        start: First day, ISO.
        orders: Orders that a ledger counts; pending, voided and the shop's own test orders are not.
        uncounted_orders: Those.
        revenue_micros: Net revenue of the counted orders, refunds not deducted.
        refunded_micros: What of that has flowed back by the export.
        touches: Arrivals that the tracker saw.
    """

    seed: int
    people: int
    start: str
    days: int
    currency: str
    orders: int
    uncounted_orders: int
    revenue_micros: int
    refunded_micros: int
    baseline_orders: int
    baseline_revenue_micros: int
    baseline_refunded_micros: int
    touches: int
    places: tuple[PlaceTruth, ...]

    @property
    def channels(self) -> tuple[ChannelTruth, ...]:
        """By channel, in order of name."""
        names = sorted({place.channel for place in self.places})
        return tuple(self._channel(name) for name in names)

    def line(self, name: str) -> tuple[PlaceTruth, ...]:
        """The campaigns of one line of the media plan."""
        return tuple(place for place in self.places if place.line == name)

    def to_json(self) -> str:
        """As JSON, with the sums by channel beside the places."""
        said = asdict(self) | {"channels": [asdict(channel) for channel in self.channels]}
        return json.dumps(said, indent=1, ensure_ascii=False) + "\n"

    @classmethod
    def from_json(cls, text: str) -> Self:
        """Read what `to_json` wrote."""
        said = json.loads(text)
        del said["channels"]
        return cls(**said | {"places": tuple(PlaceTruth(**place) for place in said["places"])})

    def _channel(self, name: str) -> ChannelTruth:
        mine = [place for place in self.places if place.channel == name]
        return ChannelTruth(
            name,
            spend_micros=sum(place.spend_micros for place in mine),
            cost_micros=sum(place.cost_micros for place in mine),
            clicks=sum(place.clicks for place in mine),
            touches=sum(place.touches for place in mine),
            incremental_orders=sum(place.incremental_orders for place in mine),
            incremental_revenue_micros=sum(place.incremental_revenue_micros for place in mine),
            incremental_refunded_micros=sum(place.incremental_refunded_micros for place in mine),
            claimed_orders=sum(place.claimed_orders for place in mine),
        )
