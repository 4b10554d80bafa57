"""Which company they were of: whose touches are taken together where a company buys, not a person.

A company groups the people who are stated to belong to it and the contacts of its deals. It merges nobody: people
stay who they are, and somebody in two companies counts in both. A company of very many people (a placeholder, a mail
provider) groups nobody, and somebody in very many companies (a reseller, one's own staff) belongs to none.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from outturn.store.sql import load

if TYPE_CHECKING:
    from outturn.journeys.context import JourneyContext, Publish
    from outturn.store.engine import Engine

COMPANY_TOUCH_ORDER = ("bucket", "company_id", "occurred_at", "place", "touch_id")


@dataclass(frozen=True, slots=True)
class CompaniesFound:
    """What the step found.

    Attributes:
        companies: How many have people.
        people: How many people belong to one.
        hubs: The companies that group nobody, hex, with how many people they have; the largest 100.
        strangers: How many people belong to so many companies that they count in none.
    """

    companies: int
    people: int
    hubs: tuple[tuple[str, int], ...]
    strangers: int


def build_companies(engine: Engine, context: JourneyContext, publish: Publish) -> CompaniesFound:
    """Publish `company_touches`; name `company_members`, `companies` and `outcome_accounts` for the steps that follow.

    Args:
        engine: Knows `outcomes` and what `build_people` named; `touches`.
        context: Only its two caps count here.
        publish: Receives `company_touches`.
    """
    caps = {"company_hubs": {"company_cap": context.company_people_cap},
            "company_strangers": {"cap": context.identity_degree_cap}}  # fmt: skip
    for step in (
        "outcome_companies", "company_statements", "company_hubs", "company_strangers", "company_members", "companies",
        "outcome_accounts",
    ):  # fmt: skip
        engine.table(step, load(__package__, step), caps.get(step, {}))
    publish("company_touches", load(__package__, "company_touches"), order=COMPANY_TOUCH_ORDER)
    ((companies,),) = engine.rows("SELECT COUNT(*) FROM companies")
    ((people,),) = engine.rows("SELECT COUNT(DISTINCT person_id) FROM company_members")
    ((strangers,),) = engine.rows("SELECT COUNT(*) FROM company_strangers")
    hubs = engine.rows(
        "SELECT LOWER(HEX(company_key)), people FROM company_hubs ORDER BY people DESC, company_key LIMIT 100"
    )
    return CompaniesFound(companies, people, tuple((key, count) for key, count in hubs), strangers)
