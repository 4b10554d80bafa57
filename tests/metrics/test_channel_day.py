"""Levels that lie side by side are resolved, money is converted, and every grain adds up to the same."""

from __future__ import annotations

from collections import Counter
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from outturn.metrics.checks import claims_apart, level_disagreements, levels_told
from tests.metrics.conftest import World, day, micros

if TYPE_CHECKING:
    from collections.abc import Iterator


def served(world: World, level: str) -> dict[tuple[str, str, str, str], int | None]:
    """Spend in micros by channel, campaign, ad group and ad."""
    statement = """
        SELECT channel, campaign_key, ad_group_id, ad_id, CAST(SUM(spend_micros) AS BIGINT)
        FROM channel_day WHERE level = $level GROUP BY ALL
    """
    return {row[:4]: row[4] for row in world.engine.rows(statement, {"level": level})}


def euros(amount: str) -> int:
    value = micros(amount)
    assert value is not None
    return value


def test_the_coarsest_level_not_coarser_than_the_grain_is_taken(world: World) -> None:
    world.campaign("c1", "Paid Search")
    world.spend("10.00", campaign_id="c1")
    world.spend("9.00", level="ad", campaign_id="c1", ad_group_id="g1", ad_id="x")
    world.spend("8.50", level="keyword", campaign_id="c1", ad_group_id="g1")
    world.build()
    assert served(world, "campaign") == {("Paid Search", "c1", "", ""): euros("10")}
    assert served(world, "ad_group") == {
        ("Paid Search", "c1", "g1", ""): euros("9"),
        ("Paid Search", "c1", "(not broken down)", ""): euros("1"),
    }
    assert served(world, "ad") == {
        ("Paid Search", "c1", "g1", "x"): euros("9"),
        ("Paid Search", "c1", "(not broken down)", "(not broken down)"): euros("1"),
    }


def test_else_the_finest_coarser_level_under_not_set(world: World) -> None:
    world.campaign("c1", "Paid Search")
    world.spend("10.00", campaign_id="c1", on=1)
    world.spend("4.00", level="ad_group", campaign_id="c1", ad_group_id="g1", on=2)
    world.spend("3.00", level="account", on=3)
    world.build()
    assert served(world, "campaign") == {
        ("Paid Search", "c1", "", ""): euros("14"),
        ("Paid Search", "(not set)", "", ""): euros("3"),
    }
    assert served(world, "ad") == {
        ("Paid Search", "c1", "(not set)", "(not set)"): euros("10"),
        ("Paid Search", "c1", "g1", "(not set)"): euros("4"),
        ("Paid Search", "(not set)", "(not set)", "(not set)"): euros("3"),
    }


def test_keywords_serve_ad_groups_but_no_ads(world: World) -> None:
    world.spend("3.00", level="keyword", campaign_id="c1", ad_group_id="g1")
    world.spend("2.00", level="keyword", campaign_id="c1", ad_group_id="g1")
    world.build()
    assert served(world, "ad") == {("Paid Search", "c1", "g1", "(not set)"): euros("5")}


def test_what_an_account_has_beyond_its_campaigns_belongs_to_no_known_channel(world: World) -> None:
    world.spend("100.00", level="account", clicks=11)
    world.spend("60.00", campaign_id="c1", clicks=10)
    world.spend("30.00", campaign_id="c2", clicks=1)
    assert world.figures("channel", kpi=("spend", "clicks")) == {
        "Paid Search": ("90.00", 11),
        "(not broken down)": ("10.00", 0),
    }
    assert world.figures("account_id", kpi="spend") == {"a1": "100.00"}


def test_an_accounts_rows_keep_the_channels_that_they_state(world: World) -> None:
    world.spend("5.00", level="account", stated_channel="paid_social")
    world.spend("6.00", level="account", stated_channel="Podcast")
    world.spend("7.00", level="account")
    assert world.figures("channel", kpi="spend") == {"Paid Search": "7.00", "Paid Social": "5.00", "Podcast": "6.00"}


def test_a_name_that_one_id_bore_is_that_campaign(world: World) -> None:
    world.campaign("c1", "Paid Search", name="Brand")
    world.spend("5.00", campaign_name="Brand", on=1)
    world.spend("6.00", campaign_id="c1", campaign_name="Brand", on=2)
    world.spend("7.00", campaign_name="Other", on=2)
    assert world.figures("campaign", kpi="spend") == {"Brand": "11.00", "Other": "7.00"}


def test_rows_that_repeat_are_summed(world: World) -> None:
    for device in range(3):
        world.spend("1.10", campaign_id="c1", impressions=device)
    assert world.figures("campaign", kpi=("spend", "impressions")) == {"c1": ("3.30", 3)}


def test_levels_that_disagree_are_listed(world: World) -> None:
    world.spend("10.00", campaign_id="c1", clicks=3)
    world.spend("10.50", level="ad_group", campaign_id="c1", ad_group_id="g1", clicks=3)
    world.spend("2.00", level="ad_group", campaign_id="c2", ad_group_id="g2")
    world.build()
    found = [(row["campaign_key"], row["coarser"], row["finer"]) for row in level_disagreements(world.engine)]
    assert [(key, str(one), str(other)) for key, one, other in found] == [
        ("c1", "10.00", "10.50"),
        ("c2", "None", "2.00"),
    ]
    assert served(world, "ad_group")["Paid Search", "c1", "(not broken down)", ""] == -euros("0.50")
    told = levels_told(world.engine)
    assert (told["levels_disagree"], [one["finer"] for one in told["examples"]]) == (2, ["10.50", "2.00"])
    assert told["says"] == (
        "Levels of google_ads a1 disagree on 1 day, first on 2026-03-02: campaign says 10.00 EUR, ad_group 10.50 EUR. "
        "Figures follow the coarser one."
    )


