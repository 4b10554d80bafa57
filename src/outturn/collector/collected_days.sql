-- table: collected_days
-- grain: date_day
-- reads: events, refused_rows
-- takes: zone text
-- says: what the collector took on each day: hits of people by what they had said about each purpose, hits of nobody, views of pixels, bots, odd clocks, what it refused, and what browsers say that they lost
WITH received AS (
    SELECT
        outturn_day(received_at, $zone) AS date_day,
        COALESCE(is_bot, FALSE) AS is_bot,
        -- A view belongs to nobody, but not for want of consent: it is no hit.
        source = 'pixels' AS is_view,
        COALESCE(anonymous_key, user_key, email_key, phone_key, crm_key) AS somebody,
        COALESCE(clock_mark, '') AS clock_mark,
        COALESCE(JSON_EXTRACT_STRING(consent, '$.analytics_storage'), '') AS analytics_storage,
        COALESCE(JSON_EXTRACT_STRING(consent, '$.ad_storage'), '') AS ad_storage,
        COALESCE(JSON_EXTRACT_STRING(consent, '$.ad_user_data'), '') AS ad_user_data,
        COALESCE(JSON_EXTRACT_STRING(consent, '$.ad_personalization'), '') AS ad_personalization
    FROM events
    WHERE source IN ('tag', 'collector', 'links', 'pixels') AND type IN ('page', 'track', 'touch')
), told AS (
    SELECT received.*, NOT is_bot AND NOT is_view AS is_hit FROM received
), hits AS (
    SELECT
        date_day,
        COUNT(CASE WHEN is_hit THEN 1 END) AS hits,
        COUNT(CASE WHEN is_hit AND somebody IS NULL THEN 1 END) AS of_nobody,
        COUNT(CASE WHEN is_view AND NOT is_bot THEN 1 END) AS views,
        COUNT(CASE WHEN is_bot THEN 1 END) AS bots,
        COUNT(CASE WHEN is_hit AND clock_mark = 'late' THEN 1 END) AS late,
        COUNT(CASE WHEN is_hit AND clock_mark = 'old' THEN 1 END) AS old,
        COUNT(CASE WHEN is_hit AND clock_mark = 'future' THEN 1 END) AS future,
        COUNT(CASE WHEN is_hit AND analytics_storage = 'true' THEN 1 END) AS analytics_storage_granted,
        COUNT(CASE WHEN is_hit AND analytics_storage = 'false' THEN 1 END) AS analytics_storage_denied,
        COUNT(CASE WHEN is_hit AND ad_storage = 'true' THEN 1 END) AS ad_storage_granted,
        COUNT(CASE WHEN is_hit AND ad_storage = 'false' THEN 1 END) AS ad_storage_denied,
        COUNT(CASE WHEN is_hit AND ad_user_data = 'true' THEN 1 END) AS ad_user_data_granted,
        COUNT(CASE WHEN is_hit AND ad_user_data = 'false' THEN 1 END) AS ad_user_data_denied,
        COUNT(CASE WHEN is_hit AND ad_personalization = 'true' THEN 1 END) AS ad_personalization_granted,
        COUNT(CASE WHEN is_hit AND ad_personalization = 'false' THEN 1 END) AS ad_personalization_denied
    FROM told
    GROUP BY date_day
), losses AS (
    SELECT outturn_day(received_at, $zone) AS date_day, CAST(SUM(lost_before) AS BIGINT) AS lost
    FROM events
    WHERE source = 'tag' AND lost_before IS NOT NULL
    GROUP BY outturn_day(received_at, $zone)
), refusals AS (
    SELECT outturn_day(refused_at, $zone) AS date_day, COUNT(*) AS refused
    FROM refused_rows
    WHERE file LIKE 'journal/%'
    GROUP BY outturn_day(refused_at, $zone)
), days AS (
    SELECT date_day FROM hits
    UNION
    SELECT date_day FROM losses
    UNION
    SELECT date_day FROM refusals
)
SELECT
    days.date_day,
    COALESCE(hits.hits, 0) AS hits,
    COALESCE(hits.of_nobody, 0) AS of_nobody,
    COALESCE(hits.views, 0) AS views,
    COALESCE(hits.bots, 0) AS bots,
    COALESCE(hits.late, 0) AS late,
    COALESCE(hits.old, 0) AS old,
    COALESCE(hits.future, 0) AS future,
    COALESCE(refusals.refused, 0) AS refused,
    COALESCE(losses.lost, 0) AS lost,
    COALESCE(hits.analytics_storage_granted, 0) AS analytics_storage_granted,
    COALESCE(hits.analytics_storage_denied, 0) AS analytics_storage_denied,
    COALESCE(hits.ad_storage_granted, 0) AS ad_storage_granted,
    COALESCE(hits.ad_storage_denied, 0) AS ad_storage_denied,
    COALESCE(hits.ad_user_data_granted, 0) AS ad_user_data_granted,
    COALESCE(hits.ad_user_data_denied, 0) AS ad_user_data_denied,
    COALESCE(hits.ad_personalization_granted, 0) AS ad_personalization_granted,
    COALESCE(hits.ad_personalization_denied, 0) AS ad_personalization_denied
FROM days
LEFT JOIN hits ON days.date_day = hits.date_day
LEFT JOIN losses ON days.date_day = losses.date_day
LEFT JOIN refusals ON days.date_day = refusals.date_day
ORDER BY days.date_day
