"""Value or currency mismatch: the tracker tells an order's worth otherwise than the ledger."""

from __future__ import annotations

from outturn.audit.check import MISROUTED_REVENUE, Check

CHECK = Check(
    name="value_mismatch",
    title="Purchases tracked with another amount or currency",
    means=(
        "Of the same order number, the tracker tells another amount (more than 1 % off, whether or not tax and "
        "shipping are in it) or another currency than the ledger. The money is the difference; of another currency, "
        "the whole sale. Return on ad spend in the platforms is wrong by as much."
    ),
    fix=(
        "Compare an example with its order: tax added twice, a price before the discount, the amount in cents, or the "
        "shop's main currency in place of the buyer's. Send the order's own total and its own currency."
    ),
    where=("source", "subject"),
    opens="outcomes",
    kind=MISROUTED_REVENUE,
    normal_share=0.01,
    least=3,
    critical_share=0.1,
    sure_share=0.08,
)
