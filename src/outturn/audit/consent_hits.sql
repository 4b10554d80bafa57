-- table: consent_hits
-- grain: source, date_day, page_host, browser, analytics_storage, ad_storage, ad_user_data, ad_personalization
-- reads: events, hit_quarters
-- says: hits of sources that state consent, no bot's, by what had been said about each purpose (granted, denied, or empty: nothing), and how many of them are nobody's
-- A source that never states consent is not asked for it.
WITH stating AS (
    SELECT DISTINCT source
    FROM events
    WHERE consent IS NOT NULL AND type IN ('page', 'track') AND source <> 'pixels'
), seen AS (
    SELECT
        events.event_id, events.source,
        outturn_micros(events.occurred_at) - outturn_micros(events.occurred_at) % 900000000 AS quarter_micros,
        SPLIT_PART(SPLIT_PART(events.url, '/', 3), '?', 1) AS page_part,
        COALESCE(events.browser, events.device, '') AS browser,
        COALESCE(events.consent, '') AS consent,
        CASE
            WHEN COALESCE(events.anonymous_key, events.user_key, events.email_key, events.phone_key, events.crm_key) IS NULL
            THEN 1 ELSE 0
        END AS of_nobody
    FROM events
    INNER JOIN stating ON events.source = stating.source
    WHERE events.type IN ('page', 'track') AND NOT COALESCE(events.is_bot, FALSE)
), quarters AS (
    SELECT DISTINCT quarter_micros, date_day FROM hit_quarters
), summed AS (
    SELECT
        seen.source, quarters.date_day, seen.page_part, seen.browser, seen.consent,
        COUNT(*) AS hits, CAST(SUM(seen.of_nobody) AS BIGINT) AS of_nobody, MIN(seen.event_id) AS example_id
    FROM seen
    INNER JOIN quarters ON seen.quarter_micros = quarters.quarter_micros
    GROUP BY seen.source, quarters.date_day, seen.page_part, seen.browser, seen.consent
), said AS (
    SELECT
        consent,
        JSON_EXTRACT_STRING(NULLIF(consent, ''), '$.analytics_storage') AS analytics_storage,
        JSON_EXTRACT_STRING(NULLIF(consent, ''), '$.ad_storage') AS ad_storage,
        JSON_EXTRACT_STRING(NULLIF(consent, ''), '$.ad_user_data') AS ad_user_data,
        JSON_EXTRACT_STRING(NULLIF(consent, ''), '$.ad_personalization') AS ad_personalization
    FROM (SELECT DISTINCT consent FROM summed) AS texts
), words AS (
    SELECT
        consent,
        CASE WHEN analytics_storage IN ('true', 'granted') THEN 'granted' WHEN analytics_storage IN ('false', 'denied') THEN 'denied' ELSE '' END AS analytics_storage,
        CASE WHEN ad_storage IN ('true', 'granted') THEN 'granted' WHEN ad_storage IN ('false', 'denied') THEN 'denied' ELSE '' END AS ad_storage,
        CASE WHEN ad_user_data IN ('true', 'granted') THEN 'granted' WHEN ad_user_data IN ('false', 'denied') THEN 'denied' ELSE '' END AS ad_user_data,
        CASE WHEN ad_personalization IN ('true', 'granted') THEN 'granted' WHEN ad_personalization IN ('false', 'denied') THEN 'denied' ELSE '' END AS ad_personalization
    FROM said
), sites AS (
    SELECT
        summed.source, summed.date_day, summed.browser, summed.hits, summed.of_nobody, summed.example_id,
        words.analytics_storage, words.ad_storage, words.ad_user_data, words.ad_personalization,
        LOWER(SPLIT_PART(COALESCE(summed.page_part, ''), ':', 1)) AS site
    FROM summed
    INNER JOIN words ON summed.consent = words.consent
), bare AS (
    SELECT sites.*, CASE WHEN site LIKE 'www.%' THEN SUBSTRING(site, 5) ELSE site END AS page_host FROM sites
)
SELECT
    source, date_day, page_host, browser, analytics_storage, ad_storage, ad_user_data, ad_personalization,
    CAST(SUM(hits) AS BIGINT) AS hits, CAST(SUM(of_nobody) AS BIGINT) AS of_nobody, MIN(example_id) AS example_id
FROM bare
GROUP BY source, date_day, page_host, browser, analytics_storage, ad_storage, ad_user_data, ad_personalization
