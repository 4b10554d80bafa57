"""Landing: what an arrival's URL and referrer still say about where it came from.

Real tags are never whole. Per arrival, its click id may be lost, its UTMs stripped by a redirect, a template
left unexpanded (`{campaignid}`), or all of it gone; and a shared link drags somebody else's stale gclid along.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Self
from urllib.parse import quote_plus, urlencode

import numpy as np

from outturn.simulator.dice import fractions, scramble

if TYPE_CHECKING:
    from outturn.simulator.arrays import Ints
    from outturn.simulator.contacts import Visits
    from outturn.simulator.market import Campaign, Line
    from outturn.simulator.world import World

WHOLE, NO_CLICK_ID, ONLY_CLICK_ID, PLACEHOLDER, BARE, STALE = range(6)
SHOP = "https://www.aurora-lamps.example"
PATHS = (
    "/", "/collections/desk", "/collections/outdoor",
    "/products/arc", "/products/fjord-pendant", "/products/halo", "/sale",
)  # fmt: skip
_BOUNDS = np.array([0.93, 0.96, 0.985, 0.994])
_STALE_SHARE = 0.012
_GOOGLE_SEARCH = ("https://www.google.com/",)
_META_REFERRERS = ("https://l.facebook.com/", "https://l.instagram.com/", "https://www.instagram.com/")
_REFERRERS: dict[str, tuple[str, ...]] = {
    "Direct": ("",),
    "Organic Search": (*_GOOGLE_SEARCH * 3, "https://www.bing.com/", "https://duckduckgo.com/"),
    "Organic Social": ("https://l.facebook.com/", "https://www.instagram.com/", "https://www.pinterest.com/"),
    "Referral": ("https://www.homes-and-light.example/best-lamps", "https://forum.old-houses.example/t/4711"),
    "Paid Search": _GOOGLE_SEARCH,
    "Cross-network": _GOOGLE_SEARCH,
    "Paid Video": ("https://www.youtube.com/",),
    "Display": ("https://www.interior-weekly.example/",),
    "Paid Social": _META_REFERRERS,
    "Email": ("",),
    "Affiliates": ("https://www.roomspotter.example/deals",),
}  # fmt: skip


def draw_landings(world: World, visits: Visits) -> Ints:
    """One of the codes above by visit: paid ones lose tags, direct and referred ones may carry stale ids."""
    uniforms = fractions(scramble(visits.uid, 6))
    paid = np.searchsorted(_BOUNDS, uniforms, side="right").astype(np.int64)
    shared = np.isin(visits.place, [world.organic_place("Direct"), world.organic_place("Referral")])
    free = np.where(shared & (uniforms < _STALE_SHARE), STALE, WHOLE)
    codes: Ints = np.where(visits.place < len(world.campaigns), paid, free)
    return codes


@dataclass(frozen=True, slots=True)
class Landing:
    """What arrivals of one place with one landing code have in common.

    Attributes:
        utms: utm_* parameters in order.
        click_id: The click id's parameter, or empty; its value is each arrival's own.
        extra: Further parameters before the click id, URL-encoded.
        referrers: Where they come from, one of these.
    """

    utms: tuple[tuple[str, str], ...]
    click_id: str
    extra: str
    referrers: tuple[str, ...]

    @property
    def query(self) -> str:
        """The fixed part of the query, ending where the click id's value follows, if there is one."""
        parts = [part for part in (urlencode(self.utms, quote_via=quote_plus), self.extra) if part]
        if self.click_id:
            parts.append(f"{self.click_id}=")
        return "&".join(parts)

    @property
    def context(self) -> str:
        """Segment's `context.campaign` as JSON with a comma, or nothing."""
        names = {"utm_campaign": "name"}
        told = {names.get(key, key.removeprefix("utm_")): value for key, value in self.utms}
        return f'"campaign":{json.dumps(told)},' if told else ""

    def notes(self, uid: int) -> list[tuple[str, str]]:
        """What a shop's cart keeps of the arrival: parameters by name."""
        kept = list(self.utms)
        if self.click_id:
            kept.append((self.click_id, click_value(self.click_id, uid)))
        return kept


def click_value(parameter: str, uid: int) -> str:
    """An arrival's click id, in the look of its platform."""
    if parameter == "gclid":
        return f"EAIaIQobChMI{uid:016x}_BwE"
    if parameter == "fbclid":
        return f"IwY2xjawL{uid:016x}"
    return f"20731_1767225600_{uid:016x}"


@dataclass(frozen=True, slots=True)
class Landings:
    """All landings of a world, by place * 6 + code."""

    rows: tuple[Landing, ...]

    @classmethod
    def of(cls, world: World) -> Self:
        """The landings of a world's places."""
        paid = [_paid(line, campaign, code) for line, campaign in world.campaigns for code in range(6)]
        free = [_free(source.channel, code) for source in world.market.organic for code in range(6)]
        return cls((*paid, *free))


def _paid(line: Line, campaign: Campaign, code: int) -> Landing:
    tagged = campaign.tag != "auto" and code in (WHOLE, NO_CLICK_ID, PLACEHOLDER)
    names = {"id": campaign.id, "name": campaign.name, "dirty": "reels_push_v2_FINAL", "auto": ""}
    name = names[campaign.tag]
    if code == PLACEHOLDER:
        name = "{{campaign.id}}" if line.platform == "meta_ads" else "{campaignid}"
    utms = (("utm_source", campaign.utm_source), ("utm_medium", campaign.utm_medium), ("utm_campaign", name))
    kinds = {"google_ads": "gclid", "meta_ads": "fbclid"}
    click_id = kinds.get(line.platform, "awc" if line.channel == "Affiliates" else "")
    with_click_id = code in (WHOLE, ONLY_CLICK_ID, PLACEHOLDER)
    own = campaign.tag == "auto" and with_click_id
    return Landing(
        utms if tagged else (), click_id if with_click_id else "",
        f"gad_source=1&gad_campaignid={campaign.id}" if own else "", _REFERRERS.get(line.channel, ("",)),
    )  # fmt: skip


def _free(channel: str, code: int) -> Landing:
    # Facebook adds fbclid to links that nobody paid for, too.
    click_id = "gclid" if code == STALE else ("fbclid" if channel == "Organic Social" else "")
    return Landing((), click_id, "", _REFERRERS.get(channel, ("",)))
