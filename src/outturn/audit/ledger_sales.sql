-- table: ledger_sales
-- grain: outcome_id
-- reads: conversions, told_outcomes
-- takes: goal text
-- says: the goal's conversions that a shop, CRM or payment has booked, with the numbers by which trackers may know them
WITH booked AS (
    SELECT
        outcome_id, MIN(system) AS system, MIN(order_id) AS order_id,
        SUBSTRING(outcome_id, LENGTH(MIN(system)) + 2) AS native_id,
        MAX(gross_micros) AS gross_micros, MIN(currency) AS currency
    FROM told_outcomes
    WHERE NOT tracker AND kind NOT IN ('refund', 'chargeback')
    GROUP BY outcome_id
)
SELECT
    conversions.outcome_id, conversions.person_id, conversions.company_id, conversions.date_day, conversions.occurred_at,
    conversions.value_micros, booked.system, booked.order_id, booked.native_id, booked.gross_micros, booked.currency
FROM conversions
INNER JOIN booked ON conversions.outcome_id = booked.outcome_id
WHERE conversions.goal = $goal AND conversions.counts = 1
