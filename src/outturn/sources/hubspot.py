"""HubSpot: exports of deals and contacts from its lists, and the tables as connectors land them.

Tables lean on one another, so that those of one portal belong into one command: stages give an entry its name, the
table of deals its amount, the associations its contacts and companies. Stages are known by their id, never by their
label; without their table, the label that stands in an export is taken, and Closed Won and Closed Lost by name.

Amounts are major units in the deal's currency, which is never guessed. Times of exports are the portal's, those of
tables UTC. A deal or contact that was merged into another is void: its history belongs to the other.
"""

from __future__ import annotations

from outturn.sources import contacts, deals
from outturn.sources.addresses import arrival_columns, kept_address
from outturn.sources.crm import RELATIONS, Crm, as_table, chosen, kind_sql, listed, share_sql
from outturn.sources.origins import ORIGIN_CELLS, origin_events
from outturn.sources.source import Cell, Check, Kind, Layout, Source, Total

_CRM = Crm("hubspot", "regexp_replace({0}, '^([0-9]+)\\.0$', '\\1')")
_CHANNELS = {
    "ORGANIC_SEARCH": "Organic Search", "PAID_SEARCH": "Paid Search", "PAID_SOCIAL": "Paid Social",
    "SOCIAL_MEDIA": "Organic Social", "ORGANIC_SOCIAL": "Organic Social", "EMAIL_MARKETING": "Email",
    "REFERRALS": "Referral", "DIRECT_TRAFFIC": "Direct", "AI_REFERRALS": "AI Assistants",
}  # fmt: skip
_NETWORKS = {
    "facebook": "meta_ads", "instagram": "meta_ads", "linkedin": "linkedin_ads", "twitter": "x_ads", "x": "x_ads",
    "tiktok": "tiktok_ads", "pinterest": "pinterest_ads", "reddit": "reddit_ads", "snapchat": "snapchat_ads",
}  # fmt: skip


# Offline sources and other campaigns are no channel.
_CHANNEL = chosen("UPPER(REPLACE(TRIM(traffic_source), ' ', '_'))", _CHANNELS)
_NETWORK = chosen("LOWER(TRIM(traffic_detail))", _NETWORKS)
_PLATFORM = f"CASE WHEN {_CHANNEL} = 'Paid Social' THEN {_NETWORK} END"
_SOURCE_CELLS = (
    Cell("traffic_source", Kind.TEXT, ("Original Traffic Source", "Original Source", "property_hs_analytics_source")),
    Cell(
        "traffic_detail", Kind.TEXT,
        ("Original Traffic Source Drill-Down 1", "Original Source Drill-Down 1", "property_hs_analytics_source_data_1"),
    ),
)  # fmt: skip


def _deal_cells(at: Kind, deal_id: tuple[str, ...], stage: tuple[str, ...]) -> tuple[Cell, ...]:
    return (
        Cell("deal_id", Kind.ID, deal_id, required=True, filled=True),
        Cell("stage_id", Kind.TEXT, stage, required=True),
        Cell("gross_micros", Kind.MONEY, ("Amount", "property_amount")),
        Cell("currency", Kind.CURRENCY, ("Currency", "Deal Currency Code", "property_deal_currency_code")),
        Cell("created_at", at, ("Create Date", "property_createdate")),
        Cell("closed_at", at, ("Close Date", "property_closedate"), future=True),
        Cell("entered_at", at, ("Date Entered Current Stage", "property_hs_v_2_date_entered_current_stage")),
        Cell("stated_share", Kind.SHARE, ("Deal Probability", "property_hs_deal_stage_probability")),
        Cell("won", Kind.FLAG, ("Is Closed Won", "property_hs_is_closed_won")),
        Cell("closed", Kind.FLAG, ("Is Deal Closed?", "Is Closed", "property_hs_is_closed")),
        Cell("deleted", Kind.FLAG, ("is_deleted", "_fivetran_deleted")),
        Cell("contact_list", Kind.TEXT, ("Associated Contact IDs",)),
        Cell("company_list", Kind.TEXT, ("Associated Company IDs",)),
        Cell("company_name", Kind.TEXT, ("Associated Company",)),
        *_SOURCE_CELLS,
        *ORIGIN_CELLS,
    )


_DEALS = f"""
    SELECT
        *, {share_sql("stated_share", percent=False)} AS probability, {listed("contact_list")} AS contact_ids,
        {listed("company_list")} AS company_ids
    FROM accepted
"""  # noqa: S608
# The source that HubSpot shows of a deal is its first contact's: it says more than that contact only where we do not
# know the contact itself.
_DEAL_ORIGINS = f"""
    SELECT
        given_deals.*, 'hubspot:deal:' || given_deals.deal_id AS noted_of, given_deals.created_at AS seen_at,
        crm_key,
        NULL::BLOB AS email_key, NULL::BLOB AS phone_key, {_PLATFORM} AS platform,
        CASE WHEN known.line IS NULL THEN {_CHANNEL} END AS stated_channel
    FROM given_deals JOIN deal_facts USING (line)
    LEFT JOIN (
        SELECT DISTINCT line FROM deal_people WHERE contact_id IN (SELECT contact_id FROM contacts)
        OR record_id IN (SELECT outcome_id FROM earlier)
    ) AS known USING (line)
    WHERE NOT gone
"""  # noqa: S608


