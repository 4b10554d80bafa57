"""Campaigns' channels: from the user's rule down to the platform's default, in Python and in SQL alike."""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from outturn.domain.campaign_channels import (
    NAME_RULES,
    SOURCE_RULES,
    TYPE_RULES,
    CampaignRule,
    campaign_channel,
    campaign_channel_sql,
)
from outturn.domain.channels import CHANNELS, joined_sql
from outturn.domain.conditions import fold_sql

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

Row = tuple[str | None, str | None, str | None, str | None]

COLUMNS = ("platform", "campaign_type", "campaign_name", "stated_channel")
RULES: tuple[CampaignRule, ...] = (
    ("google_ads", "Brand*", "Brand Search"),
    ("*", "*100%_off*", "paid_other"),
    ("meta_ads", "Λάμπες*", "Paid Social"),
    ("*", "it's \\*", "Display"),
    ("mntn", "*", "CTV"),
)


@pytest.fixture(scope="module")
def database() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as connection:
        yield connection


def test_answers_are_known_channels() -> None:
    assert {rule.answer for rule in (*TYPE_RULES, *NAME_RULES, *SOURCE_RULES)} <= set(CHANNELS)


def test_the_firmest_word_is_taken() -> None:
    def named(*, stated: str | None, kind: str | None, name: str, rules: tuple[CampaignRule, ...]) -> tuple[str, str]:
        return campaign_channel(
            platform="google_ads", campaign_type=kind, campaign_name=name, stated_channel=stated, rules=rules
        )

    rule = ("google_ads", "*video*", "Paid Other")
    assert named(stated="ch7", kind="SEARCH", name="Video A", rules=(rule,)) == ("Paid Other", "rule")
    assert named(stated="ch7", kind="SEARCH", name="Video A", rules=()) == ("ch7", "stated")
    assert named(stated="(not set)", kind="DISPLAY", name="Video A", rules=()) == ("Display", "type")
    assert named(stated=None, kind="UNSPECIFIED", name="Video A", rules=()) == ("Paid Video", "name")
    assert named(stated=None, kind=None, name="A", rules=()) == ("Paid Search", "source")


@pytest.mark.parametrize(
    ("kind", "channel"),
    [
        ("SEARCH", "Paid Search"),
        ("Search", "Paid Search"),
        ("PERFORMANCE_MAX", "Cross-network"),
        ("Performance Max", "Cross-network"),
        ("PMax", "Cross-network"),
        ("DEMAND_GEN", "Cross-network"),
        ("DISCOVERY", "Cross-network"),
        ("Smart", "Cross-network"),
        ("MULTI_CHANNEL", "Cross-network"),
        ("App", "Cross-network"),
        ("VIDEO", "Paid Video"),
        ("YouTube", "Paid Video"),
        ("DISPLAY", "Display"),
        ("SHOPPING", "Paid Shopping"),
    ],
)
def test_googles_types_as_its_api_and_its_interface_write_them(kind: str, channel: str) -> None:
    assert campaign_channel(platform="google_ads", campaign_type=kind) == (channel, "type")
    assert campaign_channel(platform="meta_ads", campaign_type=kind) == ("Paid Social", "source")


@pytest.mark.parametrize(
    ("platform", "name", "expected"),
    [
        ("google_ads", "DE | PMax | Shoes", ("Cross-network", "name")),
        ("google_ads", "DE_Performance-Max_Shoes", ("Cross-network", "name")),
        ("google_ads", "YouTube Prospecting", ("Paid Video", "name")),
        ("google_ads", "Demand Gen - lookalike", ("Cross-network", "name")),
        ("google_ads", "Generic Shopping", ("Paid Shopping", "name")),
        ("google_ads", "GDN_Prospecting", ("Display", "name")),
        ("google_ads", "Retargeting", ("Display", "name")),
        ("google_ads", "Retargeting - RLSA", ("Paid Search", "name")),
        ("google_ads", "Display cabinets - Search", ("Paid Search", "name")),
        ("google_ads", "Video editing software | search", ("Paid Search", "name")),
        ("google_ads", "Brand - Search", ("Paid Search", "name")),
        ("google_ads", "Displays and videos", ("Paid Search", "source")),
        ("google_ads", "Plaza", ("Paid Search", "source")),
        ("meta_ads", "Shopping video retargeting", ("Paid Social", "source")),
        ("amazon_ads", "Sponsored Display - shoes", ("Display", "name")),
        ("amazon_ads", "shoes", ("Paid Shopping", "source")),
        ("partner_tv", "Autumn CTV", ("CTV", "name")),
        ("partner_tv", "Autumn", ("(unassigned)", "source")),
        ("Google Ads", None, ("Paid Search", "source")),
        (None, None, ("(unassigned)", "source")),
    ],
)
def test_names_are_read_with_care(platform: str | None, name: str | None, expected: tuple[str, str]) -> None:
    assert campaign_channel(platform=platform, campaign_name=name) == expected


