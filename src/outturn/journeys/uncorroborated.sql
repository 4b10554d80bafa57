-- table: uncorroborated
-- grain: one row
-- reads: counted
-- takes: goal text, record text, other text
-- says: how many of the other system's outcomes no outcome of the system of record matches by order, payment or deal id
-- A payment has two ids, its own and that of what it paid (Stripe: charge and payment intent): a shop notes either.
WITH record AS (
    SELECT order_id, payment_id, deal_id, SUBSTRING(outcome_id, LENGTH(system) + 2) AS own_id
    FROM counted
    WHERE goal = $goal AND system = $record
), orders AS (
    SELECT DISTINCT order_id FROM record WHERE order_id IS NOT NULL
), payments AS (
    SELECT payment_id FROM record WHERE payment_id IS NOT NULL
    UNION
    SELECT own_id AS payment_id FROM record WHERE payment_id IS NOT NULL
), deals AS (
    SELECT DISTINCT deal_id FROM record WHERE deal_id IS NOT NULL
)
SELECT COUNT(*) AS outcomes
FROM counted
LEFT JOIN orders ON counted.order_id = orders.order_id
LEFT JOIN payments ON counted.payment_id = payments.payment_id
LEFT JOIN payments AS own_payments
    ON counted.payment_id IS NOT NULL AND SUBSTRING(counted.outcome_id, LENGTH(counted.system) + 2) = own_payments.payment_id
LEFT JOIN deals ON counted.deal_id = deals.deal_id
WHERE counted.goal = $goal AND counted.system = $other
    AND orders.order_id IS NULL AND payments.payment_id IS NULL AND own_payments.payment_id IS NULL
    AND deals.deal_id IS NULL
