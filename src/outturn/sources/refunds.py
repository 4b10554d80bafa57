"""What went back of a sale, told as one total without a day and told one by one: together each amount counts once.

A shop's or processor's export states of a sale how much was refunded; a table of refunds states each with its day. The
total (`<sale>:refund`) counts only as far as it exceeds the refunds that are known one by one (`<sale>:refund:<id>`),
whichever file comes first.
"""

from __future__ import annotations


def order_number(text: str) -> str:
    """SQL for an order's number without the sign that shops put before it."""
    return f"CASE WHEN starts_with({text}, '#') THEN substr({text}, 2) ELSE {text} END"


def known_refunds(system: str, sale: str) -> str:
    """A SELECT over `earlier`: by sale, what of it is known to have gone back one by one (`known_micros`).

    Args:
        system: As in `outcomes.system`.
        sale: How the column of the sale's own id is to be named.
    """
    one = f"^{system}:(.+):refund:(.+)$"
    return f"""
        SELECT regexp_extract(outcome_id, '{one}', 1) AS {sale}, CAST(-SUM(gross_micros) AS BIGINT) AS known_micros
        FROM earlier WHERE kind = 'refund' AND regexp_matches(outcome_id, '{one}') GROUP BY 1
    """  # noqa: S608


def totals_left(system: str, sale: str) -> str:
    """A SELECT of `outcomes`: a sale's refunded total, less what is known one by one; void where nothing is left.

    Args:
        system: As in `outcomes.system`.
        sale: The column of the sale's own id in the step `sales`, which has line, status, refunded_micros, currency,
            payment_id and order_id beside it, after `known_refunds`.
    """
    native = f"'{system}:' || {sale} || ':refund'"
    return f"""
        WITH left_over AS (
            SELECT sales.*, refunded_micros - COALESCE(known_micros, 0) AS left_micros
            FROM sales LEFT JOIN known_refunds USING ({sale})
        )
        SELECT
            line, {native} AS outcome_id, '{system}' AS system, FALSE AS tracker, 'refund' AS kind, '' AS stage,
            CASE WHEN left_micros > 0 THEN status ELSE 'void' END AS status,
            '{system}:' || {sale} AS parent_outcome_id, -GREATEST(left_micros, 0) AS gross_micros, currency, order_id,
            payment_id
        FROM left_over
        WHERE left_micros > 0 OR (left_micros <= 0 AND {native} IN (SELECT outcome_id FROM earlier))
    """  # noqa: S608


def refunds_told(system: str, sale: str) -> str:
    """A SELECT of `outcomes`: the refunds of the step `refunds`, and what they leave of totals that are known already.

    Args:
        system: As in `outcomes.system`.
        sale: The column of the sale's own id in `refunds`, which has line, refund_id, status, occurred_at,
            gross_micros (positive) and currency beside it.
    """
    native = f"'{system}:' || {sale} || ':refund'"
    return f"""
        WITH told AS (
            SELECT {sale}, MIN(line) AS line, CAST(SUM(gross_micros) AS BIGINT) AS told_micros FROM refunds
            WHERE status = 'counted' AND {native} || ':' || refund_id NOT IN (SELECT outcome_id FROM earlier)
            GROUP BY {sale}
        )
        SELECT
            line, {native} || ':' || refund_id AS outcome_id, '{system}' AS system, FALSE AS tracker, 'refund' AS kind,
            '' AS stage, status, occurred_at, '{system}:' || {sale} AS parent_outcome_id,
            -gross_micros AS gross_micros, currency
        FROM refunds
        UNION ALL BY NAME
        SELECT
            told.line, earlier.outcome_id, '{system}' AS system, FALSE AS tracker, 'refund' AS kind, '' AS stage,
            CASE WHEN earlier.gross_micros + told_micros < 0 THEN 'counted' ELSE 'void' END AS status,
            earlier.occurred_at, '{system}:' || {sale} AS parent_outcome_id,
            LEAST(earlier.gross_micros + told_micros, 0) AS gross_micros, earlier.currency
        FROM told JOIN earlier ON earlier.outcome_id = {native}
    """  # noqa: S608
