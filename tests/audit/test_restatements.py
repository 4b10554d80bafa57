"""Which correction of a day is unusual."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from outturn import api
from outturn.audit.restatements import Restated, in_a_row, unusual

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

MONDAY = date(2026, 3, 2)


def restated(
    number: int, was: float, now: float, *, import_id: str = "i2", subject: str = "spend", age_days: int = 60
) -> Restated:
    day = MONDAY + timedelta(days=number)
    return Restated(subject, "meta_ads", "a1", "campaign", day, import_id, day + timedelta(days=age_days), was, now)


def test_a_tenth_of_a_settled_day_is_unusual_and_a_twentieth_is_not() -> None:
    days = [restated(1, 100, 111), restated(2, 100, 112), restated(3, 100, 105), restated(4, 100, 80)]
    assert [one.date_day.day for one in unusual(days)] == [4, 6]


@pytest.mark.parametrize(
    ("subject", "age_days", "found"),
    [("spend", 2, 0), ("spend", 3, 1), ("claims", 34, 0), ("claims", 35, 1), ("ledger", 13, 0), ("ledger", 14, 1)],
)
def test_what_was_told_before_a_day_had_settled_says_nothing(subject: str, age_days: int, found: int) -> None:
    assert len(unusual([restated(1, 10, 100, subject=subject, age_days=age_days)])) == found


def test_an_account_that_is_always_corrected_by_a_tenth_may_be_corrected_by_a_fifth() -> None:
    usual = [restated(number, 100, 90, import_id="i2") for number in range(10)]
    later = [restated(20, 100, 75, import_id="i3"), restated(21, 100, 60, import_id="i3")]
    assert unusual([*usual, *later]) == later[1:]
    # With three corrected days nothing is usual.
    assert unusual([*usual[:3], *later]) == later


def test_half_of_a_day_that_is_small_for_its_account_is_no_change() -> None:
    days = [restated(number, 1_000, 1_001) for number in range(5)] + [restated(7, 10, 20)]
    assert unusual(days) == []


def test_claims_are_held_against_claims_of_their_own_kind() -> None:
    spend = [restated(number, 100, 50) for number in range(8)]
    claims = [restated(number, 20, 16, subject="claims") for number in range(3)]
    assert unusual([*spend, *claims]) == [*spend, *claims]


def sold(number: int, was: float = 100, now: float = 80, *, import_id: str = "i2") -> Restated:
    """A day of a shop that the import changed."""
    day = MONDAY + timedelta(days=number)
    return Restated("ledger", "shopify", "", "EUR", day, import_id, day + timedelta(days=40), was, now)


@pytest.mark.parametrize(("age_days", "found"), [(34, 0), (35, 1)])
def test_sales_that_come_to_light_count_once_nobody_can_have_paid_so_late(age_days: int, found: int) -> None:
    day = MONDAY + timedelta(days=age_days)
    one = Restated("ledger", "shopify", "", "EUR", MONDAY, "i2", day, was=100, now=100, told_first=20)
    assert len(unusual([one])) == found


def test_of_a_ledger_small_days_count_as_large_ones_do() -> None:
    days = [sold(number, 1_000, 800) for number in range(5)] + [sold(7, 10, 8)]
    assert unusual(days) == days


@pytest.mark.parametrize(
    ("numbers", "found"),
    [
        pytest.param([10, 11, 12, 13], [10, 11, 12, 13], id="a stretch"),
        pytest.param([0, 1, 2, 3], [0, 1, 2, 3], id="the first days"),
        pytest.param([26, 27, 28, 29], [26, 27, 28, 29], id="the last days"),
        pytest.param([10, 11, 12, 20], [], id="three days mended by hand"),
        pytest.param([1, 8, 15, 22, 29], [], id="a day in each week"),
        pytest.param([10, 11, 12, 14, 15, 16], [], id="rows of three"),
        pytest.param([3, 10, 11, 12, 13, 25], [10, 11, 12, 13], id="a stretch and others"),
    ],
)
def test_of_a_ledger_days_count_where_four_in_a_row_are_changed(numbers: list[int], found: list[int]) -> None:
    days = {"shopify": [MONDAY + timedelta(days=number) for number in range(30)]}
    changes = [sold(number) for number in numbers]
    assert in_a_row(changes, days) == [one for one in changes if one.date_day in {days["shopify"][at] for at in found}]


def test_a_row_is_of_days_of_sales_and_of_one_import() -> None:
    # A shop that sells on Mondays alone.
    mondays = {"shopify": [MONDAY + timedelta(days=7 * number) for number in range(10)]}
    weekly = [sold(7 * number) for number in range(2, 6)]
    assert in_a_row(weekly, mondays) == weekly
    assert in_a_row([*weekly[:2], *(sold(7 * number, import_id="i3") for number in (4, 5))], mondays) == []
    # Spend is judged by `unusual` alone, and a ledger that sold on three days has no row.
    spend = restated(1, 100, 50)
    assert in_a_row([spend, *weekly], {"shopify": mondays["shopify"][:3]}) == [spend]


def ledger(folder: Path, amount: Callable[[int], int], *, days: range = range(30)) -> Path:
    """An export of three sales on each day."""
    lines = ["outcome_id,kind,occurred_at,user_id,revenue,currency"]
    for number in days:
        at = MONDAY + timedelta(days=number)
        lines += [f"s{number}-{one},purchase,{at}T10:00:00Z,u{number}{one},{amount(number)}.00,EUR" for one in range(3)]
    file = folder / f"orders{len(list(folder.iterdir()))}.csv"
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return file


def places(folder: Path, *files: Path) -> list[dict[str, Any]]:
    """What the check finds after imports of these files, a day after the other."""
    workspace = api.create(folder, currency="EUR")
    at = datetime(2026, 5, 11, 8, tzinfo=UTC)
    for number, file in enumerate(files):
        (report,) = workspace.import_files([file], now=at + timedelta(days=number))
        assert report["verdict"] == "accept"
    workspace.build(now=at + timedelta(days=10))
    return [place for one in workspace.audit(["restatements"])["findings"] for place in one["places"]]


def test_an_export_without_tax_is_found_at_the_days_that_it_tells_again(tmp_path: Path) -> None:
    files = [ledger(tmp_path, lambda _: 119), ledger(tmp_path, lambda _: 100, days=range(8, 16))]
    (place,) = places(tmp_path / "acme", *files)
    assert (place["source"], place["subject"], place["platform"]) == ("generic", "ledger", None)
    assert (place["count"], place["of"]) == (8, 30)
    assert (place["first_day"], place["last_day"]) == ("2026-03-10", "2026-03-17")


def test_exports_that_agree_or_mend_a_day_here_and_there_are_usual(tmp_path: Path) -> None:
    same, later = ledger(tmp_path, lambda _: 119), ledger(tmp_path, lambda _: 119, days=range(20, 40))
    mended = ledger(tmp_path, lambda number: 50 if number % 7 == 3 else 119)
    assert places(tmp_path / "acme", same, later, mended) == []