def test_levels_that_agree_are_not_spoken_of(world: World) -> None:
    world.spend("10.00", campaign_id="c1", clicks=3)
    world.build()
    assert levels_told(world.engine)["says"] == ""
    world.spend("10.00", level="ad_group", campaign_id="c1", ad_group_id="g1", clicks=4)
    world.build()
    assert "campaign says 3 clicks, ad_group 4 clicks" in levels_told(world.engine)["says"]


@pytest.mark.parametrize(
    ("age", "spend"), [(0, "8.00"), (7, "8.00"), (8, None)], ids=["of the day", "seven days old", "too old"]
)
def test_the_rate_is_the_days_or_the_last_before_it(world: World, age: int, spend: str | None) -> None:
    world.rate("USD", "1.25", on=1)
    world.rate("USD", "9.00", on=2 + age)
    world.spend("10.00", currency="USD", campaign_id="c1", on=1 + age)
    world.build()
    (row,) = world.engine.rows(
        "SELECT billed_micros, currency, spend_micros, missing_rate FROM channel_day WHERE level = 'campaign'"
    )
    assert row == (euros("10"), "USD", spend and euros(spend), spend is None)


def test_a_workspace_outside_the_euro_crosses_two_rates(world: World) -> None:
    world.currency = "USD"
    world.rate("USD", "1.20")
    world.rate("GBP", "0.80")
    world.spend("10.00", currency="GBP", campaign_id="c1")
    world.spend("10.00", currency="EUR", campaign_id="c2")
    world.spend("10.00", currency="USD", campaign_id="c3")
    assert world.figures("campaign", kpi="spend") == {"c1": "15.00", "c2": "12.00", "c3": "10.00"}


def test_claims_count_where_the_platform_gives_one_total(world: World) -> None:
    claim: dict[str, Any] = {
        "date_day": day(1),
        "account_id": "a1",
        "level": "campaign",
        "campaign_id": "c1",
        "currency": "EUR",
        "date_basis": "unknown",
    }
    whole = {"conversion_action": "all", "click_or_view": "all", "attribution_window": "default"}
    told = {"conversion_action": "purchase", "click_or_view": "click", "attribution_window": "7d_click"}
    world.add("claims", platform="google_ads", claimed_conversions=2.5, **claim, **whole)
    world.add("claims", platform="google_ads", claimed_conversions=1.0, **claim, **told)
    world.add("claims", platform="meta_ads", claimed_conversions=4.0, **claim, **told)
    world.add("claims", platform="meta_ads", claimed_conversions=3.0, **claim, **{**told, "click_or_view": "view"})
    world.add("claims", platform="tiktok_ads", claimed_conversions=6.0, **claim, **told)
    assert world.figures("platform", kpi="claimed_conversions") == {"google_ads": 2.5, "tiktok_ads": 6}
    assert [(row["platform"], row["click_or_view"]) for row in claims_apart(world.engine)] == [
        ("meta_ads", "click"),
        ("meta_ads", "view"),
    ]


_ROWS = st.lists(
    st.tuples(
        st.sampled_from(["account", "campaign", "ad_group", "ad"]),
        st.integers(1, 2),
        st.sampled_from(["c1", "c2"]),
        st.sampled_from(["g1", "g2"]),
        st.sampled_from(["x", "y"]),
        st.integers(-(10**9), 10**12),
        st.sampled_from(["EUR", "USD"]),
    ),
    min_size=1,
    max_size=12,
)


@pytest.fixture(scope="module")
def shared_world() -> Iterator[World]:
    """One engine for all examples, whose rows each example replaces."""
    made = World()
    yield made
    made.engine.close()


@settings(max_examples=20)
@given(rows=_ROWS, per_euro=st.integers(1, 10**9))
def test_every_grain_adds_up_to_the_coarsest_one(
    shared_world: World, rows: list[tuple[Any, ...]], per_euro: int
) -> None:
    world = shared_world
    world.rows["ad_spend"].clear()
    world.rows["fx_rates"].clear()
    world.add("fx_rates", import_id="fx", line=1, currency="USD", units_per_euro_micros=per_euro)
    for level, on, campaign, group, ad, amount, currency in rows:
        world.spend(
            None, level=level, on=on, spend_micros=amount, currency=currency, account_id=currency,
            campaign_id=None if level == "account" else campaign,
            ad_group_id=group if level in {"ad_group", "ad"} else None, ad_id=ad if level == "ad" else None,
        )  # fmt: skip
    world.build()
    sums: dict[str, Counter[Any]] = {"campaign": Counter(), "ad_group": Counter(), "ad": Counter()}
    statement = "SELECT level, date_day, currency, campaign_key, billed_micros, spend_micros FROM channel_day"
    for level, of_day, currency, campaign, billed, spend in world.engine.rows(statement):
        sums[level][of_day, currency, campaign] += spend
        assert abs(spend - billed * (Fraction(1) if currency == "EUR" else Fraction(10**6, per_euro))) <= 1
    for finer in ("ad_group", "ad"):
        assert {key: value for key, value in sums[finer].items() if value} == {
            key: value for key, value in sums["campaign"].items() if value
        }
    whole = {(row[1], row[6]) for row in rows if row[0] == "account"}
    for on, currency in sorted(whole):
        billed = sum(row[5] for row in rows if row[0] == "account" and (row[1], row[6]) == (on, currency))
        statement = """
            SELECT CAST(SUM(billed_micros) AS BIGINT) FROM channel_day
            WHERE level = 'ad' AND date_day = $on AND currency = $of
        """
        assert world.engine.rows(statement, {"on": day(on), "of": currency}) == [(billed,)]
