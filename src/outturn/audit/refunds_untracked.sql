-- table: refunds_untracked
-- grain: source, example_id
-- reads: told_outcomes, tracked_sales, order_numbers, ledger_sales, tracker_days
-- takes: zone text
-- says: every sale that a tracker saw and of which the ledger took something back on its days, found where the tracker saw no refund of it
WITH taken_back AS (
    SELECT
        parent_outcome_id AS sale_id, MIN(outcome_id) AS example_id, MIN(occurred_at) AS refunded_at,
        CAST(SUM(-gross_micros) AS BIGINT) AS refunded_micros
    FROM told_outcomes
    WHERE NOT tracker AND kind IN ('refund', 'chargeback') AND status = 'counted' AND parent_outcome_id IS NOT NULL
    GROUP BY parent_outcome_id
), seen_back AS (
    SELECT DISTINCT told_outcomes.system AS source, order_numbers.outcome_id AS sale_id
    FROM told_outcomes
    INNER JOIN order_numbers ON told_outcomes.order_id = order_numbers.order_number
    WHERE told_outcomes.tracker AND told_outcomes.kind = 'refund'
), seen_sold AS (
    SELECT DISTINCT tracked_sales.source, order_numbers.outcome_id AS sale_id
    FROM tracked_sales
    INNER JOIN order_numbers ON tracked_sales.order_number = order_numbers.order_number
)
SELECT
    seen_sold.source,
    COALESCE(outturn_day(taken_back.refunded_at, $zone), ledger_sales.date_day) AS first_day,
    COALESCE(outturn_day(taken_back.refunded_at, $zone), ledger_sales.date_day) AS last_day,
    CASE WHEN seen_back.sale_id IS NULL THEN 1 ELSE 0 END AS found,
    1 AS seen,
    taken_back.example_id,
    'outcome:' || ledger_sales.outcome_id AS money_key,
    -- What was taken back of the sale's value, in proportion to what was charged.
    CASE
        WHEN taken_back.refunded_micros >= ledger_sales.gross_micros THEN ledger_sales.value_micros
        WHEN taken_back.refunded_micros > 0
            THEN outturn_muldiv(ledger_sales.value_micros, taken_back.refunded_micros, ledger_sales.gross_micros)
    END AS micros
FROM seen_sold
INNER JOIN tracker_days ON seen_sold.source = tracker_days.source
INNER JOIN taken_back ON seen_sold.sale_id = taken_back.sale_id
INNER JOIN ledger_sales ON seen_sold.sale_id = ledger_sales.outcome_id
LEFT JOIN seen_back ON seen_sold.source = seen_back.source AND seen_sold.sale_id = seen_back.sale_id
-- A shop's export may not say when it paid back.
WHERE COALESCE(outturn_day(taken_back.refunded_at, $zone), ledger_sales.date_day) >= tracker_days.first_day
    AND COALESCE(outturn_day(taken_back.refunded_at, $zone), ledger_sales.date_day) <= tracker_days.last_day
