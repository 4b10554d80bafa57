"""One conversion explained from imported files: its journey, its credit, its rows, and why there is none."""

from __future__ import annotations

import json
from collections import defaultdict
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest

from outturn import api
from outturn.attribution import models
from outturn.domain.errors import UnknownName
from outturn.simulator import export_files, simulate

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

NOW = datetime(2026, 5, 10, 12, tzinfo=UTC)
SALES = """outcome_id,kind,occurred_at,user_id,revenue,currency,click_id
S-1,purchase,2026-03-10T10:00:00Z,ana,1.00,EUR,
S-1:refund,refund,2026-04-02T09:00:00Z,ana,0.40,EUR,
S-2,purchase,2026-03-28T18:30:00Z,ben,120.00,EUR,
S-3,purchase,2026-03-28T18:30:00Z,eve,10.00,EUR,
S-4,purchase,2026-03-28T18:30:00Z,kim,11.00,EUR,
S-5,purchase,2026-03-28T18:30:00Z,,12.00,EUR,gclid-of-nobody
S-6,purchase,2026-04-28T18:30:00Z,ben,13.00,EUR,
S-7:refund,refund,2026-04-28T18:30:00Z,ben,14.00,EUR,
L-1,lead,2026-03-09T18:30:00Z,ana,,,
Q-1,qualified,2026-03-09T18:40:00Z,ana,,,
"""
VISITS = """touch_id,user_id,occurred_at,channel,platform,campaign_name
t1,ana,2026-01-08T09:00:00Z,Email,,
t2,ana,2026-03-08T09:00:00Z,Email,,
t3,ana,2026-03-10T09:50:00Z,Paid Search,google_ads,Brand
t4,ben,2026-03-27T20:00:00Z,Paid Social,,
t5,kim,2026-01-27T18:30:00Z,Paid Social,,
t6,kim,2026-03-29T20:00:00Z,Email,,
"""
GOALS = """
[goals.lead]
kinds = ["lead"]

[goals.first]
kinds = ["purchase"]
count = "one"

[goals.shop]
kinds = ["purchase"]
system = "shopify"
"""
PAGE = {
    "type": "page",
    "messageId": "m1",
    "anonymousId": "browser-of-ana",
    "userId": "ana",
    "timestamp": "2026-03-09T12:00:00Z",
    "context": {
        "page": {
            "url": "https://shop.example/basket/ana@example.com?email=ana@example.com&gclid=SECRET",
            "referrer": "https://www.google.com/search?q=who+is+ana",
        },
        "campaign": {"source": "google", "medium": "cpc", "name": "ana@example.com"},
    },
}


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> api.OpenWorkspace:
    folder = tmp_path_factory.mktemp("small")
    for name, text in {"sales.csv": SALES, "visits.csv": VISITS, "archive.jsonl": json.dumps(PAGE)}.items():
        (folder / name).write_text(text, encoding="utf-8")
    workspace = api.create(folder / "acme", currency="EUR")
    settings = workspace.root / "outturn.toml"
    settings.write_text(settings.read_text(encoding="utf-8") + GOALS, encoding="utf-8")
    workspace = api.open(workspace.root)
    reports = workspace.import_files(sorted(folder.glob("*.*")), now=NOW)
    assert [(report["verdict"], report["refused"]) for report in reports] == [("accept", 0)] * 3
    workspace.build(now=NOW)
    return workspace


def test_a_journey_with_its_stages_credit_and_rows(small: api.OpenWorkspace) -> None:
    found = small.explain("generic:S-1", models=["linear", "w_shaped"])
    assert found["counted_by"] == ["sale", "first"]
    assert {name: found[name] for name in ("outcome_id", "goal", "currency", "why")} == {
        "outcome_id": "generic:S-1", "goal": "sale", "currency": "EUR", "why": None,
    }  # fmt: skip
    told = [(touch["touch"], touch["channel"], touch["kind"], touch["days_before"]) for touch in found["journey"]]
    assert told == [
        (1, "Email", "visit", round(49 / 24, 6)),
        (2, "Paid Search", "visit", round(22 / 24, 6)),
        (3, "Paid Search", "visit", round(10 / 1440, 6)),
    ]
    assert found["journey"][2]["campaign_name"] == "Brand"
    assert [(stage["stage"], stage["at"]) for stage in found["stages"]] == [("lead", "2026-03-09T18:30:00+00:00")]
    assert found["outside"] == {
        "before_lookback": 1, "last_before_days": round(61 + 1 / 24, 6), "after_conversion": 0,
    }  # fmt: skip
    assert [part["revenue"] for part in found["credits"]["linear"]] == ["0.333334", "0.333333", "0.333333"]
    assert [part["refunds"] for part in found["credits"]["linear"]] == [
        {"generic:S-1:refund": amount} for amount in ("-0.133334", "-0.133333", "-0.133333")
    ]
    assert [part["net_revenue"] for part in found["credits"]["linear"]] == ["0.20", "0.20", "0.20"]
    assert [(row["of"], row["file"], row["line"]) for row in found["rows"]] == [
        ("touch 1", "visits.csv", 3), ("touch 2", "archive.jsonl", 1), ("touch 3", "visits.csv", 4),
        ("conversion", "sales.csv", 2), ("refund", "sales.csv", 3),
    ]  # fmt: skip
    assert found["rows"][3]["identifiers"] == ["user id"]


