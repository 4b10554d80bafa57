"""Each KPI in a world small enough to work out by hand."""

from __future__ import annotations

import pytest

from outturn.domain.errors import MissingRates, UnknownName, UsageError
from outturn.domain.goals import DEFAULT_GOAL, Goal
from outturn.domain.time import Days
from outturn.metrics.kpis import KPI_IDS, KPIS
from tests.metrics.conftest import World, day

ANCHORS = """
impressions clicks spend visits video_starts completed_views engagements ctr cpc cpm engagement_rate completion_rate
cpcv leads cpl qualified cost_per_qualified lead_to_customer cvr visit_cvr sales_conversion_rate
opportunities pipeline_value pipeline_per_spend pipeline_roi orders aov revenue margin refund_rate kept_conversions
new_customers cac nroas conversions cpa roas contribution_roas roi mer mrr ltv_cac payback_days
claimed_conversions over_claim_ratio
"""


def test_every_defined_kpi_is_in_every_row(world: World) -> None:
    assert set(ANCHORS.split()) <= set(KPI_IDS)
    (row,) = world.kpis().as_dict()["rows"]
    assert list(row) == list(KPI_IDS)
    assert set(row.values()) == {None}


def test_every_kpi_has_its_sentence() -> None:
    for kpi in KPIS:
        assert kpi.formula in kpi.says
        assert "NULL" in kpi.says
        assert kpi.says.endswith(".")


def test_what_platforms_report(world: World) -> None:
    world.spend(
        "12.34", campaign_id="c1", impressions=3000, clicks=7, video_starts=40, completed_views=10, engagements=30
    )
    (row,) = world.kpis().as_dict()["rows"]
    assert row["spend"] == "12.34"
    assert (row["impressions"], row["clicks"]) == (3000, 7)
    assert (row["ctr"], row["engagement_rate"], row["completion_rate"]) == (7 / 3000, 0.01, 0.25)
    assert (row["cpc"], row["cpm"], row["cpcv"]) == ("1.762857", "4.113333", "1.234")


def test_sales_of_the_whole_business(world: World) -> None:
    world.spend("50.00", campaign_id="c1", clicks=8)
    for _ in range(4):
        world.touch("Direct")
    first = world.sale("100.00", margin="40.00", new=True, kept=0)
    world.sale("60.00", margin="30.00", new=False)
    world.sale("-100.00", margin="-40.00", new=True, refund_of=first, on=3)
    (row,) = world.kpis().as_dict()["rows"]
    assert (row["conversions"], row["orders"], row["kept_conversions"], row["new_customers"]) == (2, 2, 1, 1)
    assert (row["revenue"], row["margin"], row["aov"]) == ("60.00", "30.00", "30.00")
    assert row["refund_rate"] == 100 / 160
    assert (row["cpa"], row["cac"]) == ("25.00", "50.00")
    assert (row["roas"], row["mer"], row["contribution_roas"], row["roi"]) == (1.2, 1.2, 0.6, -0.4)
    assert row["nroas"] == 0.0
    assert (row["cvr"], row["visit_cvr"], row["sales_conversion_rate"]) == (0.25, 0.5, 0.5)


def test_a_refund_falls_on_its_sale_or_on_its_own_day(world: World) -> None:
    sale = world.sale("100.00", on=1)
    world.sale("-30.00", on=3, refund_of=sale)
    assert world.figures("date_day", kpi="revenue") == {"2026-03-02": "70.00"}
    assert world.figures("date_day", kpi=("revenue", "conversions"), basis="cash_day") == {
        "2026-03-02": ("100.00", 1),
        "2026-03-04": ("-30.00", 0),
    }


def test_by_channel_sales_are_credited_and_none_is_a_row(world: World) -> None:
    world.campaign("c1", "Paid Search")
    world.spend("50.00", campaign_id="c1")
    search = ("Paid Search", "google_ads", "a1", "c1")
    world.sale("100.00", credit={search: 0.25, "Direct": 0.75}, margin="40.00", new=True)
    world.sale("60.00")
    assert world.figures("channel", kpi=("revenue", "conversions", "roas", "cpa", "mer")) == {
        "Direct": ("75.00", 0.75, None, None, None),
        "Paid Search": ("25.00", 0.25, 0.5, "200.00", None),
        "(none)": ("60.00", 1, None, None, None),
    }
    assert world.figures("platform", kpi=("revenue", "margin", "new_customers")) == {
        "google_ads": ("25.00", "10.00", 0.25),
        "(not set)": ("75.00", "30.00", 0.75),
        "(none)": ("60.00", None, None),
    }


