-- table: ad_gaps
-- grain: date_day, platform, account_id, currency, grain, channel, campaign_key, ad_group_id
-- reads: ad_levels
-- says: what the next coarser grain has and the finer one (`grain`) does not: all of it under (not set) on days that were
--   not exported so finely, else the difference, of either sign, under (not broken down)
WITH finer_days AS (
    SELECT DISTINCT date_day, platform, account_id, grain FROM ad_levels
), wholes AS (
    SELECT
        ad_levels.date_day, ad_levels.platform, ad_levels.account_id, ad_levels.currency,
        ad_levels.grain + 1 AS grain, finer_days.grain IS NOT NULL AS broken_down,
        -- An account's rest belongs to campaigns that nothing names, so to no known channel either.
        CASE WHEN ad_levels.grain = 1 AND finer_days.grain IS NOT NULL THEN '(not broken down)' ELSE ad_levels.channel END AS channel,
        ad_levels.campaign_key, ad_levels.ad_group_id,
        MIN(first_zone) AS first_zone, MAX(last_zone) AS last_zone,
        CAST(SUM(impressions) AS BIGINT) AS impressions, CAST(SUM(clicks) AS BIGINT) AS clicks,
        CAST(SUM(billed_micros) AS BIGINT) AS billed_micros, CAST(SUM(video_starts) AS BIGINT) AS video_starts,
        CAST(SUM(completed_views) AS BIGINT) AS completed_views, CAST(SUM(engagements) AS BIGINT) AS engagements
    FROM ad_levels
    LEFT JOIN finer_days
        ON ad_levels.date_day = finer_days.date_day
        AND ad_levels.platform = finer_days.platform
        AND ad_levels.account_id = finer_days.account_id
        AND ad_levels.grain + 1 = finer_days.grain
    WHERE ad_levels.grain < 4
    GROUP BY
        ad_levels.date_day, ad_levels.platform, ad_levels.account_id, ad_levels.currency, ad_levels.grain + 1,
        finer_days.grain IS NOT NULL,
        CASE WHEN ad_levels.grain = 1 AND finer_days.grain IS NOT NULL THEN '(not broken down)' ELSE ad_levels.channel END,
        ad_levels.campaign_key, ad_levels.ad_group_id
), coarser_days AS (
    SELECT date_day, platform, account_id, grain + 1 AS grain FROM finer_days
), parts AS (
    SELECT
        ad_levels.date_day, ad_levels.platform, ad_levels.account_id, ad_levels.currency, ad_levels.grain,
        MIN(CASE WHEN ad_levels.grain = 2 THEN '(not broken down)' ELSE channel END) AS channel,
        CASE WHEN ad_levels.grain >= 3 THEN campaign_key ELSE '' END AS campaign_key,
        CASE WHEN ad_levels.grain >= 4 THEN ad_group_id ELSE '' END AS ad_group_id,
        MIN(first_zone) AS first_zone, MAX(last_zone) AS last_zone,
        CAST(SUM(impressions) AS BIGINT) AS impressions, CAST(SUM(clicks) AS BIGINT) AS clicks,
        CAST(SUM(billed_micros) AS BIGINT) AS billed_micros, CAST(SUM(video_starts) AS BIGINT) AS video_starts,
        CAST(SUM(completed_views) AS BIGINT) AS completed_views, CAST(SUM(engagements) AS BIGINT) AS engagements
    FROM ad_levels
    INNER JOIN coarser_days
        ON ad_levels.date_day = coarser_days.date_day
        AND ad_levels.platform = coarser_days.platform
        AND ad_levels.account_id = coarser_days.account_id
        AND ad_levels.grain = coarser_days.grain
    GROUP BY
        ad_levels.date_day, ad_levels.platform, ad_levels.account_id, ad_levels.currency, ad_levels.grain,
        CASE WHEN ad_levels.grain >= 3 THEN campaign_key ELSE '' END,
        CASE WHEN ad_levels.grain >= 4 THEN ad_group_id ELSE '' END
), gaps AS (
    -- Parts without a whole are taken off again: else they would be counted here and in a coarser whole's gap.
    SELECT
        COALESCE(wholes.date_day, parts.date_day) AS date_day,
        COALESCE(wholes.platform, parts.platform) AS platform,
        COALESCE(wholes.account_id, parts.account_id) AS account_id,
        COALESCE(wholes.currency, parts.currency) AS currency,
        COALESCE(wholes.grain, parts.grain) AS grain,
        COALESCE(wholes.channel, parts.channel) AS channel,
        COALESCE(wholes.broken_down, TRUE) AS broken_down,
        CASE WHEN COALESCE(wholes.broken_down, TRUE) THEN '(not broken down)' ELSE '(not set)' END AS label,
        COALESCE(wholes.campaign_key, parts.campaign_key) AS campaign_key,
        COALESCE(wholes.ad_group_id, parts.ad_group_id) AS ad_group_id,
        COALESCE(wholes.first_zone, parts.first_zone) AS first_zone,
        COALESCE(wholes.last_zone, parts.last_zone) AS last_zone,
        CASE WHEN wholes.grain IS NULL OR wholes.impressions IS NOT NULL
            THEN COALESCE(wholes.impressions, 0) - COALESCE(parts.impressions, 0) END AS impressions,
        CASE WHEN wholes.grain IS NULL OR wholes.clicks IS NOT NULL
            THEN COALESCE(wholes.clicks, 0) - COALESCE(parts.clicks, 0) END AS clicks,
        CASE WHEN wholes.grain IS NULL OR wholes.billed_micros IS NOT NULL
            THEN COALESCE(wholes.billed_micros, 0) - COALESCE(parts.billed_micros, 0) END AS billed_micros,
        CASE WHEN wholes.grain IS NULL OR wholes.video_starts IS NOT NULL
            THEN COALESCE(wholes.video_starts, 0) - COALESCE(parts.video_starts, 0) END AS video_starts,
        CASE WHEN wholes.grain IS NULL OR wholes.completed_views IS NOT NULL
            THEN COALESCE(wholes.completed_views, 0) - COALESCE(parts.completed_views, 0) END AS completed_views,
        CASE WHEN wholes.grain IS NULL OR wholes.engagements IS NOT NULL
            THEN COALESCE(wholes.engagements, 0) - COALESCE(parts.engagements, 0) END AS engagements
    FROM wholes
    FULL OUTER JOIN parts
        ON wholes.date_day = parts.date_day
        AND wholes.platform = parts.platform
        AND wholes.account_id = parts.account_id
        AND wholes.currency = parts.currency
        AND wholes.grain = parts.grain
        AND wholes.campaign_key = parts.campaign_key
        AND wholes.ad_group_id = parts.ad_group_id
)
SELECT
    date_day, platform, account_id, currency, grain, channel,
    CASE WHEN grain = 2 THEN label ELSE campaign_key END AS campaign_key,
    CASE WHEN grain <= 3 THEN label ELSE ad_group_id END AS ad_group_id,
    label AS ad_id,
    first_zone, last_zone, impressions, clicks, billed_micros, video_starts, completed_views, engagements
FROM gaps
WHERE NOT broken_down
    OR COALESCE(impressions, 0) <> 0
    OR COALESCE(clicks, 0) <> 0
    OR COALESCE(billed_micros, 0) <> 0
    OR COALESCE(video_starts, 0) <> 0
    OR COALESCE(completed_views, 0) <> 0
    OR COALESCE(engagements, 0) <> 0
