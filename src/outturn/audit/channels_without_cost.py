"""Channels without cost: affiliates, influencers and newsletters are not free."""

from __future__ import annotations

from outturn.audit.check import Check

CHECK = Check(
    name="channels_without_cost",
    title="Channels that send visits and cost nothing",
    means=(
        "Visits come from affiliates, influencers, mailings or ads, and nothing that was imported says what that "
        "costs: no spend, no fee, no commission. Their return is unknown, and the whole business's is too high."
    ),
    fix=(
        "Import what you pay them, by day, as the table `costs` (fee, commission, production, other), or the "
        "platform's report of spend."
    ),
    where=("channel",),
    opens="events",
    least=50,
    critical_share=0.3,
    sure_share=1.0,
)
