"""Orders without an event: the shop has sold, and the tracker has not seen it."""

from __future__ import annotations

from outturn.audit.check import LOST_REVENUE, Check

CHECK = Check(
    name="orders_without_event",
    title="Orders that tracking did not see",
    means=(
        "The ledger holds sales for which the tracker has no purchase of that order number. What optimises on the "
        "tracker's purchases learns from too few, and bids too low. Refused consent and blockers cost up to a fifth."
    ),
    fix=(
        "Open the example orders and look for what they share: a payment method that does not come back to the "
        "thank-you page, an app, a page template without the tag. Send purchases from your server as well."
    ),
    where=("source",),
    opens="outcomes",
    kind=LOST_REVENUE,
    normal_share=0.2,
    least=10,
    critical_share=0.3,
    sure_share=0.36,
)
