"""Amounts inside nested records, which come as JSON numbers: exact micros from their shortest text."""

from __future__ import annotations


def exact_micros(text: str) -> str:
    """SQL for the BIGINT micros of an amount's text; NULL where it is no plain number of at most six decimals.

    A browser adds 0.1 and 0.2 to 0.30000000000000004: what doubles cannot tell from a whole micro is that micro, as
    `domain/segment.py` reads it.

    Args:
        text: SQL of type VARCHAR.
    """
    plain, scaled = f"TRIM({text})", f"TRY_CAST({text} AS DOUBLE) * 1e6"
    return (
        f"CASE WHEN regexp_full_match({plain}, '-?\\d+(\\.\\d{{0,6}}0*)?') THEN TRY_CAST({plain} || 'e6' AS BIGINT) "
        f"WHEN regexp_full_match({plain}, '-?\\d{{1,9}}\\.\\d+') "
        f"AND ABS({scaled} - ROUND({scaled})) <= ABS({scaled}) * pow(2e0, -50) THEN TRY_CAST(ROUND({scaled}) AS "
        "BIGINT) END"
    )
