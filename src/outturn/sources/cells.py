"""How one cell's text becomes a value in SQL, and what makes it unreadable."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from outturn.sources import instants, number_styles
from outturn.sources.number_styles import MISSING, NUMERIC, Style
from outturn.sources.source import Cell, Kind

if TYPE_CHECKING:
    from collections.abc import Callable

    from outturn.sources.instants import Otherwise

_TYPES = {
    Kind.COUNT: "BIGINT", Kind.MONEY: "BIGINT", Kind.MICROS: "BIGINT", Kind.SHARE: "DOUBLE", Kind.DAY: "DATE",
    Kind.AT: "TIMESTAMPTZ", Kind.AT_LOCAL: "TIMESTAMPTZ", Kind.VERSION: "TIMESTAMPTZ", Kind.FLAG: "BOOLEAN",
    Kind.KEY: "BLOB",
}  # fmt: skip
_WHOLE = frozenset({"TINYINT", "SMALLINT", "INTEGER", "BIGINT", "UTINYINT", "USMALLINT", "UINTEGER"})
_FAULTS = {
    Kind.ID: (
        "ID_PRECISION_LOST",
        "an id that a spreadsheet has rounded (1.2E+14) or lost (#N/A): export it anew and do not re-save it",
    ),
    Kind.ACCOUNT: (
        "ID_PRECISION_LOST",
        "an id that a spreadsheet has rounded (1.2E+14) or lost (#N/A): export it anew and do not re-save it",
    ),
    Kind.COUNT: ("BAD_NUMBER", "expected a whole number from 0 on"),
    Kind.MONEY: ("BAD_NUMBER", "expected an amount with at most six decimals"),
    Kind.MICROS: ("BAD_NUMBER", "expected whole micros"),
    Kind.SHARE: ("BAD_NUMBER", "expected a number"),
    Kind.DAY: ("BAD_DATE", "expected a day that exists and is not in the future"),
    Kind.AT: ("BAD_DATE", "expected a day and a time as in ISO 8601, or whole microseconds, not in the future"),
    Kind.AT_LOCAL: ("BAD_DATE", "expected a day and a time as in ISO 8601, not in the future"),
    Kind.VERSION: ("BAD_DATE", "expected a day and a time as in ISO 8601"),
    Kind.FLAG: ("UNKNOWN_KIND", "expected true or false"),
    Kind.CURRENCY: ("AMBIGUOUS_CURRENCY", "expected an ISO 4217 code"),
    Kind.ZONE: ("BAD_DATE", "expected an IANA time zone such as Europe/Berlin"),
}
INSTANTS = frozenset({Kind.AT, Kind.AT_LOCAL, Kind.VERSION})
LOOKED_UP = frozenset({Kind.DAY, Kind.CURRENCY, Kind.ZONE, Kind.KEY})
"""Kinds of which a file has few distinct texts, or whose reading is dear: read once per distinct text."""

_FEW = 16
_LONGEST_MARK = 12
_BEGINS_NO_MARK = " OR ".join(
    f"(text >= '{first}' AND text < '{after}')" for first, after in (("0", ":"), ("A", "N"), ("O", "n"), ("o", "{"))
)
PRESENT = (
    # No mark of missing is longer, or begins with a digit or with another letter than N. Of a CASE, the dear branch is
    # worked out only for the rows that reach it.
    f"CREATE OR REPLACE MACRO outturn_present(text) AS CASE WHEN strlen(text) > {_LONGEST_MARK} OR {_BEGINS_NO_MARK} "
    f"THEN TRUE WHEN text IS NULL OR text = '' THEN FALSE ELSE NOT regexp_full_match(text, '{MISSING}') END"
)
"""The word that the statements of this room know a filled cell by; one word of it is read faster than its sense."""
_USUAL_ID = "[0-9]+|[A-Za-z_#]+[0-9][0-9A-Za-z_#-]*|[0-9A-Za-z]+-[0-9A-Za-z-]+"
"""Ids that every rule leaves as they are: told by one expression."""
_ERROR = r"#[¡¿]?[A-Z]+(?:/[A-Z0])?[!?]|#N/A|#N/B|#NV"
"""What spreadsheets of several languages show instead of a value: `#REF!`, `#¡VALOR!`, `#NV`."""
_SCIENTIFIC = rf"[0-9]([.,][0-9]+)?[eE]\+?[0-9]{{1,3}}|{_ERROR}"
_USUAL_FLAGS = {
    "true": "TRUE", "false": "FALSE", "TRUE": "TRUE", "FALSE": "FALSE", "1": "TRUE", "0": "FALSE", "Yes": "TRUE",
    "No": "FALSE",
}  # fmt: skip
SPOILT_KEY = rf"[0-9][.,][0-9]+E\+[0-9]{{2,3}}|{_ERROR}"
"""A person's identifier that a spreadsheet has rounded, or lost: it would make one person of many."""


