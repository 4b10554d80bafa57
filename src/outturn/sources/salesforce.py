"""Salesforce: reports of opportunities, leads and contacts as downloaded, and the tables as connectors land them.

Ids have 15 characters in reports and 18 in tables; the first 15 are the same, and by them we know everything. Reports
end in totals and a footer of single cells. Their days have no time of day: what happened on a day happened by its end,
in the workspace's zone. Amounts are major units; an organisation with one currency does not state it: we ask for it.

A table of history (`_fivetran_start`) knows when an opportunity changed its stage; of its first version only a closing,
or a stage as new as the opportunity itself, has a known day. Deleted opportunities are void. A lead that was converted
is its contact, and both count as one lead.
"""

from __future__ import annotations

from outturn.domain.channels import CHANNELS
from outturn.sources import contacts, deals
from outturn.sources.crm import RELATIONS, Crm, as_table, chosen, day_end, kind_sql, share_sql
from outturn.sources.nameless import with_row_ids
from outturn.sources.origins import ORIGIN_CELLS, origin_events
from outturn.sources.source import Cell, Kind, Layout, Source, Total

_CRM = Crm("salesforce", "CASE WHEN regexp_full_match({0}, '[A-Za-z0-9]{{18}}') THEN left({0}, 15) ELSE {0} END")
# A lead source is any word of the business's own: a touch only where it is a channel's name.
_CHANNEL = chosen(
    "regexp_replace(LOWER(lead_source), '[^a-z]', '', 'g')",
    {"".join(sign for sign in name.lower() if sign.isalpha()): name for name in CHANNELS if name.isprintable()},
)
_FOOTER = """
    (cells = 1 AND line > COALESCE(MAX(CASE WHEN cells IS NULL THEN line END) OVER (), 0))
    OR regexp_full_match(TRIM(COALESCE(first_text, '')), '(?i)(grand |sub)?totals?( ?\\([\\d.,]+ records?\\))?')
"""


def _field(name: str) -> tuple[str, ...]:
    """A field as connectors write it, and as Salesforce's own exports do."""
    return (name, name.replace("_", ""))


def _day_or_time(column: str, *, report: bool) -> str:
    return day_end(column) if report else column


def _list(column: str) -> str:
    return f"CASE WHEN {column} IS NOT NULL THEN [{column}] END"


def _opportunity_cells(*, report: bool) -> tuple[Cell, ...]:
    at = Kind.DAY if report else Kind.AT
    name = ("Opportunity Name",) if report else ("name",)
    stage = ("Stage",) if report else _field("stage_name")
    return (
        Cell("deal_id", Kind.ID, ("Opportunity ID", "Opportunity Id") if report else ("id",), required=not report),
        Cell("title", Kind.TEXT, name, required=True, filled=report),
        Cell("stage_id", Kind.TEXT, stage, required=True, filled=True),
        Cell("gross_micros", Kind.MONEY, ("Amount", "Total Amount")),
        Cell(
            "currency", Kind.CURRENCY,
            ("Amount Currency", "Total Amount Currency", "Opportunity Currency", "Currency",
             *_field("currency_iso_code")),
        ),
        Cell("created", at, ("Created Date", *_field("created_date"))),
        Cell("close_day", Kind.DAY, ("Close Date", *_field("close_date")), required=not report, future=True),
        Cell("entered", at, ("Last Stage Change Date", *_field("last_stage_change_date"))),
        Cell("stated_share", Kind.SHARE, ("Probability (%)", "Probability")),
        Cell("won", Kind.FLAG, ("Won", *_field("is_won"))),
        Cell("closed", Kind.FLAG, ("Closed", *_field("is_closed"))),
        Cell("deleted", Kind.FLAG, _field("is_deleted")),
        Cell("account_id", Kind.ID, ("Account ID", *_field("account_id"))),
        Cell("company_name", Kind.TEXT, ("Account Name",)),
        Cell("primary_contact", Kind.ID, ("Contact ID", *_field("contact_id"))),
        Cell("lead_source", Kind.TEXT, ("Lead Source", *_field("lead_source"))),
        *ORIGIN_CELLS,
    )  # fmt: skip


def _opportunities(*, report: bool, rows: str = "accepted") -> str:
    return f"""
        SELECT
            * REPLACE ({_CRM.native("deal_id")} AS deal_id), {share_sql("stated_share", percent=True)} AS probability,
            {_day_or_time("created", report=report)} AS created_at,
            {_day_or_time("entered", report=report)} AS entered_at, {day_end("close_day")} AS closed_at,
            {_list("primary_contact")} AS contact_ids, {_list("account_id")} AS company_ids
        FROM {rows}
    """  # noqa: S608


