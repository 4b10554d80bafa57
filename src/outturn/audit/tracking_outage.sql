-- table: tracking_outage
-- grain: source, subject
-- reads: outage_stretches, hit_hours
-- says: what came of every source, and stretches of hours in which far less came than was to be expected; found is what was expected and did not come
SELECT
    source, subject, first_day, last_day, expected - hits AS found, expected AS seen, example_id,
    count_low, count_high, lost_micros, lost_low_micros, lost_high_micros
FROM outage_stretches
UNION ALL
SELECT
    source, '' AS subject, CAST(NULL AS DATE) AS first_day, CAST(NULL AS DATE) AS last_day,
    0 AS found, CAST(SUM(hits) AS BIGINT) AS seen, CAST(NULL AS VARCHAR) AS example_id,
    CAST(NULL AS BIGINT) AS count_low, CAST(NULL AS BIGINT) AS count_high,
    CAST(NULL AS BIGINT) AS lost_micros, CAST(NULL AS BIGINT) AS lost_low_micros, CAST(NULL AS BIGINT) AS lost_high_micros
FROM hit_hours
GROUP BY source
