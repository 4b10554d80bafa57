-- table: ledger_sales
-- grain: outcome_id
-- reads: goal_sales
-- says: the goal's conversions that a shop, CRM or payment has booked, with the numbers by which trackers may know them
SELECT
    outcome_id, person_id, company_id, date_day, occurred_at, value_micros, system, order_id,
    SUBSTRING(outcome_id, LENGTH(system) + 2) AS native_id, gross_micros, currency
FROM goal_sales
WHERE is_tracked = 0
