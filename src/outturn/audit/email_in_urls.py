"""E-mail in addresses: who the visitor is stands in what every tracker on the page gets to read."""

from __future__ import annotations

from outturn.audit.check import Check

CHECK = Check(
    name="email_in_urls",
    title="E-mail addresses in page addresses",
    means=(
        "Pages were opened with an e-mail address in their URL, mostly from newsletters and forms. Outturn has emptied "
        "it at import. Every other tag on the page got it in the clear, against the law and against the terms of most "
        "analytics and ad platforms, which delete such data or close accounts."
    ),
    fix=(
        "Look at the example's page, and send the form by POST, or the newsletter's link with the recipient's number "
        "instead of the address."
    ),
    where=("source",),
    opens="events",
    least=3,
    critical_share=0.05,
    sure_share=0.01,
)
