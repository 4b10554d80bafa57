"""Nameless sales: deals and orders with nothing that could join them to anybody."""

from __future__ import annotations

from outturn.audit.check import LOST_REVENUE, Check

CHECK = Check(
    name="nameless_sales",
    title="Sales without any identifier that joins",
    means=(
        "These rows of the ledger hold no e-mail, phone, user or CRM id, no company and no click id. Nobody's visits "
        "can be theirs, so they are credited to (none), whatever brought them. A few orders by phone always are."
    ),
    fix=(
        "Export the ledger with the buyer's e-mail or id in it. In a CRM, attach the contact to the deal, and let the "
        "form's hidden fields keep the click id and the tags."
    ),
    where=("source",),
    opens="outcomes",
    kind=LOST_REVENUE,
    normal_share=0.05,
    least=10,
    critical_share=0.3,
    sure_share=0.2,
    implies=("revenue_without_touch",),
)
