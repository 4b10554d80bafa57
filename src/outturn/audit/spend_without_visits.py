"""Spend without visits: clicks were billed, and hardly any of them arrived."""

from __future__ import annotations

from outturn.audit.check import UNTRACEABLE_SPEND, Check

CHECK = Check(
    name="spend_without_visits",
    title="Campaigns whose clicks do not arrive",
    means=(
        "The platform bills clicks of these campaigns, and fewer than half of them are seen as visits that name the "
        "campaign. Their sales are credited elsewhere, so that they look worthless. The money is what was billed on "
        "days on which fewer than a quarter arrived."
    ),
    fix=(
        "Click the ad: does the page open, does it carry the tracker, and does its address still name the campaign, "
        "by id or by its exact name, when the page has loaded? `outturn unjoined` lists what tags say instead."
    ),
    where=("platform", "account_id", "campaign"),
    opens="ad_spend",
    kind=UNTRACEABLE_SPEND,
    normal_share=0.5,
    least=20,
    critical_share=0.1,
    sure_share=0.8,
)
