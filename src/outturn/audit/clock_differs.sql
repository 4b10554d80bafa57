-- table: clock_differs
-- grain: source, subject, example_id
-- reads: ledger_sales, tracked_sales, order_numbers
-- says: sales that ledger and tracker both hold, found where their clocks are half an hour or more apart, rounded to whole hours
WITH matched AS (
    SELECT
        tracked_sales.source, ledger_sales.system, ledger_sales.outcome_id, ledger_sales.date_day,
        outturn_micros(ledger_sales.occurred_at) - outturn_micros(tracked_sales.occurred_at) AS behind_micros
    FROM tracked_sales
    INNER JOIN order_numbers ON tracked_sales.order_number = order_numbers.order_number
    INNER JOIN ledger_sales ON order_numbers.outcome_id = ledger_sales.outcome_id
), rounded AS (
    SELECT matched.*, CAST(ROUND(behind_micros / 3600000000e0) AS BIGINT) AS hours FROM matched
), subjects AS (
    SELECT DISTINCT source, system, hours FROM rounded WHERE hours <> 0 AND hours >= -14 AND hours <= 14
)
SELECT
    rounded.source,
    subjects.system || ' is '
        || CASE WHEN subjects.hours > 0 THEN CAST(subjects.hours AS VARCHAR) || ' h ahead of ' ELSE CAST(-subjects.hours AS VARCHAR) || ' h behind ' END
        || rounded.source AS subject,
    rounded.date_day AS first_day, rounded.date_day AS last_day,
    CASE WHEN rounded.hours = subjects.hours THEN 1 ELSE 0 END AS found,
    1 AS seen,
    rounded.outcome_id AS example_id
FROM rounded
INNER JOIN subjects ON rounded.source = subjects.source AND rounded.system = subjects.system
UNION ALL
SELECT
    source, '' AS subject, MIN(date_day) AS first_day, MAX(date_day) AS last_day,
    0 AS found, COUNT(*) AS seen, CAST(NULL AS VARCHAR) AS example_id
FROM rounded
WHERE hours = 0
GROUP BY source
