-- table: conversions
-- grain: goal, outcome_id
-- reads: valued
-- says: every outcome that a goal counts and every refund that restates one; those without an exchange rate are left out and listed by missing_rates
SELECT
    goal, outcome_id, parent_outcome_id, kind, bucket, person_id, occurred_at, lead_at, opportunity_at,
    date_day, cash_day, counts, kept, value_micros, margin_micros, new_customer, flags
FROM valued
WHERE value_micros IS NOT NULL
