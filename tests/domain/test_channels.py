"""Channels: the published groups by exact examples, and one meaning in Python and in SQL."""

from __future__ import annotations

from typing import TYPE_CHECKING

import duckdb
import pytest
import sqlglot
from hypothesis import given, settings
from hypothesis import strategies as st

from outturn.domain import channel_sources
from outturn.domain.channels import (
    CHANNELS,
    COLUMNS,
    RULES,
    channel_of,
    channel_sql,
    stated_channel,
    stated_channel_sql,
)
from outturn.domain.conditions import Condition, Like, Matches, fold, fold_sql, site, words
from outturn.domain.urls import CLICK_ID_PRECEDENCE

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

Row = tuple[str | None, ...]


@pytest.fixture(scope="module")
def database() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as connection:
        yield connection


def answers(
    database: duckdb.DuckDBPyConnection, expressions: str, columns: Sequence[str], rows: Sequence[Row]
) -> list[tuple[object, ...]]:
    given = ", ".join(f"unnest(${name}::VARCHAR[]) AS {name}" for name in columns)
    values = {name: list(column) for name, column in zip(columns, zip(*rows, strict=True), strict=True)}
    numbered = f"SELECT {given}, unnest(range({len(rows)})) AS n"
    return database.execute(f"SELECT {expressions} FROM ({numbered}) ORDER BY n", values).fetchall()


def test_every_group_has_a_rule_and_no_other_has() -> None:
    assert {rule.answer for rule in RULES} | {"(unassigned)"} == set(CHANNELS)
    assert len(CHANNELS) == len(set(CHANNELS)) == 22


@pytest.mark.parametrize(
    ("source", "medium", "campaign", "channel"),
    [
        ("(direct)", "(none)", None, "Direct"),
        ("(direct)", "(not set)", "(direct)", "Direct"),
        (None, None, None, "Direct"),
        ("google", "cpc", "cross-network", "Cross-network"),
        ("amazon", "cpc", None, "Paid Shopping"),
        ("google", "cpc", "summer shopping", "Paid Shopping"),
        ("google", "cpc", "eshop", "Paid Shopping"),
        ("google", "cpc", "workshop tickets", "Paid Search"),
        ("google", "cpc", None, "Paid Search"),
        ("Google", "CPC", None, "Paid Search"),
        ("bing", "ppc", None, "Paid Search"),
        ("yahoo.com", "paidsearch", None, "Paid Search"),
        ("google", "retargeting", None, "Paid Search"),
        ("facebook", "paid_social", None, "Paid Social"),
        ("fb", "cpm", None, "Paid Social"),
        ("m.facebook.com", "cpc", None, "Paid Social"),
        ("youtube", "cpv", None, "Paid Video"),
        ("youtube", "cpc", None, "Paid Video"),
        ("criteo", "cpm", None, "Display"),
        ("criteo", "display", None, "Display"),
        ("criteo", "cpc", None, "Paid Other"),
        ("chatgpt.com", "cpc", None, "Paid Other"),
        ("ebay.de", "referral", None, "Organic Shopping"),
        ("partner", "link", "spring shop", "Organic Shopping"),
        ("instagram", "stories", None, "Organic Social"),
        ("l.instagram.com", "referral", None, "Organic Social"),
        ("somewhere", "social-media", None, "Organic Social"),
        ("vimeo.com", "referral", None, "Organic Video"),
        ("somewhere", "online-video", None, "Organic Video"),
        ("google", "organic", None, "Organic Search"),
        ("somewhere", "organic", None, "Organic Search"),
        ("blog.example", "referral", None, "Referral"),
        ("partner", "app", None, "Referral"),
        ("newsletter", "email", None, "Email"),
        ("newsletter", "e-mail", "shop the look", "Email"),
        ("shopify", "email", None, "Email"),
        ("email", "weekly", None, "Email"),
        ("mail.google.com", "referral", None, "Email"),
        ("awin", "affiliate", None, "Affiliates"),
        ("spotify", "audio", None, "Audio"),
        ("klaviyo", "sms", None, "SMS"),
        ("sms", None, None, "SMS"),
        ("onesignal", "web-push", None, "Mobile Push"),
        ("onesignal", "notification", None, "Mobile Push"),
        ("firebase", None, None, "Mobile Push"),
        ("mntn", "ctv", None, "CTV"),
        ("mntn", "cpm", None, "CTV"),
        ("anna", "influencer", None, "Influencer"),
        ("chatgpt.com", None, None, "AI Assistants"),
        ("gemini.google.com", "ai-assistant", "(ai-assistant)", "AI Assistants"),
        ("perplexity.ai", "referral", None, "AI Assistants"),
        ("facebook", None, None, "Organic Social"),
        ("partner", "foo", None, "(unassigned)"),
        ("partner", None, None, "(unassigned)"),
        (None, None, "spring", "(unassigned)"),
    ],
)
def test_what_the_tags_state(source: str | None, medium: str | None, campaign: str | None, channel: str) -> None:
    assert channel_of(source=source, medium=medium, campaign=campaign) == channel


