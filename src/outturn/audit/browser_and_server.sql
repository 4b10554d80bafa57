-- table: browser_and_server
-- grain: source, example_id
-- reads: order_events, order_numbers, ledger_sales
-- says: orders that a tracker saw bought, found where a browser and a server told one under two ids, with the revenue that was told twice; those with nothing wrong stand together
-- Two trackers of one page are two books and no duplicate; one id from both sides is how platforms know that they are one.
WITH purchases AS (
    SELECT order_id, source, sender, date_day, event_id
    FROM order_events
    WHERE LOWER(REPLACE(TRIM(name), '_', ' ')) IN (
            'order completed', 'purchase', 'order placed', 'placed order', 'checkout completed'
        )
), orders AS (
    SELECT
        order_id, COALESCE(MIN(CASE WHEN sender = 'browser' THEN source END), MIN(source)) AS source,
        MIN(sender) AS first_sender, MAX(sender) AS last_sender
    FROM purchases
    GROUP BY order_id
), by_both AS (
    SELECT
        orders.order_id, orders.source, MIN(purchases.date_day) AS first_day, MAX(purchases.date_day) AS last_day,
        MIN(SUBSTRING(purchases.event_id, LENGTH(purchases.source) + 2)) AS first_native_id,
        MAX(SUBSTRING(purchases.event_id, LENGTH(purchases.source) + 2)) AS last_native_id,
        MAX(CASE WHEN purchases.sender = 'browser' THEN purchases.event_id END) AS example_id
    FROM orders
    INNER JOIN purchases ON orders.order_id = purchases.order_id
    WHERE orders.first_sender <> orders.last_sender
    GROUP BY orders.order_id, orders.source
), twice AS (
    SELECT order_id, source, first_day, last_day, example_id FROM by_both WHERE first_native_id <> last_native_id
)
SELECT
    twice.source, twice.first_day, twice.last_day, 1 AS found, 1 AS seen, twice.example_id,
    'outcome:' || COALESCE(order_numbers.outcome_id, twice.source || ':' || twice.order_id) AS money_key,
    CASE WHEN ledger_sales.value_micros > 0 THEN ledger_sales.value_micros END AS micros
FROM twice
LEFT JOIN order_numbers ON twice.order_id = order_numbers.order_number
LEFT JOIN ledger_sales ON order_numbers.outcome_id = ledger_sales.outcome_id
UNION ALL
SELECT
    orders.source, CAST(NULL AS DATE) AS first_day, CAST(NULL AS DATE) AS last_day, 0 AS found, COUNT(*) AS seen,
    CAST(NULL AS VARCHAR) AS example_id, CAST(NULL AS VARCHAR) AS money_key, CAST(NULL AS BIGINT) AS micros
FROM orders
LEFT JOIN twice ON orders.order_id = twice.order_id
WHERE twice.order_id IS NULL
GROUP BY orders.source
