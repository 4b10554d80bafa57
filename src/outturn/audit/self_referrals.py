"""Self-referrals: the shop's own checkout or blog appears as somebody who sends visitors."""

from __future__ import annotations

from outturn.audit.check import Check

CHECK = Check(
    name="self_referrals",
    title="The site's own hosts as referrers",
    means=(
        "Visitors cross from one host of the site to another (shop, checkout, blog), and the page sees the other as a "
        "referrer. Outturn takes hosts with pages of their own for the business itself; trackers that do not begin a "
        "new session there, and give the sale to a referral from yourself."
    ),
    fix=(
        "Name these hosts in the tracker's list of own domains (cross-domain measurement), share its cookie at the "
        "site's own domain, and put them into [journeys] own_hosts."
    ),
    where=("source", "subject"),
    opens="events",
    least=10,
    sure_share=0.02,
)
