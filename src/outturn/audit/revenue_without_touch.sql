-- table: revenue_without_touch
-- grain: source, example_id
-- reads: goal_sales, touched_sales, hit_days
-- says: the goal's conversions on the days of a tracker, found where no touch lies in the lookback before them
WITH tracked AS (
    SELECT MIN(date_day) AS first_day, MAX(date_day) AS last_day FROM hit_days WHERE type = 'page'
)
SELECT
    goal_sales.system AS source, goal_sales.date_day AS first_day, goal_sales.date_day AS last_day,
    CASE WHEN touched_sales.outcome_id IS NULL THEN 1 ELSE 0 END AS found,
    1 AS seen,
    goal_sales.outcome_id AS example_id,
    'outcome:' || goal_sales.outcome_id AS money_key,
    CASE WHEN goal_sales.value_micros > 0 THEN goal_sales.value_micros END AS micros
FROM goal_sales
INNER JOIN tracked ON goal_sales.date_day >= tracked.first_day AND goal_sales.date_day <= tracked.last_day
LEFT JOIN touched_sales ON goal_sales.outcome_id = touched_sales.outcome_id
