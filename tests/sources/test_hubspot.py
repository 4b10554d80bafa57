"""HubSpot: deals with every entry into a stage, contacts with their companies, and how they came."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from outturn.domain.identifiers import identity_key, record_id
from outturn.domain.time import micros_of
from outturn.store.book import Book
from tests.sources.samples import as_csv
from tests.sources.worlds import NOW, World

if TYPE_CHECKING:
    from pathlib import Path

    from outturn.domain.identifiers import IdentityKind

DEAL = {
    "deal_id": "1", "is_deleted": "false", "deal_pipeline_stage_id": "s2", "property_dealname": "Lamps",
    "property_amount": "1500.50", "property_deal_currency_code": "EUR", "property_createdate": "2026-07-01 08:00:00",
    "property_closedate": "2026-12-24 08:00:00",
}  # fmt: skip
STAGES = [
    {"stage_id": "s1", "label": "First talk", "closed_won": "FALSE", "is_closed": "FALSE", "probability": "0.2"},
    {"stage_id": "s2", "label": "Offer", "closed_won": "FALSE", "is_closed": "FALSE", "probability": "0.5"},
    {"stage_id": "s3", "label": "Signed", "closed_won": "TRUE", "is_closed": "TRUE", "probability": "1.0"},
    {"stage_id": "s4", "label": "Gone cold", "closed_won": "FALSE", "is_closed": "TRUE", "probability": "0.0"},
]
EXPORTED = {
    "Record ID": "1", "Deal Name": "Lamps", "Deal Stage": "Offer", "Amount": "1500.50", "Currency": "EUR",
    "Create Date": "2026-07-01 10:00", "Close Date": "", "Associated Contact IDs": "11;12",
    "Original Traffic Source": "Paid Search",
}  # fmt: skip
CONTACT = {
    "Record ID": "11", "First Name": "Ana", "Last Name": "Example", "Email": "ana@example.com",
    "Create Date": "2026-06-01 10:00", "Associated Company IDs": "90;91", "Original Traffic Source": "",
    "Original Traffic Source Drill-Down 1": "", "UTM Source": "", "UTM Medium": "", "Google ad click id": "",
    "First Page Seen": "", "Time First Seen": "", "Became a Marketing Qualified Lead Date": "",
    "Merged object IDs": "",
}  # fmt: skip


def key(world: World, kind: IdentityKind, text: str) -> bytes:
    return identity_key(world.workspace.secret(), kind, text)


def record(world: World, contact_id: str, what: str = "") -> str:
    """The id of a contact's entry in the ledger."""
    return record_id(world.workspace.secret(), "hubspot:contact", contact_id) + what


def stages(world: World) -> Path:
    return world.file("stages.csv", as_csv([row | {"pipeline_id": "default"} for row in STAGES]))


def moves(world: World, *rows: tuple[str, str, str], name: str = "moves.csv") -> Path:
    """Deal, stage, when."""
    told = [
        {"deal_id": deal, "value": stage, "date_entered": when, "_fivetran_active": "TRUE"}
        for deal, stage, when in rows
    ]
    return world.file(name, as_csv(told))


def entries(world: World) -> list[tuple[Any, ...]]:
    return world.rows(
        "SELECT outcome_id, stage, kind, status, CAST(occurred_at AS VARCHAR) FROM outcomes WHERE deal_id IS NOT NULL "
        "ORDER BY outcome_id, occurred_at NULLS LAST, stage"
    )


