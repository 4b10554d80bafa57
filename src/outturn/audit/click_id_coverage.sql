-- table: click_id_coverage
-- grain: platform, campaign, first_day
-- reads: paid_hits, click_platforms
-- says: visits that an ad's tag opened, found where the platform's own click id did not come along; of platforms that send one
WITH sending AS (
    SELECT DISTINCT platform FROM click_platforms
)
SELECT
    paid_hits.platform, paid_hits.utm_campaign AS campaign,
    paid_hits.date_day AS first_day, paid_hits.date_day AS last_day,
    CAST(SUM(CASE WHEN paid_hits.clicked = 0 THEN paid_hits.hits ELSE 0 END) AS BIGINT) AS found,
    CAST(SUM(paid_hits.hits) AS BIGINT) AS seen,
    MIN(CASE WHEN paid_hits.clicked = 0 THEN paid_hits.example_id END) AS example_id
FROM paid_hits
INNER JOIN sending ON paid_hits.platform = sending.platform
GROUP BY paid_hits.platform, paid_hits.utm_campaign, paid_hits.date_day
