"""Salesforce: reports with their footers, opportunities with their history, leads that become contacts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from outturn.domain.identifiers import identity_key, record_id
from outturn.sources import reading
from outturn.sources.crm import share_sql
from outturn.store.duckdb_engine import DuckDBEngine
from tests.sources.samples import as_csv

if TYPE_CHECKING:
    from collections.abc import Callable

    from outturn.domain.identifiers import IdentityKind
    from tests.sources.worlds import World

REPORTED = {
    "Opportunity Owner": "Maya", "Account Name": "Aurora Bank", "Opportunity Name": "Lamps",
    "Opportunity ID": "0061G00000AbCdE", "Stage": "Proposal", "Amount Currency": "USD", "Amount": "9000.00",
    "Probability (%)": "40", "Close Date": "12/30/2026", "Created Date": "7/1/2026", "Lead Source": "Web",
}  # fmt: skip
FOOTER = """

"Lamp opportunities Q3"
"Copyright (c) 2000-2026 salesforce.com, inc. All rights reserved."
"Confidential Information - Do Not Distribute"
"Harbour Lamps"
"""
OPPORTUNITY = {
    "id": "0061G00000AbCdEAAZ", "name": "Lamps", "stage_name": "Proposal", "amount": "9000", "is_won": "false",
    "is_closed": "false", "is_deleted": "false", "probability": "40", "close_date": "2026-12-30 00:00:00",
    "created_date": "2026-07-01 08:00:00", "account_id": "0011G00000XyZaBAAA", "currency_iso_code": "USD",
}  # fmt: skip
LEAD = {
    "id": "00Q1G00000AbCdEAAX", "email": "ana@example.com", "created_date": "2026-06-01 08:00:00", "company": "Aurora",
    "is_converted": "true", "converted_date": "2026-07-01 08:00:00", "converted_contact_id": "0031G00000AbCdEAAW",
    "converted_account_id": "0011G00000XyZaBAAA", "converted_opportunity_id": "0061G00000AbCdEAAZ", "gclid_c": "Cj0-x",
    "utm_source_c": "google", "lead_source": "Web", "last_name": "Example", "is_deleted": "false",
}  # fmt: skip
CONTACT = {
    "id": "0031G00000AbCdEAAW", "email": "", "created_date": "2026-07-01 08:00:00", "last_name": "Example",
    "account_id": "0011G00000XyZaBAAA", "mailing_city": "Turin", "is_deleted": "false", "lead_source": "Paid_Search",
}  # fmt: skip


def key(world: World, kind: IdentityKind, text: str) -> bytes:
    return identity_key(world.workspace.secret(), kind, text)


def record(world: World, what: str, native: str) -> str:
    """The id of a person's entry in the ledger."""
    return record_id(world.workspace.secret(), f"salesforce:{what}", native)


def test_a_report_ends_in_totals_and_a_footer(world: World) -> None:
    total = '"Grand Totals (1 records)"' + ',""' * (len(REPORTED) - 1) + "\n"
    report = world.text("report.csv", as_csv([REPORTED]) + total + FOOTER, dates="month-first")
    assert (report.layout, report.accepted, report.refused, report.ignored) == ("opportunity_report", 1, 0, 7)
    assert report.totals == {"USD": {"opportunities": 1, "amount": "9000.00"}}
    company = key(world, "company", "salesforce:aurora bank")
    assert world.rows(
        "SELECT outcome_id, stage, kind, CAST(occurred_at AS VARCHAR), gross_micros, currency, probability, "
        "company_key FROM outcomes ORDER BY stage"
    ) == [
        (
            "salesforce:0061G00000AbCdE", "", "opportunity", "2026-07-01 21:59:59.999999+00", 9_000_000_000, "USD", 0.4,
            company,
        ),
        ("salesforce:0061G00000AbCdE", "Proposal", "opportunity", None, 9_000_000_000, "USD", 0.4, company),
    ]  # fmt: skip


def test_a_short_line_amid_the_rows_is_no_footer(world: World) -> None:
    text = as_csv([REPORTED])
    header, row = text.splitlines()
    report = world.text("report.csv", f"{header}\n{row}\nMaya\n{row}\n", dates="month-first")
    assert (report.accepted, report.refused, report.reasons) == (2, 1, {"COLUMN_SHIFT": 1})


@pytest.mark.parametrize(("below", "refused", "again"), [(FOOTER, 0, False), ("Maya\n{row}\n", 1, True)])
def test_a_large_report_is_read_once_for_all_its_footer(
    world: World, monkeypatch: pytest.MonkeyPatch, below: str, refused: int, *, again: bool
) -> None:
    carefully = reading._read_carefully
    reads: list[object] = []

    def counted(*told: Any) -> reading.Reading:
        reads.append(told)
        return carefully(*told)

    monkeypatch.setattr(reading, "_QUICK_BYTES", -1)
    monkeypatch.setattr(reading, "_read_carefully", counted)
    header, row = as_csv([REPORTED | {"Close Date": "2026-12-30", "Created Date": "2026-07-01"}]).splitlines()
    total = '"Grand Totals (2 records)"' + ',""' * (len(REPORTED) - 1)
    report = world.text("report.csv", "\n".join([header, row, row, total, below.format(row=row)]))
    assert (report.accepted, report.refused, bool(reads)) == (2 + refused, refused, again)
    assert report.rows_read == report.accepted + report.refused + report.ignored


