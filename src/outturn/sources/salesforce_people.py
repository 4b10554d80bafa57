"""Salesforce's people: leads, the contacts that they became, and the accounts that these belong to."""

from __future__ import annotations

from outturn.sources import contacts
from outturn.sources.crm import as_table
from outturn.sources.origins import ORIGIN_CELLS, origin_events
from outturn.sources.salesforce_cells import CHANNEL, CRM, TOTAL, day_or_time, field, listed_one
from outturn.sources.source import Cell, Kind, Layout, Total


def _person_cells(person_id: tuple[str, ...], at: Kind, *company: str) -> tuple[Cell, ...]:
    return (
        Cell("contact_id", Kind.ID, person_id, required=True, filled=True),
        Cell("email_key", Kind.KEY, ("Email",), required=True, identity="email"),
        Cell("phone_key", Kind.KEY, ("Phone", "Mobile Phone", "mobile_phone"), identity="phone"),
        Cell("crm_key", Kind.KEY, person_id, identity="crm", canonical=CRM.canonical),
        Cell("created", at, ("Created Date", *field("created_date")), required=True),
        Cell("last_name", Kind.TEXT, ("Last Name", *field("last_name"))),
        Cell("marketing", at, ("first_mql_date_c", "mql_date_c", "first_mql_date__c", "mql_date__c", "MQL Date")),
        Cell("converted", at, ("Converted Date", *field("converted_date"))),
        Cell("became_id", Kind.ID, (*field("converted_contact_id"), *field("master_record_id"))),
        Cell("deal_id", Kind.ID, field("converted_opportunity_id")),
        Cell("account_id", Kind.ID, ("Account ID", *field("converted_account_id"), *field("account_id"))),
        Cell("company_name", Kind.TEXT, company),
        Cell("deleted", Kind.FLAG, field("is_deleted")),
        Cell("lead_source", Kind.TEXT, ("Lead Source", *field("lead_source"))),
        *ORIGIN_CELLS,
    )


def _people(name: str, what: str, cells: tuple[Cell, ...], *, report: bool = False) -> Layout:
    rows = f"""
        SELECT
            * REPLACE ({CRM.native("contact_id")} AS contact_id),
            {day_or_time("created", report=report)} AS created_at,
            {day_or_time("COALESCE(marketing, converted)", report=report)} AS qualified_at,
            {listed_one("account_id")} AS company_ids, {listed_one("became_id")} AS alias_ids
        FROM accepted
    """  # noqa: S608
    origins = f"""
        SELECT
            *, record_id AS noted_of, created_at AS seen_at, {CHANNEL} AS stated_channel,
            NULL::VARCHAR AS platform
        FROM contact_facts WHERE NOT gone
    """  # noqa: S608
    steps = contacts.contact_steps(CRM, what, rows)
    lent, outcomes = {"contacts": contacts.LENT}, contacts.contact_outcomes(CRM)
    if what == "lead":
        converted = f"""
            SELECT {CRM.native("deal_id")} AS deal_id, COALESCE(became_id, contact_id) AS contact_id, line AS place
            FROM accepted WHERE deal_id IS NOT NULL AND crm_key IS NOT NULL
        """  # noqa: S608
        became = f"SELECT line, {CRM.native('became_id')} AS gone_id FROM accepted WHERE became_id IS NOT NULL"  # noqa: S608
        lent |= {"deal_contacts": converted, "gone_contacts": f"SELECT gone_id AS contact_id FROM ({became})"}  # noqa: S608
        steps |= contacts.gone_steps(CRM, became)
        outcomes = f"({outcomes}) UNION ALL BY NAME ({contacts.gone_outcomes(CRM)})"
    return Layout(
        name,
        cells,
        steps=steps,
        outputs={
            "outcomes": outcomes,
            "events": f"({contacts.contact_identities(CRM, what)}) UNION ALL BY NAME ({origin_events(CRM, origins)})",
        },
        total=TOTAL if report else "FALSE",
        footed=report,
        totals=(Total(f"{what}s", "1"),),
        suppressed="strip",
        turn=0 if what == "lead" else 1,
        leans=contacts.LEANS,
        lends=lent,
    )


_ACCOUNT_NAMES = f"""
    SELECT LOWER(TRIM(title)) AS name, ANY_VALUE({CRM.key("company", "account_id")}) AS company_key
    FROM accepted WHERE title IS NOT NULL AND NOT COALESCE(deleted, FALSE)
    GROUP BY ALL HAVING COUNT(DISTINCT account_id) = 1
"""  # noqa: S608
_ACCOUNTS = Layout(
    "account",
    (
        Cell("account_id", Kind.ID, ("id",), required=True, filled=True),
        Cell("title", Kind.TEXT, ("name",), required=True),
        Cell("parent_id", Kind.ID, field("parent_id"), required=True),
        Cell("employees", Kind.TEXT, field("number_of_employees"), required=True),
        Cell("deleted", Kind.FLAG, field("is_deleted")),
    ),
    steps={"named": _ACCOUNT_NAMES},
    lends={"companies": "SELECT * FROM named"},
    turn=-1,
)
PEOPLE = (
    _people(
        "lead_report", "lead", _person_cells(("Lead ID",), Kind.DAY, "Company / Account", "Company"), report=True
    ),
    _people(
        "lead", "lead",
        (
            *as_table(_person_cells(("id",), Kind.AT, "company")),
            Cell("is_converted", Kind.FLAG, field("is_converted"), required=True),
        ),
    ),
    _people("contact_report", "contact", _person_cells(("Contact ID",), Kind.DAY, "Account Name"), report=True),
    _people(
        "contact", "contact",
        (
            *as_table(_person_cells(("id",), Kind.AT, "company_name")),
            Cell("mail_city", Kind.TEXT, field("mailing_city"), required=True),
        ),
    ),
    _ACCOUNTS,
)  # fmt: skip
