"""Visits without spend: a campaign sends visitors and costs nothing, as far as the reports go."""

from __future__ import annotations

from outturn.audit.check import Check

CHECK = Check(
    name="visits_without_spend",
    title="Campaigns with visits and no spend",
    means=(
        "Visits joined these campaigns on days on which the platform's reports bill them nothing, while they bill "
        "others. Their sales come for free, so return on ad spend is too high, for them and in all. Some visits always "
        "come days later, from copied links."
    ),
    fix=(
        "Export those days again with every campaign in it: paused and removed ones, all ad accounts, all types. A "
        "campaign that has ended should not be found by its links any more: look where they still stand."
    ),
    where=("platform", "account_id", "campaign"),
    opens="events",
    normal_share=0.25,
    least=20,
    critical_share=0.2,
    sure_share=0.5,
)