@pytest.mark.parametrize(
    ("platforms", "channel"),
    [
        ("google_ads microsoft_ads apple_search_ads", "Paid Search"),
        ("meta_ads linkedin_ads tiktok_ads pinterest_ads x_ads reddit_ads snapchat_ads", "Paid Social"),
        ("amazon_ads", "Paid Shopping"),
        ("mntn", "CTV"),
    ],
)
def test_platforms_have_their_default(platforms: str, channel: str) -> None:
    for platform in platforms.split():
        assert campaign_channel(platform=platform) == (channel, "source")


@pytest.mark.parametrize(
    ("platform", "name", "expected"),
    [
        ("Google Ads", "brand de", ("Brand Search", "rule")),
        ("meta_ads", "Brand", ("Paid Social", "source")),
        ("meta_ads", "now 100%_OFF all", ("Paid Other", "rule")),
        ("meta_ads", "now 100 off all", ("Paid Social", "source")),
        ("meta_ads", "Λάμπες Αθήνα", ("Paid Social", "rule")),
        ("meta_ads", "it's \\ time", ("Display", "rule")),
        ("mntn", None, ("CTV", "rule")),
    ],
)
def test_the_users_rules_hold_wildcards_and_nothing_else(
    platform: str, name: str | None, expected: tuple[str, str]
) -> None:
    assert campaign_channel(platform=platform, campaign_name=name, rules=RULES) == expected


def test_values_are_folded_where_they_are_not_yet(database: duckdb.DuckDBPyConnection) -> None:
    channel, by = campaign_channel_sql(rules=RULES)
    given = "SELECT 'Google Ads' AS platform, 'PMax' AS campaign_type, NULL AS campaign_name, NULL AS stated_channel"
    assert database.execute(f"SELECT {channel}, {by} FROM ({given})").fetchone() == ("Cross-network", "type")


PLATFORMS = [
    "google_ads",
    "Google Ads",
    "meta_ads",
    "microsoft_ads",
    "amazon_ads",
    "mntn",
    "partner",
    "",
    None,
    "X",
    "Σ",
]
TYPES = ["SEARCH", "Performance Max", "Smart", "audience", "sponsoredProducts", "?", "", None, "İ", "_", " video "]
NAMES = [
    "Brand", "BRAND x", "pmax", "a_pmax_b", "spmax", "search", "Display\nvideo", "100%_off", "100x_off", "it's \\",
    "dsp", "ctv", "Λάμπες", "λάμπες", "", " ", None, "demand gen", "demandgen", "shopping", "İ display",
]  # fmt: skip
STATED = [
    "Paid Search",
    "paid_search",
    "ch7",
    " ch7 ",
    "(NOT SET)",
    "none",
    "",
    None,
    "(unassigned)",
    "CROSS network",
    "Ä_ b",
]
ROWS = st.tuples(*(st.sampled_from(values) | st.text(max_size=6) for values in (PLATFORMS, TYPES, NAMES, STATED)))


def named_in_sql(
    database: duckdb.DuckDBPyConnection, rows: Sequence[Row], rules: tuple[CampaignRule, ...]
) -> list[tuple[object, ...]]:
    channel, by = campaign_channel_sql(rules=rules, are_folded=True)
    given = ", ".join(f"unnest(${name}::VARCHAR[]) AS {name}" for name in COLUMNS)
    folded = (
        f"{joined_sql('platform')} AS platform, {joined_sql('campaign_type')} AS campaign_type, "
        f"{fold_sql('campaign_name')} AS campaign_name, stated_channel"
    )
    values = {name: list(column) for name, column in zip(COLUMNS, zip(*rows, strict=True), strict=True)}
    numbered = f"SELECT n, {folded} FROM (SELECT {given}, unnest(range({len(rows)})) AS n)"
    return database.execute(f"SELECT {channel}, {by} FROM ({numbered}) ORDER BY n", values).fetchall()


def named_in_python(rows: Sequence[Row], rules: tuple[CampaignRule, ...]) -> list[tuple[object, ...]]:
    return [
        campaign_channel(platform=platform, campaign_type=kind, campaign_name=name, stated_channel=stated, rules=rules)
        for platform, kind, name, stated in rows
    ]


@pytest.mark.parametrize("rules", [(), RULES, RULES[::-1]], ids=["none", "rules", "reversed"])
def test_every_combination_has_one_channel(
    database: duckdb.DuckDBPyConnection, rules: tuple[CampaignRule, ...]
) -> None:
    rows: list[Row] = list(product(PLATFORMS, TYPES, NAMES, STATED[:4]))
    assert named_in_sql(database, rows, rules) == named_in_python(rows, rules)


@settings(max_examples=8, deadline=None)
@given(rows=st.lists(ROWS, min_size=1, max_size=80))
def test_sql_and_python_name_one_channel(database: duckdb.DuckDBPyConnection, rows: list[Row]) -> None:
    assert named_in_sql(database, rows, RULES) == named_in_python(rows, RULES)
