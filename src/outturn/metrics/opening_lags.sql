-- table: opening_lags
-- grain: day (where asked for)
-- reads: conversions
-- takes: goal text, first_day day, last_day day, by_time text
-- says: how long the deals of a goal of openings took from their lead on, over those whose lead is known
WITH labelled AS (
    SELECT
        CASE $by_time
            WHEN 'date_day' THEN date_day
            WHEN 'week' THEN CAST(DATE_TRUNC('week', date_day) AS DATE)
            WHEN 'month' THEN CAST(DATE_TRUNC('month', date_day) AS DATE)
        END AS day,
        outturn_micros(occurred_at) - outturn_micros(lead_at) AS lag_micros
    FROM conversions
    WHERE goal = $goal AND counts = 1 AND lead_at IS NOT NULL AND date_day >= $first_day AND date_day <= $last_day
)
SELECT day, CAST(SUM(lag_micros) AS BIGINT) AS lag_micros, COUNT(*) AS deals FROM labelled GROUP BY day
