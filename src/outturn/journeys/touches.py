"""What they touched: stated touches as they are, and of page views and tracked events one touch for every session.

Channels and campaigns are worked out for distinct combinations of evidence, never for rows. A touch that names one
campaign takes that campaign's channel, platform and account; what joined no campaign is listed.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import pyarrow as pa

from outturn.domain.channels import UNASSIGNED, channel_sql, stated_channel_sql
from outturn.domain.conditions import fold_sql, text_sql
from outturn.domain.urls import CLICK_IDS, host_of
from outturn.store.sql import load

if TYPE_CHECKING:
    from collections.abc import Mapping

    from outturn.journeys.context import JourneyContext, Publish
    from outturn.store.engine import Engine

# What a visit's channel is read from.
_ARRIVED_BY = ("utm_source", "utm_medium", "utm_campaign", "referrer_host", "click_id_kind")
TOUCH_ORDER = ("bucket", "person_id", "occurred_at", "place", "touch_id")

# What tags write as the source of an ad, and whose campaigns its name is looked for among.
SOURCE_PLATFORMS: Mapping[str, tuple[str, ...]] = {
    "google_ads": ("google", "googleads", "google_ads", "google-ads", "adwords", "youtube"),
    "meta_ads": (
        "facebook",
        "fb",
        "facebook.com",
        "instagram",
        "ig",
        "instagram.com",
        "meta",
        "meta_ads",
        "messenger",
        "an",
    ),
    "microsoft_ads": ("bing", "microsoft", "microsoft_ads", "msn"),
    "tiktok_ads": ("tiktok", "tiktok_ads"),
    "linkedin_ads": ("linkedin", "linkedin_ads"),
    "pinterest_ads": ("pinterest", "pinterest_ads"),
    "reddit_ads": ("reddit", "reddit_ads"),
    "snapchat_ads": ("snapchat", "snapchat_ads", "snap"),
    "x_ads": ("x", "twitter", "t.co", "x_ads", "twitter_ads"),
    "amazon_ads": ("amazon", "amazon_ads"),
}


class Unjoined(NamedTuple):
    """Evidence of an ad that named no campaign (`candidates` 0) or several."""

    channel: str
    platform: str
    campaign: str | None
    utm_source: str
    utm_medium: str
    click_id_kind: str
    referrer_host: str
    candidates: int
    touches: int


class Unassigned(NamedTuple):
    """Evidence that no channel rule names."""

    utm_source: str
    utm_medium: str
    utm_campaign: str
    click_id_kind: str
    referrer_host: str
    touches: int


@dataclass(frozen=True, slots=True)
class TouchesFound:
    """What the step found.

    Attributes:
        touches: How many there are.
        bots: Events of bots, left out.
        nobody: Events that name nobody, left out.
        unjoined: Most touches first, at most 1,000.
        unassigned: Most touches first, at most 1,000.
    """

    touches: int
    bots: int
    nobody: int
    unjoined: tuple[Unjoined, ...]
    unassigned: tuple[Unassigned, ...]


def build_touches(engine: Engine, context: JourneyContext, publish: Publish) -> TouchesFound:
    """Publish `places` and `touches`.

    Args:
        engine: Knows `events` and `outcomes`, and what `build_people` and `build_campaigns` named.
        context: Own hosts and the minutes that end a session.
        publish: Receives both tables.
    """
    hosts = sorted({host_of(host) or host for host in context.own_hosts})
    engine.register("given_hosts", pa.table({"host": pa.array(hosts, pa.string())}))
    engine.table("hits", load(__package__, "hits"))
    engine.table("own_hosts", load(__package__, "own_hosts"))
    engine.table("visits", load(__package__, "visits"), {"session_micros": context.session_minutes * 60_000_000})
    engine.table("landings", load(__package__, "landings"))
    engine.table("followed", load(__package__, "followed"))
    engine.view("arrivals", load(__package__, "arrivals"))
    engine.table("evidence", load(__package__, "evidence"))
    engine.table("classified", _classified())
    for step in ("candidates", "evidence_places"):
        engine.table(step, load(__package__, step))
    publish("places", load(__package__, "places"), order=("place",))
    publish("touches", load(__package__, "touches"), order=TOUCH_ORDER)
    ((touches,),) = engine.rows("SELECT COUNT(*) FROM touches")
    ((bots, nobody),) = engine.rows(load(__package__, "left_out"))
    return TouchesFound(
        touches,
        bots,
        nobody,
        tuple(Unjoined(*row) for row in engine.rows(load(__package__, "unjoined"))),
        tuple(Unassigned(*row) for row in engine.rows(load(__package__, "unassigned"))),
    )


def _classified() -> str:
    """Evidence with its channel and hint; what the rules name some two hundred times is folded in a step before."""
    folded = ", ".join(f"{fold_sql(name)} AS folded_{name}" for name in _ARRIVED_BY)
    return f"SELECT folded.*, {_channel()} AS channel, {_hint()} AS hint FROM (SELECT evidence.*, {folded} FROM evidence) AS folded"  # noqa: E501, S608 - no user's text


def _channel() -> str:
    """The channel that an evidence has by itself, before any campaign."""
    stated = stated_channel_sql("stated_channel")
    source, medium, campaign, referrer_host, click_id_kind = (f"folded_{name}" for name in _ARRIVED_BY)
    worked_out = channel_sql(
        source=source,
        medium=medium,
        campaign=campaign,
        referrer_host=referrer_host,
        click_id_kind=click_id_kind,
        are_folded=True,
    )
    return f"CASE WHEN origin = 1 THEN COALESCE({stated}, {text_sql(UNASSIGNED)}) ELSE {worked_out} END"


def _hint() -> str:
    """The ad platform that an evidence points to; empty: none. A click id proves it, a source only suggests it."""
    proofs = " ".join(
        f"WHEN click_id_kind = {text_sql(click_id.name)} THEN {text_sql(click_id.platform)}"
        for click_id in CLICK_IDS
        if click_id.paid
    )
    sources = " ".join(
        f"WHEN LOWER(TRIM(utm_source)) IN ({', '.join(map(text_sql, sources))}) THEN {text_sql(platform)}"
        for platform, sources in SOURCE_PLATFORMS.items()
    )
    shared = " ".join(
        f"WHEN click_id_kind = {text_sql(click_id.name)} THEN {text_sql(click_id.platform)}"
        for click_id in CLICK_IDS
        if not click_id.paid
    )
    return f"CASE WHEN origin = 1 THEN platform {proofs} {sources} {shared} ELSE '' END"
