"""What the tables of any CRM have in common: ids that become keys, stages that are won or lost, lists of companies.

A source of a CRM says which of its columns is what; from there on a deal is a deal (`deals.py`), a contact or lead is a
contact (`contacts.py`), and what it notes of how someone came is a touch (`origins.py`).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from outturn.sources.identity import trimmed
from outturn.sources.source import Cell, Relation

if TYPE_CHECKING:
    from collections.abc import Mapping

RELATIONS = {
    "stages": Relation(
        "stage_id VARCHAR, label VARCHAR, kind VARCHAR, probability DOUBLE",
        "without a table of stages beside it, stages go by what stands there, and Closed Won and Closed Lost by name",
    ),
    "deals": Relation(
        "deal_id VARCHAR, gross_micros BIGINT, currency VARCHAR, crm_key BLOB, company_key BLOB, gone BOOLEAN",
        "without the table of deals beside it, amounts and people are those that the workspace knows already",
    ),
    "deal_contacts": Relation("deal_id VARCHAR, contact_id VARCHAR, place BIGINT"),
    "deal_companies": Relation("deal_id VARCHAR, company_key BLOB, place BIGINT"),
    "gone_deals": Relation("deal_id VARCHAR"),
    "contacts": Relation("contact_id VARCHAR, company_key BLOB, forgotten BOOLEAN"),
    "gone_contacts": Relation("contact_id VARCHAR"),
    "companies": Relation("name VARCHAR, company_key BLOB"),
}
"""What files of one CRM lend to one another. `gone` ids were deleted, or merged into another."""

_WON_NAME = "regexp_matches({0}, '^\\s*(closed[ _-]*)?won\\b', 'i')"
_LOST_NAME = "regexp_matches({0}, '^\\s*(closed[ _-]*)?lost\\b', 'i')"


@dataclass(frozen=True, slots=True)
class Crm:
    """One CRM.

    Attributes:
        name: Of the system, as in `outcomes.system`.
        id_sql: SQL over `{0}`, an id as it stands, for the id by which every export knows the same thing.
    """

    name: str
    id_sql: str

    def native(self, text: str) -> str:
        """SQL for the id in a text."""
        return self.id_sql.format(f"({trimmed(text)})")

    def key(self, identity: str, text: str) -> str:
        """SQL, in a layout's steps, for the key of a contact's (`crm`) or company's id."""
        return f"outturn_key('{identity}', '{self.name}:' || {self.native(text)})"

    def record(self, what: str, text: str) -> str:
        """SQL, in a layout's steps, for the id of a row about a person (`record_id` of the domain)."""
        return f"outturn_record('{self.name}:{what}', {text})"

    @property
    def canonical(self) -> str:
        """For a KEY cell: the canonical text of an id."""
        return f"'{self.name}:' || {self.native('text')}"

    def name_key(self, text: str) -> str:
        """SQL, in a layout's steps, for the key of a company that is known by its name alone."""
        return f"outturn_key('company', '{self.name}:' || LOWER(NULLIF(TRIM({text}), '')))"


def as_table(cells: tuple[Cell, ...]) -> tuple[Cell, ...]:
    """The cells with the names of connectors before those that people see."""
    return tuple(
        replace(cell, headers=tuple(sorted(cell.headers, key=lambda name: name != name.lower() or " " in name)))
        for cell in cells
    )


def chosen(text: str, choices: Mapping[str, str]) -> str:
    """SQL for what a text stands for; NULL where it is none of the choices."""
    cases = " ".join(f"WHEN '{word}' THEN '{meant}'" for word, meant in choices.items())
    # A CASE over the text itself would work it out anew for each of the choices.
    return f"list_transform([{text}], lambda word: CASE word {cases} END)[1]"


def listed(text: str) -> str:
    """SQL for the parts of a text that joins several ids by semicolons."""
    return f"list_filter(list_transform(string_split({text}, ';'), lambda one: TRIM(one)), lambda one: one <> '')"


def kind_sql(
    label: str, won: str = "NULL", closed: str = "NULL", probability: str = "NULL", known: str = "NULL"
) -> str:
    """SQL for what a stage is: opportunity, won or lost; NULL where there is none.

    Flags count before what the table of stages says, that before the stage's name: whoever renames their stages sets
    flags.

    Args:
        label: SQL of the stage as it stands.
        won: SQL of a flag.
        closed: SQL of a flag.
        probability: SQL, 0 to 1, which tells a closed stage where no flag says whether it is won.
        known: SQL of the kind that the table of stages says.
    """
    won, closed, probability = f"CAST({won} AS BOOLEAN)", f"CAST({closed} AS BOOLEAN)", f"CAST({probability} AS DOUBLE)"
    return f"""
        CASE
            WHEN {won} THEN 'won'
            WHEN {closed} AND {won} IS NULL AND {probability} >= 1 THEN 'won'
            WHEN {closed} AND ({won} IS NOT NULL OR {probability} <= 0) THEN 'lost'
            WHEN NOT {closed} THEN 'opportunity'
            ELSE COALESCE({known}, CASE
                WHEN {_WON_NAME.format(label)} THEN 'won' WHEN {closed} OR {_LOST_NAME.format(label)} THEN 'lost'
                WHEN {label} <> '' THEN 'opportunity'
            END)
        END
    """


def share_sql(stated: str, *, percent: bool) -> str:
    """SQL for a probability from 0 to 1; some exports say 1000 %."""
    share = f"{stated} / 100" if percent else f"CASE WHEN {stated} > 1 THEN {stated} / 100 ELSE {stated} END"
    return f"CASE WHEN {stated} IS NOT NULL THEN GREATEST(0e0, LEAST(1e0, {share})) END"


def day_end(day: str) -> str:
    """SQL for the last moment of a day in the zone of the file: what happened on it happened by then."""
    after = f"timezone(getvariable('time_zone'), CAST({day} + INTERVAL 1 DAY AS TIMESTAMP))"
    return f"CASE WHEN {day} IS NOT NULL THEN LEAST({after} - INTERVAL 1 MICROSECOND, getvariable('now')) END"
