-- table: hit_days
-- grain: source, date_day, type, is_bot, page_host, referrer_host, utm_source, utm_medium, utm_campaign, utm_id, click_id_kind, click_id_form, gad_campaign, personal
-- reads: hit_sums
-- says: how many pages and tracked events a source saw on a day, by everything that tells where they came from; hosts are bare, in small letters
WITH sites AS (
    -- What addresses have in common is small by now: hosts are made bare once for each, and not for each hit.
    SELECT
        hit_sums.*, LOWER(SPLIT_PART(SPLIT_PART(page_part, '?', 1), ':', 1)) AS page_site,
        LOWER(SPLIT_PART(SPLIT_PART(referrer_part, '?', 1), ':', 1)) AS referrer_site
    FROM hit_sums
    WHERE look = 'days'
), bare AS (
    SELECT
        sites.*,
        CASE WHEN page_site LIKE 'www.%' THEN SUBSTRING(page_site, 5) ELSE COALESCE(page_site, '') END AS page_host,
        CASE
            WHEN referrer_site LIKE 'www.%' THEN SUBSTRING(referrer_site, 5)
            WHEN referrer_site LIKE '%.%' THEN referrer_site
            ELSE ''
        END AS referrer_host
    FROM sites
)
SELECT
    source, date_day, type, is_bot, page_host, referrer_host, utm_source, utm_medium, utm_campaign, utm_id, click_id_kind,
    click_id_form, gad_campaign, personal,
    CAST(SUM(hits) AS BIGINT) AS hits,
    MIN(example_id) AS example_id
FROM bare
GROUP BY
    source, date_day, type, is_bot, page_host, referrer_host, utm_source, utm_medium, utm_campaign, utm_id, click_id_kind,
    click_id_form, gad_campaign, personal
