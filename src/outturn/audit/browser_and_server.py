"""Browser and server: both tell the purchase, and nothing says that it is the same one."""

from __future__ import annotations

from outturn.audit.check import MISROUTED_REVENUE, Check

CHECK = Check(
    name="browser_and_server",
    title="Purchases that browser and server tell under two ids",
    means=(
        "The page's tag and the server both sent the purchase of one order number, each under an id of its own. "
        "Outturn counts each sale once, by its ledger; an ad platform that gets both cannot tell that they are one, "
        "counts the sale twice, and bids as if it were worth twice as much."
    ),
    fix=(
        "Make the event's id from the order's number on both sides, or hand the page's id to the server with the "
        "order. Until then, switch off one of the two for every platform that gets both."
    ),
    where=("source",),
    opens="events",
    kind=MISROUTED_REVENUE,
    normal_share=0.01,
    least=3,
    critical_share=0.1,
    sure_share=0.08,
)
