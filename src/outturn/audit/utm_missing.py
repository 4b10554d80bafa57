"""UTM missing: a paid click whose campaign nothing names."""

from __future__ import annotations

from outturn.audit.check import Check

CHECK = Check(
    name="utm_missing",
    title="Paid clicks that name no campaign",
    means=(
        "A click id proves that an ad was paid for, and neither a UTM tag nor the id says which campaign's. The visit "
        "has a platform and no campaign: the campaign's spend has fewer visits and sales than it brought."
    ),
    fix=(
        "Give the account a tracking template with utm_source, utm_medium and utm_campaign (the campaign's id), so "
        "that no single ad can be without. Then open an ad and look whether a redirect has dropped the tags."
    ),
    where=("platform",),
    opens="events",
    normal_share=0.1,
    least=20,
    critical_share=0.3,
    sure_share=0.4,
    implies=("spend_without_visits",),
)
