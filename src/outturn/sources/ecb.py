"""The European Central Bank's reference rates: `eurofxref-hist.csv`, a column per currency, a row per day.

`N/A` says that there was no rate that day. Every line ends in a comma, so that the header has one nameless column.
"""

from __future__ import annotations

from outturn.sources.source import Cell, Kind, Layout, Source

# All that it has ever quoted, those that the euro replaced among them.
_CODES = [
    "USD",
    "JPY",
    "BGN",
    "CYP",
    "CZK",
    "DKK",
    "EEK",
    "GBP",
    "HUF",
    "LTL",
    "LVL",
    "MTL",
    "PLN",
    "ROL",
    "RON",
    "SEK",
    "SIT",
    "SKK",
    "CHF",
    "ISK",
    "NOK",
    "HRK",
    "RUB",
    "TRL",
    "TRY",
    "AUD",
    "BRL",
    "CAD",
    "CNY",
    "HKD",
    "IDR",
    "ILS",
    "INR",
    "KRW",
    "MXN",
    "MYR",
    "NZD",
    "PHP",
    "SGD",
    "THB",
    "ZAR",
]
_PAIRS = ", ".join(f"['{code}', CAST(rate_{code.lower()} AS VARCHAR)]" for code in _CODES)

SOURCE = Source(
    name="ecb",
    title="ECB reference rates",
    platform="",
    layouts=(
        Layout(
            "eurofxref_hist",
            (
                Cell("date_day", Kind.DAY, ("Date",), required=True, filled=True),
                *(
                    Cell(f"rate_{code.lower()}", Kind.MONEY, (code,), required=code in {"USD", "JPY", "GBP"})
                    for code in _CODES
                ),
            ),
            outputs={
                "fx_rates": "SELECT line, date_day, rate[1] AS currency, CAST(rate[2] AS BIGINT) AS "  # noqa: S608
                "units_per_euro_micros FROM ("
                f"SELECT line, date_day, UNNEST([{_PAIRS}]) AS rate FROM accepted) WHERE rate[2] IS NOT NULL"
            },
            marks=("CHF", "SEK"),
            number=".",
            priced=(),
        ),
    ),
    notes="Download eurofxref-hist.zip from the ECB and unpack it. A day without a rate takes the last one before "
    "it, at most 7 days old.",
)
