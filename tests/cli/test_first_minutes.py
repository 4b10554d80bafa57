"""A user's first ten minutes, every figure held against the files by arithmetic of another hand."""

from __future__ import annotations

import re
from collections import Counter
from datetime import date
from typing import TYPE_CHECKING

import pytest

from outturn.attribution.models import names
from outturn.simulator import export_files
from tests.cli.ledger import money, sales, spend
from tests.cli.terminal import answer, outturn

if TYPE_CHECKING:
    from pathlib import Path


def test_every_export_is_recognised_by_its_content_and_every_row_is_accounted_for(pristine: Path) -> None:
    imports = answer("-w", pristine, "imports")["imports"]
    assert {one["file"]: one["source"] for one in imports} == {
        "costs.csv": "costs",
        "eurofxref-hist.csv": "ecb",
        "google_ads_campaigns.csv": "google-ads",
        "meta_ads_campaigns.csv": "meta-ads",
        "shopify_orders.csv": "shopify",
        "segment_archive.jsonl": "segment",
    }
    for one in imports:
        assert one["rows_read"] == one["accepted"] + one["refused"] + one["ignored"]
        assert one["refused"] == 0


def test_spend_by_channel_is_what_the_platforms_files_bill(pristine: Path, exports: Path) -> None:
    rows = answer("-w", pristine, "kpis", "--by", "channel")["rows"]
    assert {row["channel"]: money(row["spend"]) for row in rows if row["spend"] is not None} == spend(exports)


def test_revenue_is_what_the_shops_file_says_net_of_tax_shipping_and_refunds(pristine: Path, exports: Path) -> None:
    ledger = sales(exports / "shopify_orders.csv")
    (row,) = answer("-w", pristine, "kpis")["rows"]
    assert row["conversions"] == len(ledger)
    assert money(row["revenue"]) == sum(sale.kept_micros for sale in ledger)
    assert any(sale.refunded_micros for sale in ledger), "a market without refunds would prove nothing"


@pytest.mark.parametrize("by", ["channel", "campaign"])
def test_every_models_credit_adds_up_to_the_ledger_to_the_micro(pristine: Path, exports: Path, by: str) -> None:
    ledger = sales(exports / "shopify_orders.csv")
    found = answer("-w", pristine, "attribute", "--model", "all", "--by", by)
    assert set(found["models"]) == set(names())
    assert money(found["revenue"]) == sum(sale.kept_micros for sale in ledger)
    for model, rows in found["models"].items():
        assert sum(money(row["revenue"]) for row in rows) == money(found["revenue"]), model
        assert sum(row["conversions"] for row in rows) == pytest.approx(len(ledger)), model
        assert "(none)" in {row["channel"] for row in rows}, model


@pytest.mark.parametrize("model", names())
def test_kpis_and_attribute_give_a_channel_the_same_credit(pristine: Path, model: str) -> None:
    credited = answer("-w", pristine, "attribute", "--model", model)["models"][model]
    rows = answer("-w", pristine, "kpis", "--by", "channel", "--model", model)["rows"]
    known = {row["channel"]: money(row["revenue"]) for row in rows}
    for row in credited:
        assert known.pop(row["channel"]) == money(row["revenue"])
    assert set(known.values()) <= {0}


@pytest.mark.parametrize("basis", ["conversion_day", "cash_day"])
@pytest.mark.parametrize("by", ["date_day", "week", "month", "channel", "channel,date_day", "campaign"])
def test_parts_add_up_to_the_whole_on_both_bases(pristine: Path, basis: str, by: str) -> None:
    (whole,) = answer("-w", pristine, "kpis", "--basis", basis)["rows"]
    rows = answer("-w", pristine, "kpis", "--basis", basis, "--by", by)["rows"]
    for kpi in ("spend", "revenue"):
        assert sum(money(row[kpi]) for row in rows if row[kpi] is not None) == money(whole[kpi]), kpi
    for kpi in ("conversions", "clicks", "impressions", "visits"):
        assert sum(row[kpi] or 0 for row in rows) == pytest.approx(whole[kpi]), kpi


def test_revenue_by_day_is_the_shops_own_days(pristine: Path, exports: Path) -> None:
    expected: Counter[date] = Counter()
    for sale in sales(exports / "shopify_orders.csv"):
        expected[sale.day] += sale.kept_micros
    rows = answer("-w", pristine, "kpis", "--by", "date_day", "--kpi", "revenue")["rows"]
    found = {date.fromisoformat(row["date_day"]): money(row["revenue"]) for row in rows if row["revenue"] is not None}
    assert {day: micros for day, micros in found.items() if micros} == dict(expected)


def test_a_span_of_days_is_the_sum_of_its_days(pristine: Path, exports: Path) -> None:
    first, last = date(2025, 3, 10), date(2025, 3, 23)
    ledger = [sale for sale in sales(exports / "shopify_orders.csv") if first <= sale.day <= last]
    (row,) = answer("-w", pristine, "kpis", "--from", "2025-03-10", "--to", "2025-03-23")["rows"]
    assert (row["conversions"], money(row["revenue"])) == (len(ledger), sum(sale.kept_micros for sale in ledger))
    found = answer("-w", pristine, "attribute", "--from", "2025-03-10", "--to", "2025-03-23")
    assert (found["conversions"], money(found["revenue"])) == (row["conversions"], money(row["revenue"]))


def test_a_figure_opens_to_rows_that_add_up_to_it(pristine: Path) -> None:
    rows = answer("-w", pristine, "kpis", "--by", "channel")["rows"]
    (search,) = [row for row in rows if row["channel"] == "Paid Search"]
    opened = answer("-w", pristine, "kpis", "--kpi", "clicks", "--where", "channel=Paid Search", "--rows")
    assert opened["kpi"] == "clicks"
    lines = opened["rows"]["clicks"]
    assert sum(line["clicks"] * line["adds"] for line in lines) == search["clicks"]
    assert {line["file"] for line in lines} == {"google_ads_campaigns.csv"}


def test_what_is_printed_for_people_names_every_channel_and_no_markup(pristine: Path) -> None:
    shown = outturn("-w", pristine, "kpis", "--by", "channel")
    assert (shown.code, shown.err) == (0, "")
    for row in answer("-w", pristine, "kpis", "--by", "channel")["rows"]:
        assert row["channel"] in shown.out
    credit = outturn("-w", pristine, "attribute", "--model", "linear,time_decay")
    assert re.search(r"channel +linear revenue +linear 90.% +time_decay revenue", credit.out)
    assert "\x1b" not in shown.out + credit.out, "colours belong on a terminal"


def test_the_commands_speak_of_the_same_import(pristine: Path, exports: Path) -> None:
    again = answer("-w", pristine, "import", *export_files(exports), "--no-build")["files"]
    known = {one["file"]: one["import_id"] for one in answer("-w", pristine, "imports")["imports"]}
    assert {one["file"].rsplit("/", 1)[1]: one["import_id"] for one in again} == known
    assert answer("-w", pristine, "refused") == {"rows": []}


def test_a_workspace_is_found_from_a_folder_inside_it(pristine: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(pristine / "lake")
    assert answer("imports") == answer("-w", pristine, "imports")
