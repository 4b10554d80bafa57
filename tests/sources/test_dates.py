"""Days and instants, read by the evidence of the file."""

from __future__ import annotations

from datetime import date

import duckdb
import pytest

from outturn.domain.errors import FileRefused
from outturn.sources.dates import Order, days_of, range_of
from outturn.sources.instants import Otherwise, instant, local_instant


@pytest.mark.parametrize(
    ("texts", "expected"),
    [
        (["2026-09-01"], date(2026, 9, 1)),
        (["20260901"], date(2026, 9, 1)),
        (["2026-09-01 00:00:00"], date(2026, 9, 1)),
        (["9/1/2026", "9/13/2026"], date(2026, 9, 1)),
        (["1/9/2026", "13/9/2026"], date(2026, 9, 1)),
        (["01.09.2026"], date(2026, 9, 1)),
        (["Sep 1, 2026"], date(2026, 9, 1)),
        (["1 September 2026"], date(2026, 9, 1)),
        (["9/9/2026"], date(2026, 9, 9)),
        (["2026-02-31"], None),
        (["31/02/2026", "28/02/2026"], None),
        (["soon"], None),
    ],
)
def test_the_first_text_means(texts: list[str], expected: date | None) -> None:
    assert days_of(texts)[texts[0]] == expected


def test_a_day_that_reads_two_ways_is_asked_for() -> None:
    with pytest.raises(FileRefused) as refused:
        days_of(["1/9/2026", "2/9/2026"])
    assert (refused.value.code, refused.value.needs) == ("AMBIGUOUS_DATE", ("dates",))
    assert days_of(["1/9/2026"], given="day-first") == {"1/9/2026": date(2026, 9, 1)}
    assert days_of(["1/9/2026"], given="month-first") == {"1/9/2026": date(2026, 1, 9)}
    with pytest.raises(FileRefused):
        days_of(["13/9/2026", "9/13/2026"])


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (["Report", '"July 1, 2026 - July 31, 2026"'], (date(2026, 7, 1), date(2026, 7, 31))),
        (["July 1, 2026 - July 31, 2026"], (date(2026, 7, 1), date(2026, 7, 31))),
        (["Date range: 2026-07-01 to 2026-07-31"], (date(2026, 7, 1), date(2026, 7, 31))),
        (["1 Jul 2026 – 31 Jul 2026"], (date(2026, 7, 1), date(2026, 7, 31))),
        (["July 4, 2026"], (date(2026, 7, 4), date(2026, 7, 4))),
        (["Date: 2026-07-04"], (date(2026, 7, 4), date(2026, 7, 4))),
        (["Generated: July 4, 2026"], None),
        (["# Start date: 20260701", "# End date: 20260731"], (date(2026, 7, 1), date(2026, 7, 31))),
        (["# Start date: 20260701"], None),
        (["Von: 01.07.2026", "Bis: 31.07.2026"], (date(2026, 7, 1), date(2026, 7, 31))),
        (["01/07/2026 - 31/07/2026"], (date(2026, 7, 1), date(2026, 7, 31))),
        (["7/1/2026 - 7/31/2026"], (date(2026, 7, 1), date(2026, 7, 31))),
        (["01.07.2026 – 05.07.2026"], (date(2026, 7, 1), date(2026, 7, 5))),
        (["05.07.2026 – 01.07.2026"], None),
        (["All time"], None),
        ([], None),
    ],
)
def test_the_lines_above_a_header_may_say_the_period(lines: list[str], expected: tuple[date, date] | None) -> None:
    assert range_of(lines) == expected


def test_a_range_in_figures_is_read_in_the_order_of_the_file_or_asked_for() -> None:
    lines = ["Report", "01/02/2026 - 03/04/2026"]
    with pytest.raises(FileRefused) as refused:
        range_of(lines)
    assert (refused.value.code, refused.value.needs) == ("AMBIGUOUS_DATE", ("dates",))
    assert range_of(lines, order="day-first") == (date(2026, 2, 1), date(2026, 4, 3))
    assert range_of(lines, order="month-first") == (date(2026, 1, 2), date(2026, 3, 4))


