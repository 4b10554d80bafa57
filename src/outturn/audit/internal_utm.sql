-- table: internal_utm
-- grain: source, first_day
-- reads: hit_days
-- says: pages that were opened with UTM tags, found where a page of the same host led there
SELECT
    source, date_day AS first_day, date_day AS last_day,
    CAST(SUM(CASE WHEN referrer_host = page_host THEN hits ELSE 0 END) AS BIGINT) AS found,
    CAST(SUM(hits) AS BIGINT) AS seen,
    MIN(CASE WHEN referrer_host = page_host THEN example_id END) AS example_id
FROM hit_days
WHERE type = 'page' AND NOT is_bot AND page_host <> '' AND (utm_source <> '' OR utm_medium <> '' OR utm_campaign <> '')
GROUP BY source, date_day
