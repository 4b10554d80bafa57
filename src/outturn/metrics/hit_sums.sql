-- table: hit_sums
-- grain: look, source, date_day, quarter_micros, type, is_bot, page_part, referrer_part, utm_source, utm_medium, utm_campaign, utm_id, click_id_kind, click_id_form, gad_campaign, personal, browser, consent, of_nobody
-- reads: events, day_quarters, common_site
-- says: the one look at all pages and tracked events, summed in three ways: 'days' by everything that tells where they came from, 'quarters' of an hour, and 'consents' by what had been said of it; NULL: not told apart
-- To read events and take their addresses apart costs more than to sum them, so that it is done once for all sums.
-- A click id is spoilt where it has lost its capitals (small) or its end (short): ids of clicks are long and mixed.
WITH seen AS (
    SELECT
        events.event_id, events.source, events.type, COALESCE(events.is_bot, FALSE) AS is_bot,
        outturn_micros(events.occurred_at) - outturn_micros(events.occurred_at) % 900000000 AS quarter_micros,
        -- Most addresses begin alike, and to see that costs a tenth of taking one apart.
        CASE
            WHEN STARTS_WITH(events.url, common_site.beginning) THEN common_site.site ELSE SPLIT_PART(events.url, '/', 3)
        END AS page_part,
        CASE
            WHEN SUBSTRING(events.referrer, 1, 4) = 'http' THEN SPLIT_PART(events.referrer, '/', 3)
            ELSE SPLIT_PART(events.referrer, '/', 1)
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
        CASE WHEN gad_campaignid <> '' THEN 1 ELSE 0 END AS gad_campaign,
        CASE
            WHEN url LIKE '%(removed)%' THEN 1
            WHEN url LIKE '%=%' AND (url LIKE '%=&%' OR url LIKE '%=')
                AND REGEXP_MATCHES(url, '[?&;](e-?mail|mail|user_?email|customer_?email)=(&|$)') THEN 1
            ELSE 0
        END AS personal,
        COALESCE(browser, device, '') AS browser, COALESCE(consent, '') AS consent,
        CASE WHEN COALESCE(anonymous_key, user_key, email_key, phone_key, crm_key) IS NULL THEN 1 ELSE 0 END AS of_nobody
    FROM events
    LEFT JOIN common_site ON 1 = 1
    WHERE events.type IN ('page', 'track')
), dated AS (
    SELECT
        seen.*, day_quarters.date_day,
        CASE
            WHEN mixed_click_id IS NULL OR click_id_kind NOT IN ('gclid', 'fbclid') THEN ''
            WHEN LENGTH(mixed_click_id) < 20 THEN 'short'
            -- Most begin with a capital, which is sooner seen than that there is one.
            WHEN mixed_click_id >= 'A' AND mixed_click_id < '[' THEN 'whole'
            WHEN mixed_click_id = LOWER(mixed_click_id) THEN 'small'
            ELSE 'whole'
        END AS click_id_form
    FROM seen
    INNER JOIN day_quarters ON seen.quarter_micros = day_quarters.quarter_micros
)
SELECT
    CASE WHEN GROUPING(quarter_micros) = 0 THEN 'quarters' WHEN GROUPING(consent) = 0 THEN 'consents' ELSE 'days' END AS look,
    source, date_day, quarter_micros, type, is_bot, page_part, referrer_part, utm_source, utm_medium, utm_campaign, utm_id,
    click_id_kind, click_id_form, gad_campaign, personal, browser, consent, of_nobody,
    COUNT(*) AS hits, MIN(event_id) AS example_id
FROM dated
GROUP BY GROUPING SETS (
        (
            source, date_day, type, is_bot, page_part, referrer_part, utm_source, utm_medium, utm_campaign, utm_id,
            click_id_kind, click_id_form, gad_campaign, personal
        ),
        (source, date_day, quarter_micros, is_bot),
        (source, date_day, is_bot, page_part, browser, consent, of_nobody)
    )