_UNDATED = Check(
    "MISSING_VALUE",
    f"{kind_sql('stage_id', 'won', 'closed')} IN ('won', 'lost') AND closed_at IS NULL AND entered_at IS NULL",
    "a deal that is won or lost states its Close Date",
)


def _deals(
    name: str, cells: tuple[Cell, ...], marks: tuple[str, ...], number: str = "", checks: tuple[Check, ...] = ()
) -> Layout:
    identities, origins = deals.deal_identities(_CRM), origin_events(_CRM, _DEAL_ORIGINS)
    return Layout(
        name,
        cells,
        marks=marks,
        number=number,
        checks=checks,
        steps=deals.snapshot_steps(_CRM, _DEALS),
        outputs={
            "outcomes": deals.snapshot_outcomes(_CRM),
            "events": f"({identities}) UNION ALL BY NAME ({origins})",
        },
        totals=(Total("deals", "1"), Total("amount", "gross_micros", money=True)),
        turn=2,
        leans=deals.SNAPSHOT_LEANS,
        lends={"deals": deals.LENT},
    )


def _contact_cells(at: Kind, contact_id: tuple[str, ...], email: tuple[str, ...]) -> tuple[Cell, ...]:
    return (
        Cell("contact_id", Kind.ID, contact_id, required=True, filled=True),
        Cell("email_key", Kind.KEY, email, required=True, identity="email"),
        Cell(
            "phone_key", Kind.KEY,
            ("Phone Number", "Mobile Phone Number", "property_phone", "property_mobilephone"), identity="phone",
        ),
        Cell("crm_key", Kind.KEY, contact_id, identity="crm", canonical=_CRM.canonical),
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
        *_SOURCE_CELLS,
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
        {_CHANNEL} AS stated_channel, {_PLATFORM} AS platform
    FROM contact_facts WHERE NOT gone
"""  # noqa: S608

_MERGED_AWAY = contacts.gone_steps(_CRM, "SELECT line, unnest(alias_ids) AS gone_id FROM given_contacts")


def _contacts(name: str, cells: tuple[Cell, ...], marks: tuple[str, ...]) -> Layout:
    identities = contacts.contact_identities(_CRM, "contact")
    return Layout(
        name,
        cells,
        marks=marks,
        steps=contacts.contact_steps(_CRM, "contact", _CONTACTS, aliases_are_gone=True) | _MERGED_AWAY,
        outputs={
            "outcomes": f"({contacts.contact_outcomes(_CRM)}) UNION ALL BY NAME ({contacts.gone_outcomes(_CRM)})",
            "events": f"({identities}) UNION ALL BY NAME ({origin_events(_CRM, _CONTACT_ORIGINS)})",
        },
        totals=(Total("contacts", "1"),),
        suppressed="strip",
        turn=1,
        leans=contacts.LEANS,
        lends={"contacts": contacts.LENT},
    )


_ENTERED = """
    SELECT line, deal_id, stage_id, entered_at, NULL AS won, NULL AS closed, NULL AS probability
    FROM accepted WHERE stage_id IS NOT NULL AND {0}
"""


def _moves(name: str, cells: tuple[Cell, ...], marks: tuple[str, ...], which: str) -> Layout:
    return Layout(
        name,
        cells,
        marks=marks,
        steps={"moves": _ENTERED.format(which)},
        outputs={"outcomes": deals.moves_outcomes(_CRM)},
        totals=(Total("entries", f"CASE WHEN stage_id IS NOT NULL AND {which} THEN 1 END"),),
        turn=3,
        leans=deals.MOVES_LEANS,
        misses=("stages", "deals"),
    )


_HISTORY = (
    Cell("deal_id", Kind.ID, ("deal_id",), required=True, filled=True),
    Cell("entered_at", Kind.AT, ("timestamp",), required=True, filled=True),
    Cell("property", Kind.TEXT, ("name",), required=True),
    Cell("stage_id", Kind.TEXT, ("value",), required=True),
)
_COMPANY = _CRM.key("company", "company_id")
_KEPT = f"SELECT deal_id, {_COMPANY} AS company_key, line AS place FROM accepted"  # noqa: S608
_LENDERS = (
    Layout(
        "deal_pipeline_stage",
        (
            Cell("stage_id", Kind.TEXT, ("stage_id",), required=True, filled=True),
            Cell("label", Kind.TEXT, ("label",), required=True),
            Cell("won", Kind.FLAG, ("closed_won",), required=True),
            Cell("closed", Kind.FLAG, ("is_closed",)),
            Cell("stated_share", Kind.SHARE, ("probability",)),
        ),
        marks=("pipeline_id",),
        lends={
            "stages": f"""
                SELECT DISTINCT ON (stage_id)
                    stage_id, label, {kind_sql("label", "won", "closed")} AS kind,
                    {share_sql("stated_share", percent=False)} AS probability
                FROM accepted ORDER BY stage_id, line
            """  # noqa: S608
        },
    ),
    Layout(
        "deal_contact",
        (
            Cell("deal_id", Kind.ID, ("deal_id",), required=True, filled=True),
            Cell("contact_id", Kind.ID, ("contact_id",), required=True, filled=True),
        ),
        lends={"deal_contacts": "SELECT deal_id, contact_id, line AS place FROM accepted"},
    ),
    Layout(
        "deal_company",
        (
            Cell("deal_id", Kind.ID, ("deal_id",), required=True, filled=True),
            Cell("company_id", Kind.ID, ("company_id",), required=True, filled=True),
        ),
        steps={"kept": _KEPT},
        lends={"deal_companies": "SELECT * FROM kept"},
    ),
    Layout(
        "merged_deal",
        (
            Cell("gone_id", Kind.ID, ("merged_deal_id",), required=True, filled=True),
            Cell("kept_id", Kind.ID, ("deal_id",), required=True, filled=True),
        ),
        outputs={"outcomes": deals.gone_outcomes(_CRM)},
        leans=("earlier",),
        lends={"gone_deals": "SELECT gone_id AS deal_id FROM accepted"},
    ),
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
    return Cell(name, Kind.KEY, headers, identity="crm", canonical=_CRM.canonical)


def _companies(name: str, company_id: tuple[str, ...], title: tuple[str, ...], marks: tuple[str, ...]) -> Layout:
    named = f"""
        SELECT LOWER(TRIM(title)) AS name, ANY_VALUE({_COMPANY}) AS company_key
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


_PEOPLE = (
    Layout(
        "contact_company",
        (
            Cell("contact_id", Kind.ID, ("contact_id",), required=True, filled=True),
            Cell("company_id", Kind.ID, ("company_id",), required=True, filled=True),
            _contact_key("crm_key", ("contact_id",)),
            Cell("company_key", Kind.KEY, ("company_id",), identity="company", canonical=_CRM.canonical),
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
            "outcomes": contacts.gone_outcomes(_CRM),
        },
        steps=contacts.gone_steps(_CRM, "SELECT line, gone_id FROM accepted"),
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
            *_HISTORY[1:],
            _contact_key("crm_key", ("contact_id",)),
        ),
        steps={"recorded": f"SELECT *, {_CRM.record('contact', 'contact_id')} AS record_id FROM accepted"},  # noqa: S608
        outputs={"outcomes": _QUALIFIED},
        suppressed="strip",
        turn=2,
        leans=("contacts",),
    ),
    _companies("company", ("id",), ("property_name",), ("is_deleted",)),
    _companies("companies_export", ("Record ID", "Record ID - Company"), ("Company name",), ("Company Domain Name",)),
)


