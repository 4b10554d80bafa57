"""Business customers, from a CRM's exports to credited deals: the company's touches count, whoever signs."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest

from outturn import api

if TYPE_CHECKING:
    from pathlib import Path

NOW = datetime(2025, 7, 1, tzinfo=UTC)
CONTACTS = """
Record ID,First Name,Last Name,Email,Create Date,Company Name,Original Traffic Source
11,Ana,Lee,ana@acme.example,2025-01-10 09:00,Acme,PAID_SOCIAL
12,Ben,Ray,ben@acme.example,2025-03-20 09:00,Acme,ORGANIC_SEARCH
13,Eve,Fox,eve@bolt.example,2025-04-02 09:00,Bolt,DIRECT_TRAFFIC
"""
DEALS = """
Record ID,Deal Name,Deal Stage,Deal Probability,Amount,Currency,Create Date,Date Entered Current Stage,\
Associated Contact IDs,Associated Company
1,Acme rollout,Closed Won,1,12000,EUR,2025-04-01 10:00,2025-05-20 10:00,12,Acme
2,Bolt pilot,Demo held,0.25,4000,EUR,2025-04-15 10:00,2025-05-01 10:00,13,Bolt
3,Acme second,Closed Lost,0,9000,EUR,2025-04-20 10:00,2025-06-01 10:00,11;12,Acme
"""
SPEND = """
date_day,platform,channel,spend,currency
2025-01-09,linkedin_ads,Paid Social,1000.00,EUR
"""
GOALS = """
[goals.deal]
kinds = ["won"]
per = "account"

[goals.person]
kinds = ["won"]
lookback_days = 180

[goals.opened]
kinds = ["opportunity"]
per = "account"

[goals.demo]
kinds = ["opportunity"]
stages = ["demo held"]

