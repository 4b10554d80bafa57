-- table: hit_quarters
-- grain: source, quarter_micros
-- reads: hit_sums
-- says: pages and tracked events of a source by the quarter of an hour (its beginning, in microseconds since 1970 UTC), bots' among them and without, and the business's day
SELECT
    source, quarter_micros, MIN(date_day) AS date_day, CAST(SUM(hits) AS BIGINT) AS hits,
    CAST(SUM(CASE WHEN is_bot THEN 0 ELSE hits END) AS BIGINT) AS human_hits,
    MIN(CASE WHEN is_bot THEN NULL ELSE example_id END) AS example_id
FROM hit_sums
WHERE look = 'quarters'
GROUP BY source, quarter_micros
