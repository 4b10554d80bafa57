"""Which days a file's texts mean, each distinct text read once, and which range the lines above a header state.

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
BEGINNINGS = {begin: number for number, begins in enumerate(_MONTHS, 1) for begin in begins.split()}
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
# What stands before the first and the last day of a range, and before a report's one day.
_ENDS = (
    frozenset({
        "start date", "start", "begin date", "from", "von", "startdatum", "date de début", "du", "fecha de inicio",
        "desde", "van",
    }),
    frozenset({
        "end date", "end", "to", "bis", "enddatum", "date de fin", "au", "fecha de finalización", "hasta", "tot",
        "einddatum",
    }),
)  # fmt: skip
_WHOLE = frozenset({
    "", "date", "day", "date range", "period", "time period", "reporting period", "report period", "zeitraum", "datum",
    "tag", "période", "plage de dates", "jour", "periodo", "período", "intervalo de fechas", "fecha", "día", "periode",
    "datumbereik", "dag",
})  # fmt: skip
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


def range_of(lines: Sequence[str], *, order: Order = "") -> tuple[date, date] | None:
    """The first and last day of a report, from the lines above its header; None where they say none.

    A line of one day says a range only where it says nothing else, or that the day is the report's: not where it is
    the day of the download. `Start date:` and `End date:` say one together.

    Args:
        lines: Those above the header.
        order: How 03/04/2026 reads in this file; empty: as the range itself shows.

    Raises:
        FileRefused: AMBIGUOUS_DATE (needs dates): the range reads in two ways.

    >>> range_of(["Campaign report", '"March 27, 2026 - April 23, 2026"'])
    (datetime.date(2026, 3, 27), datetime.date(2026, 4, 23))
    """
    ends = ["", ""]
    for line in lines:
        label, text = _labelled(line)
        match = _RANGE.match(text)
        if match and (found := _ordered(match[1].strip(), match[2].strip(), order)):
            return found
        if label in _WHOLE and (found := _ordered(text, text, order)):
            return found
        for place, names in enumerate(_ENDS):
            if label in names:
                ends[place] = ends[place] or text
    return _ordered(ends[0], ends[1], order) if all(ends) else None


def _labelled(line: str) -> tuple[str, str]:
    """`# Start date: 20260901` is `start date` and `20260901`."""
    text = line.strip().strip('"').strip()
    found = re.match(r"^([^:\d]{0,30}):\s*(.*)$", text)
    return (found[1].strip(" #*\t").casefold(), found[2].strip(' "')) if found else ("", text)


def _ordered(first: str, last: str, order: Order) -> tuple[date, date] | None:
    """Two days as a range; None where they are none, or run backwards."""
    if not (_day(first, order) or _day(first, "day-first")):
        return None
    days = days_of([first, last], given=order)
    start, end = days[first], days[last]
    return (start, end) if start and end and start <= end else None


def last_possible_day(now: datetime) -> date:
    """Today, wherever on earth it is latest."""
    return (now + timedelta(hours=14)).date()


def order_of(texts: Iterable[str]) -> Order:
    """Which of day and month comes first in numeric dates, by the evidence among them; empty: it makes no difference.

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
            "AMBIGUOUS_DATE",
            f"{day_first!r} reads as day-first and {month_first!r} as month-first: export it anew, or pass --dates "
            "day-first or month-first",
            needs=("dates",),
        )
    if open_ and not (day_first or month_first):
        raise FileRefused(
            "AMBIGUOUS_DATE",
            f"{open_!r} reads as day-first and as month-first: pass --dates day-first or month-first",
            needs=("dates",),
        )
    if day_first:
        return "day-first"
    return "month-first" if month_first else ""


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
    return str(BEGINNINGS.get(plain[:4]) or BEGINNINGS.get(plain[:3]) or 0)


def _made(year: str, month: str, day: str) -> date | None:
    try:
        return date(int(year), int(month), int(day))
    except ValueError:
        return None
