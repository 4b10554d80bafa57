"""Whoever asks to be forgotten is nowhere in the folder any more, and the sums are what they were."""

from __future__ import annotations

import hashlib
import json
import sqlite3
from datetime import date
from typing import TYPE_CHECKING, NamedTuple

import pytest

from outturn.domain.identifiers import identity_key
from outturn.simulator import export_files, simulate
from outturn.store.workspace import Workspace
from tests.cli.terminal import answer, outturn
from tests.folders import mentions

if TYPE_CHECKING:
    from pathlib import Path

ARCHIVE = "segment_archive.jsonl"
ORDERS = "shopify_orders.csv"


class Person(NamedTuple):
    """One customer as the tracker's archive knows them: in clear."""

    email: str
    user_ids: tuple[str, ...]
    anonymous_ids: tuple[str, ...]

    @property
    def clear(self) -> tuple[str, ...]:
        return (self.email, *self.user_ids, *self.anonymous_ids)

    def keys(self, secret: bytes) -> dict[str, bytes]:
        """What each identifier became when it was imported."""
        return (
            {self.email: identity_key(secret, "email", self.email)}
            | {user: identity_key(secret, "user", user) for user in self.user_ids}
            | {browser: identity_key(secret, "anonymous", browser) for browser in self.anonymous_ids}
        )


@pytest.fixture(scope="session")
def person(exports: Path) -> Person:
    """Somebody with an order, an e-mail address, and more than one browser where the market has such a person."""
    emails: dict[str, str] = {}
    browsers: dict[str, set[str]] = {}
    for line in (exports / ARCHIVE).read_text(encoding="utf-8").splitlines():
        message = json.loads(line)
        if message["userId"]:
            browsers.setdefault(message["userId"], set()).add(message["anonymousId"])
            if "email" in message.get("traits", {}):
                emails[message["userId"]] = message["traits"]["email"]
    ordered = (exports / ORDERS).read_text(encoding="utf-8")
    known = [user for user, email in emails.items() if email in ordered]
    user = max(known, key=lambda one: (len(browsers[one]), one))
    return Person(emails[user], (user,), tuple(sorted(browsers[user])))


def traces(folder: Path, person: Person) -> set[str]:
    """Where the person stands: in clear, as a key, or as a key in hex."""
    keys = person.keys(Workspace.open(folder).secret())
    return mentions(
        folder,
        [text.encode() for text in person.clear]
        + [form for key in keys.values() for form in (key, key.hex().encode())],
    )


def test_identifiers_never_lie_in_clear(acme: Path, person: Person) -> None:
    assert mentions(acme, [text.encode() for text in person.clear]) == set()
    assert traces(acme, person), "the keys must be found, or this grep finds nothing at all"


def test_after_forget_no_byte_of_the_folder_knows_the_person(acme: Path, person: Person) -> None:
    before = answer("-w", acme, "kpis", "--by", "date_day", "--kpi", "revenue,conversions,spend")
    done = answer("-w", acme, "forget", person.email)
    assert done["identifiers"] >= len(person.clear)
    assert done["rows"]["events"] > 0
    assert done["rows"]["outcomes"] > 0
    assert traces(acme, person) == {"book.sqlite"}
    with sqlite3.connect(acme / "book.sqlite") as book:
        suppressed = {row[0] for row in book.execute("SELECT identifier FROM suppressions")}
    book.close()
    assert set(person.keys(Workspace.open(acme).secret()).values()) <= suppressed
    assert answer("-w", acme, "kpis", "--by", "date_day", "--kpi", "revenue,conversions,spend") == before


@pytest.mark.parametrize("kind", ["email", "user", "anonymous"])
def test_any_identifier_means_the_person(acme: Path, person: Person, kind: str) -> None:
    named = {"email": person.email, "user": person.user_ids[0], "anonymous": person.anonymous_ids[-1]}[kind]
    whole = answer("-w", acme, "person", "export", person.email)
    assert whole["events"]
    assert whole["outcomes"]
    found = answer("-w", acme, "person", "export", named)
    assert {**found, "identifier": ""} == {**whole, "identifier": ""}
    answer("-w", acme, "forget", f"{kind}:{named}")
    assert traces(acme, person) == {"book.sqlite"}
    for identifier in person.clear:
        gone = answer("-w", acme, "person", "export", identifier)
        assert (gone["events"], gone["outcomes"], gone["person_key"]) == ([], [], None)


