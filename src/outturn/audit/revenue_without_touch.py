"""Revenue without a touch: sales of which nobody knows what brought them."""

from __future__ import annotations

from outturn.audit.check import LOST_REVENUE, Check

CHECK = Check(
    name="revenue_without_touch",
    title="Revenue without any touch before it",
    means=(
        "For these sales no visit, click or mail lies in the lookback. Whatever the model, their credit goes to "
        "(none). Blockers, refused consent and buyers of long ago make some of it in every shop; more than that means "
        "that visits and sales do not find each other."
    ),
    fix=(
        "Open an example with `outturn explain`, which says whether nobody was known, or somebody without touches. "
        "Then tie the two: log the user's id at sign-in, send the e-mail's identity at checkout, note click ids with "
        "the order."
    ),
    where=("source",),
    opens="outcomes",
    kind=LOST_REVENUE,
    normal_share=0.2,
    least=10,
    critical_share=0.3,
    sure_share=0.5,
)
