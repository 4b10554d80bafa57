"""Who it was, what they touched, and what they did.

Reads the facts `events`, `outcomes`, `ad_spend`, `ad_entities`, `accounts`, `fx_rates`; writes `people`, `consents`,
`places`, `campaigns`, `touches`, `company_touches`, `deals`, `conversions`. The steps of a build, in this order:
`build_people`, `build_consents`, `build_campaigns`, `build_touches`, `build_companies`, `build_conversions`; each names
what the next one reads, publishes its tables and says what it found.
`erasure` finds everything that lies about one person, to forget it or to hand it out.

Nothing here is a plug-in: channels are data in `domain/channels.py`, goals are settings.
"""

from __future__ import annotations

from outturn.journeys.campaigns import build_campaigns
from outturn.journeys.companies import CompaniesFound, build_companies
from outturn.journeys.consents import build_consents, may_send
from outturn.journeys.context import JourneyContext, Publish
from outturn.journeys.conversions import ConversionsFound, MissingRate, build_conversions, missing_rates
from outturn.journeys.people import PeopleFound, build_people
from outturn.journeys.touches import TouchesFound, build_touches

__all__ = [
    "CompaniesFound",
    "ConversionsFound",
    "JourneyContext",
    "MissingRate",
    "PeopleFound",
    "Publish",
    "TouchesFound",
    "build_campaigns",
    "build_companies",
    "build_consents",
    "build_conversions",
    "build_people",
    "build_touches",
    "may_send",
    "missing_rates",
]