def test_opportunities_without_an_id_are_known_by_account_and_name(world: World) -> None:
    plain = {name: text for name, text in REPORTED.items() if name != "Opportunity ID"}
    rows = [plain, plain, plain | {"Opportunity Name": "More lamps"}]
    world.text("report.csv", as_csv(rows), dates="month-first")
    found = world.rows("SELECT COUNT(DISTINCT outcome_id), SUM(gross_micros) FROM outcomes WHERE stage = ''")
    assert found == [(3, 27_000_000_000)]
    world.text("longer.csv", as_csv([*rows, plain | {"Account Name": "Borealis"}]), dates="month-first")
    assert world.rows("SELECT COUNT(DISTINCT outcome_id) FROM outcomes") == [(4,)]


def test_report_and_table_know_the_same_opportunity(world: World) -> None:
    world.take(world.file("table.csv", as_csv([OPPORTUNITY])))
    closed = REPORTED | {"Stage": "Closed Won", "Close Date": "8/30/2026"}
    world.text("report.csv", as_csv([closed]), dates="month-first")
    assert world.rows("SELECT outcome_id, stage, kind, status FROM outcomes ORDER BY stage") == [
        ("salesforce:0061G00000AbCdE", "", "opportunity", "counted"),
        ("salesforce:0061G00000AbCdE", "Closed Won", "won", "counted"),
        ("salesforce:0061G00000AbCdE", "Proposal", "opportunity", "void"),
    ]


def test_a_history_tells_every_change_of_stage(world: World) -> None:
    version = OPPORTUNITY | {"_fivetran_start": "2026-07-01 09:00:00", "stage_name": "Discovery", "probability": "10"}
    world.text(
        "history.csv",
        as_csv(
            [
                version,
                version | {"_fivetran_start": "2026-07-05 09:00:00", "amount": "9500"},
                version | {"_fivetran_start": "2026-07-09 09:00:00", "stage_name": "Proposal", "probability": "40"},
                version
                | {
                    "_fivetran_start": "2026-08-01 09:00:00", "stage_name": "Signed", "probability": "100",
                    "is_won": "true", "is_closed": "true", "close_date": "2026-07-31 00:00:00", "amount": "9900",
                },
                # Its first version begins long after the opportunity: nobody knows since when.
                version | {"id": "006000000000009AAA", "_fivetran_start": "2026-10-01 09:00:00"},
            ]
        ),
    )  # fmt: skip
    assert world.rows(
        "SELECT outcome_id, stage, kind, CAST(occurred_at AS VARCHAR), gross_micros / 1000000, probability "
        "FROM outcomes ORDER BY outcome_id DESC, occurred_at, stage"
    ) == [
        ("salesforce:0061G00000AbCdE", "", "opportunity", "2026-07-01 08:00:00+00", 9900, 1.0),
        ("salesforce:0061G00000AbCdE", "Discovery", "opportunity", "2026-07-01 08:00:00+00", 9900, 0.1),
        ("salesforce:0061G00000AbCdE", "Proposal", "opportunity", "2026-07-09 09:00:00+00", 9900, 0.4),
        ("salesforce:0061G00000AbCdE", "Signed", "won", "2026-08-01 09:00:00+00", 9900, 1.0),
        ("salesforce:006000000000009", "", "opportunity", "2026-07-01 08:00:00+00", 9000, 0.1),
    ]


def test_changes_of_stage_take_amount_and_meaning_from_the_tables_beside_them(world: World) -> None:
    change = {"id": "0", "opportunity_id": OPPORTUNITY["id"], "stage_name": "Proposal", "probability": "40"}
    signed = {"stage_name": "Unterschrieben", "probability": "100"}
    world.take(
        world.file("changes.csv", as_csv([
            change | {"created_date": "2026-07-05 08:00:00"}, change | {"created_date": "2026-07-06 08:00:00"},
            change | signed | {"created_date": "2026-08-05 08:00:00"},
        ])),
        world.file("stages.csv", as_csv([
            {"master_label": "Unterschrieben", "is_won": "true", "is_closed": "true", "default_probability": "100"},
        ])),
        world.file("table.csv", as_csv([OPPORTUNITY | signed | {"is_won": "", "is_closed": ""}])),
    )  # fmt: skip
    assert world.rows(
        "SELECT stage, kind, CAST(occurred_at AS VARCHAR), gross_micros FROM outcomes WHERE stage <> '' ORDER BY 3"
    ) == [
        ("Proposal", "opportunity", "2026-07-05 08:00:00+00", 9_000_000_000),
        ("Unterschrieben", "won", "2026-08-05 08:00:00+00", 9_000_000_000),
    ]


