-- table: consent_hits
-- grain: source, date_day, page_host, browser, analytics_storage, ad_storage, ad_user_data, ad_personalization
-- reads: hit_sums
-- says: hits of sources that state consent, no bot's, by what had been said about each purpose (granted, denied, or empty: nothing), and how many of them are nobody's
-- A source that never states consent is not asked for it.
WITH stating AS (
    SELECT DISTINCT source FROM hit_sums WHERE look = 'consents' AND consent <> '' AND source <> 'pixels'
), summed AS (
    SELECT
        hit_sums.source, hit_sums.date_day, hit_sums.page_part, hit_sums.browser, hit_sums.consent,
        CAST(SUM(hit_sums.hits) AS BIGINT) AS hits,
        CAST(SUM(hit_sums.of_nobody * hit_sums.hits) AS BIGINT) AS of_nobody, MIN(hit_sums.example_id) AS example_id
    FROM hit_sums
    INNER JOIN stating ON hit_sums.source = stating.source
    WHERE hit_sums.look = 'consents' AND NOT hit_sums.is_bot
    GROUP BY hit_sums.source, hit_sums.date_day, hit_sums.page_part, hit_sums.browser, hit_sums.consent
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
        LOWER(SPLIT_PART(SPLIT_PART(COALESCE(summed.page_part, ''), '?', 1), ':', 1)) AS site
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
