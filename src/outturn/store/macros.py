"""Words that both engines understand alike, where their own functions differ silently.

A statement may use these like any function. DuckDB defines them as macros; the Spark engine's
translator writes their Spark form in place. A new one is one entry of `MACROS`.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Macro:
    """One word: its parameters' names, and what it means in each engine's own SQL."""

    name: str
    parameters: tuple[str, ...]
    duckdb: str
    spark: str
    says: str

    @property
    def definition(self) -> str:
        """The statement that teaches DuckDB this word."""
        return f"CREATE OR REPLACE MACRO {self.name}({', '.join(self.parameters)}) AS {self.duckdb}"


# Truncated quotient and remainder carry the sign of the product, so that one rule of rounding serves both signs
# and the smallest BIGINT is reached without passing through its negative, which does not fit.
_MULDIV = """
CASE WHEN a IS NULL OR b IS NULL OR NULLIF(c, 0) IS NULL THEN NULL ELSE {close_open}
    {quotient} + CASE
        WHEN 2 * ABS({remainder}) > ABS({divisor}) OR (2 * ABS({remainder}) = ABS({divisor}) AND {quotient} % 2 <> 0)
        THEN CAST(SIGN(a) * SIGN(b) * SIGN(c) AS INTEGER) ELSE 0 END
{close} END"""

_MULDIV_DUCKDB = _MULDIV.format(
    close_open="CAST(",
    quotient="((CAST(a AS HUGEINT) * b) // CAST(NULLIF(c, 0) AS HUGEINT))",
    remainder="((CAST(a AS HUGEINT) * b) % CAST(NULLIF(c, 0) AS HUGEINT))",
    divisor="CAST(c AS HUGEINT)",
    close="AS BIGINT)",
)
# Not Spark's DIV: it wraps around beyond BIGINT without a word, where the CAST raises. The division is of a multiple
# of the divisor, so it is exact.
_SPARK_PRODUCT = "(CAST(a AS DECIMAL(19, 0)) * CAST(b AS DECIMAL(19, 0)))"
_SPARK_REMAINDER = f"({_SPARK_PRODUCT} % CAST(NULLIF(c, 0) AS DECIMAL(19, 0)))"
_MULDIV_SPARK = _MULDIV.format(
    close_open="",
    quotient=f"CAST(({_SPARK_PRODUCT} - {_SPARK_REMAINDER}) / CAST(NULLIF(c, 0) AS DECIMAL(19, 0)) AS BIGINT)",
    remainder=_SPARK_REMAINDER,
    divisor="CAST(c AS DECIMAL(19, 0))",
    close="",
)

MACROS: tuple[Macro, ...] = (
    Macro(
        "outturn_micros", ("t",), "EPOCH_US(t)", "UNIX_MICROS(t)",
        "microseconds since 1970 of an instant (BIGINT); for durations, subtract two",
    ),
    Macro(
        "outturn_at", ("micros",), "MAKE_TIMESTAMPTZ(micros)", "TIMESTAMP_MICROS(micros)",
        "the instant so many microseconds after 1970",
    ),
    Macro(
        "outturn_day", ("t", "zone"),
        "CAST(TIMEZONE(zone, t) AS DATE)", "CAST(FROM_UTC_TIMESTAMP(t, zone) AS DATE)",
        "the calendar day of an instant in an IANA zone, such as 'Europe/Berlin'",
    ),
    Macro(
        "outturn_bucket", ("key",),
        "CAST(CAST(key[-1:] AS BIT) AS INTEGER) % 64", "CAST(CONV(RIGHT(HEX(key), 2), 16, 10) AS INT) % 64",
        "the person bucket 0..63 of a keyed hash: its last byte modulo 64",
    ),
    Macro(
        "outturn_muldiv", ("a", "b", "c"), _MULDIV_DUCKDB, _MULDIV_SPARK,
        "a * b / c over whole numbers, rounded half-even, without overflow in between (BIGINT); NULL if any is "
        "NULL or c is 0; a result beyond BIGINT is an error",
    ),
)  # fmt: skip
