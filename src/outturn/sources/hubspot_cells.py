"""What HubSpot's deals and contacts have in common: how it writes ids, and where it says that somebody came from."""

from __future__ import annotations

from outturn.sources.crm import Crm, chosen
from outturn.sources.source import Cell, Kind

CRM = Crm("hubspot", "CASE WHEN suffix({0}, '.0') THEN regexp_replace({0}, '^([0-9]+)\\.0$', '\\1') ELSE {0} END")
_CHANNELS = {
    "ORGANIC_SEARCH": "Organic Search", "PAID_SEARCH": "Paid Search", "PAID_SOCIAL": "Paid Social",
    "SOCIAL_MEDIA": "Organic Social", "ORGANIC_SOCIAL": "Organic Social", "EMAIL_MARKETING": "Email",
    "REFERRALS": "Referral", "DIRECT_TRAFFIC": "Direct", "AI_REFERRALS": "AI Assistants",
}  # fmt: skip
_NETWORKS = {
    "facebook": "meta_ads", "instagram": "meta_ads", "linkedin": "linkedin_ads", "twitter": "x_ads", "x": "x_ads",
    "tiktok": "tiktok_ads", "pinterest": "pinterest_ads", "reddit": "reddit_ads", "snapchat": "snapchat_ads",
}  # fmt: skip

# Offline sources and other campaigns are no channel.
CHANNEL = chosen("UPPER(REPLACE(TRIM(traffic_source), ' ', '_'))", _CHANNELS)
_NETWORK = chosen("LOWER(TRIM(traffic_detail))", _NETWORKS)
PLATFORM = f"CASE WHEN {CHANNEL} = 'Paid Social' THEN {_NETWORK} END"
SOURCE_CELLS = (
    Cell("traffic_source", Kind.TEXT, ("Original Traffic Source", "Original Source", "property_hs_analytics_source")),
    Cell(
        "traffic_detail", Kind.TEXT,
        ("Original Traffic Source Drill-Down 1", "Original Source Drill-Down 1", "property_hs_analytics_source_data_1"),
    ),
)  # fmt: skip
COMPANY = CRM.key("company", "company_id")
CHANGE_CELLS = (
    Cell("entered_at", Kind.AT, ("timestamp",), required=True, filled=True),
    Cell("property", Kind.TEXT, ("name",), required=True),
    Cell("stage_id", Kind.TEXT, ("value",), required=True),
)
"""One change of a property, in the histories that name it: when, which, and to what."""