@pytest.mark.parametrize(
    ("kind", "channel"),
    [
        *((kind, "Paid Search") for kind in ("gclid", "gbraid", "wbraid", "gad_source", "gad_campaignid", "msclkid")),
        *((kind, "Paid Social") for kind in ("ttclid", "li_fat_id", "twclid", "rdt_cid", "sccid", "epik")),
        *((kind, "Affiliates") for kind in ("irclickid", "awc", "cjevent")),
        ("dclid", "Display"),
        ("fbclid", "Organic Social"),
    ],
)
def test_a_click_id_alone(kind: str, channel: str) -> None:
    assert channel_of(click_id_kind=kind) == channel
    assert channel_of(source="(direct)", medium="(none)", click_id_kind=kind) == channel


@pytest.mark.parametrize(
    ("given", "channel"),
    [
        # The medium goes before the click id.
        ({"source": "newsletter", "medium": "email", "click_id_kind": "gclid"}, "Email"),
        ({"source": "facebook", "medium": "cpc", "click_id_kind": "fbclid"}, "Paid Social"),
        # The click id goes before a source without a medium, and before the referrer.
        ({"source": "google", "click_id_kind": "gclid"}, "Paid Search"),
        ({"source": "tiktok", "click_id_kind": "ttclid"}, "Paid Social"),
        ({"referrer_host": "google.com", "click_id_kind": "gclid"}, "Paid Search"),
        ({"referrer_host": "blog.example", "click_id_kind": "msclkid"}, "Paid Search"),
        # A medium that nothing names leaves the click id to speak.
        ({"source": "partner", "medium": "foo", "click_id_kind": "gclid"}, "Paid Search"),
        ({"source": "partner", "medium": "foo", "click_id_kind": "fbclid"}, "(unassigned)"),
        # gclid proves Google; source, campaign and referrer may say which of its channels.
        ({"source": "youtube", "click_id_kind": "gclid"}, "Paid Video"),
        ({"referrer_host": "m.youtube.com", "click_id_kind": "gclid"}, "Paid Video"),
        ({"referrer_host": "googleads.g.doubleclick.net", "click_id_kind": "gclid"}, "Display"),
        ({"campaign": "shoes shopping", "click_id_kind": "gclid"}, "Paid Shopping"),
        # fbclid proves no ad and speaks last.
        ({"referrer_host": "l.facebook.com", "click_id_kind": "fbclid"}, "Organic Social"),
        ({"referrer_host": "google.com", "click_id_kind": "fbclid"}, "Organic Search"),
        ({"source": "spring", "click_id_kind": "fbclid"}, "Organic Social"),
        # An id that nobody knows is something, so not Direct.
        ({"click_id_kind": "yclid"}, "(unassigned)"),
    ],
)
def test_evidence_counts_in_order(given: dict[str, str], channel: str) -> None:
    assert channel_of(**given) == channel


@pytest.mark.parametrize(
    ("host", "channel"),
    [
        ("google.de", "Organic Search"),
        ("google.co.uk", "Organic Search"),
        ("cn.bing.com", "Organic Search"),
        ("de.search.yahoo.com", "Organic Search"),
        ("com.google.android.googlequicksearchbox", "Organic Search"),
        ("mail.google.com", "Email"),
        ("com.google.android.gm", "Email"),
        ("docs.google.com", "Referral"),
        ("gemini.google.com", "AI Assistants"),
        ("google.evil.example", "Referral"),
        ("notfacebook.com", "Referral"),
        ("facebook.com.evil.example", "Referral"),
        ("lm.facebook.com", "Organic Social"),
        ("pinterest.co.uk", "Organic Social"),
        ("t.co", "Organic Social"),
        ("player.twitch.tv", "Organic Video"),
        ("amazon.de", "Organic Shopping"),
        ("blog.example", "Referral"),
        ("(not set)", "Direct"),
        ("", "Direct"),
    ],
)
def test_a_referrer_alone(host: str, channel: str) -> None:
    assert channel_of(referrer_host=host) == channel


@pytest.mark.parametrize(
    ("stated", "channel"),
    [
        ("paid search", "Paid Search"),
        ("PAID_SEARCH", "Paid Search"),
        ("cross network", "Cross-network"),
        ("AI assistant", "AI Assistants"),
        ("unassigned", "(unassigned)"),
        (" ch7 ", "ch7"),
        ("Ölberg", "Ölberg"),
        ("(not set)", None),
        ("  ", None),
        (None, None),
    ],
)
def test_a_stated_channel_keeps_its_name_unless_it_is_ours(
    database: duckdb.DuckDBPyConnection, stated: str | None, channel: str | None
) -> None:
    assert stated_channel(stated) == channel
    assert answers(database, stated_channel_sql("stated"), ["stated"], [(stated,)]) == [(channel,)]


