-- table: bot_share
-- grain: source, first_day
-- reads: hit_days
-- says: pages, found where the browser says of itself, or is known, to be a bot
SELECT
    source, date_day AS first_day, date_day AS last_day,
    CAST(SUM(CASE WHEN is_bot THEN hits ELSE 0 END) AS BIGINT) AS found,
    CAST(SUM(hits) AS BIGINT) AS seen,
    MIN(CASE WHEN is_bot THEN example_id END) AS example_id
FROM hit_days
WHERE type = 'page'
GROUP BY source, date_day
