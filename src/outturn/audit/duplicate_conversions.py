"""Duplicate conversions: one order, told more than once by the same sender."""

from __future__ import annotations

from outturn.audit.check import MISROUTED_REVENUE, Check

CHECK = Check(
    name="duplicate_conversions",
    title="Purchases told more than once",
    means=(
        "A tracker sent the purchase of one order number several times, as two events. Outturn counts each sale once, "
        "by its ledger; ad platforms that get the same events count them all, and bid on sales that were made once."
    ),
    fix=(
        "Fire the purchase on the order's creation, not on every view of the thank-you page, and look whether two tags "
        "of one page, or a theme and an app, both send it."
    ),
    where=("source",),
    opens="events",
    kind=MISROUTED_REVENUE,
    normal_share=0.01,
    least=3,
    critical_share=0.1,
    sure_share=0.08,
)
