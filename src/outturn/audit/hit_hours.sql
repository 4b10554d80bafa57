-- table: hit_hours
-- grain: source, hour
-- reads: events
-- says: pages and tracked events of a source by the hour (hours since 1970 UTC), no bot's
SELECT
    source, CAST(FLOOR(outturn_micros(occurred_at) / 3600000000e0) AS BIGINT) AS hour,
    COUNT(*) AS hits, MIN(event_id) AS example_id
FROM events
WHERE type IN ('page', 'track') AND NOT COALESCE(is_bot, FALSE)
GROUP BY source, CAST(FLOOR(outturn_micros(occurred_at) / 3600000000e0) AS BIGINT)
