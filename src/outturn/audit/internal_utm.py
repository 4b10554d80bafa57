"""Internal UTM: a link of one's own site claims to be a source of visits."""

from __future__ import annotations

from outturn.audit.check import Check

CHECK = Check(
    name="internal_utm",
    title="Links inside the site that carry UTM tags",
    means=(
        "A banner or menu of the site links to another page of it with UTM tags. Each click on it looks like a new "
        "arrival from that source, and whoever really brought the visitor loses the credit for what follows."
    ),
    fix=(
        "Take the tags off links between your own pages. To know which banner was clicked, send an event, or use a "
        "parameter that is not UTM."
    ),
    where=("source",),
    opens="events",
    normal_share=0.02,
    least=10,
    critical_share=0.3,
    sure_share=0.2,
)
