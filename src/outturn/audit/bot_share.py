"""Bot share: machines among the visits."""

from __future__ import annotations

from outturn.audit.check import Check

CHECK = Check(
    name="bot_share",
    title="Many pages were opened by bots",
    means=(
        "A share of pages beyond the usual was opened by what calls itself a crawler, monitor or headless browser. "
        "Outturn counts none of them as visits. Where other tools do, their rates of conversion are too low; and ads "
        "that bots click are billed."
    ),
    fix=(
        "Look at when and where they come from. Keep monitors of your own out by their user agent; ask the ad "
        "platform for its invalid clicks of those days where bots arrive on tagged links."
    ),
    where=("source",),
    opens="events",
    normal_share=0.1,
    least=50,
    critical_share=0.4,
    sure_share=0.2,
)
