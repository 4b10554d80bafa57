"""The CRM's tables, as a connector lands HubSpot's: inquiries become contacts, contacts deals, and deals change stages.

Whoever sends the form is one contact, however often it is sent. Two in three contacts become a deal, which goes from
stage to stage until it is won, lost, or the span is over; now and then a stage is passed over.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from outturn.domain.time import MICROS_PER_DAY
from outturn.simulator.clock import MINUTE, utc_texts
from outturn.simulator.dice import dice
from outturn.simulator.inquiries import Inquiries
from outturn.simulator.people import email, full_name

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from outturn.simulator.world import World

CONTACTS, DEALS, DEAL_CONTACTS, STAGES, MOVES = (
    "hubspot_contact.csv", "hubspot_deal.csv", "hubspot_deal_contact.csv", "hubspot_deal_pipeline_stage.csv",
    "hubspot_deal_stage.csv",
)  # fmt: skip
PIPELINE = (
    ("appointmentscheduled", "Appointment scheduled", 0.2), ("qualifiedtobuy", "Qualified to buy", 0.4),
    ("presentationscheduled", "Presentation scheduled", 0.6),
    ("decisionmakerboughtin", "Decision maker bought-in", 0.8),
    ("contractsent", "Contract sent", 0.9),
)  # fmt: skip
"""Id, label and probability of the open stages, in order."""
WON, LOST = "closedwon", "closedlost"

_CLOSED = ((WON, "Closed won", 1.0), (LOST, "Closed lost", 0.0))
_FIRST_CONTACT, _FIRST_DEAL = 70_001, 9_000_001
_BECOMING_DEALS, _LOSING, _SKIPPING = 0.66, 0.1, 0.04
_OPENED_AFTER_DAYS, _STAGE_DAYS = 0.5, 1.5
_LEAST_EUROS, _MEAN_EUROS = 300.0, 2_000.0


@dataclass(frozen=True, slots=True)
class _Deal:
    """Attributes: moves: stage id and instant of every entry; cents: the amount."""

    number: int
    contact: int
    person: int
    cents: int
    moves: tuple[tuple[str, int], ...]


def write_hubspot(folder: Path, world: World, parts: Sequence[Inquiries]) -> None:
    """Write the tables of contacts, deals, and the stages that these went through.

    Args:
        folder: Where to.
        world: The market.
        parts: The inquiries of all parts, and those of ads.
    """
    arrived = Inquiries.joined(parts)
    arrived = arrived.take(arrived.arrives)
    first = np.unique(arrived.person, return_index=True)[1]
    contacts = arrived.take(np.sort(first))
    people, created = contacts.person.tolist(), utc_texts(contacts.at)
    names = [full_name(person) for person in people]
    _write(
        folder / CONTACTS,
        ("id", "property_email", "property_firstname", "property_lastname", "property_createdate", "is_deleted"),
        (
            (_FIRST_CONTACT + row, email(person), *names[row], created[row], "false")
            for row, person in enumerate(people)
        ),
    )
    deals = _deals(world, contacts)
    _write_deals(folder, deals)
    _write(
        folder / STAGES,
        ("pipeline_id", "stage_id", "label", "probability", "closed_won", "is_closed"),
        (
            ("default", stage, label, probability, _flag(stage == WON), _flag(stage in (WON, LOST)))
            for stage, label, probability in (*PIPELINE, *_CLOSED)
        ),
    )


def _write_deals(folder: Path, deals: list[_Deal]) -> None:
    rows = []
    for deal in deals:
        stage, at = deal.moves[-1]
        texts = utc_texts(np.array([deal.moves[0][1], at], dtype=np.int64))
        closed = texts[1] if stage in (WON, LOST) else ""
        amount = f"{deal.cents // 100}.{deal.cents % 100:02d}"
        name = f"Lamps for {full_name(deal.person)[1]}"
        rows.append((deal.number, name, stage, amount, "EUR", texts[0], closed, "false"))
    _write(
        folder / DEALS,
        ("deal_id", "property_dealname", "deal_pipeline_stage_id", "property_amount", "property_deal_currency_code",
         "property_createdate", "property_closedate", "is_deleted"),
        rows,
    )  # fmt: skip
    _write(folder / DEAL_CONTACTS, ("deal_id", "contact_id"), ((deal.number, deal.contact) for deal in deals))
    moves = [(deal.number, stage, at) for deal in deals for stage, at in deal.moves]
    entered = utc_texts(np.array([at for _, _, at in moves], dtype=np.int64))
    _write(
        folder / MOVES,
        ("deal_id", "value", "date_entered", "_fivetran_active"),
        ((number, stage, text, "true") for (number, stage, _), text in zip(moves, entered, strict=True)),
    )


def _deals(world: World, contacts: Inquiries) -> list[_Deal]:
    rng = dice(world.seed, "deals")
    becoming = rng.random(len(contacts)) < _BECOMING_DEALS
    waits = rng.exponential(_OPENED_AFTER_DAYS, len(contacts))
    euros = _LEAST_EUROS + rng.exponential(_MEAN_EUROS, len(contacts))
    found: list[_Deal] = []
    for row in range(len(contacts)):
        luck = rng.random((len(PIPELINE), 2))
        days = rng.exponential(_STAGE_DAYS, len(PIPELINE))
        opened = int(contacts.at[row]) + int(waits[row] * MICROS_PER_DAY)
        if becoming[row] and opened < world.last:
            moves = _moves(opened, luck.tolist(), days.tolist(), last=world.last)
            cents = round(euros[row] * 100)
            number = _FIRST_DEAL + len(found)
            found.append(_Deal(number, _FIRST_CONTACT + row, int(contacts.person[row]), cents, moves))
    return found


def _moves(
    opened: int, luck: list[list[float]], days: list[float], *, last: int
) -> tuple[tuple[str, int], ...]:  # fmt: skip
    """The stages that a deal enters; `luck` says by stage whether it is lost after it, or passes over the next."""
    found = [(PIPELINE[0][0], opened)]
    at = opened
    for place, (losing, skipping) in enumerate(luck):
        at += 10 * MINUTE + int(days[place] * MICROS_PER_DAY)
        following = PIPELINE[place + 1][0] if place + 1 < len(PIPELINE) else WON
        if losing < _LOSING:
            following = LOST
        elif skipping < _SKIPPING and following != WON:
            continue
        if at >= last:
            break
        found.append((following, at))
        if following in (WON, LOST):
            break
    return tuple(found)


def _write(path: Path, header: tuple[str, ...], rows: Iterable[tuple[object, ...]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow(header)
        writer.writerows(rows)


def _flag(value: bool) -> str:  # noqa: FBT001 - one cell
    return "true" if value else "false"