def test_the_tables_of_one_portal_make_whole_deals(world: World) -> None:
    people = [{"deal_id": "1", "contact_id": "11"}, {"deal_id": "1", "contact_id": "12"}]
    reports = world.take(
        moves(world, ("1", "s1", "2026-07-01 08:00:00"), ("1", "s2", "2026-07-05 09:30:00")),
        world.file("deals.csv", as_csv([DEAL])),
        world.file("companies.csv", as_csv([{"deal_id": "1", "company_id": "90"}])),
        world.file("contacts.csv", as_csv(people)),
        stages(world),
    )
    assert [report.layout for report in reports] == [
        "deal_stage", "deal", "deal_company", "deal_contact", "deal_pipeline_stage",
    ]  # fmt: skip
    assert {(report.verdict, report.refused, tuple(report.messages)) for report in reports} == {("accept", 0, ())}
    assert world.rows(
        "SELECT stage, kind, CAST(occurred_at AS VARCHAR), gross_micros, currency, probability FROM outcomes "
        "ORDER BY 3, 1"
    ) == [
        ("", "opportunity", "2026-07-01 08:00:00+00", 1_500_500_000, "EUR", 0.5),
        ("First talk", "opportunity", "2026-07-01 08:00:00+00", 1_500_500_000, "EUR", 0.2),
        ("Offer", "opportunity", "2026-07-05 09:30:00+00", 1_500_500_000, "EUR", 0.5),
    ]
    company, first, second = (
        key(world, "company", "hubspot:90"), key(world, "crm", "hubspot:11"), key(world, "crm", "hubspot:12"),
    )  # fmt: skip
    assert world.rows("SELECT DISTINCT outcome_id, crm_key, company_key FROM outcomes") == [
        ("hubspot:1", first, company)
    ]
    assert sorted(world.rows("SELECT type, crm_key, company_key FROM events")) == sorted(
        [("identify", first, company), ("identify", second, company)]
    )


def test_a_stage_goes_by_its_id_until_its_name_stands_beside_it(world: World) -> None:
    history = moves(world, ("1", "s3", "2026-07-05 09:30:00"))
    alone = world.take(history)[0]
    assert any("stages go by what stands there" in message for message in alone.messages)
    assert entries(world) == [("hubspot:1", "s3", "opportunity", "counted", "2026-07-05 09:30:00+00")]
    together = world.take(history, stages(world))
    assert [report.verdict for report in together] == ["accept", "accept"]
    assert ("hubspot:1", "Signed", "won", "counted", "2026-07-05 09:30:00+00") in entries(world)
    again = world.take(history, stages(world))
    assert [report.verdict for report in again] == ["unchanged", "unchanged"]


def test_a_dry_run_lends_as_well(world: World) -> None:
    files = (world.file("deals.csv", as_csv([DEAL])), moves(world, ("1", "s1", "2026-07-01 08:00:00")), stages(world))
    dry = world.take(*files, dry_run=True)
    assert [(report.verdict, report.messages) for report in dry] == [("accept", [])] * 3
    assert world.rows("SELECT COUNT(*) FROM outcomes") == [(0,)]


def test_an_exported_deal_says_its_stage_though_not_since_when(world: World) -> None:
    world.text("deals.csv", as_csv([EXPORTED]))
    assert entries(world) == [
        ("hubspot:1", "", "opportunity", "counted", "2026-07-01 08:00:00+00"),
        ("hubspot:1", "Offer", "opportunity", "counted", None),
    ]
    world.text("history.csv", moves(world, ("1", "Offer", "2026-07-03 08:00:00")).read_text())
    known = ("hubspot:1", "Offer", "opportunity", "counted", "2026-07-03 08:00:00+00")
    assert known in entries(world)
    world.text("deals2.csv", as_csv([EXPORTED | {"Amount": "99"}]))
    assert known in entries(world)
    assert world.rows("SELECT DISTINCT gross_micros FROM outcomes") == [(99_000_000,)]


def test_a_later_export_takes_back_what_a_deal_no_longer_is(world: World) -> None:
    won = EXPORTED | {"Deal Stage": "Closed Won", "Close Date": "2026-08-01 10:00"}
    world.text("1.csv", as_csv([won]))
    assert entries(world)[-1] == ("hubspot:1", "Closed Won", "won", "counted", "2026-08-01 08:00:00+00")
    world.text("2.csv", as_csv([EXPORTED | {"Close Date": "2027-01-01 10:00"}]))
    assert [(stage, status) for _deal, stage, _kind, status, _at in entries(world)] == [
        ("", "counted"), ("Closed Won", "void"), ("Offer", "counted"),
    ]  # fmt: skip
    lost = EXPORTED | {"Deal Stage": "Closed Lost", "Close Date": "2026-09-01 10:00"}
    world.text("3.csv", as_csv([lost]))
    assert {(stage, status) for _deal, stage, _kind, status, _at in entries(world)} == {
        ("", "counted"), ("Closed Won", "void"), ("Offer", "void"), ("Closed Lost", "counted"),
    }  # fmt: skip


