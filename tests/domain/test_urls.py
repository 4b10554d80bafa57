"""Addresses: what an arrival says, in Python and in SQL alike, and what of an address may not be kept."""

from __future__ import annotations

from typing import TYPE_CHECKING

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from outturn.domain.urls import (
    CLICK_ID_PRECEDENCE,
    CLICK_IDS,
    UTM_PARAMETERS,
    Arrival,
    arrival_sql,
    click_id_kind,
    click_id_kind_sql,
    host_of,
    host_sql,
    parse_landing,
    personal_suspect_sql,
    without_fragment,
    without_personal_data,
)
from outturn.store.tables import CLICK_ID_COLUMNS, UTM_COLUMNS

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

GCLID = "EAIaIQobChMI-x_8hP-Zt" + "Ab9" * 80


@pytest.fixture(scope="module")
def database() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as connection:
        yield connection


def in_sql(
    database: duckdb.DuckDBPyConnection, expressions: str, urls: Sequence[str | None]
) -> list[tuple[object, ...]]:
    given = f"SELECT unnest($urls::VARCHAR[]) AS url, unnest(range({len(urls)})) AS n"
    return database.execute(f"SELECT {expressions} FROM ({given}) ORDER BY n", {"urls": list(urls)}).fetchall()


def test_the_click_ids_are_the_columns_of_the_tables() -> None:
    assert tuple(click_id.name for click_id in CLICK_IDS) == CLICK_ID_COLUMNS
    assert UTM_PARAMETERS == UTM_COLUMNS
    assert sorted((*CLICK_ID_PRECEDENCE, "oclid")) == sorted(CLICK_ID_COLUMNS)


def test_metas_click_id_and_our_own_prove_no_ad() -> None:
    assert [click_id.name for click_id in CLICK_IDS if not click_id.paid] == ["fbclid", "oclid"]


def test_a_landing_tells_its_tags_its_click_and_its_page() -> None:
    url = (
        "https://www.Shop.example:443/de/shoes?utm_source=Google&utm_medium=cpc&utm_campaign=Schuhe%20M%C3%A4rz"
        f"&utm_term=red+shoes&utm_content=a%2Bb&utm_id=17&gclid={GCLID}&ScCid=Ab-9#reviews"
    )
    assert parse_landing(url) == Arrival(
        source="Google",
        medium="cpc",
        campaign="Schuhe März",
        term="red shoes",
        content="a+b",
        id="17",
        click_ids={"gclid": GCLID, "sccid": "Ab-9"},
        host="shop.example",
        path="/de/shoes",
    )


def test_a_click_id_keeps_its_plus_and_its_letters() -> None:
    assert parse_landing("https://a.example/?fbclid=IwAR0+xYz%2B1").click_ids == {"fbclid": "IwAR0+xYz+1"}


@pytest.mark.parametrize(
    ("url", "source"),
    [
        ("https://a.example/?utm_source=first&utm_source=second", "first"),
        ("https://a.example/?utm_source=&utm_source=second", None),
        ("https://a.example/?x=1&amp;utm_source=mail", "mail"),
        ("https://a.example/?x=1?utm_source=mail", "mail"),
        ("https://a.example/?utm_source=100%", "100%"),
        ("https://a.example/?utm_source=%E4pfel", "%E4pfel"),
        ("https://a.example/?utm_source=%zz", "%zz"),
        ("https://a.example/?utm_source=%20mail%20", "mail"),
        ("https://a.example/#?utm_source=mail", None),
        ("https://a.example/?xutm_source=mail", None),
        ("https://a.example/?UTM_SOURCE=mail", None),
        ("/landing?utm_source=mail", "mail"),
        ("?utm_source=mail", "mail"),
        ("utm_source=mail", None),
    ],
)
def test_tags_are_read_as_they_come(database: duckdb.DuckDBPyConnection, url: str, source: str | None) -> None:
    assert parse_landing(url).source == source
    assert in_sql(database, arrival_sql("url")["utm_source"], [url]) == [(source,)]


@pytest.mark.parametrize(
    ("url", "host", "path"),
    [
        ("https://www.google.de/search?q=x", "google.de", "/search"),
        ("android-app://com.google.android.gm/", "com.google.android.gm", "/"),
        ("//cdn.example/x.js", "cdn.example", "/x.js"),
        ("https://ana:secret@shop.example:8080/a", "shop.example", "/a"),
        ("http://[2001:DB8::1]:80/a?b", "[2001:db8::1]", "/a"),
        ("http://localhost:3000", "localhost", "/"),
        ("google.com", "google.com", "/"),
        ("www.google.com/url?q=1", "google.com", "/url"),
        ("https://bücher.example./", "bücher.example", "/"),
        ("https://example.com\\@evil.example/", "example.com", "/"),
        ("/only/a/path?x=1", None, "/only/a/path"),
        ("about:blank", None, "/"),
        ("(not set)", None, "/"),
        ("https://", None, "/"),
        ("https://www.", None, "/"),
        ("http://[::1", None, "/"),
        ("", None, "/"),
        (None, None, "/"),
    ],
)
def test_hosts_are_normal_and_junk_has_none(
    database: duckdb.DuckDBPyConnection, url: str | None, host: str | None, path: str
) -> None:
    assert host_of(url) == host
    assert parse_landing(url).path == path
    assert in_sql(database, host_sql("url"), [url]) == [(host,)]