def test_a_campaign_brings_its_platform_id_and_name(world: World) -> None:
    world.campaign("c1", "Paid Search", name="Brand")
    world.campaign("name:Spring", "Paid Social", platform="meta_ads", account_id="m")
    world.spend("50.00", campaign_id="c1", campaign_name="Brand")
    world.spend("7.00", campaign_name="Spring", platform="meta_ads", account_id="m")
    world.sale("10.00", credit={("Paid Search", "google_ads", "a1", "c1"): 0.5, "Direct": 0.5})
    rows = world.kpis("campaign", kpi=["spend", "revenue"]).as_dict()["rows"]
    columns = ("platform", "campaign_id", "campaign_name", "spend", "revenue")
    assert [tuple(row[column] for column in columns) for row in rows] == [
        ("google_ads", "c1", "Brand", "50.00", "5.00"),
        ("meta_ads", None, "Spring", "7.00", "0.00"),
        ("(not set)", None, "(not set)", None, "5.00"),
    ]


def test_below_campaigns_nothing_is_known_of_sales(world: World) -> None:
    world.spend("50.00", level="ad_group", campaign_id="c1", ad_group_id="g1")
    world.sale("10.00")
    assert world.figures("ad_group", kpi=("spend", "revenue", "roas")) == {"g1": ("50.00", None, None)}


def test_weeks_begin_on_monday_and_months_on_the_first(world: World) -> None:
    for number in (1, 7, 8, 31):
        world.spend("1.00", on=number, campaign_id="c1")
    assert world.figures("week", kpi="spend") == {"2026-03-02": "2.00", "2026-03-09": "1.00", "2026-03-30": "1.00"}
    assert world.figures("month", kpi="spend") == {"2026-03-01": "3.00", "2026-04-01": "1.00"}


def test_a_span_takes_both_ends(world: World) -> None:
    for number in range(1, 6):
        world.spend("1.00", on=number, campaign_id="c1")
        world.sale("2.00", on=number)
    assert world.figures(kpi=("spend", "revenue"), days=Days(day(2), day(4))) == {(): ("3.00", "6.00")}


def test_nothing_is_zero_where_the_ledger_looks_and_unknown_where_it_does_not(world: World) -> None:
    for number in range(1, 5):
        world.spend("1.00", on=number, campaign_id="c1")
    world.sale("9.00", on=1)
    world.sale("9.00", on=3)
    world.touch("Direct", on=2)
    assert world.figures("date_day", kpi=("revenue", "conversions", "cpa", "visits")) == {
        "2026-03-02": ("9.00", 1, "1.00", None),
        "2026-03-03": ("0.00", 0, None, 1),
        "2026-03-04": ("9.00", 1, "1.00", None),
        "2026-03-05": (None, None, None, None),
    }


def test_zero_denominators_are_null(world: World) -> None:
    world.spend("0.00", campaign_id="c1", impressions=0, clicks=0, video_starts=0, completed_views=0, engagements=0)
    world.sale("0.00", kind="purchase")
    (row,) = world.kpis().as_dict()["rows"]
    zero = (
        "ctr",
        "cpc",
        "cpm",
        "engagement_rate",
        "completion_rate",
        "cpcv",
        "cvr",
        "roas",
        "roi",
        "mer",
        "refund_rate",
    )
    assert [row[name] for name in zero] == [None] * len(zero)
    assert (row["spend"], row["clicks"], row["cpa"]) == ("0.00", 0, "0.00")


def test_unknown_stays_unknown(world: World) -> None:
    world.spend(None, campaign_id="c1", clicks=3)
    world.sale("10.00", margin="4.00", new=True)
    world.sale("10.00")
    assert world.figures(kpi=("spend", "cpc", "impressions", "margin", "new_customers", "cac")) == {(): (None,) * 6}


def test_a_view_is_no_visit(world: World) -> None:
    for kind in ("visit", "click", "email", "view"):
        world.touch("Display", kind=kind)
    assert world.figures("channel", kpi="visits") == {"Display": 3}


def test_a_visit_falls_on_the_business_day(world: World) -> None:
    world.time_zone = "America/New_York"
    world.touch("Direct", on=2, hour=3)
    assert world.figures("date_day", kpi="visits") == {"2026-03-02": 1}


def test_costs_load_the_acquisition_cost(world: World) -> None:
    world.spend("30.00", campaign_id="c1")
    world.add("costs", date_day=day(1), channel="Paid Search", kind="fee", cost_micros=10_000_000, currency="EUR")
    world.sale("9.00", new=True)
    world.sale("9.00", new=True)
    assert world.figures(kpi=("costs", "cac", "loaded_cac")) == {(): ("10.00", "15.00", "20.00")}


def test_leads_come_from_the_ledger_or_from_a_goal_of_their_own(world: World) -> None:
    world.spend("30.00", campaign_id="c1")
    for number, kind in enumerate(["lead", "lead", "qualified"]):
        world.outcome(f"crm:{number}", kind)
    world.outcome("ga4:1", "lead", tracker=True)
    world.outcome("crm:9", "lead", status="test")
    stages = ("leads", "cpl", "qualified", "cost_per_qualified", "lead_to_customer")
    assert world.figures(kpi=stages) == {(): (2, "15.00", 1, "30.00", None)}
    assert world.figures("channel", kpi=("spend", "leads")) == {"Paid Search": ("30.00", None)}

    world.goals = (DEFAULT_GOAL, Goal("lead", ("lead",)))
    world.sale("0.00", goal="lead", kind="lead", person=1, credit={"Paid Search": 1.0})
    world.sale("0.00", goal="lead", kind="lead", person=2, credit={"Direct": 1.0})
    world.sale("0.00", goal="lead", kind="lead")
    world.sale("5.00", person=2, on=4)
    assert world.figures(kpi=("leads", "lead_to_customer")) == {(): (3, 1 / 3)}
    assert world.figures("channel", kpi="leads") == {"Direct": 1, "Paid Search": 1, "(none)": 1}


