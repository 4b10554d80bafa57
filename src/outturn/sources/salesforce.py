"""Salesforce: reports of opportunities, leads and contacts as downloaded, and the tables as connectors land them.

Ids have 15 characters in reports and 18 in tables; the first 15 are the same, and by them we know everything. Reports
end in totals and a footer of single cells. Their days have no time of day: what happened on a day happened by its end,
in the workspace's zone. Amounts are major units; an organisation with one currency does not state it: we ask for it.

A table of history (`_fivetran_start`) knows when an opportunity changed its stage; of its first version only a closing,
or a stage as new as the opportunity itself, has a known day. Deleted opportunities are void. A lead that was converted
is its contact, and both count as one lead.
"""

from __future__ import annotations

from outturn.sources import deals
from outturn.sources.crm import RELATIONS, as_table, day_end, kind_sql, share_sql
from outturn.sources.nameless import with_row_ids
from outturn.sources.origins import ORIGIN_CELLS, origin_events
from outturn.sources.salesforce_cells import CHANNEL, CRM, TOTAL, day_or_time, field, listed_one
from outturn.sources.salesforce_people import PEOPLE
from outturn.sources.source import Cell, Kind, Layout, Source, Total


def _opportunity_cells(*, report: bool) -> tuple[Cell, ...]:
    at = Kind.DAY if report else Kind.AT
    name = ("Opportunity Name",) if report else ("name",)
    stage = ("Stage",) if report else field("stage_name")
    return (
        Cell("deal_id", Kind.ID, ("Opportunity ID", "Opportunity Id") if report else ("id",), required=not report),
        Cell("title", Kind.TEXT, name, required=True, filled=report),
        Cell("stage_id", Kind.TEXT, stage, required=True, filled=True),
        Cell("gross_micros", Kind.MONEY, ("Amount", "Total Amount")),
        Cell(
            "currency", Kind.CURRENCY,
            ("Amount Currency", "Total Amount Currency", "Opportunity Currency", "Currency",
             *field("currency_iso_code")),
        ),
        Cell("created", at, ("Created Date", *field("created_date"))),
        Cell("close_day", Kind.DAY, ("Close Date", *field("close_date")), required=not report, future=True),
        Cell("entered", at, ("Last Stage Change Date", *field("last_stage_change_date"))),
        Cell("stated_share", Kind.SHARE, ("Probability (%)", "Probability")),
        Cell("won", Kind.FLAG, ("Won", *field("is_won"))),
        Cell("closed", Kind.FLAG, ("Closed", *field("is_closed"))),
        Cell("deleted", Kind.FLAG, field("is_deleted")),
        Cell("account_id", Kind.ID, ("Account ID", *field("account_id"))),
        Cell("company_name", Kind.TEXT, ("Account Name",)),
        Cell("primary_contact", Kind.ID, ("Contact ID", *field("contact_id"))),
        Cell("lead_source", Kind.TEXT, ("Lead Source", *field("lead_source"))),
        *ORIGIN_CELLS,
    )  # fmt: skip


def _opportunities(*, report: bool, rows: str = "accepted") -> str:
    return f"""
        SELECT
            * REPLACE ({CRM.native("deal_id")} AS deal_id), {share_sql("stated_share", percent=True)} AS probability,
            {day_or_time("created", report=report)} AS created_at,
            {day_or_time("entered", report=report)} AS entered_at, {day_end("close_day")} AS closed_at,
            {listed_one("primary_contact")} AS contact_ids, {listed_one("account_id")} AS company_ids
        FROM {rows}
    """  # noqa: S608


# A report need not show the id: an opportunity is then known by its account and name.
_NAMED = f"(SELECT * REPLACE (row_id AS deal_id) FROM ({with_row_ids('deal_id', ('company_name', 'title'))}))"  # noqa: S608
_OPPORTUNITY_ORIGINS = f"""
    SELECT
        accepted.*, 'salesforce:opportunity:' || deal_facts.deal_id AS noted_of, deal_facts.created_at AS seen_at,
        crm_key,
        NULL::BLOB AS email_key, NULL::BLOB AS phone_key, NULL::VARCHAR AS platform,
        CASE WHEN known.line IS NULL THEN {CHANNEL} END AS stated_channel
    FROM accepted JOIN deal_facts USING (line)
    LEFT JOIN ({deals.KNOWN_LINES}) AS known USING (line)
    WHERE NOT gone
"""  # noqa: S608
_DEAL_EVENTS = f"({deals.deal_identities(CRM)}) UNION ALL BY NAME ({origin_events(CRM, _OPPORTUNITY_ORIGINS)})"
_TOTALS = (Total("opportunities", "1"), Total("amount", "gross_micros", money=True))


