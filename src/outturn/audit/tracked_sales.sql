-- table: tracked_sales
-- grain: outcome_id
-- reads: told_outcomes
-- says: purchases that a tracker saw, by the order's number; without a number nothing in the ledger can be told to be the same
SELECT
    outcome_id, MIN(system) AS source, MIN(order_id) AS order_number, MIN(occurred_at) AS occurred_at,
    MIN(date_day) AS date_day,
    MAX(gross_micros) AS gross_micros, MAX(tax_micros) AS tax_micros, MAX(shipping_micros) AS shipping_micros,
    MIN(currency) AS currency
FROM told_outcomes
WHERE tracker AND kind = 'purchase' AND status = 'counted' AND order_id IS NOT NULL AND occurred_at IS NOT NULL
GROUP BY outcome_id
