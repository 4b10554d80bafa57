"""What the lines above a header state of the whole file: its currency, and how many rows it has."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from outturn.domain.currencies import MINOR_DIGITS

if TYPE_CHECKING:
    from collections.abc import Iterable

_BETWEEN = r"[\"']?\s*[:=,;\t]\s*[\"']?"
_CURRENCY = re.compile(
    r"\W*(?:account |report )?(?:currency(?: code)?|währung(?:scode)?|devise|moneda|divisa|valuta)(?: \(.*?\))?"
    rf"{_BETWEEN}(?:.*\()?([A-Z]{{3}})\)?\W*",
    re.IGNORECASE,
)
_ROWS = re.compile(
    rf"\W*(?:rows?|row count|number of rows|zeilen|anzahl zeilen|lignes|filas|rijen)(?: count)?{_BETWEEN}"
    r"(\d{1,3}(?:[.,\s]\d{3})+|\d+)\W*",
    re.IGNORECASE,
)


def currency_above(lines: Iterable[str]) -> str:
    """The one currency that the lines state, else empty.

    >>> currency_above(["Campaign report", '"Currency: EUR"'])
    'EUR'
    """
    found = {match[1].upper() for line in lines if (match := _CURRENCY.fullmatch(line.strip()))}
    known = found & set(MINOR_DIGITS)
    return known.pop() if len(known) == 1 else ""


def rows_above(lines: Iterable[str]) -> int | None:
    """How many rows the lines say that the file has; None where none says so.

    >>> rows_above(['"Rows: 1,234"'])
    1234
    """
    for line in lines:
        if match := _ROWS.fullmatch(line.strip()):
            return int(re.sub(r"\D", "", match[1]))
    return None