def test_the_same_files_bring_nobody_back(acme: Path, exports: Path, person: Person, tmp_path: Path) -> None:
    before = answer("-w", acme, "kpis", "--kpi", "revenue,conversions")
    answer("-w", acme, "forget", person.email)
    known = {one["file"]: one["import_id"] for one in answer("-w", acme, "imports")["imports"]}
    for name in (ARCHIVE, ORDERS):
        answer("-w", acme, "imports", "undo", known[name], "--no-build")
        again = outturn("-w", acme, "import", exports / name, "--json")
        assert again.json["files"][0]["verdict"] == "accept"
        changed = tmp_path / name
        changed.write_bytes((exports / name).read_bytes() + b"\n")
        outturn("-w", acme, "import", changed, "--json")
        assert traces(acme, person) == {"book.sqlite"}, name
    assert answer("-w", acme, "kpis", "--kpi", "revenue,conversions") == before


def test_a_forgotten_person_of_an_undone_import_is_gone_too(acme: Path, person: Person) -> None:
    for one in answer("-w", acme, "imports")["imports"]:
        if one["file"] in (ARCHIVE, ORDERS):
            answer("-w", acme, "imports", "undo", one["import_id"], "--no-build")
    answer("-w", acme, "forget", person.email)
    assert traces(acme, person) == {"book.sqlite"}


def test_refused_rows_forget_as_well(empty: Path, person: Person, exports: Path, tmp_path: Path) -> None:
    lines = (exports / ORDERS).read_text(encoding="utf-8").splitlines(keepends=True)
    broken = [line.replace("EUR,", "EUR,x", 1) if person.email in line else line for line in lines]
    file = tmp_path / ORDERS
    file.write_text("".join(broken), encoding="utf-8")
    outturn("-w", empty, "import", file, exports / ARCHIVE, "--json")
    rows = answer("-w", empty, "refused")["rows"]
    assert rows
    assert person.email not in json.dumps(rows)
    answer("-w", empty, "forget", person.email)
    assert traces(empty, person) == {"book.sqlite"}


@pytest.mark.parametrize("before", ["events", "outcomes"])
def test_a_forget_that_was_cut_short_is_finished_by_the_next(
    acme: Path, person: Person, monkeypatch: pytest.MonkeyPatch, before: str
) -> None:
    from outturn.store.facts import Facts, Rewrite  # noqa: PLC0415

    rewrite = Facts.rewrite

    def stop(self: Facts, table_name: str, change: Rewrite) -> int:
        if table_name == before:
            raise KeyboardInterrupt
        return rewrite(self, table_name, change)

    with monkeypatch.context() as patched:
        patched.setattr(Facts, "rewrite", stop)
        assert outturn("-w", acme, "forget", person.email).code == 130
    # Whatever lies in the facts still, no build shows it.
    answer("-w", acme, "build")
    answer("-w", acme, "build")
    assert {place for place in traces(acme, person) if place.startswith("lake/builds/")} == set()
    answer("-w", acme, "forget", person.email)
    assert traces(acme, person) == {"book.sqlite"}


def test_someone_unknown_may_ask_too_and_is_not_let_in_later(empty: Path, exports: Path, person: Person) -> None:
    ran = outturn("-w", empty, "forget", person.email)
    assert ran.code == 0
    assert "Nobody is known" in ran.out
    answer("-w", empty, "import", *export_files(exports))
    secret = Workspace.open(empty).secret()
    key = identity_key(secret, "email", person.email)
    assert mentions(empty, [key, key.hex().encode(), person.email.encode()]) == {"book.sqlite"}


def test_events_of_the_google_export_forget_their_browser(empty: Path, tmp_path: Path) -> None:
    simulate(tmp_path / "ga4", people=300, days=20, start=date(2025, 3, 3), tracking="ga4")
    answer("-w", empty, "import", *export_files(tmp_path / "ga4"))
    first = json.loads((tmp_path / "ga4/ga4_events.jsonl").read_text(encoding="utf-8").splitlines()[0])
    browser = first["user_pseudo_id"]
    key = identity_key(Workspace.open(empty).secret(), "anonymous", browser)
    assert mentions(empty, [browser.encode()]) == set()
    assert mentions(empty, [key])
    answer("-w", empty, "forget", browser)
    assert mentions(empty, [browser.encode(), key, key.hex().encode()]) == {"book.sqlite"}


def test_whoever_is_forgotten_by_address_is_forgotten_by_its_hash(empty: Path, tmp_path: Path) -> None:
    address = "ana.hash@example.com"
    digest = hashlib.sha256(address.encode()).hexdigest()
    header = "outcome_id,kind,occurred_at,{},revenue,currency\n"
    for name, who in (("email", address), ("email_sha256", digest)):
        file = tmp_path / f"{name}.csv"
        row = f"{name}-1,purchase,2025-03-10T10:00:00Z,{who},20.00,EUR\n"
        file.write_text(header.format(name) + row, encoding="utf-8")
        answer("-w", empty, "import", file, "--as", "outcomes")
    secret = Workspace.open(empty).secret()
    keys = [identity_key(secret, "email", text) for text in (address, f"sha256:{digest}")]
    assert mentions(empty, [keys[0]])
    assert mentions(empty, [keys[1]])
    assert len(answer("-w", empty, "person", "export", address)["outcomes"]) == 2
    answer("-w", empty, "forget", address)
    assert mentions(empty, [*keys, *(key.hex().encode() for key in keys), address.encode(), digest.encode()]) == {
        "book.sqlite"
    }
    (row_of_all,) = answer("-w", empty, "kpis", "--kpi", "revenue,conversions")["rows"]
    assert (row_of_all["conversions"], float(row_of_all["revenue"])) == (2, 40.0)


