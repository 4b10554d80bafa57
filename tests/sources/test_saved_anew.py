"""Exports that a spreadsheet has saved anew: their times are read by the evidence in the file, or asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.sources.workbooks import Value, workbook

if TYPE_CHECKING:
    from tests.sources.worlds import World

STRIPE = "id,Created date (UTC),Amount,Amount Refunded,Currency,Status\n"
ORDERS = "Name,Email,Financial Status,Created at,Currency,Total,Subtotal,Shipping,Taxes,Refunded Amount\n"
AT = "SELECT CAST(occurred_at AS VARCHAR) FROM outcomes ORDER BY line"


def _stripe(*times: str) -> str:
    return STRIPE + "".join(f'ch_{n},"{time}",1.50,0.00,eur,Paid\n' for n, time in enumerate(times))


@pytest.mark.parametrize(
    ("times", "first"),
    [
        (["11/02/2026 14:05", "10/22/2026 14:05"], None),
        (["02/10/2026 14:05", "22/10/2026 14:05"], "2026-10-02 14:05:00+00"),
        (["10/02/2026 14:05", "10/22/2026 14:05"], "2026-10-02 14:05:00+00"),
        (["02.10.2026 14:05", "03.10.2026 9:05"], "2026-10-02 14:05:00+00"),
        (["2026-10-02 14:05", "10/22/2026 2:05 PM"], "2026-10-02 14:05:00+00"),
    ],
)
def test_one_time_settles_the_order_of_all(world: World, times: list[str], first: str | None) -> None:
    report = world.text("payments.csv", _stripe(*times))
    assert (report.source, report.verdict) == ("stripe", "accept")
    # The second of November lies after the import: that row is refused, and no other.
    assert (report.reasons, report.accepted) == (({}, 2) if first else ({"BAD_DATE": 1}, 1))
    assert not first or world.rows(AT)[0] == (first,)


def test_times_that_nothing_settles_are_asked_for(world: World) -> None:
    export = _stripe("01/02/2026 14:05", "03/02/2026 14:05")
    report = world.text("payments.csv", export)
    assert (report.verdict, report.reasons, report.needs) == ("refuse", {"AMBIGUOUS_DATE": 1}, ("dates",))
    assert "--dates" in report.messages[0]
    assert world.text("payments.csv", export, dates="day-first").accepted == 2
    assert world.rows(AT)[0] == ("2026-02-01 14:05:00+00",)


def test_a_day_settles_the_times_beside_it_and_one_that_contradicts_refuses_all(world: World) -> None:
    both = "Record ID,Deal Name,Deal Stage,Amount,Create Date,Close Date\n"
    rows = "1,A,Closed won,10.00,01/02/2026 14:05,{}\n"
    report = world.text("deals.csv", both + rows.format("13/02/2026 10:00"), currency="EUR")
    assert (report.source, report.refused, report.verdict) == ("hubspot", 0, "accept")
    report = world.text("other.csv", both + rows.format("13/02/2026 10:00") + rows.format("02/14/2026 10:00"))
    assert report.reasons == {"AMBIGUOUS_DATE": 1}


def test_serial_times_of_a_spreadsheet(world: World) -> None:
    rows: list[list[Value]] = [
        [*STRIPE.strip().split(",")],
        ["ch_1", 46297.586805556, 1.5, 0, "eur", "Paid"],
        ["ch_2", "10/22/2026 14:05", 1.5, 0, "eur", "Paid"],
    ]
    assert world.text("payments.xlsx", workbook({"Data": rows})).accepted == 2
    assert world.rows(AT) == [("2026-10-02 14:05:00+00",), ("2026-10-22 14:05:00+00",)]


def test_a_range_above_the_header_is_asked_for_and_days_need_none(world: World) -> None:
    export = "Campaign report\n01/02/2026 - 03/04/2026\nCampaign,Currency code,Cost,Impr.,Clicks\nA,EUR,1.50,10,1\n"
    report = world.text("period.csv", export)
    assert (report.reasons, report.needs) == ({"AMBIGUOUS_DATE": 1}, ("dates",))
    report = world.text("period.csv", export, dates="day-first")
    assert (report.verdict, report.summary["first_day"], report.summary["last_day"]) == (
        "period_only", "2026-02-01", "2026-04-03",
    )  # fmt: skip
    with_days = export.replace("Campaign,Curr", "Campaign,Day,Curr").replace("A,EUR", "A,2026-02-05,EUR")
    assert world.text("days.csv", with_days).verdict == "accept"


def test_what_reads_two_ways_is_settled_only_by_what_the_platform_fixes(world: World) -> None:
    days = "{},{},EUR,10,1,1.50\n"
    linkedin = "Start Date (in UTC),Account Name,Currency,Campaign ID,Campaign Name,Total Spent,Impressions,Clicks\n"
    assert world.text("linkedin.csv", linkedin + "01/02/2026,Acme,EUR,1,A,1.50,10,1\n").accepted == 1
    assert world.rows("SELECT CAST(date_day AS VARCHAR) FROM ad_spend") == [("2026-01-02",)]
    for header in ("Kampagne,Tag,Währungscode,Impr.,Klicks,Kosten\n", "Campaign,Day,Currency code,Impr.,Clicks,Cost\n"):
        report = world.text("export.csv", header + days.format("A", "01/02/2026"))
        assert (report.reasons, report.needs) == ({"AMBIGUOUS_DATE": 1}, ("dates",))
