"""UTM templates: `{campaignid}` came as it was written, and names nothing."""

from __future__ import annotations

from outturn.audit.check import Check

CHECK = Check(
    name="utm_templates",
    title="Tags whose template was not filled in",
    means=(
        "The tag says {campaignid} or {{campaign.id}} where the platform should have put the campaign. All campaigns "
        "look like one that nobody runs, and none of these visits joins its spend. A few come from previews of ads."
    ),
    fix=(
        "Use the platform's own words: {campaignid} is Google's and Microsoft's, {{campaign.id}} is Meta's, "
        "__CAMPAIGN_ID__ is TikTok's; and put them where it fills them in, in the tracking template or URL parameters."
    ),
    where=("platform",),
    opens="events",
    normal_share=0.03,
    least=10,
    critical_share=0.3,
    sure_share=0.15,
    implies=("unjoined_campaigns", "spend_without_visits"),
)
