"""Days and instants, read by the evidence of the file."""

from __future__ import annotations

from datetime import date

import duckdb
import pytest

from outturn.domain.errors import FileRefused
from outturn.sources.dates import days_of, instant, local_instant, range_of


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
        (["All time"], None),
        ([], None),
    ],
)
def test_the_lines_above_a_header_may_say_the_period(lines: list[str], expected: tuple[date, date] | None) -> None:
    assert range_of(lines) == expected


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
