-- table: conversions
-- grain: goal, outcome_id
-- reads: valued, goal_rules, deals
-- says: every outcome that a goal counts and every refund that restates one; those without an exchange rate are left out and listed by missing_rates
-- The margin of an opportunity is what its deal is expected to bring, where the goal counts nothing else.
SELECT
    valued.goal, valued.outcome_id, valued.parent_outcome_id, valued.kind, valued.bucket, valued.person_id,
    valued.company_id, valued.occurred_at, valued.lead_at, valued.opportunity_at, valued.date_day, valued.cash_day,
    valued.counts, valued.kept, valued.value_micros,
    CASE WHEN goal_rules.of_openings THEN deals.expected_micros ELSE valued.margin_micros END AS margin_micros,
    valued.currency, valued.new_customer, valued.flags
FROM valued
INNER JOIN goal_rules ON valued.goal = goal_rules.goal
LEFT JOIN deals ON goal_rules.of_openings AND valued.deal_key = deals.deal_key
WHERE valued.value_micros IS NOT NULL
