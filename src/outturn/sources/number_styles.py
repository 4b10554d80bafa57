"""Which number style a file is in, settled by what stands in it, and its numbers read exactly.

`1,234.56`, `1.234,56`, `1 234,56` and `12,34,567.00` all occur. A text that only one style can read is
evidence for that style; so is a grouped count, since counts have no decimals. A file with evidence for
both is refused, and so is one whose money reads in both and which holds no evidence at all: an amount is
never guessed.

Every expression here is SQL over a text that is already trimmed and not missing.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from outturn.domain.errors import FileRefused
from outturn.sources.source import Kind

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

NUMERIC = frozenset({Kind.COUNT, Kind.MONEY, Kind.SHARE, Kind.MICROS})
MISSING = r"\s*(?:--?|—|–|[nN]/[aA]|null|NULL|None|nan|NaN)?\s*"
"""Cells that say that a value is not known, blank ones among them."""

_SIGNS = "€$£¥₹₩₽₺₴₫₪฿₱₦"


@dataclass(frozen=True, slots=True)
class Style:
    """How numbers are written.

    Attributes:
        decimal: "." or ",": the other one may group digits.
        decorated: Currency signs, percent, blanks between groups or brackets occur, so that cells are tidied first.
    """

    decimal: str
    decorated: bool = False

    @property
    def group(self) -> str:
        """The sign that may group digits."""
        return "," if self.decimal == "." else "."


PLAIN = Style(".")


def shape(style: Style, kind: Kind) -> str:
    """The regular expression that a number of the kind matches in whole."""
    group, decimal = f"\\{style.group}", f"\\{style.decimal}"
    whole = rf"(?:\d+|[1-9]\d{{0,2}}(?:{group}\d{{2,3}})*{group}\d{{3}})"
    if kind is Kind.COUNT:
        return rf"{whole}(?:{decimal}0{{1,2}})?"
    if kind is Kind.MICROS:
        return rf"-?{whole}(?:{decimal}0*)?"
    if kind is Kind.SHARE:
        return rf"-?(?:{whole}(?:{decimal}\d*)?|{decimal}\d+)(?:[eE][-+]?\d{{1,2}})?"
    return rf"-?(?:{whole}(?:{decimal}\d{{0,6}}0*)?|{decimal}\d{{1,6}}0*)"


def tidied(text: str, kind: Kind) -> str:
    """SQL that takes off what stands round the digits: signs, codes, brackets, blanks between groups."""
    x = f"REPLACE(REPLACE({text}, chr(8722), '-'), '’', '''')"
    x = rf"TRIM(regexp_replace({x}, '^[(](.*)[)]$', '-\1'))"
    x = rf"regexp_replace({x}, '^(.*[A-Z])\s*-$', '-\1')"
    x = rf"regexp_replace({x}, '[{_SIGNS}]|^(-?)[A-Z]{{3}}\s|\s[A-Z]{{3}}$', '\1', 'g')"
    if kind is Kind.SHARE:
        x = f"RTRIM({x}, '%')"
    x = rf"regexp_replace({x}, '^\s*(-?)\s*(.*?)\s*$', '\1\2')"
    x = rf"regexp_replace({x}, '^(.*[0-9])\s*-$', '-\1')"
    x = f"regexp_replace({x}, '^[+]', '')"
    blank = r"[\s\x{a0}\x{202f}\x{2009}'']"
    grouped = rf"regexp_matches({x}, '^-?\d{{1,3}}({blank}\d{{3}})+([.,]\d*)?$')"
    return f"(CASE WHEN {grouped} THEN regexp_replace({x}, '{blank}', '', 'g') ELSE {x} END)"


def value(text: str, kind: Kind, style: Style) -> str:
    """SQL for the number in a text: NULL where it is none of the style, or does not fit.

    COUNT, MONEY and MICROS are exact BIGINT; SHARE is DOUBLE.
    """
    x = tidied(text, kind) if style.decorated else text
    digits = f"REPLACE({x}, '{style.group}', '')"
    if style.decimal == ",":
        digits = f"REPLACE({digits}, ',', '.')"
    if kind is Kind.SHARE:
        number = f"TRY_CAST({digits} AS DOUBLE)"
    elif kind is Kind.MONEY:
        # Whole-number casts read an exponent in whole numbers: exact, and three times as fast as a DECIMAL(38, 6).
        number = f"TRY_CAST({digits} || 'e6' AS BIGINT)"
    else:
        number = f"TRY_CAST({digits} AS BIGINT)"
    usual = "" if style.decorated or style.decimal != "." else _usual(text, kind)
    return f"CASE {usual} WHEN regexp_full_match({x}, '{shape(style, kind)}') THEN {number} END"


_USUAL_TYPES = {Kind.COUNT: "UBIGINT", Kind.MICROS: "BIGINT", Kind.MONEY: "DECIMAL(11, 2)"}


def _usual(text: str, kind: Kind) -> str:
    """A WHEN for numbers that are the same text when written again: exact, and told in half the time."""
    if kind is Kind.SHARE:
        return ""
    number = f"TRY_CAST({text} AS {_USUAL_TYPES[kind]})"
    # Of eighteen digits together the product is still a machine's whole number.
    exact = f"{number} * CAST(1000000 AS DECIMAL(7, 0))" if kind is Kind.MONEY else number
    # What is grouped only fails the cast, which is dear.
    return f"WHEN NOT contains({text}, ',') AND CAST({number} AS VARCHAR) = {text} THEN TRY_CAST({exact} AS BIGINT)"


def settle(
    cells: Sequence[tuple[str, Kind]],
    evidence: Callable[[str], tuple[int | None, ...]],
    *,
    given: str = "",
    where: str = "the file",
) -> tuple[Style, bool]:
    """The style of a file, and whether anything in it speaks for that style.

    Args:
        cells: SQL for the trimmed text (NULL: missing) of every numeric column, and its kind.
        evidence: Runs a comma-separated list of aggregates over the file's records. Asked column by column: a wide
            file's regular expressions all at once would take a gigabyte.
        given: The decimal sign that the user, or the format, states.
        where: The file's name, for messages.

    Raises:
        FileRefused: AMBIGUOUS_NUMBER (needs decimal), MIXED_NUMBER_STYLE.
    """
    if not cells:
        return PLAIN, True
    decorated = _decorated(cells, evidence)
    if given:
        return Style(given, decorated), True
    figures: list[int] = []
    for text, kind in cells:
        x = tidied(text, kind) if decorated else text
        dot, comma = (f"regexp_full_match({x}, '{shape(Style(sign), kind)}')" for sign in ".,")
        asked = (
            f"{dot} AND NOT {comma}",
            f"{comma} AND NOT {dot}",
            f"{dot} AND {comma} AND regexp_matches({x}, '[.,]')",
        )
        figures += [figure or 0 for figure in evidence(", ".join(map(_count, asked)))]
    return Style(_decimal(cells, figures, where), decorated), any(figures)


def _decorated(cells: Sequence[tuple[str, Kind]], evidence: Callable[[str], tuple[int | None, ...]]) -> bool:
    return any(
        evidence(_count(f"NOT regexp_full_match({text}, '-?[0-9.,]+(?:[eE][-+]?[0-9]+)?')"))[0] for text, _kind in cells
    )


def _count(condition: str) -> str:
    """How many rows meet it."""
    return f"COUNT(CASE WHEN {condition} THEN 1 END)"


def _decimal(cells: Sequence[tuple[str, Kind]], figures: Sequence[int], where: str) -> str:
    dot = comma = either = 0
    for n, (_text, kind) in enumerate(cells):
        only_dot, only_comma, both = figures[3 * n : 3 * n + 3]
        if kind in {Kind.COUNT, Kind.MICROS}:
            # 1,234 as a count reads in "." style alone, and no count's own decimals speak for anything.
            dot, comma = dot + only_dot, comma + only_comma
            continue
        if only_dot and only_comma:
            raise FileRefused(
                "MIXED_NUMBER_STYLE",
                f"one column of {where} has {only_dot} numbers with '.' and {only_comma} with ',' as the decimal "
                "sign: export it anew",
            )
        dot, comma, either = dot + only_dot, comma + only_comma, either + both
    if dot and comma:
        raise FileRefused(
            "MIXED_NUMBER_STYLE",
            f"{where} has {dot} numbers that read in the style 1,234.56 alone and {comma} in 1.234,56 alone",
        )
    if comma:
        return ","
    if either and not dot:
        raise FileRefused(
            "AMBIGUOUS_NUMBER",
            "its amounts read in two ways ('1,234' is one thousand, or one and a quarter): pass --decimal . or "
            "--decimal ,",
            needs=("decimal",),
        )
    return "."
