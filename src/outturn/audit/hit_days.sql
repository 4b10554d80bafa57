-- table: hit_days
-- grain: source, date_day, type, is_bot, page_host, referrer_host, utm_source, utm_medium, utm_campaign, utm_id, click_id_kind, click_id_form, gad_campaign, personal
-- reads: events, hit_quarters
-- says: the one look at all pages and tracked events: how many a source saw on a day, by everything that tells where they came from; hosts are bare, in small letters
-- A click id is spoilt where it has lost its capitals (small) or its end (short): ids of clicks are long and mixed.
WITH quarters AS (
    SELECT DISTINCT quarter_micros, date_day FROM hit_quarters
), seen AS (
    SELECT
        event_id, source, type, outturn_micros(occurred_at) - outturn_micros(occurred_at) % 900000000 AS quarter_micros,
        COALESCE(is_bot, FALSE) AS is_bot, SPLIT_PART(url, '/', 3) AS page_part,
        CASE
            WHEN SUBSTRING(referrer, 1, 4) = 'http' THEN SPLIT_PART(referrer, '/', 3) ELSE SPLIT_PART(referrer, '/', 1)
        END AS referrer_part,
        COALESCE(utm_source, '') AS utm_source, COALESCE(utm_medium, '') AS utm_medium,
        COALESCE(utm_campaign, '') AS utm_campaign, COALESCE(utm_id, '') AS utm_id,
        CASE
            WHEN irclickid <> '' THEN 'irclickid' WHEN awc <> '' THEN 'awc' WHEN cjevent <> '' THEN 'cjevent'
            WHEN gclid <> '' THEN 'gclid' WHEN wbraid <> '' THEN 'wbraid' WHEN gbraid <> '' THEN 'gbraid'
            WHEN msclkid <> '' THEN 'msclkid' WHEN ttclid <> '' THEN 'ttclid' WHEN li_fat_id <> '' THEN 'li_fat_id'
            WHEN twclid <> '' THEN 'twclid' WHEN rdt_cid <> '' THEN 'rdt_cid' WHEN sccid <> '' THEN 'sccid'
            WHEN epik <> '' THEN 'epik' WHEN dclid <> '' THEN 'dclid' WHEN gad_campaignid <> '' THEN 'gad_campaignid'
            WHEN gad_source <> '' THEN 'gad_source' WHEN fbclid <> '' THEN 'fbclid' ELSE ''
        END AS click_id_kind,
        COALESCE(NULLIF(gclid, ''), NULLIF(fbclid, '')) AS mixed_click_id,
        CASE WHEN COALESCE(gad_campaignid, '') <> '' THEN 1 ELSE 0 END AS gad_campaign,
        CASE
            WHEN url LIKE '%(removed)%' THEN 1
            WHEN (url LIKE '%=&%' OR url LIKE '%=')
                AND REGEXP_MATCHES(url, '[?&;](e-?mail|mail|user_?email|customer_?email)=(&|$)') THEN 1
            ELSE 0
        END AS personal
    FROM events
    WHERE type IN ('page', 'track')
), dated AS (
    SELECT
        seen.*, quarters.date_day,
        CASE
            WHEN click_id_kind NOT IN ('gclid', 'fbclid') OR mixed_click_id IS NULL THEN ''
            WHEN LENGTH(mixed_click_id) < 20 THEN 'short'
            WHEN mixed_click_id = LOWER(mixed_click_id) THEN 'small'
            ELSE 'whole'
        END AS click_id_form
    FROM seen
    LEFT JOIN quarters ON seen.quarter_micros = quarters.quarter_micros
), summed AS (
    SELECT
        source, date_day, type, is_bot, page_part, referrer_part, utm_source, utm_medium, utm_campaign, utm_id, click_id_kind,
        click_id_form, gad_campaign, personal,
        COUNT(*) AS hits,
        MIN(event_id) AS example_id
    FROM dated
    GROUP BY
        source, date_day, type, is_bot, page_part, referrer_part, utm_source, utm_medium, utm_campaign, utm_id, click_id_kind,
        click_id_form, gad_campaign, personal
), sites AS (
    -- What addresses have in common is small by now: hosts are made bare once for each, and not for each hit.
    SELECT
        summed.*, LOWER(SPLIT_PART(SPLIT_PART(page_part, '?', 1), ':', 1)) AS page_site,
        LOWER(SPLIT_PART(SPLIT_PART(referrer_part, '?', 1), ':', 1)) AS referrer_site
    FROM summed
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
    gad_campaign, personal, click_id_form,
    CAST(SUM(hits) AS BIGINT) AS hits,
    MIN(example_id) AS example_id
FROM bare
GROUP BY
    source, date_day, type, is_bot, page_host, referrer_host, utm_source, utm_medium, utm_campaign, utm_id, click_id_kind,
    gad_campaign, personal, click_id_form
