-- table: test_orders
-- grain: source, example_id
-- reads: tracked_sales, order_numbers
-- says: purchases that a tracker saw, found where the ledger knows the order as a test
SELECT
    tracked_sales.source, tracked_sales.date_day AS first_day, tracked_sales.date_day AS last_day,
    CASE WHEN order_numbers.status = 'test' THEN 1 ELSE 0 END AS found,
    1 AS seen,
    tracked_sales.outcome_id AS example_id
FROM tracked_sales
INNER JOIN order_numbers ON tracked_sales.order_number = order_numbers.order_number
