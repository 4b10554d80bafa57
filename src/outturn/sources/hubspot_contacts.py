"""HubSpot's people: contacts and what was merged into them, their companies, and the forms that they filled in."""

from __future__ import annotations

from outturn.sources import contacts
from outturn.sources.addresses import arrival_columns, kept_address
from outturn.sources.crm import as_table, listed
from outturn.sources.hubspot_cells import CHANGE_CELLS, CHANNEL, COMPANY, CRM, PLATFORM, SOURCE_CELLS
from outturn.sources.origins import ORIGIN_CELLS, origin_events
from outturn.sources.source import Cell, Kind, Layout, Total


def _contact_cells(at: Kind, contact_id: tuple[str, ...], email: tuple[str, ...]) -> tuple[Cell, ...]:
    return (
        Cell("contact_id", Kind.ID, contact_id, required=True, filled=True),
        Cell("email_key", Kind.KEY, email, required=True, identity="email"),
        Cell(
            "phone_key", Kind.KEY,
            ("Phone Number", "Mobile Phone Number", "property_phone", "property_mobilephone"), identity="phone",
        ),
        Cell("crm_key", Kind.KEY, contact_id, identity="crm", canonical=CRM.canonical),
        Cell("created_at", at, ("Create Date", "property_createdate", "property_created_at", "created_at")),
        Cell(
            "marketing_at", at,
            ("Became a Marketing Qualified Lead Date", "property_hs_lifecyclestage_marketingqualifiedlead_date"),
        ),
        Cell(
            "sales_at", at,
            ("Became a Sales Qualified Lead Date", "property_hs_lifecyclestage_salesqualifiedlead_date"),
        ),
        Cell("first_seen", at, ("Time First Seen", "property_hs_analytics_first_timestamp")),
        Cell("first_conversion", at, ("First Conversion Date", "property_first_conversion_date")),
        Cell("deleted", Kind.FLAG, ("_fivetran_deleted", "is_deleted")),
        Cell("company_list", Kind.TEXT, ("Associated Company IDs", "property_associatedcompanyid")),
        Cell("company_name", Kind.TEXT, ("Company Name", "Associated Company", "property_company")),
        Cell("merged_list", Kind.TEXT, ("Merged object IDs", "property_hs_merged_object_ids")),
        *SOURCE_CELLS,
        *ORIGIN_CELLS,
    )  # fmt: skip


_CONTACTS = f"""
    SELECT
        *, COALESCE(marketing_at, sales_at) AS qualified_at, {listed("company_list")} AS company_ids,
        {listed("merged_list")} AS alias_ids
    FROM accepted
"""  # noqa: S608
_CONTACT_ORIGINS = f"""
    SELECT
        *, record_id AS noted_of, COALESCE(first_seen, first_conversion, created_at) AS seen_at,
        {CHANNEL} AS stated_channel, {PLATFORM} AS platform
    FROM contact_facts WHERE NOT gone
"""  # noqa: S608

_MERGED_AWAY = contacts.gone_steps(CRM, "SELECT line, unnest(alias_ids) AS gone_id FROM given_contacts")


def _contacts(name: str, cells: tuple[Cell, ...], marks: tuple[str, ...]) -> Layout:
    identities = contacts.contact_identities(CRM, "contact")
    return Layout(
        name,
        cells,
        marks=marks,
        steps=contacts.contact_steps(CRM, "contact", _CONTACTS, aliases_are_gone=True) | _MERGED_AWAY,
        outputs={
            "outcomes": f"({contacts.contact_outcomes(CRM)}) UNION ALL BY NAME ({contacts.gone_outcomes(CRM)})",
            "events": f"({identities}) UNION ALL BY NAME ({origin_events(CRM, _CONTACT_ORIGINS)})",
        },
        totals=(Total("contacts", "1"),),
        suppressed="strip",
        turn=1,
        leans=contacts.LEANS,
        lends={"contacts": contacts.LENT},
    )


_MERGES = """
    SELECT
        line, 'hubspot:merge:' || left(md5(hex(kept_key) || '.' || hex(gone_key)), 20) AS event_id, 'hubspot' AS source,
        'identify' AS type, merged_at AS occurred_at, getvariable('now') AS received_at, kept_key AS crm_key,
        gone_key AS anonymous_key, 'file' AS trust
    FROM accepted WHERE kept_key IS NOT NULL AND gone_key IS NOT NULL
"""
_MEMBERS = """
    SELECT
        line, 'hubspot:member:' || left(md5(hex(crm_key) || '.' || hex(company_key)), 20) AS event_id,
        'hubspot' AS source, 'identify' AS type, getvariable('now') AS occurred_at, getvariable('now') AS received_at,
        crm_key, company_key, 'file' AS trust
    FROM accepted WHERE crm_key IS NOT NULL
"""
_FORMS = """
    SELECT
        line, 'hubspot:form:'
        || COALESCE(submission_id, left(md5(form_id || '.' || hex(crm_key) || '.' || epoch_us(occurred_at)), 20))
        AS event_id, 'hubspot' AS source, 'track' AS type, 'Form submitted' AS name, occurred_at,
        getvariable('now') AS received_at, crm_key, 'file' AS trust, url, {columns}
    FROM (SELECT *, {kept} AS url FROM accepted WHERE crm_key IS NOT NULL)
"""
_QUALIFIED = """
    SELECT
        arg_min(line, entered_at) AS line, ANY_VALUE(record_id) || ':qualified' AS outcome_id,
        'hubspot' AS system, FALSE AS tracker, 'qualified' AS kind, '' AS stage, 'counted' AS status,
        MIN(entered_at) AS occurred_at, ANY_VALUE(crm_key) AS crm_key, ANY_VALUE(company_key) AS company_key
    FROM recorded LEFT JOIN contacts USING (contact_id)
    WHERE property = 'lifecyclestage' AND stage_id IN ('marketingqualifiedlead', 'salesqualifiedlead')
    GROUP BY contact_id
"""