[goals.lead]
kinds = ["lead"]
per = "account"
"""


@pytest.fixture(scope="module")
def acme(tmp_path_factory: pytest.TempPathFactory) -> api.OpenWorkspace:
    folder = tmp_path_factory.mktemp("companies")
    workspace = api.create(folder / "acme", currency="EUR")
    settings = workspace.root / "outturn.toml"
    # The goals of this world instead of the first one, which stands last.
    settings.write_text(settings.read_text(encoding="utf-8").partition("[goals.sale]")[0] + GOALS, encoding="utf-8")
    workspace = api.open(folder / "acme")
    workspace.import_files(files(folder), now=NOW)
    workspace.build(now=NOW)
    return workspace


def files(folder: Path) -> list[Path]:
    written = []
    for name, text in (("contacts.csv", CONTACTS), ("deals.csv", DEALS), ("spend.csv", SPEND)):
        (folder / name).write_text(text.strip() + "\n", encoding="utf-8")
        written.append(folder / name)
    return written


def by_channel(workspace: api.OpenWorkspace, *kpis: str, **asked: Any) -> dict[str, tuple[Any, ...]]:
    rows = workspace.kpis(["channel"], kpi=kpis, **asked).to_dicts()
    return {row["channel"]: tuple(row[kpi] for kpi in kpis) for row in rows}


def test_the_ad_that_one_contact_clicked_earns_the_deal_that_the_other_signed(acme: api.OpenWorkspace) -> None:
    models = acme.attribute(["first_touch", "linear"], goal="deal")["models"]
    earned = {
        model: {row["channel"]: row["revenue"] for row in rows if row["conversions"]} for model, rows in models.items()
    }
    assert earned == {
        "first_touch": {"Paid Social": "12000.00"},
        "linear": {"Paid Social": "6000.00", "Organic Search": "6000.00"},
    }
    (person,) = acme.attribute(["first_touch"], goal="person")["models"].values()
    assert {row["channel"]: row["revenue"] for row in person if row["conversions"]} == {"Organic Search": "12000.00"}


def test_the_pipeline_is_credited_and_adds_up(acme: api.OpenWorkspace) -> None:
    kpis = ("opportunities", "pipeline_value", "pipeline_per_spend")
    whole = acme.kpis(kpi=(*kpis, "pipeline_roi", "leads", "cpl", "lead_to_customer", "pipeline_lag_days")).to_dicts()[
        0
    ]
    # 12,000 won, a quarter of 4,000 open, nothing of what was lost.
    assert whole == {
        "opportunities": 3, "pipeline_value": Decimal("13000.00"), "pipeline_per_spend": 13.0, "pipeline_roi": 12.0,
        "leads": 3, "cpl": Decimal("333.333333"), "lead_to_customer": 2 / 3,
        "pipeline_lag_days": pytest.approx((81 + 13 + 100 + 3 / 24) / 3, abs=0.1),
    }  # fmt: skip
    credited = by_channel(acme, *kpis, model="linear")
    assert credited["Paid Social"] == (1.0, Decimal("6000.00"), 6.0)
    assert credited["Direct"] == (1.0, Decimal("1000.00"), None)
    assert sum(value for _, value, _ in credited.values()) == whole["pipeline_value"]
    assert sum(count for count, _, _ in credited.values()) == whole["opportunities"]


def test_every_figure_opens_to_file_and_line(acme: api.OpenWorkspace) -> None:
    found = acme.kpi_rows("pipeline_per_spend", {"channel": "Paid Social"}, model="linear")
    assert [(row["file"], row["line"], row["expected"], row["credit"]) for row in found["pipeline"]] == [
        ("deals.csv", 2, "12000.00", 0.5), ("deals.csv", 4, "0.00", 0.5),
    ]  # fmt: skip
    assert [row["file"] for row in found["spend"]] == ["spend.csv"]
    (lead,) = acme.kpi_rows("leads", {"channel": "Direct"})["leads"]
    assert (lead["file"], lead["line"]) == ("contacts.csv", 4)
    assert len(acme.kpi_rows("lead_to_customer", {})["won_leads"]) == 2


def test_a_build_counts_conversions_as_attribute_does(acme: api.OpenWorkspace) -> None:
    figures = acme.build(now=NOW + timedelta(hours=1))
    goals = ("deal", "person", "opened", "demo", "lead")
    assert figures["conversions"] == sum(acme.attribute(goal=goal)["conversions"] for goal in goals) == 9
    assert figures["found"]["companies"]["companies"] == 2
    assert figures["found"]["conversions"]["idle_goals"] == ()


def test_where_companies_buy_the_first_goal_is_told_so_and_can_be_made_so(tmp_path: Path) -> None:
    said = {}
    for per in ("person", "account"):
        workspace = api.create(tmp_path / per, currency="EUR", per=per)
        workspace.import_files(files(tmp_path), now=NOW)
        said[per] = workspace.build(now=NOW)["found"]["conversions"]["idle_goals"]
        assert workspace.attribute(["linear"])["lookback_days"] == {"person": 30, "account": 180}[per]
    (hint,) = said["person"]
    assert "credits 1 deals of companies" in hint["says"]
    assert 'per = "account"' in hint["says"]
    assert said["account"] == ()


def test_all_contacts_of_a_deal_without_a_company_are_taken_together(tmp_path: Path) -> None:
    contacts = "\n".join(line.replace(",Acme,", ",,") for line in CONTACTS.strip().splitlines())
    deals = "\n".join(line.removesuffix("Acme").replace(",12,", ",12;11,") for line in DEALS.strip().splitlines())
    for name, text in (("contacts.csv", contacts), ("deals.csv", deals)):
        (tmp_path / name).write_text(text + "\n", encoding="utf-8")
    workspace = api.create(tmp_path / "acme", currency="EUR", per="account")
    workspace.import_files([tmp_path / "contacts.csv", tmp_path / "deals.csv"], now=NOW)
    workspace.build(now=NOW)
    (rows,) = workspace.attribute(["linear"])["models"].values()
    assert {row["channel"]: row["revenue"] for row in rows if row["conversions"]} == {
        "Paid Social": "6000.00", "Organic Search": "6000.00",
    }  # fmt: skip
    # It groups them for that deal alone: nobody's leads become a company's.
    assert workspace.explain("hubspot:contact:11")["rows"][0]["names_company"] is False
