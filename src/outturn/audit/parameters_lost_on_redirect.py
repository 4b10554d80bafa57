"""Parameters lost on redirect: a landing page that sends visitors on, and forgets by which ad they came."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from outturn.audit.check import Check
from outturn.audit.findings import stands_out
from outturn.audit.needs import name_step

if TYPE_CHECKING:
    from collections.abc import Mapping

    from outturn.store.engine import Engine

AD_HOSTS = {
    "google_ads": (
        "ad.doubleclick.net", "adclick.g.doubleclick.net", "googleads.g.doubleclick.net", "www.googleadservices.com",
        "tpc.googlesyndication.com",
    ),
    "meta_ads": ("l.facebook.com", "lm.facebook.com", "l.instagram.com"),
}  # fmt: skip
"""Hosts through which a platform sends every click on a link or ad of its own, each with an id."""


LATEST_PAGES = 1_000_000
"""Of more page views the days of the latest are looked at first; only what they make suspect has all days read."""
_EVER = datetime(1970, 1, 1, tzinfo=UTC)
_SUSPECT = 5


def name_landings(engine: Engine, parameters: Mapping[str, Any]) -> None:
    """Name the pages where ad platforms' visitors landed."""
    name_hosts(engine)
    since = _since(engine)
    name_step(engine, "ad_landings", {**parameters, "since": since}, as_name="landings")
    if since > _EVER:
        name_step(engine, CHECK.name, parameters, as_name="suspect_landings")
        suspect = engine.rows("SELECT found, seen FROM suspect_landings WHERE found > 0")
        if any(stands_out(replace(CHECK, least=_SUSPECT), *row) for row in suspect):
            name_step(engine, "ad_landings", {**parameters, "since": _EVER}, as_name="landings")


def _since(engine: Engine) -> datetime:
    """The instant from which on the latest pages were opened, to the day; 1970: these are all."""
    views, first = 0, None
    for day, hits in engine.rows(
        "SELECT date_day, CAST(SUM(hits) AS BIGINT) FROM hit_days WHERE type = 'page' AND date_day IS NOT NULL "
        "GROUP BY date_day ORDER BY date_day DESC"
    ):
        if first and views >= LATEST_PAGES:
            # The business's day may begin on the day before in UTC.
            return datetime(first.year, first.month, first.day, tzinfo=UTC) - timedelta(days=1)
        views, first = views + hits, day
    return _EVER


def name_hosts(engine: Engine) -> None:
    """Name the hosts that prove a platform, as browsers write them."""
    pairs = [(host, platform) for platform, hosts in AD_HOSTS.items() for host in hosts]
    engine.register("ad_hosts", pa.table({"host": [one for one, _ in pairs], "platform": [one for _, one in pairs]}))


CHECK = Check(
    name="parameters_lost_on_redirect",
    title="Landing pages that lose what an ad's link carries",
    means=(
        "Visitors of an ad platform land on this page without the click id or the tags that its visitors carry on "
        "every other page. The address that the ad names sends them on, and drops the query: their visits count as "
        "referrals or as direct, and the ad looks as if it had brought nobody. Where a search engine led here, a bare "
        "visit may be unpaid, and is not counted: more may be lost."
    ),
    fix=(
        "Open the page with ?gclid=test&utm_source=test and look what is left of it once the page stands. Let every "
        "redirect (to www, https, a trailing slash, a language, a new address) keep the query, or name the last "
        "address in the ad."
    ),
    where=("platform", "subject"),
    opens="events",
    normal_share=0.1,
    least=20,
    critical_share=0.3,
    sure_share=0.4,
    implies=("click_id_coverage", "utm_missing", "spend_without_visits"),
    prepare=name_landings,
)
