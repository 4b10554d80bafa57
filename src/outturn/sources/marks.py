"""Currency signs and codes beside amounts: `€ 12.50`, `USD 3.00`. They state a currency, or contradict one."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from outturn.domain.currencies import MINOR_DIGITS
from outturn.domain.errors import FileRefused
from outturn.sources.cells import Fault
from outturn.sources.source import Kind

if TYPE_CHECKING:
    import duckdb

    from outturn.sources.number_styles import Style
    from outturn.sources.recognition import Recognised

_SIGNS = {
    "€": "EUR", "₹": "INR", "₩": "KRW", "₽": "RUB", "₺": "TRY", "₴": "UAH", "₫": "VND", "₪": "ILS", "฿": "THB",
    "₱": "PHP", "₦": "NGN", "¥": "JPY CNY", "£": "GBP GIP FKP SHP EGP LBP SYP SSP SDG",
    "$": "USD ARS AUD BBD BMD BND BSD BZD CAD CLP COP CVE DOP FJD GYD HKD JMD KYD LRD MXN NAD NZD SBD SGD SRD TTD TWD "
    "UYU XCD",
}  # fmt: skip
_CODE = "(?:^|[^A-Z])([A-Z]{3})(?:$|[^A-Z])"
_SIGN = f"([{''.join(_SIGNS)}])"


def heed_marks(
    connection: duckdb.DuckDBPyConnection, recognised: Recognised, style: Style
) -> tuple[Recognised, tuple[Fault, ...]]:
    """What the signs and codes beside a file's amounts say.

    Returns:
        The file with its currency, where the marks alone state one, and what refuses rows that they contradict.

    Raises:
        FileRefused: CURRENCY_MISMATCH.
    """
    priced = [cell for cell in recognised.layout.cells if cell.kind is Kind.MONEY and cell.name in recognised.columns]
    if not style.decorated or not priced:
        return recognised, ()
    rows = " UNION ".join(f"SELECT {_mark(f'{cell.name}_text')} FROM texts WHERE cells IS NULL" for cell in priced)  # noqa: S608
    marks = {row[0]: _meant(row[0]) for row in connection.execute(rows).fetchall() if row[0]}
    marks = {mark: meant for mark, meant in marks.items() if meant}
    if not marks:
        return recognised, ()
    if "currency" in recognised.columns:
        return recognised, tuple(
            Fault(
                "CURRENCY_MISMATCH",
                _differs(f"{cell.name}_text", marks),
                f"{cell.name} bears the sign of another currency than the row's",
            )
            for cell in priced
        )
    stated = recognised.header_currency or connection.execute("SELECT getvariable('currency')").fetchall()[0][0]
    possible = frozenset.intersection(*marks.values(), *([frozenset({stated})] if stated else []))
    if not possible:
        told = ", ".join([*sorted(marks), *([stated] if stated else [])])
        raise FileRefused(
            "CURRENCY_MISMATCH", f"its amounts, its header or --currency state several currencies: {told}"
        )
    only = next(iter(possible)) if len(possible) == 1 and not stated else ""
    header_currency = recognised.header_currency or only
    return replace(
        recognised, header_currency=header_currency, sign_currencies=frozenset() if header_currency else possible
    ), ()


def _mark(text: str) -> str:
    return (
        f"COALESCE(NULLIF(regexp_extract({text}, '{_CODE}', 1), ''), NULLIF(regexp_extract({text}, '{_SIGN}', 1), ''))"
    )


def _meant(mark: str) -> frozenset[str]:
    if mark in _SIGNS:
        return frozenset(_SIGNS[mark].split())
    return frozenset({mark} & set(MINOR_DIGITS))


def _differs(text: str, marks: dict[str, frozenset[str]]) -> str:
    """SQL: whether the text bears a mark that the row's currency does not."""
    other = " ".join(
        f"WHEN '{mark}' THEN currency NOT IN ('" + "', '".join(sorted(meant)) + "')"
        for mark, meant in sorted(marks.items())
    )
    return f"CASE {_mark(text)} {other} ELSE FALSE END"
