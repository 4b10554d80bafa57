"""Contacts and leads of a CRM: entries of the ledger when they were made and qualified, and who belongs to whom.

Each is a lead from when the CRM has it, and `qualified` where the export says since when. The identifiers of a contact
are one person's; so are those of contacts that were merged, and of a lead and the contact that it became. The companies
of a contact are said in events of type identify.

No table of ours holds a contact's own id: entries of the ledger have one that is made from it, `record_id`, which stays
when the person is forgotten; events have one made from the person's keys, with which they go.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from outturn.sources.crm import Crm

LEANS = ("companies", "gone_contacts", "earlier")
LENT = "SELECT contact_id, company_key, crm_key IS NULL AS forgotten FROM contact_facts"
"""What a table of contacts lends as `contacts`: whoever was forgotten by address is so on deals too."""


def contact_steps(crm: Crm, what: str, rows: str, *, aliases_are_gone: bool = False) -> dict[str, str]:
    """Steps of a table of contacts or leads: `contact_companies`, `contact_aliases` and `contact_facts`.

    Args:
        crm: Whose they are.
        what: `contact` or `lead`.
        rows: A SELECT over `accepted`: all of its cells, among them contact_id, crm_key, email_key, phone_key and
            created_at, with qualified_at, deleted, company_ids and alias_ids (lists), company_name.
        aliases_are_gone: The aliases were merged into the row that names them: rows of their own count no more.
    """
    merged = " UNION ALL SELECT unnest(alias_ids) FROM given_contacts" if aliases_are_gone else ""
    companies = f"""
        WITH belonging AS (
            SELECT line, {crm.key("company", "company_id")} AS company_key, place FROM (
                SELECT line, unnest(company_ids) AS company_id, generate_subscripts(company_ids, 1) AS place
                FROM given_contacts
            )
            UNION ALL
            SELECT line, COALESCE(companies.company_key, {crm.name_key("company_name")}), 1000000
            FROM given_contacts LEFT JOIN companies ON LOWER(TRIM(company_name)) = companies.name
            WHERE COALESCE(len(company_ids), 0) = 0
        )
        SELECT line, company_key, MIN(place) AS place FROM belonging
        WHERE company_key IS NOT NULL GROUP BY line, company_key
    """  # noqa: S608
    facts = f"""
        SELECT
            given_contacts.*, {crm.record(what, "contact_id")} AS record_id, company_key,
            COALESCE(deleted, FALSE) OR contact_id IN (SELECT contact_id FROM gone_contacts{merged}) AS gone
        FROM given_contacts
        LEFT JOIN (SELECT line, arg_min(company_key, place) AS company_key FROM contact_companies GROUP BY line)
        USING (line)
    """  # noqa: S608
    aliases = f"""
        SELECT line, {crm.key("crm", "alias_id")} AS alias_key
        FROM (SELECT line, unnest(alias_ids) AS alias_id FROM given_contacts)
        WHERE alias_key NOT IN (SELECT key FROM suppressed)
    """  # noqa: S608
    return {
        "given_contacts": rows, "contact_companies": companies, "contact_aliases": aliases, "contact_facts": facts,
    }  # fmt: skip


def contact_outcomes(crm: Crm) -> str:
    """A SELECT of `outcomes` after `contact_steps`."""
    same = f"""
        '{crm.name}' AS system, FALSE AS tracker, '' AS stage, CASE WHEN gone THEN 'void' ELSE 'counted' END AS status,
        crm_key, email_key, phone_key, company_key
    """
    return f"""
        SELECT line, record_id AS outcome_id, 'lead' AS kind, created_at AS occurred_at, {same}
        FROM contact_facts WHERE created_at IS NOT NULL
        UNION ALL
        SELECT line, record_id || ':qualified' AS outcome_id, 'qualified' AS kind, qualified_at AS occurred_at, {same}
        FROM contact_facts WHERE qualified_at IS NOT NULL
    """  # noqa: S608


def gone_steps(crm: Crm, rows: str) -> dict[str, str]:
    """A step of a table that says which contacts count no more: `gone_records`.

    Args:
        crm: Whose they are.
        rows: A SELECT of line and gone_id.
    """
    return {"gone_records": f"SELECT line, {crm.record('contact', 'gone_id')} AS record_id FROM ({rows})"}  # noqa: S608


def gone_outcomes(crm: Crm) -> str:
    """A SELECT of `outcomes` after `gone_steps`: what earlier imports said of those contacts."""
    return f"""
        SELECT
            line, outcome_id, '{crm.name}' AS system, FALSE AS tracker, kind, stage, 'void' AS status, occurred_at,
            crm_key, company_key
        FROM earlier JOIN gone_records ON outcome_id IN (record_id, record_id || ':qualified')
    """  # noqa: S608


def contact_identities(crm: Crm, what: str) -> str:
    """A SELECT of `events` after `contact_steps`: whose the identifiers are, and which companies they belong to.

    An id of the same person stands in the column of browsers: one row has one place for an id of the CRM.
    """
    keys = ("crm_key", "email_key", "phone_key", "company_key", "anonymous_key")
    mark = " || '.' || ".join(f"hex(COALESCE({key}, ''::BLOB))" for key in keys)
    return f"""
        WITH said AS (
            SELECT contact_facts.* EXCLUDE (company_key), contact_companies.company_key, NULL::BLOB AS anonymous_key
            FROM contact_facts LEFT JOIN contact_companies USING (line)
            UNION ALL BY NAME
            SELECT * EXCLUDE (company_key, alias_key), NULL::BLOB AS company_key, alias_key AS anonymous_key
            FROM contact_facts JOIN contact_aliases USING (line)
        )
        SELECT
            line, '{crm.name}:{what}:' || left(md5({mark}), 20) AS event_id,
            '{crm.name}' AS source, 'identify' AS type, COALESCE(created_at, getvariable('now')) AS occurred_at,
            getvariable('now') AS received_at, crm_key, email_key, phone_key, anonymous_key, company_key,
            'file' AS trust
        FROM said WHERE crm_key IS NOT NULL
    """  # noqa: S608
