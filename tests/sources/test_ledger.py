"""Entries of the generic tables reach their file, however many they are."""

from __future__ import annotations

from typing import TYPE_CHECKING

from outturn.sources.ledger import entries
from outturn.store.fact_files import Selected, connection, write_rows
from outturn.store.tables import TABLES

if TYPE_CHECKING:
    from pathlib import Path

# Its two joins read one step: DuckDB 2.0 never comes back from so many rows if somebody asks for the first alone.
_ROWS = 300_000
_SALES = f"""
    SELECT i AS line, 'r' || i AS row_id, 'purchase' AS kind, i AS gross, i AS margin, 'EUR' AS currency,
        'o' || i AS order_id, CAST(NULL AS VARCHAR) AS deal_id
    FROM range({_ROWS}) AS t(i)
"""


def test_a_large_table_of_sales_is_written_whole(tmp_path: Path) -> None:
    with connection() as session:
        session.execute(f"CREATE OR REPLACE TEMP TABLE many_sales AS {_SALES}")
        rows = Selected(session, entries("SELECT * FROM many_sales", "'' AS stage"))
        assert write_rows(TABLES["outcomes"], rows, tmp_path / "outcomes.parquet", {}) == _ROWS
