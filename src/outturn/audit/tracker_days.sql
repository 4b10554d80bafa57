-- table: tracker_days
-- grain: source
-- reads: tracked_sales, hit_days
-- says: the trackers that see purchases, and the first and last day on which they saw anything: outside, they say nothing
WITH selling AS (
    SELECT DISTINCT source FROM tracked_sales
), days AS (
    SELECT source, date_day FROM tracked_sales
    UNION ALL
    SELECT source, date_day FROM hit_days
)
SELECT days.source, MIN(days.date_day) AS first_day, MAX(days.date_day) AS last_day
FROM days
INNER JOIN selling ON days.source = selling.source
GROUP BY days.source
