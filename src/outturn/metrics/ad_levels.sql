-- table: ad_levels
-- grain: date_day, platform, account_id, currency, grain, channel, campaign_key, ad_group_id, ad_id
-- reads: ad_lines
-- says: what each exported level says of each grain (1 account, 2 campaign, 3 ad group, 4 ad) that it is chosen for; below its grain a key
--   is empty
WITH chosen AS (
    -- The coarsest exported level that is not coarser than the grain. A keyword names no ad.
    SELECT date_day, platform, account_id, 1 AS grain, MIN(CASE WHEN depth = 1 THEN depth END) AS depth
    FROM ad_lines GROUP BY date_day, platform, account_id
    UNION ALL
    SELECT date_day, platform, account_id, 2 AS grain, MIN(CASE WHEN depth >= 2 THEN depth END) AS depth
    FROM ad_lines GROUP BY date_day, platform, account_id
    UNION ALL
    SELECT date_day, platform, account_id, 3 AS grain, MIN(CASE WHEN depth >= 3 THEN depth END) AS depth
    FROM ad_lines GROUP BY date_day, platform, account_id
    UNION ALL
    SELECT date_day, platform, account_id, 4 AS grain, MIN(CASE WHEN depth = 4 THEN depth END) AS depth
    FROM ad_lines GROUP BY date_day, platform, account_id
), serving AS (
    SELECT
        ad_lines.date_day, ad_lines.platform, ad_lines.account_id, ad_lines.currency, chosen.grain, ad_lines.channel,
        CASE WHEN chosen.grain >= 2 THEN ad_lines.campaign_key ELSE '' END AS campaign_key,
        CASE WHEN chosen.grain >= 3 THEN ad_lines.ad_group_id ELSE '' END AS ad_group_id,
        CASE WHEN chosen.grain >= 4 THEN ad_lines.ad_id ELSE '' END AS ad_id,
        ad_lines.time_zone, ad_lines.impressions, ad_lines.clicks, ad_lines.billed_micros,
        ad_lines.video_starts, ad_lines.completed_views, ad_lines.engagements
    FROM ad_lines
    INNER JOIN chosen
        ON ad_lines.date_day = chosen.date_day
        AND ad_lines.platform = chosen.platform
        AND ad_lines.account_id = chosen.account_id
        AND ad_lines.depth = chosen.depth
)
SELECT
    date_day, platform, account_id, currency, grain, channel, campaign_key, ad_group_id, ad_id,
    MIN(time_zone) AS first_zone, MAX(time_zone) AS last_zone,
    CAST(SUM(impressions) AS BIGINT) AS impressions, CAST(SUM(clicks) AS BIGINT) AS clicks,
    CAST(SUM(billed_micros) AS BIGINT) AS billed_micros, CAST(SUM(video_starts) AS BIGINT) AS video_starts,
    CAST(SUM(completed_views) AS BIGINT) AS completed_views, CAST(SUM(engagements) AS BIGINT) AS engagements
FROM serving
GROUP BY date_day, platform, account_id, currency, grain, channel, campaign_key, ad_group_id, ad_id