SOURCES = [
    source
    for kind in vars(channel_sources).values()
    if isinstance(kind, channel_sources.Sources)
    for source in (*kind.names, *kind.sites)
]
MEDIA = [
    "cpc", "CPM", "ppc", "paid", "Paid_Social", "unpaid", "retargeting", "display", "email", "e mail", "social",
    "organic", "referral", "video", "affiliate", "sms", "audio", "push", "mobile", "ctv", "influencer", "ai-assistant",
    "foo",
]  # fmt: skip
ODD = [
    None, "", " ", "(none)", "(not set)", "(direct)", "none", "NULL", "Direct", "İstanbul", "K", "ß", "Σς", "日本",
    "a\nb", "x\n",
    "'", "''", "\\", "%", "_", "!", "\u00a0email", " email ", "e_mail", "eXmail", "facebook.com/page",
    ".", "x.facebook.com",
]  # fmt: skip
CAMPAIGNS = ["shop", "e-shop", "eshop", "bishop", "SHOPPING", "x cross-network y", "Brand", "pmax"]


def drawn(meaningful: Sequence[str | None]) -> st.SearchStrategy[str | None]:
    return st.sampled_from([*meaningful, *ODD]) | st.sampled_from(ODD) | st.text(max_size=8)


ROWS = st.tuples(
    drawn([*SOURCES, *map(str.upper, SOURCES[:40])]),
    drawn(MEDIA),
    drawn(CAMPAIGNS),
    drawn([*SOURCES, *(f"l.{source}" for source in SOURCES)]),
    drawn([*CLICK_ID_PRECEDENCE, "GCLID", "yclid"]),
)


@settings(max_examples=15, deadline=None)
@given(rows=st.lists(ROWS, min_size=1, max_size=80))
def test_sql_and_python_give_one_channel(database: duckdb.DuckDBPyConnection, rows: list[Row]) -> None:
    expected = [(channel_of(**dict(zip(COLUMNS, row, strict=True))),) for row in rows]
    assert channels_of(database, rows) == expected
    assert {channel for (channel,) in expected} <= set(CHANNELS)


def channels_of(database: duckdb.DuckDBPyConnection, rows: Sequence[Row]) -> list[tuple[object, ...]]:
    given = ", ".join(f"unnest(${name}::VARCHAR[]) AS {name}" for name in COLUMNS)
    folded = ", ".join(f"{fold_sql(name)} AS {name}" for name in COLUMNS)
    values = {name: list(column) for name, column in zip(COLUMNS, zip(*rows, strict=True), strict=True)}
    numbered = f"SELECT {given}, unnest(range({len(rows)})) AS n"
    return database.execute(
        f"SELECT {channel_sql(are_folded=True)} FROM (SELECT n, {folded} FROM ({numbered})) ORDER BY n", values
    ).fetchall()


def test_values_are_folded_where_they_are_not_yet(database: duckdb.DuckDBPyConnection) -> None:
    rows: list[Row] = [("Google", " CPC ", None, None, None), ("İ", "organic", None, None, None)]
    assert answers(database, channel_sql(), COLUMNS, rows) == [("Paid Search",), ("Organic Search",)]


def test_every_listed_source_is_read_alike(database: duckdb.DuckDBPyConnection) -> None:
    rows: list[Row] = [(source, medium, None, None, None) for source in SOURCES for medium in ("cpc", "referral", None)]
    rows += [(None, None, None, source, None) for source in SOURCES]
    expected = [(channel_of(**dict(zip(COLUMNS, row, strict=True))),) for row in rows]
    assert channels_of(database, rows) == expected


@settings(max_examples=60, deadline=None)
@given(
    text=st.text("aAb%_!*'\\.\n -1", max_size=8),
    pattern=st.text("aAb%_!*'\\.\n -1", max_size=6),
    phrase=st.text("ab.+1", min_size=1, max_size=3),
)
def test_conditions_mean_one_thing(database: duckdb.DuckDBPyConnection, text: str, pattern: str, phrase: str) -> None:
    conditions: list[Condition] = [
        Like("text", fold(pattern)),
        Matches("text", "(^|[^a-z])b"),
        site("text", names=["a b"], domains=[phrase]),
        words("text", [phrase, "a b"]),
    ]
    expressions = ", ".join(condition.sql({"text": "text"}) for condition in conditions)
    expected = tuple(condition.holds({"text": text}) for condition in conditions)
    assert answers(database, expressions, ["text"], [(text,)]) == [expected]


def test_the_sql_needs_only_what_spark_has_too() -> None:
    spark = sqlglot.transpile(f"SELECT {channel_sql()}", read="duckdb", write="spark")[0]
    functions = {type(call).__name__ for call in sqlglot.parse_one(spark, read="spark").find_all(sqlglot.exp.Func)}
    assert functions <= {"Case", "If", "Coalesce", "Trim", "Translate", "RegexpLike", "And", "Or", "Concat", "DPipe"}
    assert "REGEXP_MATCHES" not in spark
