-- table: openings
-- grain: day (where asked for)
-- reads: deals
-- takes: first_day day, last_day day, by_time text
-- says: how many deals were opened and what they are expected to bring, NULL where it is not known of one of them
WITH labelled AS (
    SELECT
        CASE $by_time
            WHEN 'date_day' THEN opened_day
            WHEN 'week' THEN CAST(DATE_TRUNC('week', opened_day) AS DATE)
            WHEN 'month' THEN CAST(DATE_TRUNC('month', opened_day) AS DATE)
        END AS day,
        CASE WHEN opened_day >= $first_day AND opened_day <= $last_day THEN 1 ELSE 0 END AS inside,
        expected_micros
    FROM deals
)
SELECT
    day,
    CAST(SUM(inside) AS BIGINT) AS opportunities,
    CASE WHEN COUNT(CASE WHEN inside = 1 AND expected_micros IS NULL THEN 1 END) = 0
        THEN CAST(SUM(CASE WHEN inside = 1 THEN expected_micros ELSE 0 END) AS BIGINT) END AS pipeline
FROM labelled
GROUP BY day