@dataclass(frozen=True, slots=True)
class Fault:
    """Why a row is refused.

    Attributes:
        when: SQL over the valued row: true refuses.
        cell: The cell that is at fault; empty where it is none.
    """

    code: str
    when: str
    detail: str
    cell: str = ""


@dataclass(frozen=True, slots=True)
class Conditions:
    """What reading depends on beside the text.

    Attributes:
        zone: SQL.
        otherwise: How instants are written that are no ISO 8601; None: there are none.
    """

    style: Style
    zone: str
    otherwise: Otherwise | None = None


def type_of(cell: Cell) -> str:
    """DuckDB's type of the cell's value."""
    return _TYPES.get(cell.kind, "VARCHAR")


def present(text: str) -> str:
    """SQL: whether a text says anything; never NULL."""
    return f"outturn_present({text})"


def value(cell: Cell, text: str, conditions: Conditions) -> str:
    """SQL for the value in the cell's text; NULL: missing or unreadable. LOOKED_UP kinds are joined instead."""
    if cell.kind in NUMERIC:
        return number_styles.value(text, cell.kind, conditions.style)
    plain = f"CASE WHEN {present(text)} THEN TRIM({text}) END"
    if cell.choices:
        # Most stand as they are meant; only what differs is trimmed.
        same = " ".join(f"WHEN {quoted} THEN {quoted}" for quoted in (f"'{choice}'" for choice in cell.choices[:_FEW]))
        return f"CASE {text} {same} ELSE LOWER({plain}) END"
    return _READ[cell.kind](text, plain, conditions)


def native(cell: Cell, column: str, type_name: str) -> str | None:
    """SQL for the value where a Parquet column's own type already says it; None where its text has to be read."""
    if cell.kind in INSTANTS:
        return _native_instant(column, type_name)
    same = {
        (Kind.SHARE, "DOUBLE"): column,
        (Kind.SHARE, "FLOAT"): f"CAST({column} AS DOUBLE)",
        (Kind.FLAG, "BOOLEAN"): column,
    }
    if type_name in _WHOLE and cell.kind in {Kind.COUNT, Kind.MICROS}:
        return f"CAST({column} AS BIGINT)"
    return same.get((cell.kind, type_name))


def _native_instant(column: str, type_name: str) -> str | None:
    if type_name in _WHOLE:
        return f"make_timestamptz(CAST({column} AS BIGINT))"
    if type_name == "TIMESTAMP WITH TIME ZONE":
        return column
    return f"timezone('UTC', CAST({column} AS TIMESTAMP))" if type_name.startswith("TIMESTAMP") else None