@pytest.mark.parametrize("names", [str, lambda name: name.title().replace("_", "")], ids=["connector", "export"])
def test_a_history_of_fields_tells_every_change_of_stage(world: World, names: Callable[[str], str]) -> None:
    stage = {
        "opportunity_id": OPPORTUNITY["id"],
        "field": "StageName",
        "old_value": "Discovery",
        "new_value": "Proposal",
    }
    changes = [
        stage | {"created_date": "2026-07-05 08:00:00"},
        # Another field of the same opportunity moves it nowhere.
        stage | {"created_date": "2026-07-06 08:00:00", "field": "Amount", "old_value": "1", "new_value": "2"},
        stage | {"created_date": "2026-07-08 08:00:00", "old_value": "Proposal", "new_value": "Negotiation"},
    ]
    history = as_csv([{names(name): value for name, value in change.items()} for change in changes])
    reports = world.take(world.file("history.csv", history), world.file("deals.csv", as_csv([OPPORTUNITY])))
    assert (reports[0].layout, reports[0].totals) == ("opportunity_field_history", {"": {"entries": 2}})
    assert world.rows(
        "SELECT stage, kind, CAST(occurred_at AS VARCHAR), gross_micros / 1000000 FROM outcomes "
        "WHERE stage IN ('Proposal', 'Negotiation') AND occurred_at IS NOT NULL ORDER BY occurred_at"
    ) == [
        ("Proposal", "opportunity", "2026-07-05 08:00:00+00", 9000),
        ("Negotiation", "opportunity", "2026-07-08 08:00:00+00", 9000),
    ]


def test_a_lead_becomes_its_contact_and_they_are_one_lead(world: World) -> None:
    reports = world.take(
        world.file("opportunities.csv", as_csv([OPPORTUNITY])),
        world.file("contacts.csv", as_csv([CONTACT])),
        world.file("leads.csv", as_csv([LEAD])),
    )
    assert [report.layout for report in reports] == ["opportunity", "contact", "lead"]
    lead, contact = key(world, "crm", "salesforce:00Q1G00000AbCdE"), key(world, "crm", "salesforce:0031G00000AbCdE")
    company = key(world, "company", "salesforce:0011G00000XyZaB")
    assert world.rows(
        "SELECT outcome_id, kind, status, crm_key, company_key FROM outcomes WHERE stage = '' ORDER BY kind, status"
    ) == [
        (record(world, "lead", "00Q1G00000AbCdE"), "lead", "counted", lead, company),
        (record(world, "contact", "0031G00000AbCdE"), "lead", "void", contact, company),
        ("salesforce:0061G00000AbCdE", "opportunity", "counted", contact, company),
        (record(world, "lead", "00Q1G00000AbCdE") + ":qualified", "qualified", "counted", lead, company),
    ]
    assert world.rows("SELECT crm_key FROM events WHERE anonymous_key = $key", {"key": contact}) == [(lead,)]
    assert world.rows("SELECT event_id, type, gclid, utm_source FROM events WHERE type <> 'identify'") == [
        (record(world, "lead", "00Q1G00000AbCdE") + ":origin", "page", "Cj0-x", "google")
    ]


def test_a_lead_source_is_a_touch_where_it_names_a_channel(world: World) -> None:
    world.take(world.file("contacts.csv", as_csv([CONTACT, CONTACT | {"id": "003000000000002", "lead_source": "Web"}])))
    assert world.rows("SELECT event_id, type, stated_channel FROM events WHERE type <> 'identify'") == [
        (record(world, "contact", "0031G00000AbCdE") + ":origin", "touch", "Paid Search")
    ]


def test_roles_name_the_people_of_an_opportunity_and_accounts_its_company(world: World) -> None:
    role = {"opportunity_id": OPPORTUNITY["id"], "contact_id": "003000000000002", "is_primary": "false"}
    account = {"id": "0011G00000XyZaBAAA", "name": "Aurora Bank", "parent_id": "", "number_of_employees": ""}
    world.take(
        world.file("roles.csv", as_csv([role, role | {"contact_id": "003000000000001", "is_primary": "true"}])),
        world.file("report.csv", as_csv([REPORTED])),
        world.file("accounts.csv", as_csv([account])),
        dates="month-first",
    )
    first, second = key(world, "crm", "salesforce:003000000000001"), key(world, "crm", "salesforce:003000000000002")
    company = key(world, "company", "salesforce:0011G00000XyZaB")
    assert world.rows("SELECT DISTINCT crm_key, company_key FROM outcomes") == [(first, company)]
    assert set(world.rows("SELECT crm_key, company_key FROM events")) == {(first, company), (second, company)}


@settings(max_examples=50)
@given(st.one_of(st.none(), st.floats(-1e6, 1e6)))
def test_a_probability_is_a_share_whatever_a_crm_says(stated: float | None) -> None:
    engine = DuckDBEngine()
    try:
        ((share,),) = engine.rows(f"SELECT {share_sql('CAST($stated AS DOUBLE)', percent=True)}", {"stated": stated})
    finally:
        engine.close()
    assert share is None if stated is None else share == pytest.approx(min(1.0, max(0.0, stated / 100)))
