-- table: revenue_without_touch
-- grain: source, example_id
-- reads: conversions, told_outcomes, touched_sales, hit_days
-- takes: goal text
-- says: the goal's conversions on the days of a tracker, found where no touch lies in the lookback before them
WITH tracked AS (
    SELECT MIN(date_day) AS first_day, MAX(date_day) AS last_day FROM hit_days WHERE type = 'page'
), systems AS (
    SELECT outcome_id, MIN(system) AS source FROM told_outcomes WHERE kind NOT IN ('refund', 'chargeback') GROUP BY outcome_id
)
SELECT
    systems.source, conversions.date_day AS first_day, conversions.date_day AS last_day,
    CASE WHEN touched_sales.outcome_id IS NULL THEN 1 ELSE 0 END AS found,
    1 AS seen,
    conversions.outcome_id AS example_id,
    'outcome:' || conversions.outcome_id AS money_key,
    CASE WHEN conversions.value_micros > 0 THEN conversions.value_micros END AS micros
FROM conversions
INNER JOIN systems ON conversions.outcome_id = systems.outcome_id
INNER JOIN tracked ON conversions.date_day >= tracked.first_day AND conversions.date_day <= tracked.last_day
LEFT JOIN touched_sales ON conversions.outcome_id = touched_sales.outcome_id
WHERE conversions.goal = $goal AND conversions.counts = 1
