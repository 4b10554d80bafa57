"""Identifiers become the same keys whichever way a file of them is read, and whichever way they are hashed."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import duckdb
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from outturn.domain.identifiers import canonical_email, canonical_id, identity_key
from outturn.domain.phones import canonical_phone
from outturn.sources import identity, instants, reading
from outturn.sources.cells import SPOILT_KEY
from outturn.sources.identity import key_sql, prepare_keys
from outturn.sources.keyed_hashes import keyed_hash
from outturn.sources.registry import source_named
from outturn.sources.source import Cell, Kind
from tests.sources.samples import as_csv, header_of, rows_of
from tests.sources.worlds import World

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_SECRET = bytes(range(32))
_TEXTS = st.text(st.characters(exclude_categories=("Cs", "Cc")), max_size=200)
_ADDRESSES = st.from_regex(r"[ \u00a0]?[A-Za-z0-9.+_@é-]{0,12}@[A-Za-z.@ ]{0,12}[ \u00a0]?", fullmatch=True)
_NUMBERS = st.from_regex(r" ?[+-]?[0-9]{1,12}(\.0{0,3}|E\+[0-9]{2})? ?", fullmatch=True)


@given(st.lists(_TEXTS | st.none(), max_size=40), st.integers(0, 20))
def test_compiled_keys_are_the_domains(texts: list[str | None], skipped: int) -> None:
    column = pa.array(texts, pa.string())[skipped:]
    keys = keyed_hash(_SECRET)(pa.chunked_array([column[:3], column[3:]])).to_pylist()
    users = keyed_hash(_SECRET)(pa.chunked_array([pa.array([f"user:{text}" for text in texts])])).to_pylist()
    assert [key is None for key in keys] == [text is None for text in texts[skipped:]]
    assert users == [identity_key(_SECRET, "user", str(text)) for text in texts]


@pytest.mark.parametrize("length", [0, 1, 54, 55, 56, 63, 64, 65, 118, 119, 120, 1000])
def test_texts_of_every_length_fill_their_blocks_rightly(length: int) -> None:
    texts = ["x" * length, "y", "user:" + "z" * length]
    keys = keyed_hash(_SECRET)(pa.chunked_array([pa.array([f"email:{text}" for text in texts])]))
    assert keys.to_pylist() == [identity_key(_SECRET, "email", text) for text in texts]


@pytest.fixture(params=[False, True], ids=["few", "many"], scope="module")
def engine(request: pytest.FixtureRequest) -> Iterator[duckdb.DuckDBPyConnection]:
    connection = duckdb.connect()
    connection.execute("SET TimeZone = 'UTC'")
    prepare_keys(connection, _SECRET, [], phone_region="US", many=request.param)
    yield connection
    connection.close()


def _keys(connection: duckdb.DuckDBPyConnection, identity: str, texts: list[str]) -> list[bytes | None]:
    cell = Cell("somebody", Kind.KEY, identity=identity)
    rows = "SELECT unnest($texts::VARCHAR[]) AS somebody_text, generate_subscripts($texts::VARCHAR[], 1) AS n"
    statement = f"SELECT {key_sql(connection, cell)} FROM ({rows}) ORDER BY n"
    return [row[0] for row in connection.execute(statement, {"texts": texts}).fetchall()]


def _spoilt(connection: duckdb.DuckDBPyConnection, text: str) -> bool:
    asked = f"SELECT regexp_full_match(TRIM($text), '{SPOILT_KEY}')"
    return bool(connection.execute(asked, {"text": text}).fetchall()[0][0])


@given(texts=st.lists(_ADDRESSES | _TEXTS, min_size=1, max_size=20))
def test_addresses_are_known_as_the_domain_knows_them(engine: duckdb.DuckDBPyConnection, texts: list[str]) -> None:
    trimmed = [row[0] for row in engine.execute("SELECT TRIM(unnest($t::VARCHAR[]))", {"t": texts}).fetchall()]
    plain = [text for text in trimmed if text.isascii() and len(text) != 64]
    addresses = map(canonical_email, plain)
    wanted = [identity_key(_SECRET, "email", address) if address else None for address in addresses]
    assert _keys(engine, "email", plain) == wanted
    # What stands round an address is none of it, and is seen in the text as in the trimmed one.
    assert _keys(engine, "email", texts) == _keys(engine, "email", trimmed)


@given(texts=st.lists(_NUMBERS | _TEXTS, min_size=1, max_size=20))
def test_own_ids_are_known_as_the_domain_knows_them(engine: duckdb.DuckDBPyConnection, texts: list[str]) -> None:
    plain = [text for text in texts if text.isascii()]
    wanted = [
        identity_key(_SECRET, "user", canonical_id(text)) if text.strip() and not _spoilt(engine, text) else None
        for text in plain
    ]
    assert _keys(engine, "user", plain) == wanted


def test_a_spoilt_id_is_nobody(engine: duckdb.DuckDBPyConnection) -> None:
    assert _keys(engine, "user", ["1.2E+14", "#N/A", " 1,23E+05 ", "#REF!", "+1", "#7"])[:4] == [None] * 4
    assert None not in _keys(engine, "user", ["+1", "#7"])


def test_phones_are_known_as_the_domain_knows_them(engine: duckdb.DuckDBPyConnection) -> None:
    texts = ["+1 650 555 1212", "(650) 555-1212", "6505551212", "call me", " ", "", "+49 30 123456", "+1 650 555 1212"]
    canonical = [canonical_phone(text, region="US") for text in texts]
    assert _keys(engine, "phone", texts) == [one and identity_key(_SECRET, "phone", one) for one in canonical]
    assert canonical[0] == canonical[1] == canonical[2]


_TIMES = st.from_regex(
    r"[ \u00a0]?(2026-0[1-9]-[0-3][0-9]([T ][012][0-9]:[0-5][0-9](:[0-5][0-9](\.[0-9]{1,6})?)?)?|[0-9]{15,16}|x{0,3})"
    r"( ?(Z|z|UTC|\+0200|-08|[+-]05:30|-))?[ \u00a0]?",
    fullmatch=True,
)


@given(texts=st.lists(_TIMES, min_size=1, max_size=20))
def test_a_usual_instant_is_the_one_that_the_slower_reading_finds(
    engine: duckdb.DuckDBPyConnection, texts: list[str]
) -> None:
    zone = "'Europe/Berlin'"
    pairs = (
        (instants.read("x", "TRIM(x)"), instants.instant("TRIM(x)")),
        (instants.read_local("x", "TRIM(x)", zone), instants.local_instant("TRIM(x)", zone)),
    )
    for quick, slow in pairs:
        asked = f"SELECT x, epoch_us({quick}), epoch_us({slow}) FROM (SELECT unnest($texts::VARCHAR[]) AS x)"
        for text, found, wanted in engine.execute(asked, {"texts": texts}).fetchall():
            assert found == wanted, text


_PEOPLE = (
    "outcome_id,kind,occurred_at,user_id,email,phone,crm_id,click_id,revenue,currency,company_id\n"
    "0,purchase,2026-09-01T10:00:00Z,7,Ana@Example.com,+1 650 555 1212,,gclid:G1,1.00,EUR,\n"
    "1,purchase,2026-09-01T10:00:00+02:00,7.0,no address,,c-1,fbclid=F:1,1.00,EUR,acme\n"
    "2,PURCHASE,2026-09-01 10:00:00, ,b@x.example,,,naked,1.00,EUR,#x\n"
    "2:refund,refund,2026-09-02T10:00:00Z,,,,,naked,1.00,EUR,\n"
)


def _every_way(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    for quick, many in ((1 << 40, 1 << 40), (-1, 1 << 40), (-1, -1), (1 << 40, -1)):
        monkeypatch.setattr(reading, "_QUICK_BYTES", quick)
        monkeypatch.setattr(identity, "_MANY_KEYS_BYTES", many)
        folder = tmp_path / f"{quick}{many}"
        folder.mkdir()
        yield World(folder)


def _all_rows(world: World) -> list[Any]:
    tables = ("outcomes", "events", "refused_rows")
    rows = "SELECT CAST(row AS VARCHAR) FROM (SELECT * EXCLUDE (import_id) FROM {}) AS row ORDER BY 1"
    return [world.rows(rows.format(table)) for table in tables]


def test_people_are_the_same_however_their_file_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    found = []
    for world in _every_way(tmp_path, monkeypatch):
        assert world.text("outcomes.csv", _PEOPLE).accepted == 4
        found.append(_all_rows(world))
    assert found.count(found[0]) == len(found)
    keys = world.rows("SELECT gclid, fbclid, user_key IS NULL, email_key IS NULL FROM outcomes ORDER BY outcome_id")
    assert keys == [("G1", None, False, False), (None, "F:1", False, True), ("naked", None, True, False),
                    ("naked", None, True, True)]  # fmt: skip


@pytest.mark.parametrize(
    ("name", "layout_name"),
    [
        ("conversions", "conversions"), ("outcomes", "outcomes"), ("touches", "touches"), ("shopify", "orders_export"),
        ("stripe", "payments_export"), ("woocommerce", "orders_analytics"), ("hubspot", "contacts_export"),
        ("hubspot", "deals_export"), ("salesforce", "opportunity_report"),
    ],
)  # fmt: skip
def test_a_platforms_people_are_the_same_however_their_file_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, layout_name: str
) -> None:
    text = as_csv(rows_of(header_of(source_named(name).layout(layout_name))))
    found = []
    for world in _every_way(tmp_path, monkeypatch):
        report = world.text("people.csv", text, currency="EUR")
        assert (report.source, report.layout, report.accepted > 0) == (name, layout_name, True)
        found.append((report.to_dict() | {"file": "", "import_id": ""}, _all_rows(world)))
    assert found.count(found[0]) == len(found)
    assert any(found[0][1])


def test_what_stands_seldom_is_read_however_large_its_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    orders = as_csv(rows_of(header_of(source_named("shopify").layout("orders_export"))))
    outcomes = _PEOPLE.replace("fbclid=F:1", "F-1")
    seldom = {
        ("notes", "orders.csv"): (orders.replace("notes 1", "utm_source: news"), [("news",)]),
        ("none", "orders.csv"): (orders, []),
        ("prefixed", "outcomes.csv"): (_PEOPLE, [("F:1",)]),
        ("bare", "outcomes.csv"): (outcomes, []),
    }
    for (case, name), (text, wanted) in seldom.items():
        folder = tmp_path / case
        folder.mkdir()
        for world in _every_way(folder, monkeypatch):
            assert world.text(name, text, currency="EUR").accepted == 4
            stated = "SELECT COALESCE(utm_source, fbclid) FROM outcomes WHERE COALESCE(utm_source, fbclid) IS NOT NULL"
            assert world.rows(stated) == wanted, case


def test_a_forgotten_persons_row_is_shown_as_refused_however_large_its_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    touches = "user_id,occurred_at,channel\nana,2026-09-01T10:00:00Z,Email\nbo,2026-09-01T10:00:00Z,Email\n"
    for world in _every_way(tmp_path, monkeypatch):
        key = identity_key(world.workspace.secret(), "user", "ana")
        monkeypatch.setattr("outturn.store.book.Book.suppressed", lambda _book, key=key: frozenset({key}))
        report = world.text("touches.csv", touches)
        assert (report.accepted, report.refused, report.reasons) == (1, 1, {"SUPPRESSED": 1})
        assert world.rows("SELECT line, reason FROM refused_rows") == [(2, "SUPPRESSED")]


def test_phones_asked_for_from_several_threads_are_forgotten_by_none_too_early(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(identity, "_MOST_REMEMBERED", 5)
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-5)
    try:
        connection = duckdb.connect(config={"threads": 4})
        prepare_keys(connection, _SECRET, [])
        connection.execute(
            "CREATE TABLE phones AS "
            "SELECT '+49301234' || lpad((range % 97)::VARCHAR, 4, '0') AS text FROM range(500000)"
        )
        asked = (
            "SELECT text, MIN(key), MAX(key) FROM (SELECT text, outturn_phone(text) AS key FROM phones) GROUP BY text"
        )
        found = connection.execute(asked).fetchall()
        connection.close()
    finally:
        sys.setswitchinterval(before)
    assert len(found) == 97
    assert all(least == most == identity_key(_SECRET, "phone", text) for text, least, most in found)
