"""Inquiries: the form that asks for a quote, filled in during a visit, or inside an ad that never leads to the site."""

from __future__ import annotations

import csv
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Self

import numpy as np

from outturn.domain.time import MICROS_PER_SECOND
from outturn.simulator.clock import utc_texts
from outturn.simulator.contacts import numbers
from outturn.simulator.dice import dice, fractions, scramble
from outturn.simulator.people import email

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from outturn.simulator.arrays import Bits, Flags, Ints
    from outturn.simulator.play import Part
    from outturn.simulator.world import World

LEAD_ADS = "lead_ads.csv"
_ASKING = 0.03
_LEADS_PER_PERSON_DAY = 0.0004
_LEAD_NUMBERS = 254
_ARRIVING = 0.98
_SOONEST_SECONDS, _LATEST_SECONDS = 90, 600


@dataclass(frozen=True, slots=True)
class Inquiries:
    """Forms that were sent, one row each, in order of time.

    Attributes:
        at: UTC micros.
        person: Who sent it.
        visit: The visit in which it was sent, as an index into the part's visits; -1: inside an ad.
        uid: That visit's own number, or the lead's.
        seen: The tracker saw the visit, and so the form.
        arrives: The CRM got it; the others were taken for spam.
    """

    at: Ints
    person: Ints
    visit: Ints
    uid: Bits
    seen: Flags
    arrives: Flags

    def __len__(self) -> int:
        return len(self.at)

    @classmethod
    def of(cls, world: World, part: Part) -> Self:
        """The inquiries of one part; equal parts give equal ones."""
        visits = part.visits
        spread = _SOONEST_SECONDS + (_LATEST_SECONDS - _SOONEST_SECONDS) * fractions(scramble(visits.uid, 32))
        at = visits.at + (spread * MICROS_PER_SECOND).astype(np.int64)
        asked = np.flatnonzero((fractions(scramble(visits.uid, 31)) < _ASKING) & (at < world.last))
        uid = visits.uid[asked]
        arrives = fractions(scramble(uid, 33)) < _ARRIVING
        sent = cls(at[asked], visits.person[asked], asked.astype(np.int64), uid, part.seen[asked], arrives)
        return sent.take(np.lexsort((sent.uid, sent.at)))

    @classmethod
    def of_ads(cls, world: World) -> Self:
        """Leads of forms inside ads: no visit, so that no tracker sees them."""
        rng = dice(world.seed, "lead ads")
        count = int(rng.poisson(_LEADS_PER_PERSON_DAY * world.people * world.days))
        at, person = world.demand.at(rng.random(count)), rng.integers(0, world.people, count)
        uid = numbers(world, _LEAD_NUMBERS, 0, count)
        arrives = fractions(scramble(uid, 33)) < _ARRIVING
        nowhere = np.full(count, -1, dtype=np.int64)
        sent = cls(at, person, nowhere, uid, np.zeros(count, dtype=np.bool_), arrives)
        return sent.take(np.lexsort((sent.uid, sent.at)))

    @classmethod
    def joined(cls, parts: Sequence[Inquiries]) -> Self:
        """All parts' rows in order of time."""
        columns = (np.concatenate([getattr(part, field.name) for part in parts]) for field in fields(cls))
        every = cls(*columns)
        return every.take(np.lexsort((every.uid, every.at)))

    def take(self, chosen: Ints | Flags) -> Self:
        """The chosen rows."""
        return type(self)(*(getattr(self, field.name)[chosen] for field in fields(self)))


def write_lead_ads(path: Path, leads: Inquiries) -> None:
    """Write the platform's download of its lead forms, as the generic table of outcomes."""
    with path.open("w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow(["outcome_id", "kind", "occurred_at", "email"])
        for uid, at, person in zip(leads.uid.tolist(), utc_texts(leads.at), leads.person.tolist(), strict=True):
            writer.writerow([f"lead-{uid:016x}", "lead", at, email(person)])
