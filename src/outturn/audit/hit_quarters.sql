-- table: hit_quarters
-- grain: source, quarter_micros
-- reads: events
-- takes: zone text
-- says: pages and tracked events of a source by the quarter of an hour (its beginning, in microseconds since 1970 UTC), bots' among them and without, and the business's day
-- Days begin at a quarter of an hour in every zone, so that a day is worked out for each quarter and not for each hit.
SELECT
    source, outturn_micros(occurred_at) - outturn_micros(occurred_at) % 900000000 AS quarter_micros,
    outturn_day(MIN(occurred_at), $zone) AS date_day,
    COUNT(*) AS hits,
    CAST(SUM(CASE WHEN COALESCE(is_bot, FALSE) THEN 0 ELSE 1 END) AS BIGINT) AS human_hits,
    MIN(CASE WHEN COALESCE(is_bot, FALSE) THEN NULL ELSE event_id END) AS example_id
FROM events
WHERE type IN ('page', 'track')
GROUP BY source, outturn_micros(occurred_at) - outturn_micros(occurred_at) % 900000000
