"""Click ids altered: an id that has lost its capitals or its end is nobody's."""

from __future__ import annotations

from outturn.audit.check import Check

CHECK = Check(
    name="click_ids_altered",
    title="Click ids that were cut or put into small letters",
    means=(
        "gclid and fbclid are long, and their letters' case counts. These arrived without any capital, or shorter "
        "than 20 characters: the platform will not know them, so conversions uploaded for them are rejected, and the "
        "same click noted by the shop and by the tracker looks like two."
    ),
    fix=(
        "Look for what rewrites addresses: a redirect that lower-cases them for the sake of search engines, a field "
        "of fixed length in the form or CRM that keeps the id. Keep at least 255 characters, as they came."
    ),
    where=("platform", "subject"),
    opens="events",
    normal_share=0.01,
    least=10,
    critical_share=0.3,
    sure_share=0.06,
)
