-- table: ad_day
-- grain: level, date_day, platform, account_id, currency, channel, campaign_key, ad_group_id, ad_id
-- reads: ad_levels, ad_gaps
-- says: what the platforms report, as billed, once for each served grain: its own rows and the gaps of every coarser step, so that each grain has the coarsest one's sums
WITH served AS (
    SELECT 'campaign' AS level, 2 AS grain UNION ALL SELECT 'ad_group' AS level, 3 AS grain UNION ALL SELECT 'ad' AS level, 4 AS grain
), pieces AS (
    SELECT served.level, ad_levels.* FROM ad_levels INNER JOIN served ON ad_levels.grain = served.grain
    UNION ALL
    SELECT
        served.level, ad_gaps.date_day, ad_gaps.platform, ad_gaps.account_id, ad_gaps.currency, ad_gaps.grain, ad_gaps.channel,
        ad_gaps.campaign_key,
        CASE WHEN served.grain >= 3 THEN ad_gaps.ad_group_id ELSE '' END AS ad_group_id,
        CASE WHEN served.grain >= 4 THEN ad_gaps.ad_id ELSE '' END AS ad_id,
        ad_gaps.first_zone, ad_gaps.last_zone, ad_gaps.impressions, ad_gaps.clicks, ad_gaps.billed_micros,
        ad_gaps.video_starts, ad_gaps.completed_views, ad_gaps.engagements
    FROM ad_gaps
    INNER JOIN served ON ad_gaps.grain <= served.grain
)
SELECT
    level, date_day, platform, account_id, currency, channel, campaign_key, ad_group_id, ad_id,
    MIN(first_zone) AS first_zone, MAX(last_zone) AS last_zone,
    CAST(SUM(impressions) AS BIGINT) AS impressions, CAST(SUM(clicks) AS BIGINT) AS clicks,
    CAST(SUM(billed_micros) AS BIGINT) AS billed_micros, CAST(SUM(video_starts) AS BIGINT) AS video_starts,
    CAST(SUM(completed_views) AS BIGINT) AS completed_views, CAST(SUM(engagements) AS BIGINT) AS engagements
FROM pieces
GROUP BY level, date_day, platform, account_id, currency, channel, campaign_key, ad_group_id, ad_id
