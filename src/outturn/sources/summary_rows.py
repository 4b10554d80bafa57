"""Rows that sum up others: a campaign named "Total" is none, a footer is one, and what one states is compared.

A layout says which rows look like totals. A row that has a name and, beside it, the day or the id of what it is about
is no total whatever its name.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from outturn.domain.money import decimal_text
from outturn.sources import cells

if TYPE_CHECKING:
    from collections.abc import Callable

    import duckdb

    from outturn.sources.frame import Frame
    from outturn.sources.reading import Reading
    from outturn.sources.source import Layout

_NAMES = ("campaign_name", "ad_group_name", "ad_name")
_OWN = ("date_day", "campaign_id", "ad_group_id", "ad_id")
_COPYRIGHT = r"^\W*(©|\(c\)|copyright\b)"
_MOST_TOLD = 5
_LONGEST_SHOWN = 60


def total_sql(layout: Layout, has: Callable[[str], bool]) -> str:
    """SQL over the valued row: true for the layout's totals, but not for what is named like one."""
    names = [cells.present(f"{name}_text") for name in _NAMES if has(name)]
    # What stands there, not what could be read of it: a row whose day is `#REF!` is to be refused, and no total.
    own = [cells.present(f"{name}_text") for name in _OWN if has(name)]
    if layout.total == "FALSE" or not (layout.spend and names and own):
        return layout.total
    # Of a CASE, the second question is only asked about the few rows that look like totals.
    return f"CASE WHEN {layout.total} THEN NOT (({' OR '.join(names)}) AND ({' OR '.join(own)})) ELSE FALSE END"


def footer_sql(connection: duckdb.DuckDBPyConnection, frame: Frame, layout: Layout) -> str:
    """SQL over the valued row: true for lines of text below the table.

    They come after an empty line or with a copyright, or the layout knows that it has such.
    """
    if frame.kind != "csv":
        return "FALSE"
    above = "cells IS NULL" if layout.footed else "cells IS NULL OR cells > 1"
    last = f"(SELECT COALESCE(MAX(line), 0) FROM texts WHERE {above})"  # noqa: S608
    found = connection.execute(
        f"SELECT MIN(line), BOOL_OR(regexp_matches(first_text, '{_COPYRIGHT}', 'i')), "  # noqa: S608
        f"arg_min(cells, line) = 0 FROM texts WHERE line > {last}"
    ).fetchall()
    first, copyright_, after_blank = found[0]
    return (
        f"(cells = 1 AND line >= {first})"
        if first is not None and (layout.footed or copyright_ or after_blank)
        else "FALSE"
    )


def differing_totals(connection: duckdb.DuckDBPyConnection, reading: Reading) -> list[str]:
    """What the file's own totals state otherwise than its rows add up to, for the user: reported, and never used."""
    layout = reading.recognised.layout
    if "ad_spend" not in layout.tables or not reading.has("spend_micros"):
        return []
    currency = "currency" if reading.has("currency") else "NULL"
    rows = connection.execute(
        f"SELECT line, spend_micros, (SELECT COALESCE(SUM(spend_micros), 0) FROM parsed WHERE refusal IS NULL OR refusal >= 0) "  # noqa: S608, E501
        f"FROM parsed WHERE refusal = -1 AND spend_micros IS NOT NULL AND (SELECT COUNT(DISTINCT {currency}) FROM "
        f"parsed WHERE refusal IS NULL) <= 1 ORDER BY line LIMIT {_MOST_TOLD}"
    ).fetchall()
    differing = [(line, int(stated), int(summed)) for line, stated, summed in rows if stated != summed]
    texts = reading.frame.lines(reading.recognised.header, (line for line, _stated, _summed in differing))
    return [
        f"line {line} ({texts.get(line, '')[:_LONGEST_SHOWN]}) states a spend of {_major(stated)}, the rows add up to "
        f"{_major(summed)}: the rows count"
        for line, stated, summed in differing
    ]


def _major(micros: int) -> str:
    return decimal_text(micros, "EUR")
