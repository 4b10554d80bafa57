-- table: utm_missing
-- grain: platform, first_day
-- reads: hit_days, click_platforms
-- says: arrivals that a click id proves to be paid, found where no tag names the campaign and the id does not either
SELECT
    click_platforms.platform, hit_days.date_day AS first_day, hit_days.date_day AS last_day,
    CAST(SUM(CASE
        WHEN hit_days.utm_campaign = '' AND hit_days.utm_id = '' AND hit_days.gad_campaign = 0 THEN hit_days.hits ELSE 0
    END) AS BIGINT) AS found,
    CAST(SUM(hit_days.hits) AS BIGINT) AS seen,
    MIN(CASE
        WHEN hit_days.utm_campaign = '' AND hit_days.utm_id = '' AND hit_days.gad_campaign = 0 THEN hit_days.example_id
    END) AS example_id
FROM hit_days
INNER JOIN click_platforms ON hit_days.click_id_kind = click_platforms.click_id_kind
WHERE hit_days.type = 'page' AND NOT hit_days.is_bot AND hit_days.click_id_kind <> 'fbclid'
GROUP BY click_platforms.platform, hit_days.date_day