def test_a_goal_of_leads_has_no_orders(world: World) -> None:
    world.goals = (DEFAULT_GOAL, Goal("lead", ("lead",)))
    world.sale("0.00", goal="lead", kind="lead")
    assert world.figures(kpi=("conversions", "orders", "aov"), goal="lead") == {(): (1, None, None)}


def test_names_that_nothing_bears_are_offered_the_nearest(world: World) -> None:
    world.sale("1.00")
    with pytest.raises(UnknownName, match="Did you mean 'channel'"):
        world.kpis("chanel")
    with pytest.raises(UnknownName, match="Did you mean 'roas'"):
        world.kpis(kpi=["roass"])
    with pytest.raises(UnknownName, match="Did you mean 'sale'"):
        world.kpis(goal="sales")
    with pytest.raises(UnknownName, match="last_non_direct"):
        world.kpis(model="last_nondirect")
    with pytest.raises(UnknownName, match="cash_day"):
        world.kpis(basis="cash")
    with pytest.raises(UsageError, match="date_day and week at once"):
        world.kpis("date_day", "week")


def test_the_frame_of_the_answer(world: World) -> None:
    world.spend("1.00", on=None, campaign_name="All", period_start=day(1), period_end=day(7))
    assert world.kpis("channel").as_dict() == {
        "currency": "EUR",
        "goal": "sale",
        "model": "last_non_direct",
        "revenue_basis": "net",
        "basis": "conversion_day",
        "rows": [],
        "period_only": [
            {
                "platform": "google_ads", "account_id": "a1", "period_start": "2026-03-02", "period_end": "2026-03-08",
                "level": "campaign", "campaign": "All", "currency": "EUR",
                "impressions": None, "clicks": None, "spend": "1.00",
            }
        ],
        "mixed_time_zones": [],
        "mixes": {"time_zones": [], "currencies": []},
    }  # fmt: skip


def test_a_sum_over_time_zones_says_so(world: World) -> None:
    world.spend("1.00", campaign_id="c1", time_zone="America/New_York")
    world.spend("1.00", platform="meta_ads", campaign_id="m1", time_zone="Europe/Berlin")
    table = world.kpis("channel", kpi=["spend"])
    assert table.mixed_time_zones == ("America/New_York", "Europe/Berlin")
    assert world.kpis(kpi=["clicks"], days=Days(day(5))).mixed_time_zones == ()
    # Sales lie on the business's days, so what is bought on another's and what it brings are of two.
    world.spend("1.00", platform="x_ads", campaign_id="x1", time_zone="America/New_York", on=9)
    assert world.kpis("channel", kpi=["spend"], days=Days(day(9))).mixed_time_zones == ()
    assert world.kpis("channel", kpi=["roas"], days=Days(day(9))).mixed_time_zones == ("America/New_York", "UTC")


def test_a_sum_over_currencies_says_so_in_which_they_were_billed_or_booked(world: World) -> None:
    world.rate("USD", "1.25")
    world.rate("CHF", "1.00")
    world.rate("SEK", "10.00")
    world.spend("1.00", campaign_id="c1", currency="USD", clicks=1)
    world.sale("1.00", currency="CHF")
    world.add(
        "costs", import_id="i1", line=1, date_day=day(1), channel="Email", kind="fee", cost_micros=1, currency="SEK"
    )

    def currencies(kpi: str) -> tuple[str, ...]:
        return world.kpis("channel", kpi=[kpi]).mixes.currencies

    assert currencies("spend") == ()
    assert currencies("clicks") == currencies("conversions") == ()
    assert currencies("roas") == ("CHF", "USD")
    assert world.kpis(kpi=["spend"], days=Days(day(5))).mixes.currencies == ()
    world.spend("1.00", campaign_id="c2", currency="EUR")
    table = world.kpis("channel")
    assert table.mixes.currencies == ("CHF", "EUR", "SEK", "USD")
    assert table.as_dict()["mixes"] == {"time_zones": [], "currencies": ["CHF", "EUR", "SEK", "USD"]}


def test_a_missing_rate_names_currency_and_days(world: World) -> None:
    world.rate("USD", "1.25", on=1)
    world.spend("10.00", currency="USD", campaign_id="c1", on=8, clicks=2)
    world.spend("10.00", currency="USD", campaign_id="c1", on=9, clicks=3)
    with pytest.raises(MissingRates, match="USD on 2026-03-10"):
        world.kpis()
    assert world.figures(kpi="clicks") == {(): 5}
    assert world.figures(kpi=("spend", "cpc"), days=Days(None, day(8))) == {(): ("8.00", "4.00")}