@pytest.mark.parametrize(
    ("text", "utc", "berlin"),
    [
        ("2026-09-03 23:10:00 -0400", "2026-09-04 03:10:00+00", "2026-09-04 03:10:00+00"),
        ("2026-09-03T23:10:00Z", "2026-09-03 23:10:00+00", "2026-09-03 23:10:00+00"),
        ("2026-09-03T23:10:00", "2026-09-03 23:10:00+00", "2026-09-03 21:10:00+00"),
        ("2026-09-03", "2026-09-03 00:00:00+00", "2026-09-02 22:00:00+00"),
        ("1788253200000000", "2026-09-01 09:00:00+00", "2026-09-01 09:00:00+00"),
        ("2026-02-30T00:00:00Z", None, None),
        ("yesterday", None, None),
    ],
)
def test_instants(text: str, utc: str | None, berlin: str | None) -> None:
    with duckdb.connect() as connection:
        connection.execute("SET TimeZone = 'UTC'")
        local = local_instant("x", "'Europe/Berlin'")
        sql = f"SELECT CAST({instant('x')} AS VARCHAR), CAST({local} AS VARCHAR)"
        assert connection.execute(f"{sql} FROM (SELECT $text AS x)", {"text": text}).fetchall() == [(utc, berlin)]


@pytest.mark.parametrize(
    ("text", "order", "utc"),
    [
        ("11/22/2026 14:05", "month-first", "2026-11-22 14:05:00+00"),
        ("02/01/2026 4:05", "day-first", "2026-01-02 04:05:00+00"),
        ("02/01/2026 4:05", "month-first", "2026-02-01 04:05:00+00"),
        ("02-01-2026 4:05", "day-first", "2026-01-02 04:05:00+00"),
        ("1-11-26 10:00", "day-first", "2026-11-01 10:00:00+00"),
        ("22.11.2026 14:05:07", "month-first", "2026-11-22 14:05:07+00"),
        ("2026/11/22 14:05", "day-first", "2026-11-22 14:05:00+00"),
        ("11/22/2026 2:05:09 PM", "month-first", "2026-11-22 14:05:09+00"),
        ("Nov 22, 2026, 2:05\u202fp.m.", "", "2026-11-22 14:05:00+00"),
        ("22. März 2026 14:05", "", "2026-03-22 14:05:00+00"),
        ("4 de septiembre de 2026", "", "2026-09-04 00:00:00+00"),
        ("11/22/2026 12:00 AM", "month-first", "2026-11-22 00:00:00+00"),
        ("11/22/2026 2:05 PM GMT", "month-first", "2026-11-22 14:05:00+00"),
        ("22/11/2026 14:05 +0530", "day-first", "2026-11-22 08:35:00+00"),
        ("46348.586805556", "", "2026-11-22 14:05:00+00"),
        ("13/22/2026 14:05", "month-first", None),
        ("30/02/2026 14:05", "day-first", None),
        ("22/11/2026 25:05", "day-first", None),
        ("22/11/2026 14:05 PM", "day-first", None),
        ("22/11/2026 then", "day-first", None),
        ("11.22.2026 14:05", "month-first", None),
    ],
)
def test_instants_that_a_spreadsheet_has_saved_anew(text: str, order: Order, utc: str | None) -> None:
    otherwise = Otherwise(order, date(1899, 12, 30))
    with duckdb.connect() as connection:
        connection.execute("SET TimeZone = 'UTC'")
        local = local_instant("x", "'UTC'", otherwise)
        sql = f"SELECT CAST({instant('x', otherwise)} AS VARCHAR), CAST({local} AS VARCHAR)"
        assert connection.execute(f"{sql} FROM (SELECT $text AS x)", {"text": text}).fetchall() == [(utc, utc)]
