"""Which days and instants a file's texts mean: days are read once per distinct text, instants in SQL.

`03/04/2026` is the third of April or the fourth of March. A file in which one number is over twelve
settles it; one without such a number is refused until the user says which.
"""

from __future__ import annotations

import re
import unicodedata
from datetime import date, timedelta
from typing import TYPE_CHECKING, Literal

from outturn.domain.errors import FileRefused

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

Order = Literal["", "day-first", "month-first"]

_MONTHS_OF_YEAR = 12
# How months begin in English, German, French, Spanish, Dutch, Italian and Portuguese, without accents.
_MONTHS = (
    "jan ene gen", "feb fev", "mar mrz mrt maa", "apr avr abr", "may mai mei mag", "jun juin giu", "jul juil lug",
    "aug aou ago", "sep set", "oct okt ott out", "nov", "dec dez dic",
)  # fmt: skip
_BEGINNINGS = {begin: number for number, begins in enumerate(_MONTHS, 1) for begin in begins.split()}
_TIME = r"(?:[ T,]+\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?\s*(?:[ap]m)?\s*(?:z|utc|[+-]\d{2}:?\d{2})?)?"
_ISO = re.compile(rf"(\d{{4}})[-/.](\d{{1,2}})[-/.](\d{{1,2}}){_TIME}", re.IGNORECASE)
_COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})(?:\.0)?")
_NUMERIC = re.compile(rf"(\d{{1,2}})([-/.])(\d{{1,2}})\2(\d{{4}}|\d{{2}}){_TIME}", re.IGNORECASE)
_MONTH_FIRST = re.compile(rf"([a-zà-ÿ]{{3,10}})\.? (\d{{1,2}})(?:st|nd|rd|th)?,? (\d{{4}}){_TIME}", re.IGNORECASE)
_DAY_FIRST = re.compile(
    rf"(\d{{1,2}})(?:st|nd|rd|th|er|º|\.)?(?: de)?[ -]([a-zà-ÿ]{{3,10}})\.?,?(?: de)?[ -](\d{{4}}){_TIME}",
    re.IGNORECASE,
)
_SERIAL = re.compile(r"\s*([234]\d{4}|5[0-4]\d{3})(?:\.\d+)?\s*")
_RANGE = re.compile(r"^(.{6,24}?)\s*(?:\s[-–—]\s?|\bto\b|–|—)\s*(.{6,24})$")


def days_of(texts: Iterable[str], *, given: Order = "", first_day: date | None = None) -> dict[str, date | None]:
    """The day that each distinct text means; None where it means none.

    Args:
        texts: A file's distinct texts of its day columns.
        given: How the user says that 03/04/2026 reads.
        first_day: From which a spreadsheet counts its days; None: `46266` is no day.

    Raises:
        FileRefused: AMBIGUOUS_DATE (needs dates).
    """
    known = list(texts)
    order = given or order_of(known)
    found = {text: _day(text.strip(), order) for text in known}
    if first_day:
        found |= {text: first_day + timedelta(int(match[1])) for text in known if (match := _SERIAL.fullmatch(text))}
    return found


def range_of(lines: Sequence[str]) -> tuple[date, date] | None:
    """The first and last day of a report, from the lines above its header; None where they say none.

    >>> range_of(["Campaign report", '"March 27, 2026 - April 23, 2026"'])
    (datetime.date(2026, 3, 27), datetime.date(2026, 4, 23))
    """
    for line in lines:
        text = line.strip().strip('"').strip()
        text = re.sub(r"^[^:\d]{0,30}:\s*", "", text)
        match = _RANGE.match(text)
        if not match:
            single = _day(text, "")
            if single:
                return single, single
            continue
        first, last = (_day(part.strip(), "") for part in match.groups())
        if first and last and first <= last:
            return first, last
    return None


def last_possible_day(now: datetime) -> date:
    """Today, wherever on earth it is latest."""
    return (now + timedelta(hours=14)).date()


def instant(text: str) -> str:
    """SQL for the instant in a trimmed text: ISO 8601 with an offset, else UTC; or whole microseconds. NULL: none."""
    return (
        f"CASE WHEN regexp_full_match({text}, '-?[0-9]{{15,17}}') THEN make_timestamptz(TRY_CAST({text} AS BIGINT)) "
        f"WHEN {text}[5] = '-' THEN TRY_CAST(REPLACE(REPLACE({text}, ' -', '-'), ' +', '+') AS TIMESTAMPTZ) END"
    )


def local_instant(text: str, zone: str) -> str:
    """SQL for the instant in a trimmed text: as `instant`, but without an offset it is a time of `zone` (SQL)."""
    stated = f"regexp_matches({text}, '([zZ]|UTC|[+-][0-9]{{2}}(:?[0-9]{{2}})?)$') AND length({text}) > 11"
    local = f"timezone({zone}, timezone('UTC', {instant(text)}))"
    return f"CASE WHEN {stated} OR {text}[5] <> '-' THEN {instant(text)} ELSE {local} END"


def order_of(texts: Iterable[str]) -> Order:
    """Which of day and month comes first in numeric dates, by the evidence among them.

    Raises:
        FileRefused: AMBIGUOUS_DATE (needs dates).
    """
    day_first = month_first = open_ = ""
    for text in texts:
        match = _NUMERIC.fullmatch(text.strip())
        if not match or match[2] == ".":
            continue
        first, second = int(match[1]), int(match[3])
        if first > _MONTHS_OF_YEAR >= second:
            day_first = text
        elif second > _MONTHS_OF_YEAR >= first:
            month_first = text
        elif first != second:
            open_ = text
    if day_first and month_first:
        raise FileRefused(
            "AMBIGUOUS_DATE", f"{day_first!r} reads as day-first and {month_first!r} as month-first", needs=("dates",)
        )
    if open_ and not (day_first or month_first):
        raise FileRefused(
            "AMBIGUOUS_DATE",
            f"{open_!r} reads as day-first and as month-first: pass --dates day-first or month-first",
            needs=("dates",),
        )
    return "day-first" if day_first else "month-first"


def _day(text: str, order: Order) -> date | None:
    if match := _ISO.fullmatch(text) or _COMPACT.fullmatch(text):
        return _made(match[1], match[2], match[3])
    if match := _NUMERIC.fullmatch(text):
        year = match[4] if len(match[4]) == 4 else f"20{match[4]}"  # noqa: PLR2004
        # 1.9.2026 is written so in countries that put the day first, and nowhere else.
        if match[2] == "." or order == "day-first":
            return _made(year, match[3], match[1])
        return _made(year, match[1], match[3])
    if match := _MONTH_FIRST.fullmatch(text):
        return _made(match[3], _month(match[1]), match[2])
    if match := _DAY_FIRST.fullmatch(text):
        return _made(match[3], _month(match[2]), match[1])
    return None


def _month(name: str) -> str:
    plain = "".join(sign for sign in unicodedata.normalize("NFD", name.lower()) if not unicodedata.combining(sign))
    return str(_BEGINNINGS.get(plain[:4]) or _BEGINNINGS.get(plain[:3]) or 0)


def _made(year: str, month: str, day: str) -> date | None:
    try:
        return date(int(year), int(month), int(day))
    except ValueError:
        return None
