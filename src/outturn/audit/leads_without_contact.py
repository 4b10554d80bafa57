"""Leads without a contact: a platform or partner delivered a lead, and the CRM has never heard of it."""

from __future__ import annotations

from outturn.audit.check import Check

CHECK = Check(
    name="leads_without_contact",
    title="Leads from elsewhere that never reached the CRM",
    means=(
        "A download of lead forms, a partner or a server tells of these leads on days on which the CRM took in others, "
        "and the CRM knows neither the person, by any identifier, nor the deal. They were paid for and nobody calls "
        "them. Spam filters take a few."
    ),
    fix=(
        "Look for an example's person in the CRM. They are not there: the platform's connection to the CRM has "
        "stopped, or covers only some of its forms. They are there under another address: keep both at the contact."
    ),
    where=("source",),
    opens="outcomes",
    normal_share=0.1,
    least=10,
    critical_share=0.3,
    sure_share=0.4,
)
