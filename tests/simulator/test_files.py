"""The files are what real life gives, and independent reading finds the truth's figures in them."""

from __future__ import annotations

import csv
import hashlib
import json
import re
import tracemalloc
from collections import Counter, defaultdict
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from itertools import pairwise
from typing import TYPE_CHECKING

import pytest

from outturn.domain.errors import UsageError
from outturn.simulator import AURORA, TRUTH_FILE, export_files, simulate
from tests.simulator.files import micros
from tests.simulator.markets import DAYS, PEOPLE, SEED, SMALL, START

if TYPE_CHECKING:
    from pathlib import Path

    from tests.simulator.files import Files

COUNTED = {"paid", "partially_refunded", "refunded"}


def is_test(order: dict[str, str]) -> bool:
    return order["Payment Method"] == "Bogus Gateway"


def digests(folder: Path) -> dict[str, str]:
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in folder.iterdir()}


def test_same_seed_same_bytes_and_another_seed_other_bytes(files: Files, tmp_path: Path) -> None:
    simulate(tmp_path / "same", people=PEOPLE, days=DAYS, seed=SEED, start=START, market=SMALL)
    simulate(tmp_path / "other", people=PEOPLE, days=DAYS, seed=SEED + 1, start=START, market=SMALL)
    assert digests(tmp_path / "same") == digests(files.folder)
    assert not set(digests(tmp_path / "other").values()) & set(digests(files.folder).values())


def test_the_exports_are_all_files_but_the_truth(files: Files) -> None:
    assert [path.name for path in export_files(files.folder)] == [
        "costs.csv", "eurofxref-hist.csv", "google_ads_campaigns.csv", "meta_ads_campaigns.csv",
        "segment_archive.jsonl", "shopify_orders.csv",
    ]  # fmt: skip
    assert (files.folder / TRUTH_FILE).exists()


def test_googles_rows_add_up_to_its_totals_and_to_the_truth(files: Files) -> None:
    lines = (files.folder / "google_ads_campaigns.csv").read_text(encoding="utf-8").splitlines()
    assert lines[:2] == ["Campaign report", '"March 9, 2026 - April 12, 2026"']
    rows = [row for row in files.google if not row["Campaign"].startswith("Total: ")]
    totals = [row for row in files.google if row["Campaign"].startswith("Total: ")]
    assert [row["Campaign"] for row in totals] == ["Total: Campaigns", "Total: Account"]
    for column in ("Cost", "Impr.", "Clicks", "Conversions", "Conv. value"):
        assert sum(micros(row[column]) for row in rows) == micros(totals[0][column])
    spent: Counter[str] = Counter()
    clicks: Counter[str] = Counter()
    for row in rows:
        assert "," not in row["Cost"]
        spent[row["Campaign ID"]] += micros(row["Cost"])
        clicks[row["Campaign ID"]] += int(row["Clicks"].replace(",", ""))
    google = [place for place in files.truth.places if place.platform == "google_ads"]
    assert spent == {place.campaign_id: place.spend_micros for place in google}
    assert clicks == {place.campaign_id: place.clicks for place in google}
    assert any("," in row["Impr."] for row in rows)


def test_metas_dollars_at_the_days_rate_are_the_truths_euros(files: Files) -> None:
    assert (files.folder / "meta_ads_campaigns.csv").read_bytes().startswith(b"\xef\xbb\xbfReporting starts,")
    total, *rows = files.meta
    assert total["Campaign name"] == total["Day"] == ""
    for column in ("Amount spent (USD)", "Impressions", "Link clicks", "Clicks (all)", "Purchases"):
        assert sum(micros(row[column]) for row in rows) == micros(total[column])
    spent: Counter[str] = Counter()
    for row in rows:
        day = date.fromisoformat(row["Day"])
        rate = next(
            files.dollars_per_euro[day - timedelta(days=back)]
            for back in range(8)
            if day - timedelta(days=back) in files.dollars_per_euro
        )
        spent[row["Campaign ID"]] += round(micros(row["Amount spent (USD)"]) / rate)
    meta = [place for place in files.truth.places if place.platform == "meta_ads"]
    assert spent == {place.campaign_id: place.spend_micros for place in meta}


