"""Faults of the CRM: leads that never arrive there, deals that name nobody, stages that are left out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from outturn.simulator.fault_files import is_event
from outturn.simulator.hubspot import CONTACTS, DEAL_CONTACTS, DEALS, MOVES, PIPELINE, WON
from outturn.simulator.inquiries import LEAD_ADS
from outturn.simulator.planted import Fault, Planted, chosen

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    import numpy as np

    from outturn.simulator.fault_files import Files

_SKIPPED, _LABEL, _ = PIPELINE[2]
_LATER = (*(stage for stage, _, _ in PIPELINE[3:]), WON)


def _lose_forms(files: Files, share: float, rng: np.random.Generator) -> Planted:
    """The form is not handed over to the CRM; `share` of the senders whom it knows by their forms alone."""
    senders = set(_senders(files).values())
    from_ads = {row["email"] for row in files.table(LEAD_ADS)}
    _lose_contacts(files, senders - from_ads, share, rng)
    known = {row["property_email"] for row in files.table(CONTACTS)}
    lost = [one for one, address in _senders(files).items() if address not in known]
    return Planted(len(lost), where={"source": "segment"})


def _lose_leads(files: Files, share: float, rng: np.random.Generator) -> Planted:
    """The platform's lead forms are not fetched; `share` of the people whom the CRM knows by them alone."""
    leads = files.table(LEAD_ADS)
    _lose_contacts(files, {row["email"] for row in leads} - set(_senders(files).values()), share, rng)
    known = {row["property_email"] for row in files.table(CONTACTS)}
    return Planted(sum(row["email"] not in known for row in leads), where={"source": "generic"})


def _lose_deal_contacts(files: Files, share: float, rng: np.random.Generator) -> Planted:
    """Deals are entered without their contact."""
    ties = files.table(DEAL_CONTACTS)
    lost = {row["deal_id"] for row in chosen(ties, share, rng)}
    left = [row for row in ties if row["deal_id"] not in lost]
    files.write_table(DEAL_CONTACTS, left)
    named = {row["deal_id"] for row in left}
    nameless = sum(row["deal_id"] not in named for row in files.table(DEALS))
    return Planted(nameless, where={"source": "hubspot", "subject": "deals"})


def _skip_stage(files: Files, share: float, rng: np.random.Generator) -> Planted:
    """Deals are dragged past a stage that the others go through.

    Where more than half of those that reached any later stage leave it out, it is none of the usual order any more, and
    nothing is wrong.
    """
    moves = files.table(MOVES)
    further = sorted({row["deal_id"] for row in moves if row["value"] in _LATER})
    dragged = set(chosen(further, share, rng))
    left = [row for row in moves if row["value"] != _SKIPPED or row["deal_id"] not in dragged]
    files.write_table(MOVES, left)
    through = {row["deal_id"] for row in left if row["value"] == _SKIPPED}
    reached = ({row["deal_id"] for row in moves if row["value"] == stage} for stage in _LATER)
    usual = any(2 * len(deals & through) >= len(deals) > 0 for deals in reached)
    rows = sum(deal not in through for deal in further) if usual else 0
    return Planted(rows, where={"source": "hubspot", "subject": f"{_LABEL}: skipped"})


def _senders(files: Files) -> dict[str, str]:
    """By the id of a form's message, the address that was left with it."""
    messages = files.messages()
    addresses = {one["messageId"]: one["traits"]["email"] for one in messages if one["type"] == "identify"}
    forms = [one["messageId"] for one in messages if is_event(one, "Form Submitted")]
    return {form: addresses[f"g-{form.removeprefix('f-')}"] for form in forms}


def _lose_contacts(files: Files, addresses: Collection[str], share: float, rng: np.random.Generator) -> None:
    """Take out contacts with these addresses and their deals; `share` of them."""
    contacts = files.table(CONTACTS)
    # The first and the last stay: they say which days the CRM covers.
    theirs = [row for row in contacts[1:-1] if row["property_email"] in addresses]
    gone = {row["id"] for row in chosen(theirs, share, rng)}
    ties = files.table(DEAL_CONTACTS)
    deals = {row["deal_id"] for row in ties if row["contact_id"] in gone}
    files.write_table(CONTACTS, [row for row in contacts if row["id"] not in gone])
    for name in (DEAL_CONTACTS, DEALS, MOVES):
        files.write_table(name, [row for row in files.table(name) if row["deal_id"] not in deals])


FAULTS: Mapping[str, Fault] = {
    "forms_without_contact": _lose_forms,
    "leads_without_contact": _lose_leads,
    "nameless_deals": _lose_deal_contacts,
    "stage_jumps": _skip_stage,
}