def test_of_a_refund_its_sale_and_without_the_system_the_same(small: api.OpenWorkspace) -> None:
    whole = small.explain("generic:S-1")
    assert list(whole["credits"]) == list(models.names())
    for name in ("generic:S-1:refund", "S-1"):
        assert small.explain(name) == {**whole, "asked": name}


def test_nothing_that_names_a_person_is_shown(small: api.OpenWorkspace) -> None:
    found = small.explain("generic:S-1")
    page = found["rows"][1]
    assert page["url"].startswith("https://shop.example/basket/")
    assert (page["referrer"], page["click_ids"]) == ("https://www.google.com/search", ["gclid"])
    for secret in ("ana@", "SECRET", "who+is", "browser-of-ana", '"ana"', "who is"):
        assert secret not in json.dumps(found)


@pytest.mark.parametrize(
    ("outcome_id", "why"),
    [
        ("generic:S-3", "no import holds a touch of theirs"),
        ("generic:S-4", "1 touch lies earlier, the last one 60.0 days before it and 1 touch lies only after it"),
        ("generic:S-5", "no user id, CRM id, e-mail, phone or browser id, and its click id was seen with nobody"),
        ("generic:S-6", "1 touch lies earlier, the last one 31.9 days before"),
        ("generic:S-7:refund", "generic:S-7, which no import holds"),
    ],
)
def test_a_sale_without_touches_says_why(small: api.OpenWorkspace, outcome_id: str, why: str) -> None:
    found = small.explain(outcome_id, models=["linear"])
    assert why in found["why"]
    (part,) = found["credits"]["linear"]
    assert (part["touch"], part["channel"], part["weight"]) == (None, "(none)", 1.0)
    assert part["net_revenue"] == found["conversion"]["value"]


@pytest.mark.parametrize(
    ("outcome_id", "goal", "why"),
    [
        ("generic:Q-1", None, "Goal 'lead' does not count it: it is of kind qualified, and the goal counts lead."),
        ("generic:L-1", "sale", "the goal counts purchase or won. It counts for lead."),
        ("generic:S-6", "first", "the goal counts only the first of each person"),
        ("generic:S-6", "shop", "it comes from generic, and the goal's system of record is shopify"),
        (
            "generic:S-1:refund",
            "lead",
            "It takes back generic:S-1. Goal 'lead' does not count it: it is of kind purchase",
        ),
    ],
)
def test_what_no_goal_counts_says_why(small: api.OpenWorkspace, outcome_id: str, goal: str | None, why: str) -> None:
    found = small.explain(outcome_id, goal=goal)
    assert why in found["why"]
    assert (found["journey"], found["credits"]) == ([], {})
    assert [row["file"] for row in found["rows"]] == ["sales.csv"]


def test_the_first_goal_that_counts_it_unless_another_is_named(small: api.OpenWorkspace) -> None:
    assert small.explain("generic:L-1")["goal"] == "lead"
    assert small.explain("generic:S-1", goal="first")["goal"] == "first"


def test_an_id_that_nothing_bears_says_what_comes_near(small: api.OpenWorkspace) -> None:
    with pytest.raises(UnknownName, match=r"Did you mean 'generic:S-1'.*generic:S-2.*<system>:<native id>"):
        small.explain("generc:S-1")
    with pytest.raises(UnknownName, match="linear"):
        small.explain("generic:S-1", models=["linaer"])
    with pytest.raises(UnknownName, match="goal"):
        small.explain("generic:S-1", goal="sael")