def _contact_key(name: str, headers: tuple[str, ...]) -> Cell:
    return Cell(name, Kind.KEY, headers, identity="crm", canonical=CRM.canonical)


def _companies(name: str, company_id: tuple[str, ...], title: tuple[str, ...], marks: tuple[str, ...]) -> Layout:
    named = f"""
        SELECT LOWER(TRIM(title)) AS name, ANY_VALUE({COMPANY}) AS company_key
        FROM accepted WHERE title IS NOT NULL GROUP BY ALL HAVING COUNT(DISTINCT company_id) = 1
    """  # noqa: S608
    return Layout(
        name,
        (
            Cell("company_id", Kind.ID, company_id, required=True, filled=True),
            Cell("title", Kind.TEXT, title, required=True),
        ),
        marks=marks,
        steps={"named": named},
        lends={"companies": "SELECT * FROM named"},
    )


PEOPLE = (
    _contacts(
        "contacts_export",
        (
            *_contact_cells(Kind.AT_LOCAL, ("Record ID", "Record ID - Contact"), ("Email",)),
            # One of them tells that these are people.
            Cell("named", Kind.TEXT, ("Last Name", "First Name"), required=True),
        ),
        (),
    ),
    _contacts("contact", as_table(_contact_cells(Kind.AT, ("id",), ("property_email",))), ()),
    Layout(
        "contact_company",
        (
            Cell("contact_id", Kind.ID, ("contact_id",), required=True, filled=True),
            Cell("company_id", Kind.ID, ("company_id",), required=True, filled=True),
            _contact_key("crm_key", ("contact_id",)),
            Cell("company_key", Kind.KEY, ("company_id",), identity="company", canonical=CRM.canonical),
        ),
        outputs={"events": _MEMBERS},
        lends={"contacts": "SELECT contact_id, company_key FROM accepted"},
        suppressed="strip",
    ),
    Layout(
        "contact_merge_audit",
        (
            Cell("gone_id", Kind.ID, ("vid_to_merge",), required=True, filled=True),
            Cell("kept_id", Kind.ID, ("canonical_vid", "contact_id"), required=True, filled=True),
            Cell("merged_at", Kind.AT, ("timestamp",), required=True, filled=True),
            _contact_key("gone_key", ("vid_to_merge",)),
            _contact_key("kept_key", ("canonical_vid", "contact_id")),
        ),
        outputs={
            "events": _MERGES,
            "outcomes": contacts.gone_outcomes(CRM),
        },
        steps=contacts.gone_steps(CRM, "SELECT line, gone_id FROM accepted"),
        leans=("earlier",),
        lends={"gone_contacts": "SELECT gone_id AS contact_id FROM accepted"},
        suppressed="strip",
    ),
    Layout(
        "contact_form_submission",
        (
            Cell("form_id", Kind.ID, ("form_id",), required=True),
            Cell("contact_id", Kind.ID, ("contact_id",), required=True, filled=True),
            Cell("occurred_at", Kind.AT, ("timestamp",), required=True, filled=True),
            Cell("page_url", Kind.TEXT, ("page_url",), required=True),
            Cell("submission_id", Kind.ID, ("conversion_id",)),
            _contact_key("crm_key", ("contact_id",)),
        ),
        outputs={"events": _FORMS.format(kept=kept_address("page_url"), columns=arrival_columns("url"))},
        suppressed="strip",
    ),
    Layout(
        "contact_property_history",
        (
            Cell("contact_id", Kind.ID, ("contact_id",), required=True, filled=True),
            *CHANGE_CELLS,
            _contact_key("crm_key", ("contact_id",)),
        ),
        steps={"recorded": f"SELECT *, {CRM.record('contact', 'contact_id')} AS record_id FROM accepted"},  # noqa: S608
        outputs={"outcomes": _QUALIFIED},
        suppressed="strip",
        turn=2,
        leans=("contacts",),
    ),
    _companies("company", ("id",), ("property_name",), ("is_deleted",)),
    _companies("companies_export", ("Record ID", "Record ID - Company"), ("Company name",), ("Company Domain Name",)),
)
