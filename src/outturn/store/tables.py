"""Every table there is: its columns with types, units and the meaning of NULL, its grain, its writer.

Data may flow any way through the house, but only through the tables declared here, and each has one
room that writes it. **Facts** are appended by imports and never changed; **derived** tables are
rebuilt from them by a build and published together.
"""

from __future__ import annotations

from outturn.store.columns import Column, Table, Type
from outturn.store.derived_tables import (
    CAMPAIGNS,
    CHANNEL_DAY,
    COMPANY_TOUCHES,
    CONSENT_HITS,
    CONSENTS,
    CONVERSION_EVENTS,
    CONVERSIONS,
    CREDIT_TOTALS,
    CREDITS,
    DEALS,
    EVENTS_REPEATED,
    HIT_DAYS,
    HIT_QUARTERS,
    OUTCOMES_REPLACED,
    PEOPLE,
    PLACES,
    TOLD_OUTCOMES,
    TOUCHES,
    VISIT_DAYS,
)  # fmt: skip
from outturn.store.fact_tables import (
    ACCOUNTS,
    AD_ENTITIES,
    AD_SPEND,
    CLAIMS,
    CLICK_ID_COLUMNS,
    COSTS,
    EVENTS,
    FX_RATES,
    IDENTITY_COLUMNS,
    IMPORTS,
    OUTCOMES,
    REFUSED_ROWS,
    UTM_COLUMNS,
)  # fmt: skip

TABLES: dict[str, Table] = {
    table.name: table
    for table in (
        IMPORTS, AD_SPEND, AD_ENTITIES, ACCOUNTS, CLAIMS, COSTS, EVENTS, OUTCOMES, FX_RATES, REFUSED_ROWS,
        PEOPLE, CONSENTS, PLACES, CAMPAIGNS, TOUCHES, COMPANY_TOUCHES, CONVERSIONS, DEALS,
        CREDITS, CREDIT_TOTALS, CHANNEL_DAY, HIT_DAYS, HIT_QUARTERS, CONSENT_HITS, CONVERSION_EVENTS, VISIT_DAYS,
        TOLD_OUTCOMES, EVENTS_REPEATED, OUTCOMES_REPLACED,
    )
}  # fmt: skip
FACTS = tuple(name for name, table in TABLES.items() if table.kind == "fact")
DERIVED = tuple(name for name, table in TABLES.items() if table.kind == "derived")

__all__ = [
    "ACCOUNTS",
    "AD_ENTITIES",
    "AD_SPEND",
    "CAMPAIGNS",
    "CHANNEL_DAY",
    "CLAIMS",
    "CLICK_ID_COLUMNS",
    "COMPANY_TOUCHES",
    "CONSENTS",
    "CONSENT_HITS",
    "CONVERSIONS",
    "CONVERSION_EVENTS",
    "COSTS",
    "CREDITS",
    "CREDIT_TOTALS",
    "DEALS",
    "DERIVED",
    "EVENTS",
    "EVENTS_REPEATED",
    "FACTS",
    "FX_RATES",
    "HIT_DAYS",
    "HIT_QUARTERS",
    "IDENTITY_COLUMNS",
    "IMPORTS",
    "OUTCOMES",
    "OUTCOMES_REPLACED",
    "PEOPLE",
    "PLACES",
    "REFUSED_ROWS",
    "TABLES",
    "TOLD_OUTCOMES",
    "TOUCHES",
    "UTM_COLUMNS",
    "VISIT_DAYS",
    "Column",
    "Table",
    "Type",
]  # fmt: skip
