"""Unjoined campaigns: tags name a campaign that the platform does not know."""

from __future__ import annotations

from outturn.audit.check import Check

CHECK = Check(
    name="unjoined_campaigns",
    title="Tags that name a campaign no report knows",
    means=(
        "These visits say which campaign sent them, and the platform's reports have neither that id nor exactly that "
        "name. Spend and sales of one campaign stand in two rows, and neither row's return is true."
    ),
    fix=(
        "Let the platform write the id ({campaignid}, {{campaign.id}}) into utm_campaign or utm_id: names are changed, "
        "ids are not. Links that are out already: give the campaign the name that they bear."
    ),
    where=("platform", "campaign"),
    opens="events",
    normal_share=0.02,
    least=20,
    critical_share=0.3,
    sure_share=0.8,
    implies=("spend_without_visits",),
)
