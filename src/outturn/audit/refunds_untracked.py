"""Refunds never tracked: the ledger took money back, and whoever was told of the sale never heard of it."""

from __future__ import annotations

from outturn.audit.check import MISROUTED_REVENUE, Check

CHECK = Check(
    name="refunds_untracked",
    title="Refunds that tracking was never told of",
    means=(
        "The tracker saw these sales, the ledger took them back, in whole or in part, and the tracker knows of no "
        "refund. Outturn deducts them by the ledger. Whatever optimises on the tracker goes on paying for sales that "
        "were undone, most of all for what is bought on impulse and returned."
    ),
    fix=(
        "Send a refund event from the server when the shop books one, with the order's number, and upload adjustments "
        "to the ad platforms."
    ),
    where=("source",),
    opens="outcomes",
    kind=MISROUTED_REVENUE,
    normal_share=0.25,
    least=10,
    critical_share=0.15,
    sure_share=0.9,
)