def test_all_conversions_explained_add_up_to_what_attribute_says(tmp_path: Path) -> None:
    simulate(tmp_path / "exports", people=260, days=25, start=date(2026, 3, 2))
    workspace = api.create(tmp_path / "acme", currency="EUR", time_zone="Europe/Berlin")
    workspace.import_files(export_files(tmp_path / "exports"), now=NOW)
    workspace.build(now=NOW)
    sums: Mapping[tuple[str, str], list[Any]] = defaultdict(lambda: [0.0, Decimal()])
    ids = [row["outcome_id"] for row in workspace.kpi_rows("conversions", {})["conversions"] if row["counts"]]
    assert len(ids) > 10
    for outcome_id in ids:
        found = workspace.explain(outcome_id)
        for model, parts in found["credits"].items():
            assert sum(Decimal(part["revenue"]) for part in parts) == Decimal(found["conversion"]["value"])
            for part in parts:
                sums[model, part["channel"]][0] += part["conversions"]
                sums[model, part["channel"]][1] += Decimal(part["net_revenue"])
        touched = {row["touch"] for row in found["rows"] if row["of"].startswith("touch")}
        assert touched == {touch["touch"] for touch in found["journey"]}
    for model, rows in workspace.attribute(["all"])["models"].items():
        for row in rows:
            conversions, revenue = sums[model, row["channel"]]
            assert (round(conversions, 9), revenue) == (row["conversions"], Decimal(row["revenue"]))


CONTACTS = """Record ID,First Name,Last Name,Email,Create Date,Company Name,Original Traffic Source
11,Ana,Lee,ana@acme.example,2026-01-10 09:00,Acme,PAID_SOCIAL
12,Ben,Ray,ben@acme.example,2026-03-20 09:00,Acme,ORGANIC_SEARCH
13,Eve,Fox,eve@bolt.example,2026-03-02 09:00,Bolt,DIRECT_TRAFFIC
"""
DEALS = (
    "Record ID,Deal Name,Deal Stage,Deal Probability,Amount,Currency,Create Date,Date Entered Current Stage,"
    "Associated Contact IDs,Associated Company\n"
    "1,Acme rollout,Closed Won,1,12000,EUR,2026-02-01 10:00,2026-04-20 10:00,12,Acme\n"
    "2,Bolt pilot,Demo held,0.25,4000,EUR,2026-03-15 10:00,2026-04-01 10:00,13,Bolt\n"
)
ACCOUNT_GOALS = """
[goals.deal]
kinds = ["won"]
per = "account"

[goals.demo]
kinds = ["opportunity"]
stages = ["Demo booked"]
per = "account"
"""


def test_a_companys_deal_says_whose_contact_touched_what(tmp_path: Path) -> None:
    for name, text in {"contacts.csv": CONTACTS, "deals.csv": DEALS}.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    settings = api.create(tmp_path / "b2b", currency="EUR").root / "outturn.toml"
    settings.write_text(settings.read_text(encoding="utf-8") + ACCOUNT_GOALS, encoding="utf-8")
    workspace = api.open(tmp_path / "b2b")
    workspace.import_files(sorted(tmp_path.glob("*.csv")), now=NOW)
    workspace.build(now=NOW)
    found = workspace.explain("hubspot:1", goal="deal", models=["w_shaped"])
    assert found["conversion"]["journey_of"] == "company"
    assert [(touch["channel"], touch["contact"]) for touch in found["journey"]] == [
        ("Paid Social", "contact 1"), ("Organic Search", "contact 2 (of the deal)"),
    ]  # fmt: skip
    assert [stage["stage"] for stage in found["stages"]] == ["lead", "opportunity"]
    # First touch, lead and opportunity are Ana's: 90 to 10.
    assert [part["revenue"] for part in found["credits"]["w_shaped"]] == ["10800.00", "1200.00"]
    assert [(row["of"], row["file"], row["line"], row.get("stage")) for row in found["rows"]] == [
        ("touch 1", "contacts.csv", 2, None), ("touch 2", "contacts.csv", 3, None),
        ("conversion", "deals.csv", 2, ""), ("conversion", "deals.csv", 2, "Closed Won"),
    ]  # fmt: skip
    assert "acme.example" not in json.dumps(found)
    why = workspace.explain("hubspot:2", goal="demo")["why"]
    assert why == "Goal 'demo' does not count it: it entered Demo held, and the goal counts Demo booked."