def _opportunity(name: str, *, report: bool) -> Layout:
    return Layout(
        name,
        _opportunity_cells(report=True) if report else as_table(_opportunity_cells(report=False)),
        steps=deals.snapshot_steps(CRM, _opportunities(report=report, rows=_NAMED if report else "accepted")),
        outputs={"outcomes": deals.snapshot_outcomes(CRM), "events": _DEAL_EVENTS},
        without=("_fivetran_start",),
        total=TOTAL if report else "FALSE",
        footed=report,
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
            * REPLACE ({CRM.native("deal_id")} AS deal_id), LAG(stage_id) OVER version AS stage_before,
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
_OPENED, _MOVED = deals.opening_outcomes(CRM), deals.moves_outcomes(CRM, "deal_facts")
_HISTORY = Layout(
    "opportunity_history",
    (
        *as_table(_opportunity_cells(report=False)),
        Cell("version_at", Kind.AT, ("_fivetran_start",), required=True, filled=True),
    ),
    steps={**deals.snapshot_steps(CRM, _opportunities(report=False, rows=_LATEST)), "moves": _VERSIONS},
    outputs={"outcomes": f"({_OPENED}) UNION ALL BY NAME ({_MOVED})", "events": deals.deal_identities(CRM)},
    totals=(Total("versions", "1"),),
    number=".",
    turn=3,
    leans=deals.SNAPSHOT_LEANS,
)


def _changes(name: str, *cells: Cell, marks: tuple[str, ...] = (), which: str = "TRUE", share: str = "NULL") -> Layout:
    """Entries into stages, one a row; what changes nothing but an amount repeats the stage."""
    return Layout(
        name,
        (
            Cell("deal_id", Kind.ID, field("opportunity_id"), required=True, filled=True),
            Cell("entered_at", Kind.AT, field("created_date"), required=True, filled=True),
            *cells,
        ),
        marks=marks,
        steps={
            "moves": f"""
                SELECT
                    * REPLACE ({CRM.native("deal_id")} AS deal_id), NULL AS won, NULL AS closed, {share} AS probability
                FROM accepted WHERE {which} AND stage_id IS NOT NULL
                QUALIFY LAG(stage_id) OVER (PARTITION BY deal_id ORDER BY entered_at, line) IS DISTINCT FROM stage_id
            """  # noqa: S608
        },
        outputs={"outcomes": deals.moves_outcomes(CRM)},
        totals=(Total("entries", f"CASE WHEN {which} THEN 1 END"),),
        turn=3,
        leans=deals.MOVES_LEANS,
        misses=("deals",),
    )


_CHANGES = (
    _changes(
        "stage_changes",
        Cell("stage_id", Kind.TEXT, field("stage_name"), required=True, filled=True),
        Cell("stated_share", Kind.SHARE, ("Probability",)),
        marks=("id",),
        share=share_sql("stated_share", percent=True),
    ),
    # The history of every field that is tracked: of these, the stage's.
    _changes(
        "opportunity_field_history",
        Cell("property", Kind.TEXT, ("field",), required=True, filled=True),
        Cell("stage_before", Kind.TEXT, field("old_value"), required=True),
        Cell("stage_id", Kind.TEXT, field("new_value"), required=True),
        which="LOWER(REPLACE(property, '_', '')) = 'stagename'",
    ),
)
_STAGES = Layout(
    "opportunity_stage",
    (
        Cell("stage_id", Kind.TEXT, field("master_label"), required=True, filled=True),
        Cell("won", Kind.FLAG, field("is_won"), required=True),
        Cell("closed", Kind.FLAG, field("is_closed"), required=True),
        Cell("stated_share", Kind.SHARE, field("default_probability")),
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
        Cell("deal_id", Kind.ID, field("opportunity_id"), required=True, filled=True),
        Cell("contact_id", Kind.ID, field("contact_id"), required=True, filled=True),
        Cell("is_primary", Kind.FLAG, field("is_primary"), required=True),
        Cell("deleted", Kind.FLAG, field("is_deleted")),
    ),
    lends={
        "deal_contacts": f"""
            SELECT
                {CRM.native("deal_id")} AS deal_id, contact_id, CASE WHEN is_primary THEN 0 ELSE line END AS place
            FROM accepted WHERE NOT COALESCE(deleted, FALSE)
        """  # noqa: S608
    },
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
        *_CHANGES,
        _STAGES,
        _ROLES,
        *PEOPLE,
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
