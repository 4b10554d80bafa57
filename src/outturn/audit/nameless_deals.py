"""Nameless deals: the CRM knows the deal, and nothing in it leads to anybody's visits."""

from __future__ import annotations

from outturn.audit.check import Check

CHECK = Check(
    name="nameless_deals",
    title="Deals and leads without any identifier that joins",
    means=(
        "These deals name no contact, company, e-mail, phone or click, or only a contact of whom nothing but the CRM's "
        "own id was imported. Nobody's visits can be theirs: whatever brought them, stages and wins are credited to "
        "(none). Some are always entered by hand."
    ),
    fix=(
        "Import the CRM's table of contacts, with e-mails, in one command with its deals. Where the deal itself has "
        "none: make the contact a required field, and let the form's hidden fields keep the click id and the tags."
    ),
    where=("source", "subject"),
    opens="outcomes",
    normal_share=0.1,
    least=10,
    critical_share=0.4,
    sure_share=0.3,
    implies=("nameless_sales", "revenue_without_touch"),
)
