"""Missing days: an account's reports have a gap, or ended while everything else went on."""

from __future__ import annotations

from outturn.audit.check import Check

CHECK = Check(
    name="missing_days",
    title="Days without a report of an ad account",
    means=(
        "An account that reports nearly every day has none for these, while other sources go on. Their spend is "
        "missing, so every ratio over such days looks better than it was, and the account seems to have stopped."
    ),
    fix=(
        "Export the named days of that account again and import them; days that are there already are restated, not "
        "added. Where a connector delivers them: it has stopped, or lost its permission."
    ),
    where=("platform", "account_id", "subject"),
    opens="ad_spend",
    critical_share=0.2,
    sure_share=0.05,
    implies=("visits_without_spend", "channels_without_cost"),
)
