"""Which instant a text means, in SQL: ISO 8601, whole microseconds, and what a spreadsheet makes of them.

Platforms write ISO 8601. A spreadsheet that saves such a file anew writes `11/22/2026 14:05`, `22.11.2026 14:05`,
`Nov 22, 2026 2:05 PM` or the bare number 46348.5868, and which of day and month comes first is settled as for days:
by the evidence in the file, or by the user.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, time
from typing import TYPE_CHECKING

from outturn.domain.time import micros_of
from outturn.sources.dates import BEGINNINGS, Order

if TYPE_CHECKING:
    from datetime import date

    import duckdb

_MICROSECONDS = "-?[0-9]{15,17}"
_BLANK = r"[\s\x{a0}\x{202f}]"
_NUMERIC = r"^(\d{1,2})SEP(\d{1,2})SEP(\d{4}|\d{2})\b"
_TWO_FIGURES = r"^(\d{1,2})[-/](\d{1,2})[-/]"
_SERIAL = r"(?:[234]\d{4}|5[0-4]\d{3})(?:\.\d+)?"
_WORDS_DAY_FIRST = r"^(\d{1,2})(?:st|nd|rd|th|er|º|\.)?(?: de)?[ -](\p{L}{3,10})\.?,?(?: de)?[ -](\d{4})\b"
_WORDS_MONTH_FIRST = r"^(\p{L}{3,10})\.? (\d{1,2})(?:st|nd|rd|th)?,? (\d{4})\b"
_OFFSET = r"(?i)(:\d{2}(?:\.\d+)?(?:\s*[ap]\.?m\.?)?)\s*(z|utc|gmt|[+-]\d{2}:?\d{2})$"
_STATED = "([zZ]|UTC|[+-][0-9]{2}(:?[0-9]{2})?)$"
_TIMES = ("", " %H:%M", " %H:%M:%S", " %H:%M:%S.%f", " %I:%M %p", " %I:%M:%S %p")
_DAY_MILLISECONDS = 86_400_000


@dataclass(frozen=True, slots=True)
class Otherwise:
    """How a file writes instants that are no ISO 8601.

    Attributes:
        first_day: Of a spreadsheet's serial numbers; None: a bare number is no instant.
    """

    order: Order
    first_day: date | None = None


def is_usual(text: str) -> str:
    """SQL: whether a trimmed text begins as ISO 8601 does, or is whole microseconds."""
    # A cast is told in a tenth of a regular expression's time, and this is asked of every row.
    # It rounds, though: a serial number of a spreadsheet may have as many signs.
    whole = f"strlen({text}) >= 15 AND strpos({text}, '.') = 0 AND TRY_CAST({text} AS BIGINT) IS NOT NULL"
    return f"(strpos({text}, '-') = 5 OR {whole})"


def read(raw: str, text: str, otherwise: Otherwise | None = None) -> str:
    """SQL for what `instant` gives, told of a usual text at little cost.

    Args:
        raw: SQL for the text as it stands, which a cast reads in less time than it takes to trim it.
        text: SQL for the trimmed text.
        otherwise: As of `instant`.
    """
    # Nothing stands before or behind it: it is trimmed already. Most end in a Z, and nothing stands apart before that.
    iso = _begins_iso(raw)
    return (
        f"CASE WHEN {iso} AND suffix({raw}, 'Z') THEN TRY_CAST({raw} AS TIMESTAMPTZ) "
        f"WHEN {iso} AND regexp_matches({raw}, '[0-9]$') THEN TRY_CAST({_together(raw)} AS TIMESTAMPTZ) "
        f"ELSE {instant(text, otherwise)} END"
    )


def read_local(raw: str, text: str, zone: str, otherwise: Otherwise | None = None) -> str:
    """SQL for what `local_instant` gives, told of a usual text at little cost; as `read`."""
    stated = f"{_begins_iso(raw)} AND length({raw}) > 11 AND regexp_matches({raw}, '{_STATED}')"
    at = f"TRY_CAST({_together(raw)} AS TIMESTAMPTZ)"
    return f"CASE WHEN {stated} THEN {at} ELSE {local_instant(text, zone, otherwise)} END"


def _begins_iso(raw: str) -> str:
    return f"{raw} >= '0' AND {raw} < ':' AND strpos({raw}, '-') = 5"


def _together(raw: str) -> str:
    """SQL for a time with its offset beside it, as a cast asks for it."""
    return (
        f"CASE WHEN contains({raw}, ' +') OR contains({raw}, ' -') "
        f"THEN REPLACE(REPLACE({raw}, ' -', '-'), ' +', '+') ELSE {raw} END"
    )


def instant(text: str, otherwise: Otherwise | None = None) -> str:
    """SQL for the instant in a trimmed text: with an offset, else UTC; or whole microseconds. NULL: none.

    Args:
        text: SQL for the text.
        otherwise: How texts that are neither are written; None: then they are none.
    """
    other = f" ELSE {_other(text, chr(39) + 'UTC' + chr(39), otherwise)}" if otherwise else ""
    return (
        f"CASE WHEN regexp_full_match({text}, '{_MICROSECONDS}') THEN make_timestamptz(TRY_CAST({text} AS BIGINT)) "
        f"WHEN strpos({text}, '-') = 5 THEN TRY_CAST(REPLACE(REPLACE({text}, ' -', '-'), ' +', '+') AS TIMESTAMPTZ)"
        f"{other} END"
    )


def local_instant(text: str, zone: str, otherwise: Otherwise | None = None) -> str:
    """SQL for the instant in a trimmed text: as `instant`, but without an offset it is a time of `zone` (SQL)."""
    stated = f"regexp_matches({text}, '{_STATED}') AND length({text}) > 11"
    local = f"timezone({zone}, timezone('UTC', {instant(text)}))"
    other = f"WHEN NOT {is_usual(text)} THEN {_other(text, zone, otherwise)} " if otherwise else ""
    return f"CASE {other}WHEN {stated} OR strpos({text}, '-') <> 5 THEN {instant(text)} ELSE {local} END"


def evidence(connection: duckdb.DuckDBPyConnection, text: str, present: str) -> tuple[bool, list[str]]:
    """Whether a column of `texts` has instants that are written otherwise, and those that may show their order.

    Args:
        connection: Where `texts` is.
        text: Its column.
        present: SQL: whether the text says anything.
    """
    first, second = (f"TRY_CAST(regexp_extract(x, '{_TWO_FIGURES}', {place}) AS INTEGER)" for place in (1, 2))
    usual = is_usual(f"TRIM({text})")
    others = f"SELECT TRIM({text}) AS x FROM texts WHERE cells IS NULL AND ({present}) AND NOT {usual}"  # noqa: S608
    found = connection.execute(
        "SELECT COUNT(*), any_value(x) FILTER (first > 12), any_value(x) FILTER (second > 12), "  # noqa: S608
        "any_value(x) FILTER (first <= 12 AND second <= 12 AND first <> second) "
        f"FROM (SELECT x, {first} AS first, {second} AS second FROM ({others}))"
    ).fetchall()[0]
    return bool(found[0]), [example for example in found[1:] if example]


def _other(text: str, zone: str, otherwise: Otherwise) -> str:
    """SQL for an instant that is written as no platform writes it; a time without an offset is one of `zone`."""
    offset = f"UPPER(regexp_extract(x, '{_OFFSET}', 2))"
    naive = _once(f"regexp_replace(x, '{_OFFSET}', '\\1')", _as_iso(otherwise.order))
    formats = ", ".join(f"'%Y-%m-%d{time}'" for time in _TIMES)
    naive = f"try_strptime({naive}, [{formats}])"
    serial = ""
    if otherwise.first_day:
        since = f"CAST(ROUND(CAST(x AS DOUBLE) * {_DAY_MILLISECONDS}) AS BIGINT) * 1000"
        begin = micros_of(datetime.combine(otherwise.first_day, time(), UTC))
        serial = f"WHEN regexp_full_match(x, '{_SERIAL}') THEN timezone({zone}, make_timestamp({begin} + {since})) "
    told = f"strftime({naive}, '%Y-%m-%d %H:%M:%S.%f') || regexp_replace({offset}, 'GMT|UTC', ' UTC')"
    return _once(
        text, f"CASE {serial}WHEN {offset} = '' THEN timezone({zone}, {naive}) ELSE TRY_CAST({told} AS TIMESTAMPTZ) END"
    )


def _as_iso(order: Order) -> str:
    """SQL over `x` that puts its day as ISO 8601 does, then the time on the clock in one of `_TIMES`."""
    numeric = r"\3-\2-\1" if order == "day-first" else r"\3-\1-\2"
    figures = (
        (r"^(\d{4})[/.](\d{1,2})[/.](\d{1,2})\b", r"\1-\2-\3"),
        (_NUMERIC.replace("SEP", r"\."), r"\3-\2-\1"),
        (_NUMERIC.replace("SEP", "/"), numeric),
        (_NUMERIC.replace("SEP", "-"), numeric),
    )
    day = [f"WHEN regexp_matches(x, '{form}') THEN regexp_replace(x, '{form}', '{iso}')" for form, iso in figures]
    for form, month, place in ((_WORDS_DAY_FIRST, 2, 1), (_WORDS_MONTH_FIRST, 1, 2)):
        name = _month(f"regexp_extract(x, '{form}', {month})")
        rest = rf"'-' || regexp_replace(x, '{form}', '\{place}')"
        day.append(f"WHEN regexp_matches(x, '{form}') THEN regexp_extract(x, '{form}', 3) || '-' || {name} || {rest}")
    clock = rf"regexp_replace(x, '(\d)(?:{_BLANK}|,|T)+(\d{{1,2}}:)', '\1 \2')"
    clock = rf"regexp_replace({clock}, '(?i){_BLANK}*([ap])\.?m\.?$', ' \1M')"
    return _once(f"CASE {' '.join(day)} END", rf"TRIM(regexp_replace({clock}, '^(\d{{2}})-', '20\1-'))")


def _once(value: str, expression: str) -> str:
    """SQL for an expression over `x`, whose value is worked out once."""
    return f"list_transform([{value}], lambda x: {expression})[1]"


def _month(name: str) -> str:
    plain = f"LOWER(strip_accents({name}))"
    begins = [f"WHEN starts_with({plain}, '{begin}') THEN '{number}'" for begin, number in BEGINNINGS.items()]
    return f"CASE {' '.join(begins)} END"