def test_the_click_id_that_speaks(database: duckdb.DuckDBPyConnection) -> None:
    assert parse_landing("https://a.example/?fbclid=1&gclid=2").click_id_kind == "gclid"
    assert parse_landing("https://a.example/?gad_source=1&gclid=2&irclickid=3").click_id_kind == "irclickid"
    assert parse_landing("https://a.example/?fbclid=1").click_id_kind == "fbclid"
    assert parse_landing("https://a.example/").click_id_kind is None
    assert click_id_kind({"gclid": "", "fbclid": None, "epik": "x"}) == "epik"
    columns = [f"{'1' if name == 'msclkid' else 'NULL'}::VARCHAR AS {name}" for name in CLICK_ID_COLUMNS]
    columns.append(f"{click_id_kind_sql()} AS kind")
    assert in_sql(database, ", ".join(columns), [None])[0][-1] == "msclkid"


NAMES = [*UTM_COLUMNS, *CLICK_ID_COLUMNS, "ScCid", "q", "GCLID", "gclsrc", "utm_", ""]
VALUES = st.sampled_from(
    ["", "a", "Mix%20ed", "a+b", "%2B", "%", "%4", "%C3%A4", "%ff", "x?y", "=", "a=b", "ä", "%00", " "]
)
PAIRS = st.builds(
    "{}={}".format, st.sampled_from(NAMES), VALUES | st.text(max_size=6).map(lambda text: text.replace("\0", ""))
)
URLS = st.builds(
    lambda base, first, pairs, joint, end: base + first + joint.join(pairs) + end,
    st.sampled_from(["https://www.shop.example/a", "shop.example", "", "HTTP://[::1]:8/", "//x", "a b", "/p"]),
    st.sampled_from(["?", "", "&", "??", "#?"]),
    st.lists(PAIRS, max_size=6),
    st.sampled_from(["&", "&amp;", "?", ";"]),
    st.sampled_from(["", "#end", "#?utm_source=x", "&"]),
)


@settings(max_examples=100, deadline=None)
@given(urls=st.lists(URLS, min_size=1, max_size=20))
def test_sql_reads_an_address_just_as_python_does(database: duckdb.DuckDBPyConnection, urls: list[str]) -> None:
    expressions = {**arrival_sql("url"), "host": host_sql("url")}
    columns = ", ".join(f"{expression} AS {name}" for name, expression in expressions.items())
    rows = in_sql(database, columns, urls)
    for url, row in zip(urls, rows, strict=True):
        arrival = parse_landing(url)
        assert dict(zip(expressions, row, strict=True)) == {**arrival.columns, "host": arrival.host}, url


@settings(max_examples=100, deadline=None)
@given(url=st.text(max_size=80) | URLS)
def test_nothing_raises_and_nothing_personal_is_found_twice(database: duckdb.DuckDBPyConnection, url: str) -> None:
    parse_landing(url)
    once = without_personal_data(url)
    assert without_personal_data(once) == once
    if once != url and "\0" not in url:
        assert in_sql(database, personal_suspect_sql("url"), [url]) == [(True,)]


@pytest.mark.parametrize(
    "url",
    [
        "https://a.example/?" + "utm_source=x&" * 50_000,
        "https://a.example/?" + "utm_source=?" * 50_000,
        "https://" + "a." * 100_000,
        "https://" + "a@" * 100_000,
        "a." * 100_000 + "\n",
        "https://a.example/?x=" + "@" * 200_000,
        "https://a.example/?x=+" + "1 " * 100_000,
        "https://a.example/?utm_source=\ud800%ed%a0%80",
        "&amp;" * 100_000,
    ],
    ids=range(9),
)
def test_hostile_addresses_cost_no_more_than_their_length(url: str) -> None:
    parse_landing(url)
    without_personal_data(url)


def test_the_fragment_never_stays() -> None:
    assert without_fragment("https://a.example/x?y=1#token=2#3") == "https://a.example/x?y=1"


@pytest.mark.parametrize(
    ("url", "kept"),
    [
        ("https://a.example/?email=ana@x.example&order=17", "https://a.example/?email=&order=17"),
        ("https://a.example/?E-Mail=none&Phone=1", "https://a.example/?E-Mail=&Phone="),
        (
            "https://a.example/?user%5Bemail%5D=x&user[first_name]=Ana",
            "https://a.example/?user%5Bemail%5D=&user[first_name]=",
        ),
        ("https://a.example/?a=1&amp;email=x", "https://a.example/?a=1&amp;email="),
        ("https://a.example/?u=ana%2540x.example", "https://a.example/?u="),
        ("https://a.example/?utm_content=ana%40x.example", "https://a.example/?utm_content="),
        ("https://a.example/?p=%2B49%2030%20901820", "https://a.example/?p="),
        ("https://a.example/?p=(650)+555-1212", "https://a.example/?p="),
        ("https://a.example/?ana@x.example", "https://a.example/?(removed)"),
        ("https://a.example/unsubscribe/ana@x.example/now", "https://a.example/unsubscribe/(removed)/now"),
        ("https://ana:secret@a.example/", "https://a.example/"),
        ("https://a.example/#email=ana@x.example", "https://a.example/#email="),
        ("https://medium.example/@ana.b/post", "https://medium.example/@ana.b/post"),
        ("https://a.example/?gad_campaignid=21345678901&order=00049123456789", None),
        ("https://a.example/?gclid=ana@x.example", None),
        ("https://a.example/?from=2026-01-01&to=2026-02-01", None),
        ("https://a.example/?utm_campaign=+4917612345678", None),
    ],
)
def test_what_names_a_person_goes_and_all_else_stays(url: str, kept: str | None) -> None:
    assert without_personal_data(url) == (kept or url)
