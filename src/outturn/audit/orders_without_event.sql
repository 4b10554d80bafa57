-- table: orders_without_event
-- grain: source, example_id
-- reads: ledger_sales, tracked_sales, order_numbers, tracker_days
-- says: every sale of the ledger on a tracker's days, found where that tracker has no purchase of its number
WITH tracked AS (
    SELECT DISTINCT tracked_sales.source, order_numbers.outcome_id
    FROM tracked_sales
    INNER JOIN order_numbers ON tracked_sales.order_number = order_numbers.order_number
)
SELECT
    tracker_days.source,
    ledger_sales.date_day AS first_day, ledger_sales.date_day AS last_day,
    CASE WHEN tracked.outcome_id IS NULL THEN 1 ELSE 0 END AS found,
    1 AS seen,
    ledger_sales.outcome_id AS example_id,
    'outcome:' || ledger_sales.outcome_id AS money_key,
    CASE WHEN ledger_sales.value_micros > 0 THEN ledger_sales.value_micros ELSE 0 END AS micros
FROM ledger_sales
INNER JOIN tracker_days
    ON ledger_sales.date_day >= tracker_days.first_day AND ledger_sales.date_day <= tracker_days.last_day
LEFT JOIN tracked ON tracker_days.source = tracked.source AND ledger_sales.outcome_id = tracked.outcome_id
