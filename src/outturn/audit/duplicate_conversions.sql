-- table: duplicate_conversions
-- grain: source, example_id
-- reads: events, order_numbers, ledger_sales
-- takes: zone text
-- says: every order that a tracker saw bought, found where it saw that more than once, with the revenue that was told twice
WITH told AS (
    SELECT
        source, order_id, outturn_day(MIN(occurred_at), $zone) AS first_day, outturn_day(MAX(occurred_at), $zone) AS last_day,
        COUNT(*) AS times, MAX(event_id) AS example_id
    FROM events
    WHERE type = 'track' AND order_id IS NOT NULL AND LOWER(name) NOT LIKE '%refund%' AND COALESCE(value_micros, 0) >= 0
    GROUP BY source, name, order_id
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
