"""Ledger entries of the generic tables: signs, and which sale a refund takes back."""

from __future__ import annotations

_SALES = "('purchase', 'won', 'subscription_start', 'renewal', 'expansion', 'trial')"
_BACK = "('refund', 'chargeback')"


def entries(rows: str, columns: str) -> str:
    """A SELECT of `outcomes` rows of the system `generic`.

    A refund takes away, however its sign is written. Its sale is the one that its own id names (`<sale>:refund`), else
    the first sale of the file with its order or deal; without either it is an orphan, which the build lists.

    Args:
        rows: A SELECT with line, row_id, kind, gross, margin, currency, order_id, deal_id and what `columns` names.
        columns: Further columns of `outcomes`, comma-separated.
    """
    signed = "CASE WHEN kind IN " + _BACK + " THEN -ABS({0}) ELSE {0} END"
    by = {name: f"sale_by_{name}" for name in ("order_id", "deal_id")}
    sales = "".join(
        f", {view} AS (SELECT {name}, arg_min(row_id, line) AS sale FROM entries "  # noqa: S608
        # Of the sales that something took back alone: most files have few of them.
        f"WHERE kind IN {_SALES} AND {name} IN (SELECT {name} FROM entries WHERE kind IN {_BACK}) GROUP BY {name})"
        for name, view in by.items()
    )
    joins = " ".join(
        f"LEFT JOIN {view} ON entries.kind IN {_BACK} AND entries.{name} = {view}.{name}" for name, view in by.items()
    )
    return f"""
        WITH entries AS NOT MATERIALIZED ({rows}){sales}
        SELECT
            entries.line, 'generic:' || row_id AS outcome_id, 'generic' AS system, FALSE AS tracker, kind,
            'counted' AS status, 'generic:' || CASE WHEN kind IN {_BACK} THEN COALESCE(
                NULLIF(regexp_extract(row_id, '^(.+?):refund(:.*)?$', 1), ''), {
        ", ".join(f"{view}.sale" for view in by.values())
    }
            ) END AS parent_outcome_id,
            {signed.format("gross")} AS gross_micros, {signed.format("margin")} AS margin_micros,
            CASE WHEN COALESCE(gross, margin) IS NOT NULL THEN currency END AS currency, entries.order_id,
            entries.deal_id, {columns}
        FROM entries {joins}
    """  # noqa: S608