def test_a_deleted_or_merged_deal_counts_for_nothing(world: World) -> None:
    world.take(world.file("deals.csv", as_csv([DEAL, DEAL | {"deal_id": "2"}, DEAL | {"deal_id": "3"}])))
    world.take(
        world.file("deals2.csv", as_csv([DEAL | {"deal_id": "2", "is_deleted": "true"}])),
        world.file("merged.csv", as_csv([{"deal_id": "1", "merged_deal_id": "3"}])),
    )
    assert world.rows("SELECT DISTINCT outcome_id FROM outcomes WHERE status = 'counted'") == [("hubspot:1",)]


def test_a_closed_deal_without_a_date_is_refused(world: World) -> None:
    report = world.text("deals.csv", as_csv([EXPORTED | {"Deal Stage": "Closed Won"}, EXPORTED | {"Record ID": "2"}]))
    assert (report.accepted, report.reasons) == (1, {"MISSING_VALUE": 1})


def test_an_amount_without_currency_asks_for_it(world: World) -> None:
    told = as_csv([{name: text for name, text in EXPORTED.items() if name != "Currency"}])
    assert world.text("deals.csv", told).needs == ("currency",)
    assert world.text("deals.csv", told, currency="CHF").totals == {"CHF": {"deals": 1, "amount": "1500.50"}}


@pytest.mark.parametrize(
    ("stage", "flags", "kind"),
    [
        ("Closed Won", {}, "won"), ("closed-lost (EMEA)", {}, "lost"), ("Won", {}, "won"),
        ("Gewonnen", {"Is Closed Won": "true", "Is Deal Closed?": "true"}, "won"),
        ("Verloren", {"Is Closed Won": "false", "Is Deal Closed?": "true"}, "lost"),
        ("Gewonnen", {"Is Deal Closed?": "true", "Deal Probability": "1.0"}, "won"),
        ("Wonderful talk", {}, "opportunity"), ("Closed Won", {"Is Deal Closed?": "false"}, "opportunity"),
    ],
)  # fmt: skip
def test_what_a_stage_is(world: World, stage: str, flags: dict[str, str], kind: str) -> None:
    world.text("deals.csv", as_csv([EXPORTED | {"Deal Stage": stage, "Close Date": "2026-08-01 10:00"} | flags]))
    assert world.rows("SELECT kind FROM outcomes WHERE stage <> ''") == [(kind,)]


def test_contacts_are_leads_and_belong_to_companies(world: World) -> None:
    qualified = CONTACT | {"Became a Marketing Qualified Lead Date": "2026-06-09 09:00", "Merged object IDs": "7;8"}
    world.text("contacts.csv", as_csv([qualified]))
    person, email = key(world, "crm", "hubspot:11"), key(world, "email", "ana@example.com")
    companies = [key(world, "company", "hubspot:90"), key(world, "company", "hubspot:91")]
    assert world.rows(
        "SELECT outcome_id, kind, CAST(occurred_at AS VARCHAR), crm_key, email_key, company_key FROM outcomes "
        "ORDER BY 1"
    ) == [
        (record(world, "11"), "lead", "2026-06-01 08:00:00+00", person, email, companies[0]),
        (record(world, "11", ":qualified"), "qualified", "2026-06-09 07:00:00+00", person, email, companies[0]),
    ]
    said = world.rows("SELECT type, crm_key, company_key, anonymous_key FROM events")
    assert sorted(said, key=str) == sorted(
        [("identify", person, company, None) for company in companies]
        + [("identify", person, None, key(world, "crm", f"hubspot:{old}")) for old in ("7", "8")],
        key=str,
    )


def test_a_contact_that_was_merged_counts_no_more(world: World) -> None:
    world.take(
        world.file("contacts.csv", as_csv([CONTACT, CONTACT | {"Record ID": "7"}, CONTACT | {"Record ID": "8"}]))
    )
    world.text("later.csv", as_csv([CONTACT | {"Merged object IDs": "7"}]))
    merge = {"canonical_vid": "11", "contact_id": "11", "vid_to_merge": "8", "timestamp": "2026-07-01 10:00:00"}
    world.text("merges.csv", as_csv([merge]))
    assert dict(world.rows("SELECT outcome_id, status FROM outcomes")) == {
        record(world, "11"): "counted", record(world, "7"): "void", record(world, "8"): "void",
    }  # fmt: skip