def faults(cell: Cell, *, filled: bool) -> list[Fault]:
    """What makes a row with this cell refused: not readable, blank, not among the choices, in the future."""
    text, found = f"{cell.name}_text", []
    if cell.kind in _FAULTS:
        code, expected = _FAULTS[cell.kind]
        unreadable = present(text)
        if cell.kind is Kind.SHARE:
            unreadable = (
                f"({unreadable}) AND NOT regexp_matches({text}, '^\\s*[<>]')"  # `< 10%` is not known, and no fault.
            )
        unreadable = f"CASE WHEN {cell.name} IS NULL THEN {unreadable} {_below_zero(cell)} END"
        found.append(Fault(code, unreadable, expected, cell.name))
    if cell.kind is Kind.KEY and not cell.canonical and cell.identity not in {"email", "phone"}:
        spoilt = f"CASE WHEN {cell.name} IS NULL THEN regexp_full_match(TRIM({text}), '{SPOILT_KEY}') END"
        found.append(Fault(_FAULTS[Kind.ID][0], spoilt, _FAULTS[Kind.ID][1], cell.name))
    if cell.choices:
        # Of NOT IN the engine would make a join.
        among = " ".join(f"WHEN '{choice}' THEN FALSE" for choice in cell.choices)
        detail = f"expected one of {', '.join(cell.choices)}"
        found.append(
            Fault(
                "UNKNOWN_KIND", f"{cell.name} IS NOT NULL AND CASE {cell.name} {among} ELSE TRUE END", detail, cell.name
            )
        )
    if cell.kind in {Kind.AT, Kind.AT_LOCAL} and not cell.future:
        found.append(Fault("BAD_DATE", f"{cell.name} > getvariable('now')", "lies in the future", cell.name))
    if filled:
        found.append(
            Fault(
                "MISSING_VALUE",
                f"CASE WHEN {cell.name} IS NULL THEN NOT ({present(text)}) END",
                "is required and stands empty",
                cell.name,
            )
        )
    return found


def quick(cell: Cell) -> str:
    """SQL that is true only where none of `faults` can hold: the usual row, told at little cost."""
    if cell.kind is Kind.COUNT:
        return f"{cell.name} >= 0"
    if cell.choices or cell.kind in {Kind.AT, Kind.AT_LOCAL}:
        return f"{cell.name} IS NOT NULL AND NOT ({' OR '.join(fault.when for fault in faults(cell, filled=False))})"
    return f"{cell.name} IS NOT NULL"


def _below_zero(cell: Cell) -> str:
    return f"ELSE {cell.name} < 0" if cell.kind is Kind.COUNT else ""


def _id(text: str, plain: str, _conditions: Conditions) -> str:
    # Each step reads the one before it once: a CASE over them would double the statement with every step.
    # A spreadsheet is told to leave an id alone by writing it as '123, as ="123" or in brackets: [82945799304067].
    bare = (
        f"regexp_replace({plain}, '^(?:=\"\\[([0-9]+)\\]\"|''\\[([0-9]+)\\]|\\[([0-9]+)\\]|=\"(.*)\"|''(.*))$', "
        "'\\1\\2\\3\\4\\5')"
    )
    whole = f"regexp_replace({bare}, '^([0-9]+)\\.0$', '\\1')"
    return (
        f"CASE WHEN regexp_full_match({text}, '{_USUAL_ID}') THEN {text} "
        f"WHEN NOT regexp_full_match({whole}, '{_SCIENTIFIC}') THEN {whole} END"
    )


def _account(text: str, plain: str, conditions: Conditions) -> str:
    bare = f"regexp_replace({_id(text, plain, conditions)}, '^act_', '')"
    undashed = f"regexp_replace({bare}, '^([0-9]{{3}})-([0-9]{{3}})-([0-9]{{4}})$', '\\1\\2\\3')"
    return f"CASE WHEN regexp_full_match({text}, '[0-9]+') THEN {text} ELSE {undashed} END"


def _flag(text: str, plain: str, _conditions: Conditions) -> str:
    usual = " ".join(f"WHEN '{word}' THEN {meant}" for word, meant in _USUAL_FLAGS.items())
    # Of IN with as many words the engine would make a join.
    return (
        f"CASE {text} {usual} ELSE CASE WHEN regexp_full_match(LOWER({plain}), 'true|yes|1|t|y') THEN TRUE "
        f"WHEN regexp_full_match(LOWER({plain}), 'false|no|0|f|n') THEN FALSE END END"
    )


_READ: dict[Kind, Callable[[str, str, Conditions], str]] = {
    # A name stays as it stands, spaces and all: it is compared with other files' names.
    Kind.TEXT: lambda text, _plain, _c: f"CASE WHEN {present(text)} THEN {text} END",
    Kind.ID: _id,
    Kind.ACCOUNT: _account,
    Kind.AT: lambda text, plain, c: instants.read(text, plain, c.otherwise),
    Kind.AT_LOCAL: lambda text, plain, c: instants.read_local(text, plain, c.zone, c.otherwise),
    Kind.VERSION: lambda text, plain, c: instants.read(text, plain, c.otherwise),
    Kind.FLAG: _flag,
}
