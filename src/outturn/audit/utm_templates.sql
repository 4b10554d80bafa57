-- table: utm_templates
-- grain: platform, first_day
-- reads: paid_hits
-- says: visits that an ad's tag opened, found where the tag holds a template that was not filled in
SELECT
    platform, date_day AS first_day, date_day AS last_day,
    CAST(SUM(CASE WHEN utm_campaign LIKE '%{%' OR utm_source LIKE '%{%' THEN hits ELSE 0 END) AS BIGINT) AS found,
    CAST(SUM(hits) AS BIGINT) AS seen,
    MIN(CASE WHEN utm_campaign LIKE '%{%' OR utm_source LIKE '%{%' THEN example_id END) AS example_id
FROM paid_hits
GROUP BY platform, date_day