# A report need not show the id: an opportunity is then known by its account and name.
_NAMED = f"(SELECT * REPLACE (row_id AS deal_id) FROM ({with_row_ids('deal_id', ('company_name', 'title'))}))"  # noqa: S608
_OPPORTUNITY_ORIGINS = f"""
    SELECT
        given_deals.*, 'salesforce:opportunity:' || given_deals.deal_id AS noted_of,
        given_deals.created_at AS seen_at, crm_key,
        NULL::BLOB AS email_key, NULL::BLOB AS phone_key, NULL::VARCHAR AS platform,
        CASE WHEN known.line IS NULL THEN {_CHANNEL} END AS stated_channel
    FROM given_deals JOIN deal_facts USING (line)
    LEFT JOIN (
        SELECT DISTINCT line FROM deal_people WHERE contact_id IN (SELECT contact_id FROM contacts)
        OR record_id IN (SELECT outcome_id FROM earlier)
    ) AS known USING (line)
    WHERE NOT gone
"""  # noqa: S608
_DEAL_EVENTS = f"({deals.deal_identities(_CRM)}) UNION ALL BY NAME ({origin_events(_CRM, _OPPORTUNITY_ORIGINS)})"
_TOTALS = (Total("opportunities", "1"), Total("amount", "gross_micros", money=True))


def _opportunity(name: str, *, report: bool) -> Layout:
    return Layout(
        name,
        _opportunity_cells(report=True) if report else as_table(_opportunity_cells(report=False)),
        steps=deals.snapshot_steps(_CRM, _opportunities(report=report, rows=_NAMED if report else "accepted")),
        outputs={"outcomes": deals.snapshot_outcomes(_CRM), "events": _DEAL_EVENTS},
        without=("_fivetran_start",),
        total=_FOOTER if report else "FALSE",
        totals=_TOTALS,
        number="" if report else ".",
        turn=2,
        leans=deals.SNAPSHOT_LEANS,
        lends={
            "deals": deals.LENT,
            "stages": """
                SELECT DISTINCT ON (stage_id) stage_id, stage AS label, kind, NULL AS probability
                FROM given_deals JOIN deal_facts USING (line) WHERE won IS NOT NULL AND stage <> ''
                ORDER BY stage_id, line
            """,
        },
    )


