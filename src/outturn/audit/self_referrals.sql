-- table: self_referrals
-- grain: source, subject, first_day
-- reads: hit_days
-- says: pages to which another host of the same site led (a subdomain, or the host above it), all found
SELECT
    source, referrer_host AS subject, date_day AS first_day, date_day AS last_day,
    CAST(SUM(hits) AS BIGINT) AS found, CAST(SUM(hits) AS BIGINT) AS seen, MIN(example_id) AS example_id
FROM hit_days
WHERE type = 'page' AND NOT is_bot AND page_host <> '' AND referrer_host <> ''
    AND (ENDS_WITH(referrer_host, '.' || page_host) OR ENDS_WITH(page_host, '.' || referrer_host))
GROUP BY source, referrer_host, date_day
UNION ALL
SELECT
    source, '' AS subject, date_day AS first_day, date_day AS last_day,
    0 AS found, CAST(SUM(hits) AS BIGINT) AS seen, CAST(NULL AS VARCHAR) AS example_id
FROM hit_days
WHERE type = 'page' AND NOT is_bot
    AND NOT (
        page_host <> '' AND referrer_host <> '' AND (ENDS_WITH(referrer_host, '.' || page_host) OR ENDS_WITH(page_host, '.' || referrer_host))
    )
GROUP BY source, date_day
