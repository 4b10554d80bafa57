-- table: nameless_sales
-- grain: source, example_id
-- reads: conversions, told_outcomes
-- takes: goal text
-- says: the goal's conversions, found where the row names no person, no company and no click
WITH named AS (
    SELECT
        outcome_id, MIN(system) AS source,
        MAX(CASE
            WHEN COALESCE(anonymous_key, user_key, email_key, phone_key, crm_key, company_key) IS NOT NULL THEN 1
            WHEN names_click THEN 1
            ELSE 0
        END) AS named
    FROM told_outcomes
    WHERE kind NOT IN ('refund', 'chargeback')
    GROUP BY outcome_id
)
SELECT
    named.source, conversions.date_day AS first_day, conversions.date_day AS last_day,
    1 - named.named AS found, 1 AS seen, conversions.outcome_id AS example_id,
    'outcome:' || conversions.outcome_id AS money_key,
    CASE WHEN conversions.value_micros > 0 THEN conversions.value_micros END AS micros
FROM conversions
INNER JOIN named ON conversions.outcome_id = named.outcome_id
WHERE conversions.goal = $goal AND conversions.counts = 1
