-- table: email_in_urls
-- grain: source, first_day
-- reads: hit_days
-- says: pages and events, found where the address held an e-mail address, which the import has emptied
SELECT
    source, date_day AS first_day, date_day AS last_day,
    CAST(SUM(CASE WHEN personal = 1 THEN hits ELSE 0 END) AS BIGINT) AS found,
    CAST(SUM(hits) AS BIGINT) AS seen,
    MIN(CASE WHEN personal = 1 THEN example_id END) AS example_id
FROM hit_days
GROUP BY source, date_day
