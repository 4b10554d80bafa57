-- table: mixed
-- grain: time_zone, currency
-- reads: channel_day, conversions, deals
-- takes: level text, first_day day, last_day day, goal text, basis text, reach flag, visits flag, spend flag, costs flag, claims flag, sales flag, deals flag
-- says: in which zones the days lie, and in which currencies the amounts were billed or booked, that a question adds up
WITH reported AS (
    SELECT
        CASE
            WHEN ($visits AND visits IS NOT NULL)
                OR ($spend AND billed_micros IS NOT NULL)
                OR ($claims AND claimed_conversions IS NOT NULL)
                OR (
                    $reach AND (
                        impressions IS NOT NULL OR clicks IS NOT NULL OR video_starts IS NOT NULL
                        OR completed_views IS NOT NULL OR engagements IS NOT NULL
                    )
                )
                THEN time_zone
        END AS time_zone,
        CASE
            WHEN ($spend AND billed_micros IS NOT NULL) OR ($costs AND cost_micros IS NOT NULL) THEN currency
        END AS currency
    FROM channel_day
    WHERE level = $level AND date_day >= $first_day AND date_day <= $last_day
)
SELECT DISTINCT time_zone, currency FROM reported WHERE time_zone IS NOT NULL OR currency IS NOT NULL
UNION
SELECT DISTINCT CAST(NULL AS VARCHAR) AS time_zone, currency
FROM conversions
WHERE $sales AND goal = $goal
    AND CASE WHEN $basis = 'cash_day' THEN cash_day ELSE date_day END >= $first_day
    AND CASE WHEN $basis = 'cash_day' THEN cash_day ELSE date_day END <= $last_day
UNION
SELECT DISTINCT CAST(NULL AS VARCHAR) AS time_zone, currency
FROM deals
WHERE $deals AND opened_day >= $first_day AND opened_day <= $last_day
