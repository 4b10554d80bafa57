"""Deals as rows of the ledger: their opening, and every entry into a stage that a table knows.

A table of deals (`snapshot`) knows when each was opened and, of a closed one, when it was closed; a table of their
history (`moves`) knows the rest. The stage in which an open deal is stands there without a time, where none is known. A
deal that was deleted, merged into another or opened again takes back what earlier imports said of it: those rows become
void. Of several entries into one stage the first counts; into a closed one, the last. Whose a deal is stays as it was
known where a later file does not say.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from outturn.sources.crm import kind_sql
from outturn.sources.source import View

if TYPE_CHECKING:
    from outturn.sources.crm import Crm

LENT = "SELECT deal_id, gross_micros, currency, crm_key, company_key, gone FROM deal_facts"
"""What a table of deals lends as `deals`."""

SNAPSHOT_LEANS = (
    "stages", "deal_contacts", "deal_companies", "gone_deals", "contacts", "gone_contacts", "companies", "earlier",
)  # fmt: skip
MOVES_LEANS = ("stages", "deals", "gone_deals", "earlier")

KNOWN_LINES = "SELECT line FROM deal_people JOIN contacts USING (contact_id) UNION SELECT line FROM deal_leads"
"""After `snapshot_steps`, a SELECT of the lines of deals with a contact of which the workspace knows more."""

_ROW = "line, deal_id, kind, stage, occurred_at, gone, gross_micros, currency, probability, crm_key, company_key"

_OPENINGS = """
    SELECT * REPLACE ('' AS stage, 'opportunity' AS kind), created_at AS occurred_at FROM deal_facts
    WHERE created_at IS NOT NULL
