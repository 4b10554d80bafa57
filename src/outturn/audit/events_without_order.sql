-- table: events_without_order
-- grain: source, example_id
-- reads: tracked_sales, order_numbers, ledger_sales
-- takes: currency text, net flag
-- says: every purchase that a tracker saw on the ledger's days, found where no sale of any status bears its number
WITH days AS (
    SELECT MIN(date_day) AS first_day, MAX(date_day) AS last_day FROM ledger_sales
)
SELECT
    tracked_sales.source,
    tracked_sales.date_day AS first_day, tracked_sales.date_day AS last_day,
    CASE WHEN order_numbers.outcome_id IS NULL THEN 1 ELSE 0 END AS found,
    1 AS seen,
    tracked_sales.outcome_id AS example_id,
    'outcome:' || tracked_sales.outcome_id AS money_key,
    CASE
        WHEN tracked_sales.currency = $currency AND tracked_sales.gross_micros > 0 THEN
            tracked_sales.gross_micros - CASE
                WHEN $net THEN COALESCE(tracked_sales.tax_micros, 0) + COALESCE(tracked_sales.shipping_micros, 0) ELSE 0
            END
    END AS micros
FROM tracked_sales
INNER JOIN days ON tracked_sales.date_day >= days.first_day AND tracked_sales.date_day <= days.last_day
LEFT JOIN order_numbers ON tracked_sales.order_number = order_numbers.order_number