_LATEST = (
    "(SELECT * FROM accepted QUALIFY ROW_NUMBER() OVER (PARTITION BY deal_id ORDER BY version_at DESC, line DESC) = 1)"
)
_VERSIONS = f"""
    WITH versions AS (
        SELECT
            * REPLACE ({_CRM.native("deal_id")} AS deal_id), LAG(stage_id) OVER version AS stage_before,
            ROW_NUMBER() OVER version AS place
        FROM accepted WINDOW version AS (PARTITION BY deal_id ORDER BY version_at, line)
    ), entries AS (
        SELECT
            line, deal_id, stage_id, won, closed, {share_sql("stated_share", percent=True)} AS probability,
            CASE
                WHEN place > 1 THEN version_at WHEN closed THEN LEAST({day_end("close_day")}, version_at)
                WHEN version_at <= created + INTERVAL 1 DAY THEN created
            END AS entered_at
        FROM versions WHERE stage_before IS DISTINCT FROM stage_id
    )
    SELECT * FROM entries WHERE entered_at IS NOT NULL
"""  # noqa: S608
_OPENED, _MOVED = deals.opening_outcomes(_CRM), deals.moves_outcomes(_CRM, "deal_facts")
_HISTORY = Layout(
    "opportunity_history",
    (
        *as_table(_opportunity_cells(report=False)),
        Cell("version_at", Kind.AT, ("_fivetran_start",), required=True, filled=True),
    ),
    steps={**deals.snapshot_steps(_CRM, _opportunities(report=False, rows=_LATEST)), "moves": _VERSIONS},
    outputs={"outcomes": f"({_OPENED}) UNION ALL BY NAME ({_MOVED})", "events": deals.deal_identities(_CRM)},
    totals=(Total("versions", "1"),),
    number=".",
    turn=3,
    leans=deals.SNAPSHOT_LEANS,
)
_CHANGES = Layout(
    "stage_changes",
    (
        Cell("deal_id", Kind.ID, _field("opportunity_id"), required=True, filled=True),
        Cell("stage_id", Kind.TEXT, _field("stage_name"), required=True, filled=True),
        Cell("entered_at", Kind.AT, _field("created_date"), required=True, filled=True),
        Cell("stated_share", Kind.SHARE, ("Probability",)),
    ),
    marks=("id",),
    steps={
        "moves": f"""
            SELECT
                * REPLACE ({_CRM.native("deal_id")} AS deal_id), NULL AS won, NULL AS closed,
                {share_sql("stated_share", percent=True)} AS probability
            FROM accepted
            QUALIFY LAG(stage_id) OVER (PARTITION BY deal_id ORDER BY entered_at, line) IS DISTINCT FROM stage_id
        """  # noqa: S608
    },
    outputs={"outcomes": deals.moves_outcomes(_CRM)},
    totals=(Total("entries", "1"),),
    turn=3,
    leans=deals.MOVES_LEANS,
    misses=("deals",),
)
_STAGES = Layout(
    "opportunity_stage",
    (
        Cell("stage_id", Kind.TEXT, _field("master_label"), required=True, filled=True),
        Cell("won", Kind.FLAG, _field("is_won"), required=True),
        Cell("closed", Kind.FLAG, _field("is_closed"), required=True),
        Cell("stated_share", Kind.SHARE, _field("default_probability")),
    ),
    lends={
        "stages": f"""
            SELECT DISTINCT ON (stage_id)
                stage_id, stage_id AS label, {kind_sql("stage_id", "won", "closed")} AS kind,
                {share_sql("stated_share", percent=True)} AS probability
            FROM accepted ORDER BY stage_id, line
        """  # noqa: S608
    },
)
_ROLES = Layout(
    "opportunity_contact_role",
    (
        Cell("deal_id", Kind.ID, _field("opportunity_id"), required=True, filled=True),
        Cell("contact_id", Kind.ID, _field("contact_id"), required=True, filled=True),
        Cell("is_primary", Kind.FLAG, _field("is_primary"), required=True),
        Cell("deleted", Kind.FLAG, _field("is_deleted")),
    ),
    lends={
        "deal_contacts": f"""
            SELECT
                {_CRM.native("deal_id")} AS deal_id, contact_id, CASE WHEN is_primary THEN 0 ELSE line END AS place
            FROM accepted WHERE NOT COALESCE(deleted, FALSE)
        """  # noqa: S608
    },
)


def _person_cells(person_id: tuple[str, ...], at: Kind, *company: str) -> tuple[Cell, ...]:
    return (
        Cell("contact_id", Kind.ID, person_id, required=True, filled=True),
        Cell("email_key", Kind.KEY, ("Email",), required=True, identity="email"),
        Cell("phone_key", Kind.KEY, ("Phone", "Mobile Phone", "mobile_phone"), identity="phone"),
        Cell("crm_key", Kind.KEY, person_id, identity="crm", canonical=_CRM.canonical),
        Cell("created", at, ("Created Date", *_field("created_date")), required=True),
        Cell("last_name", Kind.TEXT, ("Last Name", *_field("last_name"))),
        Cell("marketing", at, ("first_mql_date_c", "mql_date_c", "first_mql_date__c", "mql_date__c", "MQL Date")),
        Cell("converted", at, ("Converted Date", *_field("converted_date"))),
        Cell("became_id", Kind.ID, (*_field("converted_contact_id"), *_field("master_record_id"))),
        Cell("deal_id", Kind.ID, _field("converted_opportunity_id")),
        Cell("account_id", Kind.ID, ("Account ID", *_field("converted_account_id"), *_field("account_id"))),
        Cell("company_name", Kind.TEXT, company),
        Cell("deleted", Kind.FLAG, _field("is_deleted")),
        Cell("lead_source", Kind.TEXT, ("Lead Source", *_field("lead_source"))),
        *ORIGIN_CELLS,
    )


