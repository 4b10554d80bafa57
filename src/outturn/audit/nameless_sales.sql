-- table: nameless_sales
-- grain: source, example_id
-- reads: goal_sales
-- says: the goal's conversions, found where the row names no person, no company and no click
SELECT
    system AS source, date_day AS first_day, date_day AS last_day,
    1 - named AS found, 1 AS seen, outcome_id AS example_id,
    'outcome:' || outcome_id AS money_key,
    CASE WHEN value_micros > 0 THEN value_micros END AS micros
FROM goal_sales