def _unused(name: str, column: str, *marks: str) -> Layout:
    return Layout(name, (Cell(column, Kind.TEXT, (column,), required=True),), marks=marks)


_UNUSED = (
    _unused("deal_pipeline", "pipeline_id", "label", "display_order"),
    _unused("form", "guid", "form_type", "submit_text"),
    _unused("owner", "owner_id", "portal_id", "active_user_id"),
)

SOURCE = Source(
    name="hubspot",
    title="HubSpot",
    platform="",
    layouts=(
        _deals(
            "deals_export",
            _deal_cells(Kind.AT_LOCAL, ("Record ID", "Record ID - Deal"), ("Deal Stage",)),
            ("Deal Name",),
            checks=(_UNDATED,),
        ),
        _deals(
            "deal",
            as_table(_deal_cells(Kind.AT, ("deal_id",), ("deal_pipeline_stage_id", "property_dealstage"))),
            ("property_dealname",),
            ".",
        ),
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
        _moves(
            "deal_stage",
            (
                Cell("deal_id", Kind.ID, ("deal_id",), required=True, filled=True),
                Cell("entered_at", Kind.AT, ("date_entered", "_fivetran_start"), required=True, filled=True),
                Cell("stage_id", Kind.TEXT, ("value",), required=True),
            ),
            ("_fivetran_active",),
            "TRUE",
        ),
        _moves("deal_property_history", _HISTORY, (), "property = 'dealstage'"),
        *_LENDERS,
        *_PEOPLE,
        *_UNUSED,
    ),
    notes=(
        "Import the files of one portal in one command: they lean on one another. A deal counts as opened on its "
        "Create Date. Its closing is dated by its Close Date, else by the stage history; other entries are known only "
        "from that, or from Date Entered Current Stage. The Original Traffic Source of a contact counts as a touch "
        "where it has neither tags nor click ids."
    ),
    relations=RELATIONS,
)