def test_costs_are_those_of_the_channels_that_no_platform_bills(files: Files) -> None:
    with (files.folder / "costs.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    booked: Counter[str] = Counter()
    for row in rows:
        booked[row["channel"]] += micros(row["cost"])
    assert booked == {c.channel: c.cost_micros for c in files.truth.channels if c.cost_micros}
    assert {row["kind"] for row in rows} == {"fee"}


def test_the_shops_cells_add_up_line_by_line(files: Files) -> None:
    items: dict[str, int] = defaultdict(int)
    for line in files.shop_lines:
        assert len(line) == 79
        items[line["Name"]] += micros(line["Lineitem price"]) * int(line["Lineitem quantity"])
    assert len(files.shop_lines) > len(files.orders)
    for order in files.orders:
        subtotal, tax = micros(order["Subtotal"]), micros(order["Taxes"])
        assert items[order["Name"]] - micros(order["Discount Amount"]) == subtotal
        assert subtotal + tax + micros(order["Shipping"]) == micros(order["Total"])
        assert abs(Fraction(tax) - subtotal * Fraction(19, 100)) <= 5_000
        assert micros(order["Refunded Amount"]) <= micros(order["Total"])
    assert [order["Name"] for order in files.orders] == [f"#{1001 + n}" for n in range(len(files.orders))]


def test_the_ledgers_orders_revenue_and_refunds_are_the_truths(files: Files) -> None:
    counts = [o for o in files.orders if o["Financial Status"] in COUNTED and not is_test(o)]
    assert len(counts) == files.truth.orders
    assert len(files.orders) - len(counts) == files.truth.uncounted_orders
    assert sum(micros(order["Subtotal"]) for order in counts) == files.truth.revenue_micros
    back = 0
    for order in counts:
        refunded, total = micros(order["Refunded Amount"]), micros(order["Total"])
        back += refunded - sum(round(Fraction(refunded * micros(order[of]), total)) for of in ("Taxes", "Shipping"))
    assert back == files.truth.refunded_micros


def test_every_fate_of_an_order_occurs(files: Files) -> None:
    fates = Counter((order["Financial Status"], bool(order["Cancelled at"])) for order in files.orders)
    assert {("paid", False), ("partially_refunded", False), ("refunded", False), ("refunded", True)} <= set(fates)
    assert {("pending", False), ("voided", True)} <= set(fates)
    assert any(is_test(order) for order in files.orders)
    for order in files.orders:
        refunded, total = micros(order["Refunded Amount"]), micros(order["Total"])
        wholly = order["Financial Status"] == "refunded"
        partly = order["Financial Status"] == "partially_refunded"
        assert (refunded == total) if wholly else (0 < refunded < total) if partly else refunded == 0
        assert bool(order["Paid at"]) == (order["Financial Status"] not in {"pending", "voided"})


def test_local_times_carry_the_offset_of_their_season(files: Files) -> None:
    change = datetime(2026, 3, 29, 1, tzinfo=UTC)
    for order in files.orders:
        at = datetime.strptime(order["Created at"], "%Y-%m-%d %H:%M:%S %z")
        assert at.utcoffset() == timedelta(hours=2 if at >= change else 1)
        assert START <= at.date() < START + timedelta(days=DAYS)


def test_the_archive_has_each_message_once_in_order_of_time_within_a_part(files: Files) -> None:
    ids = [message["messageId"] for message in files.messages]
    assert len(set(ids)) == len(ids)
    times = [message["timestamp"] for message in files.messages]
    assert sum(later < earlier for earlier, later in pairwise(times)) == 1
    assert sum(name.startswith("p-") for name in ids) == files.truth.touches
    assert set(files.kinds()) == {"page", "identify", "Order Completed", "Order Refunded"}


def test_tracked_orders_corroborate_the_shops_and_miss_some(files: Files) -> None:
    shop = {order["Id"]: order for order in files.orders}
    tracked = [message for message in files.messages if message.get("event") == "Order Completed"]
    for message in tracked:
        order = shop[message["properties"]["order_id"]]
        assert message["properties"]["order_name"] == order["Name"]
        assert message["properties"]["total"] == float(order["Total"])
        assert message["properties"]["revenue"] == float(order["Subtotal"])
    assert 0.75 * len(shop) < len(tracked) < 0.95 * len(shop)
    for message in files.messages:
        if message.get("event") == "Order Refunded":
            order = shop[message["properties"]["order_id"]]
            assert message["properties"]["total"] == float(order["Refunded Amount"])


def test_some_people_have_several_anonymous_ids_that_an_email_ties(files: Files) -> None:
    browsers = defaultdict(set)
    for message in files.messages:
        if message["type"] == "identify":
            browsers[message["traits"]["email"]].add(message["anonymousId"])
    assert sum(len(ids) > 1 for ids in browsers.values()) > 20
    assert all(email.endswith("@example.com") for email in browsers)


def test_campaign_tags_are_ids_names_click_ids_alone_and_dirt(files: Files) -> None:
    ids = {place.campaign_id for place in files.truth.places}
    names = {place.campaign_name for place in files.truth.places}
    seen: Counter[str] = Counter()
    for message in files.messages:
        if message["type"] != "page":
            continue
        url, told = message["context"]["page"]["url"], message["context"].get("campaign", {})
        name = told.get("name")
        seen["id" if name in ids else "name" if name in names else "dirt" if told else "none"] += 1
        seen["gclid alone"] += "gclid=" in url and not told
        seen["unexpanded"] += name in {"{campaignid}", "{{campaign.id}}"}
        seen["stale"] += bool(re.search(r"\?gclid=", url)) and "google" not in message["context"]["page"]["referrer"]
    assert all(seen[kind] > 5 for kind in ("id", "name", "dirt", "none", "gclid alone", "unexpanded", "stale"))


def test_ga4_tells_the_same_visits_and_purchases(files: Files, tmp_path: Path) -> None:
    truth = simulate(tmp_path, people=PEOPLE, days=DAYS, seed=SEED, start=START, tracking="ga4", market=SMALL)
    assert truth == files.truth
    with (tmp_path / "ga4_events.jsonl").open(encoding="utf-8") as file:
        events = [json.loads(line) for line in file]
    kinds = Counter(event["event_name"] for event in events)
    assert kinds["session_start"] == truth.touches
    assert kinds["purchase"] == files.kinds()["Order Completed"]
    totals = {order["Name"].removeprefix("#"): float(order["Total"]) for order in files.orders}
    for event in events:
        if event["event_name"] == "purchase":
            assert event["ecommerce"]["purchase_revenue"] == totals[event["ecommerce"]["transaction_id"]]


def test_memory_holds_a_part_not_the_population(tmp_path: Path) -> None:
    def peak(people: int) -> int:
        tracemalloc.start()
        simulate(tmp_path, people=people, days=14, seed=1, start=START, market=replace(AURORA, part_people=400))
        most = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return most

    assert peak(3_200) < 1.4 * peak(800)


def test_a_crm_adds_forms_contacts_and_deals_and_leaves_the_rest_as_it_is(files: Files, tmp_path: Path) -> None:
    simulate(tmp_path, people=PEOPLE, days=DAYS, seed=SEED, start=START, market=SMALL, crm=True)
    before, after = digests(files.folder), digests(tmp_path)
    added = {"lead_ads.csv", *(name for name in after if name.startswith("hubspot_"))}
    assert set(after) - set(before) == added
    assert {name for name in before if before[name] != after[name]} == {"segment_archive.jsonl"}
    lines = (tmp_path / "segment_archive.jsonl").read_text(encoding="utf-8").splitlines()
    forms = [line for line in lines if '"messageId":"f-' in line]
    own = [line for line in lines if '"messageId":"f-' not in line and '"messageId":"g-' not in line]
    assert own == (files.folder / "segment_archive.jsonl").read_text(encoding="utf-8").splitlines()

    with (tmp_path / "hubspot_contact.csv").open(encoding="utf-8", newline="") as file:
        contacts = {row["id"]: row for row in csv.DictReader(file)}
    with (tmp_path / "hubspot_deal_contact.csv").open(encoding="utf-8", newline="") as file:
        ties = {row["deal_id"]: row["contact_id"] for row in csv.DictReader(file)}
    with (tmp_path / "hubspot_deal_stage.csv").open(encoding="utf-8", newline="") as file:
        moves = list(csv.DictReader(file))
    with (tmp_path / "lead_ads.csv").open(encoding="utf-8", newline="") as file:
        leads = list(csv.DictReader(file))
    assert len(contacts) <= len(leads) + 2 * len(forms)
    assert len({row["property_email"] for row in contacts.values()}) == len(contacts) > len(ties) > 0
    entered: dict[str, list[str]] = defaultdict(list)
    for row in moves:
        entered[row["deal_id"]].append(row["date_entered"])
    assert set(entered) == set(ties)
    for deal, times in entered.items():
        assert times == sorted(times)
        assert times[0] >= contacts[ties[deal]]["property_createdate"]


def test_forms_for_a_crm_need_a_segment_archive(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="a Segment archive only; got tracking='ga4'"):
        simulate(tmp_path, people=10, days=1, seed=1, start=START, market=SMALL, tracking="ga4", crm=True)
