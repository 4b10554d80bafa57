"""What one file says of accounts and campaigns serves the next file of the command, also in a dry run."""

from __future__ import annotations

from typing import TYPE_CHECKING

from outturn.sources.scope import output_statements

if TYPE_CHECKING:
    import duckdb

    from outturn.sources.known import Known
    from outturn.sources.reading import Reading


def learn(connection: duckdb.DuckDBPyConnection, reading: Reading, known: Known) -> None:
    """Tell `known` of a file whose rows are `accepted`."""
    statements, source = output_statements(reading), reading.recognised.source
    if "accounts" in statements:
        columns = {row[0] for row in connection.execute(f"DESCRIBE {statements['accounts']}").fetchall()}
        asked = ", ".join(
            name if name in columns else f"NULL AS {name}" for name in ("account_id", "name", "currency", "time_zone")
        )
        order = "updated_at NULLS FIRST, line" if "updated_at" in columns else "line"
        rows = connection.execute(f"SELECT {asked} FROM ({statements['accounts']}) ORDER BY {order}").fetchall()  # noqa: S608
        known.learn_accounts(source.platform, rows)
    if "ad_entities" in statements:
        columns = {row[0] for row in connection.execute(f"DESCRIBE {statements['ad_entities']}").fetchall()}
        if "account_id" in columns:
            rows = connection.execute(
                f"SELECT DISTINCT platform, account_id, level, id, {'name' if 'name' in columns else 'NULL'} "  # noqa: S608
                f"FROM ({statements['ad_entities']}) WHERE account_id IS NOT NULL"
            ).fetchall()
            known.learn_entities(rows)
        if "parent_id" in columns:
            silent = "account_id IS NULL AND" if "account_id" in columns else ""
            rows = connection.execute(
                f"SELECT DISTINCT platform, level, id, parent_id FROM ({statements['ad_entities']}) "  # noqa: S608
                f"WHERE {silent} parent_id IS NOT NULL"
            ).fetchall()
            known.learn_parents(rows)
    if "ad_spend" in statements:
        rows = connection.execute(
            "SELECT DISTINCT platform, account_id, 'campaign', campaign_id, campaign_name FROM accepted"
        ).fetchall()
        known.learn_entities(rows)
        for platform, account_id, *_campaign in rows:
            known.learn_spending(platform, [account_id])