"""


def snapshot_steps(crm: Crm, rows: str) -> dict[str, str]:
    """Steps of a table of deals: `deal_people` (line, contact_id, crm_key, place), `deal_facts` (by deal).

    Args:
        crm: Whose deals they are.
        rows: A SELECT over `accepted`: line, deal_id, stage_id, won, closed, probability, gross_micros, currency,
            created_at, entered_at, closed_at, deleted, contact_ids and company_ids (lists), company_name.
    """
    # Whole rows have the tags and addresses of a CRM beside them, which only its events read. Most deals have one
    # contact, which stands in the deal's own row: what others there are is worked out apart.
    given = f"""
        SELECT
            * EXCLUDE (stated_key), CASE WHEN stated_key IN (SELECT key FROM suppressed)
                OR first_contact IN (SELECT contact_id FROM contacts WHERE forgotten) THEN NULL ELSE stated_key
            END AS first_key
        FROM (
            SELECT
                line, deal_id, stage_id, won, closed, probability, gross_micros, currency, created_at, entered_at,
                closed_at, deleted, contact_ids, company_ids, company_name,
                {crm.native("contact_ids[1]")} AS first_contact, {crm.key("crm", "contact_ids[1]")} AS stated_key
            FROM ({rows})
        )
    """  # noqa: S608
    others = f"""
        WITH named AS (
            SELECT
                line, first_contact, unnest(contact_ids) AS contact_id, generate_subscripts(contact_ids, 1) AS place
            FROM given_deals WHERE len(contact_ids) > 1
            UNION ALL
            SELECT line, first_contact, contact_id, 1000000 + place FROM given_deals JOIN deal_contacts USING (deal_id)
        ), keyed AS MATERIALIZED (
            -- Once for each contact, however many deals it has: MATERIALIZED, or filters work them out by row again.
            SELECT
                contact_id AS stated_id, {crm.native("contact_id")} AS contact_id,
                {crm.key("crm", "contact_id")} AS crm_key
            FROM (SELECT DISTINCT contact_id FROM named)
        )
        SELECT line, keyed.contact_id, ANY_VALUE(crm_key) AS crm_key, MIN(place) AS place
        FROM named JOIN keyed ON named.contact_id = stated_id
        WHERE keyed.contact_id IS DISTINCT FROM first_contact AND crm_key NOT IN (SELECT key FROM suppressed)
            AND keyed.contact_id NOT IN (SELECT contact_id FROM contacts WHERE forgotten)
        GROUP BY line, keyed.contact_id
    """  # noqa: S608
    people = """
        SELECT line, first_contact AS contact_id, first_key AS crm_key, 1 AS place
        FROM given_deals WHERE first_key IS NOT NULL
        UNION ALL
        SELECT line, contact_id, crm_key, place FROM other_people
    """
    leads = f"""
        SELECT line, place, company_key FROM deal_people
        JOIN earlier ON outcome_id = {crm.record("contact", "contact_id")}
    """  # noqa: S608
    return {
        "given_deals": given,
        "other_people": others,
        "deal_people": View(people),
        "deal_leads": leads,
        "deal_facts": _facts(crm),
    }


def _facts(crm: Crm) -> str:
    return f"""
        WITH marks AS (
            SELECT hash(deal_id) AS mark FROM given_deals GROUP BY mark HAVING COUNT(*) > 1
        ), superseded AS (
            -- Only among deals that may stand twice: a window over all would carry them.
            SELECT line FROM (
                SELECT line, MAX(line) OVER (PARTITION BY deal_id) AS last_line
                FROM given_deals SEMI JOIN marks ON hash(deal_id) = marks.mark
            ) WHERE line < last_line
        ), listed_keys AS MATERIALIZED (
            SELECT company_id, {crm.key("company", "company_id")} AS company_key
            FROM (SELECT DISTINCT company_ids[1] AS company_id FROM given_deals)
        ), named_keys AS MATERIALIZED (
            SELECT company_name, COALESCE(companies.company_key, {crm.name_key("company_name")}) AS company_key
            FROM (SELECT DISTINCT company_name FROM given_deals) AS named
            LEFT JOIN companies ON LOWER(TRIM(company_name)) = companies.name
        ), joined AS (
            SELECT deal_id, arg_min(company_key, place) AS company_key FROM deal_companies
            WHERE company_key IS NOT NULL GROUP BY deal_id
        ), of_people AS (
            SELECT line, arg_min(company_key, place) AS company_key FROM (
                SELECT line, place, company_key FROM deal_people JOIN contacts USING (contact_id)
                UNION ALL
                SELECT line, 1000000000 + place, company_key FROM deal_leads
            ) WHERE company_key IS NOT NULL GROUP BY line
        ), person AS (
            SELECT line, arg_min(crm_key, place) AS crm_key FROM other_people GROUP BY line
        ), known AS (
            SELECT
                deal_id, arg_min(company_key, stage) AS company_key,
                arg_min(crm_key, stage) FILTER (crm_key NOT IN (SELECT key FROM suppressed)) AS crm_key
            FROM earlier WHERE deal_id IS NOT NULL GROUP BY deal_id
        ), staged AS (
            SELECT
                line, deal_id, gross_micros, currency, created_at, entered_at, closed_at, first_key,
                COALESCE(stages.label, stage_id, '') AS stage,
                {kind_sql("stage_id", "won", "closed", "given_deals.probability", "stages.kind")} AS kind,
                COALESCE(given_deals.probability, stages.probability) AS probability,
                COALESCE(
                    listed_keys.company_key, joined.company_key, named_keys.company_key, of_people.company_key,
                    known.company_key
                ) AS company_key,
                COALESCE(first_key, person.crm_key, known.crm_key) AS crm_key,
                COALESCE(deleted, FALSE) OR deal_id IN (SELECT deal_id FROM gone_deals) AS gone
            FROM given_deals ANTI JOIN superseded USING (line)
            LEFT JOIN (SELECT DISTINCT ON (stage_id) * FROM stages) AS stages USING (stage_id)
            LEFT JOIN listed_keys ON company_ids[1] = company_id LEFT JOIN named_keys USING (company_name)
            LEFT JOIN joined USING (deal_id) LEFT JOIN of_people USING (line) LEFT JOIN person USING (line)
            LEFT JOIN known USING (deal_id)
        )
        SELECT
            line, deal_id, stage, kind, probability, gross_micros, currency, created_at, first_key, crm_key,
            company_key, gone,
            COALESCE(
                entered_at,
                CASE WHEN kind <> 'opportunity' AND closed_at <= getvariable('now') THEN closed_at
                    WHEN kind <> 'opportunity' AND closed_at IS NOT NULL THEN getvariable('now') END,
                known_at
            ) AS entered_at
        FROM staged LEFT JOIN (
            SELECT deal_id, stage, MIN(occurred_at) AS known_at FROM earlier GROUP BY deal_id, stage
        ) AS dated USING (deal_id, stage)
    """  # noqa: S608


def opening_outcomes(crm: Crm) -> str:
    """A SELECT of `outcomes` after `snapshot_steps`: the openings alone."""
    return _outcomes(crm, f"SELECT {_ROW} FROM ({_OPENINGS})")  # noqa: S608


def snapshot_outcomes(crm: Crm) -> str:
    """A SELECT of `outcomes` after `snapshot_steps`."""
    return _outcomes(
        crm,
        f"""
        WITH taken_back AS (
            SELECT
                deal_facts.line, earlier.deal_id, earlier.kind, earlier.stage, earlier.occurred_at, TRUE AS gone,
                earlier.gross_micros, earlier.currency, earlier.probability, earlier.crm_key, earlier.company_key
            FROM earlier JOIN deal_facts USING (deal_id)
            -- What the table tells again is not taken back.
            WHERE CASE WHEN earlier.stage = '' THEN deal_facts.created_at IS NULL
                ELSE earlier.stage IS DISTINCT FROM deal_facts.stage END
                AND (deal_facts.gone OR (earlier.kind IN ('won', 'lost') AND earlier.kind <> deal_facts.kind)
                    OR (earlier.kind = 'opportunity' AND earlier.occurred_at IS NULL))
        )
        SELECT {_ROW} FROM ({_OPENINGS})
        UNION ALL
        SELECT {_ROW} FROM (SELECT *, entered_at AS occurred_at FROM deal_facts WHERE stage <> '')
        UNION ALL
        SELECT {_ROW} FROM taken_back
        """,  # noqa: S608
    )


def gone_outcomes(crm: Crm) -> str:
    """A SELECT of `outcomes`: what earlier imports said of deals that `accepted` names as gone (line, gone_id)."""
    return _outcomes(
        crm,
        f"""
        SELECT {_ROW} FROM (
            SELECT accepted.line, TRUE AS gone, earlier.* FROM earlier JOIN accepted ON deal_id = gone_id
        )
        """,  # noqa: S608
    )


def moves_outcomes(crm: Crm, deals: str = "deals") -> str:
    """A SELECT of `outcomes` out of the step `moves`: line, deal_id, stage_id, entered_at, won, closed, probability.

    What is a deal's own (amount, people, company) comes from `deals`, else from what the workspace knows of it.

    Args:
        crm: Whose deals they are.
        deals: A relation such as `deals`, or a step of the same columns.
    """
    return _outcomes(
        crm,
        f"""
        WITH held AS (
            SELECT DISTINCT ON (deal_id) deal_id, gross_micros, currency, crm_key, company_key, gone FROM {deals}
            UNION ALL BY NAME
            SELECT
                deal_id, arg_min(gross_micros, stage) AS gross_micros, arg_min(currency, stage) AS currency,
                arg_min(crm_key, stage) AS crm_key, arg_min(company_key, stage) AS company_key, FALSE AS gone
            FROM earlier WHERE deal_id NOT IN (SELECT deal_id FROM {deals}) GROUP BY deal_id
        ), named AS (
            SELECT
                moves.* EXCLUDE (probability), COALESCE(stages.label, stage_id) AS stage,
                {kind_sql("stage_id", "won", "closed", "moves.probability", "stages.kind")} AS kind,
                COALESCE(moves.probability, stages.probability) AS probability
            FROM moves LEFT JOIN stages USING (stage_id)
        ), followed AS (
            SELECT
                *, FIRST_VALUE(kind) OVER (PARTITION BY deal_id ORDER BY entered_at DESC, line DESC) AS last_kind,
                ROW_NUMBER() OVER (
                    PARTITION BY deal_id, stage
                    ORDER BY CASE WHEN kind = 'opportunity' THEN entered_at END, entered_at DESC, line
                ) AS place
            FROM named
        )
        SELECT
            line, deal_id, kind, stage, entered_at AS occurred_at, gross_micros, currency, probability, crm_key,
            company_key, COALESCE(gone, FALSE) OR deal_id IN (SELECT deal_id FROM gone_deals)
            OR (kind <> 'opportunity' AND kind <> last_kind) AS gone
        FROM followed LEFT JOIN held USING (deal_id) WHERE place = 1
        """,  # noqa: S608
    )


def deal_identities(crm: Crm) -> str:
    """A SELECT of `events` after `snapshot_steps`: every contact of a deal belongs to the deal's company.

    Several contacts of a deal without a company belong to the deal itself, under the key that journeys group it by.
    """
    return f"""
        WITH several AS (
            SELECT line FROM deal_people WHERE line IN (SELECT line FROM other_people)
            GROUP BY line HAVING COUNT(*) > 1
        ), belonging AS (
            SELECT line, deal_id, created_at, first_key AS crm_key, company_key, gone FROM deal_facts
            WHERE first_key IS NOT NULL
            UNION ALL
            SELECT line, deal_id, created_at, other_people.crm_key, company_key, gone
            FROM other_people JOIN deal_facts USING (line)
        ), grouped AS (
            SELECT * REPLACE (COALESCE(company_key, unhex(sha256('deal:{crm.name}:' || deal_id))) AS company_key)
            FROM belonging WHERE NOT gone AND (company_key IS NOT NULL OR line IN (SELECT line FROM several))
        )
        SELECT
            line, '{crm.name}:deal:' || deal_id || ':contact:'
            || left(md5(hex(crm_key) || '.' || hex(company_key)), 20) AS event_id,
            '{crm.name}' AS source, 'identify' AS type,
            COALESCE(created_at, getvariable('now')) AS occurred_at, getvariable('now') AS received_at,
            crm_key, company_key, 'file' AS trust
        FROM grouped
    """  # noqa: S608


def _outcomes(crm: Crm, rows: str) -> str:
    return f"""
        SELECT
            line, '{crm.name}:' || deal_id AS outcome_id, '{crm.name}' AS system, FALSE AS tracker, kind, stage,
            CASE WHEN gone THEN 'void' ELSE 'counted' END AS status, occurred_at, gross_micros,
            CASE WHEN gross_micros IS NOT NULL THEN currency END AS currency, probability, crm_key, company_key, deal_id
        FROM ({rows})
    """  # noqa: S608
