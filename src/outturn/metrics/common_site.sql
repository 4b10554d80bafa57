-- table: common_site
-- grain: beginning
-- reads: events
-- says: how most addresses begin, by the first thousand lines of each import, up to the slash after the host; no row where none has an address
WITH counted AS (
    SELECT SPLIT_PART(url, '/', 1) || '//' || SPLIT_PART(url, '/', 3) || '/' AS beginning, SPLIT_PART(url, '/', 3) AS site, COUNT(*) AS hits
    FROM events
    WHERE line <= 1000 AND url LIKE '%//%/%'
    GROUP BY SPLIT_PART(url, '/', 1) || '//' || SPLIT_PART(url, '/', 3) || '/', SPLIT_PART(url, '/', 3)
), placed AS (
    SELECT beginning, site, ROW_NUMBER() OVER (ORDER BY hits DESC, beginning) AS place FROM counted
)
SELECT beginning, site FROM placed WHERE place = 1
