"""Duplicate sales: the ledger itself holds one sale twice, and its revenue counts twice."""

from __future__ import annotations

from outturn.audit.check import MISROUTED_REVENUE, Check

CHECK = Check(
    name="duplicate_sales",
    title="Sales that the ledger holds twice",
    means=(
        "Two sales that both count bear one order number or one payment and the same amount within three days, or "
        "stand there as a won deal and as a purchase. A build never adds up two systems of the same days; what comes "
        "in as one system's, from a shop and a CRM in tables of your own, or from an app that writes orders anew, "
        "counts twice. The money is the second sale's: revenue is too high by it."
    ),
    fix=(
        "Open both sales of an example. One of them is a copy: take that import back, or leave such rows out of the "
        "export. Both are the same sale in two systems: name the system of record in the goal, and import the other "
        "under kinds that the goal does not count."
    ),
    where=("source",),
    opens="outcomes",
    kind=MISROUTED_REVENUE,
    normal_share=0.01,
    least=3,
    critical_share=0.1,
    sure_share=0.08,
)
