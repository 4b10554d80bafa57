-- table: duplicate_conversions
-- grain: source, example_id
-- reads: order_events, order_numbers, ledger_sales
-- says: every order that a tracker saw bought, found where one sender told that more than once, with the revenue that was told twice
WITH told AS (
    SELECT
        source, order_id, MIN(date_day) AS first_day, MAX(date_day) AS last_day, COUNT(*) AS times, MAX(event_id) AS example_id
    FROM order_events
    GROUP BY source, sender, name, order_id
)
SELECT
    told.source, told.first_day, told.last_day,
    CASE WHEN told.times > 1 THEN 1 ELSE 0 END AS found,
    1 AS seen,
    told.example_id,
    'outcome:' || COALESCE(order_numbers.outcome_id, told.source || ':' || told.order_id) AS money_key,
    CASE WHEN ledger_sales.value_micros > 0 THEN ledger_sales.value_micros END AS micros
FROM told
LEFT JOIN order_numbers ON told.order_id = order_numbers.order_number
LEFT JOIN ledger_sales ON order_numbers.outcome_id = ledger_sales.outcome_id
