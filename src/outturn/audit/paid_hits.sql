-- table: paid_hits
-- grain: source, date_day, platform, utm_source, utm_medium, utm_campaign, click_id_kind
-- reads: hit_days, source_platforms, click_platforms
-- says: pages that a tag of an ad platform opened, no bot's, with whether the click id of that platform came along
SELECT
    hit_days.source, hit_days.date_day, source_platforms.platform, hit_days.utm_source, hit_days.utm_medium,
    hit_days.utm_campaign, hit_days.click_id_kind,
    MAX(CASE WHEN click_platforms.platform = source_platforms.platform THEN 1 ELSE 0 END) AS clicked,
    CAST(SUM(hit_days.hits) AS BIGINT) AS hits,
    MIN(hit_days.example_id) AS example_id
FROM hit_days
INNER JOIN source_platforms ON LOWER(hit_days.utm_source) = source_platforms.word
LEFT JOIN click_platforms ON hit_days.click_id_kind = click_platforms.click_id_kind
WHERE hit_days.type = 'page' AND NOT hit_days.is_bot
    AND REGEXP_MATCHES(LOWER(hit_days.utm_medium), '^(.*cp.*|ppc|retargeting|paid.*|display|banner)$')
GROUP BY
    hit_days.source, hit_days.date_day, source_platforms.platform, hit_days.utm_source, hit_days.utm_medium,
    hit_days.utm_campaign, hit_days.click_id_kind
