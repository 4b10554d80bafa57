-- table: own_hosts
-- grain: host
-- reads: hits, given_hosts
-- says: hosts that are the business itself: those that were given, and those of its own pages
-- A host of fewer than one page in a thousand is a translation or a copy of the shop, or a made-up hit.
WITH seen AS (
    SELECT page_host AS host, COUNT(*) AS pages FROM hits WHERE page_host IS NOT NULL GROUP BY page_host
), total AS (
    SELECT CAST(SUM(pages) AS BIGINT) AS pages FROM seen
)
SELECT seen.host FROM seen CROSS JOIN total WHERE seen.pages * 1000 >= total.pages
UNION
SELECT host FROM given_hosts
