"""Events without an order: tracking has seen purchases that the ledger does not hold."""

from __future__ import annotations

from outturn.audit.check import LOST_REVENUE, Check

CHECK = Check(
    name="events_without_order",
    title="Purchases tracked that the ledger does not hold",
    means=(
        "A tracker reports order numbers that no import of a shop, CRM or payment knows in any status. Either the "
        "ledger's export lacks orders, and every figure lacks their revenue, or the tag fires without a sale, and "
        "platforms are paid in claims for orders that never were."
    ),
    fix=(
        "Look for the example's order number in the shop. It is there: export the orders of those days again, all "
        "sales channels included. It is not: fire the tag on the thank-you page only, once, with the shop's number."
    ),
    where=("source",),
    opens="outcomes",
    kind=LOST_REVENUE,
    normal_share=0.01,
    least=3,
    critical_share=0.1,
    sure_share=0.08,
)