CRM_FILES = {
    "hubspot_contacts.csv": """
Record ID,First Name,Last Name,Email,Phone Number,Create Date,Company Name,Original Traffic Source,UTM Source
900711,Anabel,Leefield,anabel@acme.example,+49 171 1234567,2025-01-10 09:00,Acme,PAID_SOCIAL,
900712,Bernadette,Rayburn,rayburn@acme.example,(030) 555 66 77,2025-13-20 09:00,Acme,ORGANIC_SEARCH,
900713,Evelyn,Foxtrot,evelyn@bolt.example,,2025-04-02 09:00,Bolt,DIRECT_TRAFFIC,news
""",
    "hubspot_deals.csv": """
Record ID,Deal Name,Deal Stage,Amount,Currency,Create Date,Close Date,Associated Contact IDs,Associated Contact,\
Associated Company
71,Acme rollout,Closed Won,12000,EUR,2025-04-01 10:00,2025-05-20 10:00,900711;900713,Anabel Leefield,Acme
72,Leefield pilot,Closed Won,much,EUR,2025-04-15 10:00,2025-05-01 10:00,900711,Anabel Leefield,Bolt
""",
    "hubspot_merges.csv": """
vid_to_merge,canonical_vid,contact_id,timestamp
900714,900711,900711,2025-06-01 10:00:00
""",
    "salesforce_leads.csv": """
id,name,first_name,last_name,email,created_date,is_converted,converted_date,converted_contact_id,is_deleted,lead_source,company
00Q900715AbCdEfGHI,Anabel Leefield,Anabel,Leefield,anabel@acme.example,2025-01-12T09:00:00Z,true,2025-02-01,\
003900716AbCdEfGHI,false,Paid Search,Acme
""",
}
CLEAR = (
    "900711", "900712", "900713", "900714", "00Q900715AbCdEf", "003900716AbCdEf", "Anabel", "Leefield", "Bernadette",
    "Rayburn", "anabel@acme", "rayburn@acme", "1234567", "555 66 77",
)  # fmt: skip


def test_contacts_of_a_crm_never_lie_in_clear_and_can_be_forgotten(empty: Path, tmp_path: Path) -> None:
    files = [tmp_path / name for name in CRM_FILES]
    for file in files:
        file.write_text(CRM_FILES[file.name].lstrip(), encoding="utf-8")
    taken = answer("-w", empty, "import", *files)["files"]
    assert [(file["accepted"], file["refused"]) for file in taken] == [(2, 1), (1, 1), (1, 0), (1, 0)]
    assert mentions(empty, [text.encode() for text in CLEAR]) == set()
    refused = {row["line"]: row for row in answer("-w", empty, "refused")["rows"]}
    assert refused[3]["reason"] in ("BAD_DATE", "BAD_NUMBER")

    # The CRM's own id still opens the entry, in Salesforce's long form too.
    for known, kind in (
        ("hubspot:contact:900711", "lead"),
        ("salesforce:lead:00Q900715AbCdEfGHI:qualified", "qualified"),
    ):
        (row,) = answer("-w", empty, "explain", known)["rows"]
        assert row["kind"] == kind

    before = answer("-w", empty, "kpis", "--kpi", "revenue,conversions,leads,opportunities")
    person = answer("-w", empty, "person", "export", "hubspot:contact:900711")
    assert answer("-w", empty, "person", "export", "anabel@acme.example")["person_key"] == person["person_key"]
    keys = [bytes.fromhex(key) for key in person["identifiers"]]
    assert len(keys) >= 5
    assert mentions(empty, keys)
    answer("-w", empty, "forget", "hubspot:contact:900711")
    again = [file["verdict"] for file in answer("-w", empty, "import", *files)["files"]]
    assert set(again) <= {"accept", "unchanged"}
    for file in files:
        file.write_text(CRM_FILES[file.name], encoding="utf-8")
    answer("-w", empty, "import", *files)
    assert mentions(empty, [form for key in keys for form in (key, key.hex().encode())]) == {"book.sqlite"}
    assert mentions(empty, [text.encode() for text in CLEAR]) == set()
    assert answer("-w", empty, "kpis", "--kpi", "revenue,conversions,leads,opportunities") == before
