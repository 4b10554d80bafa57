"""Click-id coverage: visits that an ad sent, without the id by which the platform would know them again."""

from __future__ import annotations

from outturn.audit.check import Check

CHECK = Check(
    name="click_id_coverage",
    title="Visits from ads without the platform's click id",
    means=(
        "Tags say that an ad sent these visits, and gclid, fbclid or the like is not in the address. Nothing can be "
        "uploaded to the platform for them, it models their sales instead, and an order that notes the click cannot "
        "be tied to the browser that brought it. A few are always lost to browsers and copied links."
    ),
    fix=(
        "Switch on auto-tagging in the ad account, and follow the ad's final URL with the id by hand: a redirect, a "
        "link shortener or a consent page that drops the query is the usual cause."
    ),
    where=("platform", "campaign"),
    opens="events",
    normal_share=0.15,
    least=20,
    critical_share=0.3,
    sure_share=0.4,
)
