"""Parameters lost on redirect: a landing page that sends visitors on, and forgets by which ad they came."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pyarrow as pa

from outturn.audit.check import Check

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


def name_hosts(engine: Engine, _parameters: Mapping[str, Any]) -> None:
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
    prepare=name_hosts,
)