def test_a_deal_without_a_company_takes_that_of_its_first_contact(world: World) -> None:
    world.take(world.file("deals.csv", as_csv([EXPORTED])), world.file("contacts.csv", as_csv([CONTACT])))
    company = key(world, "company", "hubspot:90")
    assert world.rows("SELECT DISTINCT company_key FROM outcomes") == [(company,)]
    second = key(world, "crm", "hubspot:12")
    assert world.rows("SELECT company_key FROM events WHERE crm_key = $second", {"second": second}) == [(company,)]


def test_whose_a_deal_is_stays_known(world: World) -> None:
    deals, contacts = world.file("deals.csv", as_csv([EXPORTED])), world.file("contacts.csv", as_csv([CONTACT]))
    world.take(deals, contacts)
    known = world.rows("SELECT outcome_id, stage, crm_key, company_key FROM outcomes ORDER BY ALL")
    assert world.take(deals)[0].verdict == "unchanged"
    silent = {name: text for name, text in EXPORTED.items() if name != "Associated Contact IDs"}
    assert world.text("silent.csv", as_csv([silent])).verdict == "accept"
    assert world.rows("SELECT outcome_id, stage, crm_key, company_key FROM outcomes ORDER BY ALL") == known


def test_tags_and_clicks_are_a_page_that_was_seen_and_a_source_is_a_channel(world: World) -> None:
    tagged = CONTACT | {
        "UTM Source": "news", "UTM Medium": "email", "Google ad click id": "Cj0-x",
        "Time First Seen": "2026-05-01 10:00",
        "First Page Seen": "https://shop.example/a?utm_campaign=May&email=a@b.example#top",
        "Original Traffic Source": "Paid Search",
    }  # fmt: skip
    social = CONTACT | {
        "Record ID": "12", "Email": "", "Original Traffic Source": "PAID_SOCIAL",
        "Original Traffic Source Drill-Down 1": "LinkedIn",
    }  # fmt: skip
    silent = CONTACT | {"Record ID": "13", "Original Traffic Source": "Offline Sources"}
    world.text("contacts.csv", as_csv([tagged, social, silent]))
    assert world.rows(
        "SELECT event_id, type, CAST(occurred_at AS VARCHAR), utm_source, utm_medium, utm_campaign, gclid, url, "
        "stated_channel, platform FROM events WHERE type <> 'identify' ORDER BY type"
    ) == [
        (
            record(world, "11", ":origin"), "page", "2026-05-01 08:00:00+00", "news", "email", "May", "Cj0-x",
            "https://shop.example/a?utm_campaign=May&email=", None, None,
        ),
        (
            record(world, "12", ":origin"), "touch", "2026-06-01 08:00:00+00", None, None, None, None, None,
            "Paid Social", "linkedin_ads",
        ),
    ]  # fmt: skip


def test_a_deals_source_counts_where_its_contact_is_not_known(world: World) -> None:
    world.text("deals.csv", as_csv([EXPORTED]))
    assert world.rows("SELECT event_id, stated_channel FROM events WHERE type = 'touch'") == [
        ("hubspot:deal:1:origin", "Paid Search")
    ]
    world.take(
        world.file("contacts.csv", as_csv([CONTACT])), world.file("more.csv", as_csv([EXPORTED | {"Record ID": "2"}]))
    )
    assert world.rows("SELECT COUNT(*) FROM events WHERE event_id = 'hubspot:deal:2:origin'") == [(0,)]


