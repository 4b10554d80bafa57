"""Stripe's subscriptions, from the tables as landed to monthly recurring revenue, and back to file and line."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from outturn import api

if TYPE_CHECKING:
    from pathlib import Path

NOW = datetime(2026, 11, 1, tzinfo=UTC)
FILES = {
    "prices.csv": """
id,unit_amount,currency,recurring_interval,recurring_interval_count,billing_scheme,lookup_key,recurring_usage_type
month,4900,eur,month,1,per_unit,,licensed
year,12000,eur,year,1,per_unit,,licensed
""",
    "items.csv": """
id,subscription_id,plan_id,quantity,current_period_start
si_1,sub_1,year,3,2026-03-15 00:00:00
si_2,sub_2,month,1,2026-04-01 00:00:00
""",
    # A trial, then 10 a month, 30 from May, 20 from June, nothing from September; 49 a month from April on.
    "subscriptions.csv": """
id,status,created,start_date,trial_start,trial_end,ended_at,_fivetran_synced,quantity,customer_id,livemode
sub_1,active,2026-03-01,2026-03-01,2026-03-01,2026-03-15,,2026-03-16 00:00:00,1,cus_1,true
sub_1,active,2026-03-01,2026-03-01,2026-03-01,2026-03-15,,2026-05-01 00:00:00,3,cus_1,true
sub_1,active,2026-03-01,2026-03-01,2026-03-01,2026-03-15,,2026-06-01 00:00:00,2,cus_1,true
sub_1,canceled,2026-03-01,2026-03-01,2026-03-01,2026-03-15,2026-09-01 00:00:00,2026-09-01 00:00:00,2,cus_1,true
sub_2,active,2026-04-01,2026-04-01,,,,2026-04-02 00:00:00,1,cus_2,true
sub_3,trialing,2026-06-01,2026-06-01,2026-06-01,2026-12-01,,2026-06-02 00:00:00,1,cus_3,true
""",
    # A renewal is paid, and moves nothing.
    "charges.csv": """
id,created,amount,amount_refunded,currency,status,paid,captured,livemode,description
ch_1,2026-07-01 00:00:00,4900,0,eur,succeeded,true,true,true,Subscription update
""",
}
MRR = {
    "2026-03-01": "10.00", "2026-04-01": "59.00", "2026-05-01": "79.00", "2026-06-01": "69.00", "2026-07-01": "69.00",
    "2026-08-01": "69.00", "2026-09-01": "49.00",
}  # fmt: skip


def test_monthly_recurring_revenue_is_what_subscriptions_bring(tmp_path: Path) -> None:
    workspace = api.create(tmp_path / "acme", currency="EUR")
    for name, text in FILES.items():
        (tmp_path / name).write_text(text.lstrip())
    workspace.import_files([tmp_path / name for name in FILES], now=NOW)
    workspace.build(now=NOW + timedelta(hours=1))
    assert workspace.kpis(["month"], kpi=["mrr"]).as_dict()["rows"] == [
        {"month": month, "mrr": mrr} for month, mrr in MRR.items()
    ]
    assert workspace.kpis(kpi=["mrr", "revenue"]).as_dict()["rows"] == [{"mrr": "49.00", "revenue": None}]
    opened = workspace.kpi_rows("mrr", {"month": "2026-05-01"})["recurring_revenue"]
    assert [(row["kind"], row["file"], row["line"], row["moved"]) for row in opened] == [
        ("subscription_start", "subscriptions.csv", 5, "10.00"),
        ("subscription_start", "subscriptions.csv", 6, "49.00"),
        ("expansion", "subscriptions.csv", 3, "20.00"),
    ]


def test_without_subscriptions_it_is_unknown(tmp_path: Path) -> None:
    workspace = api.create(tmp_path / "acme", currency="EUR")
    (tmp_path / "charges.csv").write_text(FILES["charges.csv"].lstrip())
    workspace.import_files([tmp_path / "charges.csv"], now=NOW)
    workspace.build(now=NOW + timedelta(hours=1))
    assert workspace.kpis(["month"], kpi=["mrr"]).as_dict()["rows"] == []
    assert workspace.kpis(kpi=["mrr"]).as_dict()["rows"] == [{"mrr": None}]
