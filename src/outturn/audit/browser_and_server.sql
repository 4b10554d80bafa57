-- table: browser_and_server
-- grain: source, example_id
-- reads: order_events, order_numbers, ledger_sales
-- says: every order that a tracker saw bought, found where a browser and a server told it under two ids, with the revenue that was told twice
-- Two trackers of one page are two books and no duplicate; one id from both sides is how platforms know that they are one.
WITH purchases AS (
    SELECT order_events.*, SUBSTRING(event_id, LENGTH(source) + 2) AS native_id
    FROM order_events
    WHERE LOWER(REPLACE(TRIM(name), '_', ' ')) IN (
            'order completed', 'purchase', 'order placed', 'placed order', 'checkout completed'
        )
), told AS (
    SELECT
        order_id, COALESCE(MIN(CASE WHEN sender = 'browser' THEN source END), MIN(source)) AS source,
        MIN(date_day) AS first_day, MAX(date_day) AS last_day, MIN(sender) AS first_sender, MAX(sender) AS last_sender,
        MIN(native_id) AS first_native_id, MAX(native_id) AS last_native_id,
        COALESCE(MAX(CASE WHEN sender = 'browser' THEN event_id END), MAX(event_id)) AS example_id
    FROM purchases
    GROUP BY order_id
)
SELECT
    told.source, told.first_day, told.last_day,
    CASE WHEN told.first_sender <> told.last_sender AND told.first_native_id <> told.last_native_id THEN 1 ELSE 0 END AS found,
    1 AS seen,
    told.example_id,
    'outcome:' || COALESCE(order_numbers.outcome_id, told.source || ':' || told.order_id) AS money_key,
    CASE WHEN ledger_sales.value_micros > 0 THEN ledger_sales.value_micros END AS micros
FROM told
LEFT JOIN order_numbers ON told.order_id = order_numbers.order_number
LEFT JOIN ledger_sales ON order_numbers.outcome_id = ledger_sales.outcome_id
