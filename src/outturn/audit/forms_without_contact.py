"""Forms without a contact: the site took an inquiry, and the CRM has never heard of it."""

from __future__ import annotations

from outturn.audit.check import Check

CHECK = Check(
    name="forms_without_contact",
    title="Forms sent on the site that never reached the CRM",
    means=(
        "A tracker saw these leads being sent on days on which the CRM took in others, and the CRM knows their senders "
        "by no identifier. Nobody calls them, and campaigns that bring them look as if they brought nothing. Spam "
        "filters take a few; a form whose sender nothing names cannot be told from a lost one."
    ),
    fix=(
        "Send the form of an example yourself and look for the contact. It is not there: the form's hand-over to the "
        "CRM fails, or goes to another list. It is there: let the page identify the sender by e-mail when the form is "
        "sent, so that the two join."
    ),
    where=("source",),
    opens="events",
    normal_share=0.1,
    least=10,
    critical_share=0.3,
    sure_share=0.3,
)