def test_merges_forms_and_histories_of_contacts(world: World) -> None:
    at = "2026-07-01 10:00:00"
    merge = {"canonical_vid": "11", "contact_id": "11", "vid_to_merge": "12", "timestamp": at}
    form = {
        "contact_id": "11", "form_id": "5", "conversion_id": "99", "timestamp": at,
        "page_url": "https://shop.example/demo?utm_source=news",
    }  # fmt: skip
    history = {"contact_id": "11", "timestamp": at, "name": "lifecyclestage", "value": "marketingqualifiedlead"}
    world.take(
        world.file("merges.csv", as_csv([merge])), world.file("forms.csv", as_csv([form])),
        world.file("history.csv", as_csv([history, history | {"value": "lead"}, history | {"name": "city"}])),
        world.file("member.csv", as_csv([{"contact_id": "11", "company_id": "90"}])),
        world.file("contacts.csv", as_csv([CONTACT | {"Record ID": "12"}])),
    )  # fmt: skip
    first, second = key(world, "crm", "hubspot:11"), key(world, "crm", "hubspot:12")
    assert world.rows("SELECT crm_key, anonymous_key FROM events WHERE event_id LIKE 'hubspot:merge:%'") == [
        (first, second)
    ]
    assert world.rows("SELECT name, url, utm_source, crm_key FROM events WHERE type = 'track'") == [
        ("Form submitted", "https://shop.example/demo?utm_source=news", "news", first)
    ]
    assert world.rows("SELECT outcome_id, kind, status FROM outcomes ORDER BY kind") == [
        (record(world, "12"), "lead", "void"), (record(world, "11", ":qualified"), "qualified", "counted"),
    ]  # fmt: skip
    assert world.rows("SELECT crm_key FROM events WHERE event_id LIKE 'hubspot:member:%'") == [(first,)]


def test_who_asked_to_be_forgotten_is_in_no_deal(world: World) -> None:
    book = Book(world.workspace.book)
    book.suppress([key(world, "crm", "hubspot:11"), key(world, "email", "cleo@example.com")], NOW)
    book.close()
    world.take(
        world.file("deals.csv", as_csv([EXPORTED | {"Associated Contact IDs": "11;13;12"}])),
        world.file("contacts.csv", as_csv([CONTACT, CONTACT | {"Record ID": "13", "Email": "cleo@example.com"}])),
    )
    second = key(world, "crm", "hubspot:12")
    assert world.rows("SELECT DISTINCT crm_key FROM outcomes ORDER BY 1 NULLS FIRST") == [(None,), (second,)]
    assert world.rows("SELECT COUNT(*) FROM outcomes WHERE email_key IS NOT NULL") == [(0,)]
    assert world.rows(
        "SELECT COUNT(*) FROM events WHERE crm_key IS NULL OR crm_key <> $second", {"second": second}
    ) == [(0,)]


_MOVES = st.lists(
    st.tuples(st.sampled_from("123"), st.sampled_from(("s1", "s2", "s3", "s4")), st.integers(0, 60)),
    min_size=1, max_size=25, unique_by=lambda move: (move[0], move[2]),
)  # fmt: skip


@settings(max_examples=8)
@given(_MOVES, st.randoms())
def test_entries_are_the_same_in_whatever_order_the_history_comes(
    tmp_path_factory: pytest.TempPathFactory, history: list[tuple[str, str, int]], shuffled: Any
) -> None:
    kinds = {"s1": "opportunity", "s2": "opportunity", "s3": "won", "s4": "lost"}
    labels = {row["stage_id"]: row["label"] for row in STAGES}
    start = datetime(2026, 7, 1, tzinfo=UTC)
    expected = set()
    for deal, stage, _minute in history:
        own = sorted((minute, one) for of, one, minute in history if of == deal)
        times = [minute for minute, one in own if one == stage]
        closed = kinds[stage] != "opportunity"
        status = "void" if closed and kinds[own[-1][1]] != kinds[stage] else "counted"
        expected.add((f"hubspot:{deal}", labels[stage], status, times[-1] if closed else times[0]))
    rows = [(deal, stage, str(start + timedelta(minutes=minute))[:19]) for deal, stage, minute in history]
    shuffled.shuffle(rows)
    world = World(tmp_path_factory.mktemp("order"))
    world.take(moves(world, *rows), stages(world))
    found = {
        (outcome, stage, status, (at - micros_of(start)) // 60_000_000)
        for outcome, stage, status, at in world.rows(
            "SELECT outcome_id, stage, status, epoch_us(occurred_at) FROM outcomes"
        )
    }
    assert found == expected