def _people(name: str, what: str, cells: tuple[Cell, ...], *, report: bool = False) -> Layout:
    rows = f"""
        SELECT
            * REPLACE ({_CRM.native("contact_id")} AS contact_id),
            {_day_or_time("created", report=report)} AS created_at,
            {_day_or_time("COALESCE(marketing, converted)", report=report)} AS qualified_at,
            {_list("account_id")} AS company_ids, {_list("became_id")} AS alias_ids
        FROM accepted
    """  # noqa: S608
    origins = f"""
        SELECT
            *, record_id AS noted_of, created_at AS seen_at, {_CHANNEL} AS stated_channel,
            NULL::VARCHAR AS platform
        FROM contact_facts WHERE NOT gone
    """  # noqa: S608
    steps = contacts.contact_steps(_CRM, what, rows)
    lent, outcomes = {"contacts": contacts.LENT}, contacts.contact_outcomes(_CRM)
    if what == "lead":
        converted = f"""
            SELECT {_CRM.native("deal_id")} AS deal_id, COALESCE(became_id, contact_id) AS contact_id, line AS place
            FROM accepted WHERE deal_id IS NOT NULL AND crm_key IS NOT NULL
        """  # noqa: S608
        became = f"SELECT line, {_CRM.native('became_id')} AS gone_id FROM accepted WHERE became_id IS NOT NULL"  # noqa: S608
        lent |= {"deal_contacts": converted, "gone_contacts": f"SELECT gone_id AS contact_id FROM ({became})"}  # noqa: S608
        steps |= contacts.gone_steps(_CRM, became)
        outcomes = f"({outcomes}) UNION ALL BY NAME ({contacts.gone_outcomes(_CRM)})"
    return Layout(
        name,
        cells,
        steps=steps,
        outputs={
            "outcomes": outcomes,
            "events": f"({contacts.contact_identities(_CRM, what)}) UNION ALL BY NAME ({origin_events(_CRM, origins)})",
        },
        total=_FOOTER if report else "FALSE",
        totals=(Total(f"{what}s", "1"),),
        suppressed="strip",
        turn=0 if what == "lead" else 1,
        leans=contacts.LEANS,
        lends=lent,
    )


_ACCOUNT_NAMES = f"""
    SELECT LOWER(TRIM(title)) AS name, ANY_VALUE({_CRM.key("company", "account_id")}) AS company_key
    FROM accepted WHERE title IS NOT NULL AND NOT COALESCE(deleted, FALSE)
    GROUP BY ALL HAVING COUNT(DISTINCT account_id) = 1
"""  # noqa: S608
_ACCOUNTS = Layout(
    "account",
    (
        Cell("account_id", Kind.ID, ("id",), required=True, filled=True),
        Cell("title", Kind.TEXT, ("name",), required=True),
        Cell("parent_id", Kind.ID, _field("parent_id"), required=True),
        Cell("employees", Kind.TEXT, _field("number_of_employees"), required=True),
        Cell("deleted", Kind.FLAG, _field("is_deleted")),
    ),
    steps={"named": _ACCOUNT_NAMES},
    lends={"companies": "SELECT * FROM named"},
    turn=-1,
)


def _unused(name: str, column: str, *marks: str) -> Layout:
    return Layout(name, (Cell(column, Kind.TEXT, (column,), required=True),), marks=marks)


SOURCE = Source(
    name="salesforce",
    title="Salesforce",
    platform="",
    layouts=(
        _opportunity("opportunity_report", report=True),
        _opportunity("opportunity", report=False),
        _HISTORY,
        _CHANGES,
        _STAGES,
        _ROLES,
        _people(
            "lead_report", "lead", _person_cells(("Lead ID",), Kind.DAY, "Company / Account", "Company"), report=True
        ),
        _people(
            "lead", "lead",
            (
                *as_table(_person_cells(("id",), Kind.AT, "company")),
                Cell("is_converted", Kind.FLAG, _field("is_converted"), required=True),
            ),
        ),
        _people("contact_report", "contact", _person_cells(("Contact ID",), Kind.DAY, "Account Name"), report=True),
        _people(
            "contact", "contact",
            (
                *as_table(_person_cells(("id",), Kind.AT, "company_name")),
                Cell("mail_city", Kind.TEXT, _field("mailing_city"), required=True),
            ),
        ),
        _ACCOUNTS,
        _unused("user", "username", "profile_id", "alias", "email", "id"),
        _unused("opportunity_line_item", "opportunity_id", "pricebook_entry_id", "unit_price", "quantity"),
    ),
    notes=(
        "Import the files of one organisation in one command: they lean on one another. Reports: Details Only, as CSV, "
        "with Opportunity ID. Without a history, an opportunity is known to be opened on its Created Date and closed "
        "on its Close Date. Currency: the column that Salesforce puts before an amount, else --currency."
    ),
    relations=RELATIONS,
)  # fmt: skip
