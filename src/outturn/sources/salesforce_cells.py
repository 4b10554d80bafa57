"""What Salesforce's opportunities and people have in common: its ids, the names of fields, and the end of a report."""

from __future__ import annotations

from outturn.domain.channels import CHANNELS
from outturn.sources.crm import Crm, chosen, day_end

CRM = Crm(
    "salesforce",
    "CASE WHEN strlen({0}) = 18 AND regexp_full_match({0}, '[A-Za-z0-9]{{18}}') THEN left({0}, 15) ELSE {0} END",
)
# A lead source is any word of the business's own: a touch only where it is a channel's name.
CHANNEL = chosen(
    "regexp_replace(LOWER(lead_source), '[^a-z]', '', 'g')",
    {"".join(sign for sign in name.lower() if sign.isalpha()): name for name in CHANNELS if name.isprintable()},
)
TOTAL = "regexp_full_match(TRIM(COALESCE(first_text, '')), '(?i)(grand |sub)?totals?( ?\\([\\d.,]+ records?\\))?')"


def field(name: str) -> tuple[str, ...]:
    """A field as connectors write it, and as Salesforce's own exports do."""
    return (name, name.replace("_", ""))


def day_or_time(column: str, *, report: bool) -> str:
    """SQL for the instant in a column: a report's days have no time, and what happened on one happened by its end."""
    return day_end(column) if report else column


def listed_one(column: str) -> str:
    """SQL for a list of the one id in a column; NULL: there is none."""
    return f"CASE WHEN {column} IS NOT NULL THEN [{column}] END"
