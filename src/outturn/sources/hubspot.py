"""HubSpot: exports of deals and contacts from its lists, and the tables as connectors land them.

Tables lean on one another, so that those of one portal belong into one command: stages give an entry its name, the
table of deals its amount, the associations its contacts and companies. Stages are known by their id, never by their
label; without their table, the label that stands in an export is taken, and Closed Won and Closed Lost by name.

Amounts are major units in the deal's currency, which is never guessed. Times of exports are the portal's, those of
tables UTC. A deal or contact that was merged into another is void: its history belongs to the other.
"""

from __future__ import annotations

from outturn.sources import deals
from outturn.sources.crm import RELATIONS, as_table, kind_sql, listed, share_sql
from outturn.sources.hubspot_cells import CHANGE_CELLS, CHANNEL, COMPANY, CRM, PLATFORM, SOURCE_CELLS
from outturn.sources.hubspot_contacts import PEOPLE
from outturn.sources.origins import ORIGIN_CELLS, origin_events
from outturn.sources.source import Cell, Check, Kind, Layout, Source, Total


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
        *SOURCE_CELLS,
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
        accepted.*, 'hubspot:deal:' || deal_facts.deal_id AS noted_of, deal_facts.created_at AS seen_at, crm_key,
        NULL::BLOB AS email_key, NULL::BLOB AS phone_key, {PLATFORM} AS platform,
        CASE WHEN known.line IS NULL THEN {CHANNEL} END AS stated_channel
    FROM accepted JOIN deal_facts USING (line)
    LEFT JOIN ({deals.KNOWN_LINES}) AS known USING (line)
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
    identities, origins = deals.deal_identities(CRM), origin_events(CRM, _DEAL_ORIGINS)
    return Layout(
        name,
        cells,
        marks=marks,
        number=number,
        checks=checks,
        steps=deals.snapshot_steps(CRM, _DEALS),
        outputs={
            "outcomes": deals.snapshot_outcomes(CRM),
            "events": f"({identities}) UNION ALL BY NAME ({origins})",
        },
        totals=(Total("deals", "1"), Total("amount", "gross_micros", money=True)),
        turn=2,
        leans=deals.SNAPSHOT_LEANS,
        lends={"deals": deals.LENT},
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
        outputs={"outcomes": deals.moves_outcomes(CRM)},
        totals=(Total("entries", f"CASE WHEN stage_id IS NOT NULL AND {which} THEN 1 END"),),
        turn=3,
        leans=deals.MOVES_LEANS,
        misses=("stages", "deals"),
    )


_HISTORY = (Cell("deal_id", Kind.ID, ("deal_id",), required=True, filled=True), *CHANGE_CELLS)
_KEPT = f"SELECT deal_id, {COMPANY} AS company_key, line AS place FROM accepted"  # noqa: S608
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
        outputs={"outcomes": deals.gone_outcomes(CRM)},
        leans=("earlier",),
        lends={"gone_deals": "SELECT gone_id AS deal_id FROM accepted"},
    ),
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
        *PEOPLE,
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
