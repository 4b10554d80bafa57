-- table: recurring_days
-- grain: date_day
-- reads: recurring
-- takes: last_day day
-- says: by how much monthly recurring revenue moved on each day up to the last one, and by how many subscriptions whose amount nobody stated
SELECT date_day, CAST(SUM(moved_micros) AS BIGINT) AS moved_micros, CAST(SUM(unknown) AS BIGINT) AS unknown
FROM recurring
WHERE date_day <= $last_day
GROUP BY date_day
ORDER BY date_day
