"""What a total is called, and what only begins like it."""

from __future__ import annotations

import duckdb
import pytest

from outturn.sources.total_rows import LABELLED


@pytest.mark.parametrize(
    "text",
    ["Total", " total ", "TOTALS", "Grand Total", "Total:", "Total: Campaigns", "Total of 6 results", "Total (10)",
     "Totales", "Total général", "Gesamt", "Gesamtsumme", "Insgesamt", "Totaal", "Totaux"],
)  # fmt: skip
def test_it_is_called_so_in_many_languages(text: str) -> None:
    assert _is_total(text) is True


@pytest.mark.parametrize(
    "text", ["Total Wine", "Total - Brand", "Totally new", "Gesamtschule", "2026-09-01", "", "Of the total", None]
)
def test_what_begins_like_it_is_none(text: str | None) -> None:
    assert _is_total(text) is False


def _is_total(text: str | None) -> object:
    with duckdb.connect() as connection:
        (row,) = connection.execute(f"SELECT {LABELLED} FROM (SELECT $1 AS first_text)", [text]).fetchall()
    return row[0]
