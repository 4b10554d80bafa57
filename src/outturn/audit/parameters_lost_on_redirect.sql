-- table: parameters_lost_on_redirect
-- grain: platform, subject
-- reads: landings, hit_days
-- says: an ad platform's arrivals by the page where they landed, found where they lack what its arrivals at other pages carry; pages of few arrivals together, and all pages that anybody opened
WITH pages AS (
    SELECT landings.*, CASE WHEN bare * 5 <= arrivals THEN 1 ELSE 0 END AS whole FROM landings
), platforms AS (
    SELECT
        platform, CAST(SUM(arrivals) AS BIGINT) AS arrivals,
        CAST(SUM(bare * whole) AS BIGINT) AS whole_bare, CAST(SUM(arrivals * whole) AS BIGINT) AS whole_arrivals
    FROM pages
    GROUP BY platform
), judged AS (
    SELECT
        pages.platform, pages.page, pages.arrivals, pages.first_day, pages.last_day, pages.example_id,
        -- On most of the platform's other arrivals' pages at most one in five is bare, and here three times as many.
        CASE
            WHEN platforms.whole_arrivals - pages.arrivals * pages.whole >= 20
                AND (platforms.whole_arrivals - pages.arrivals * pages.whole) * 2 >= platforms.arrivals - pages.arrivals
                AND pages.bare * (platforms.whole_arrivals - pages.arrivals * pages.whole)
                >= 3 * (platforms.whole_bare - pages.bare * pages.whole) * pages.arrivals
            THEN pages.bare
            ELSE 0
        END AS found
    FROM pages
    INNER JOIN platforms ON pages.platform = platforms.platform
)
SELECT
    platform, CASE WHEN arrivals < 20 THEN '' ELSE page END AS subject,
    MIN(first_day) AS first_day, MAX(last_day) AS last_day,
    CAST(SUM(CASE WHEN arrivals < 20 THEN 0 ELSE found END) AS BIGINT) AS found,
    CAST(SUM(arrivals) AS BIGINT) AS seen,
    MIN(example_id) AS example_id
FROM judged
GROUP BY platform, CASE WHEN arrivals < 20 THEN '' ELSE page END
UNION ALL
SELECT
    '' AS platform, '' AS subject, CAST(NULL AS DATE) AS first_day, CAST(NULL AS DATE) AS last_day,
    0 AS found, CAST(COALESCE(SUM(hits), 0) AS BIGINT) AS seen, CAST(NULL AS VARCHAR) AS example_id
FROM hit_days
WHERE type = 'page'
