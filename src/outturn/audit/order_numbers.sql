-- table: order_numbers
-- grain: order_number
-- reads: told_outcomes
-- says: every number by which a shop, CRM or payment knows a sale, whatever its status; a number of several sales tells none of them
WITH numbered AS (
    SELECT order_id AS order_number, outcome_id, status, system FROM told_outcomes
    WHERE NOT tracker AND kind NOT IN ('refund', 'chargeback', 'lead', 'qualified', 'opportunity', 'lost')
    UNION ALL
    SELECT SUBSTRING(outcome_id, LENGTH(system) + 2) AS order_number, outcome_id, status, system FROM told_outcomes
    WHERE NOT tracker AND kind NOT IN ('refund', 'chargeback', 'lead', 'qualified', 'opportunity', 'lost')
)
SELECT order_number, MIN(outcome_id) AS outcome_id, MIN(status) AS status, MIN(system) AS system
FROM numbered
WHERE order_number IS NOT NULL
GROUP BY order_number
HAVING MIN(outcome_id) = MAX(outcome_id)
