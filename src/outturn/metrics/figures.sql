-- table: figures
-- grain: channel, platform, account_id, campaign_key, ad_group_id, ad_id, day (those that are asked for)
-- reads: channel_day
-- takes: level text, first_day day, last_day day, by_channel flag, by_platform flag, by_account flag, by_campaign flag, by_ad_group flag, by_ad flag, by_time text
-- says: the sums of what platforms and tracking report, per cell of a KPI table
WITH labelled AS (
    SELECT
        CASE WHEN $by_channel THEN channel ELSE '' END AS channel,
        CASE WHEN NOT $by_platform THEN '' WHEN platform = '' THEN '(not set)' ELSE platform END AS platform,
        CASE WHEN NOT $by_account THEN '' WHEN account_id = '' THEN '(not set)' ELSE account_id END AS account_id,
        CASE WHEN NOT $by_campaign THEN '' WHEN campaign_key = '' THEN '(not set)' ELSE campaign_key END AS campaign_key,
        CASE WHEN $by_ad_group THEN ad_group_id ELSE '' END AS ad_group_id,
        CASE WHEN $by_ad THEN ad_id ELSE '' END AS ad_id,
        CASE $by_time
            WHEN 'date_day' THEN date_day
            WHEN 'week' THEN CAST(DATE_TRUNC('week', date_day) AS DATE)
            WHEN 'month' THEN CAST(DATE_TRUNC('month', date_day) AS DATE)
        END AS day,
        campaign_id, campaign_name,
        impressions, clicks, visits, video_starts, completed_views, engagements,
        spend_micros, cost_micros, claimed_conversions,
        CASE WHEN missing_rate THEN 1 ELSE 0 END AS missing
    FROM channel_day
    WHERE level = $level AND date_day >= $first_day AND date_day <= $last_day
)
SELECT
    channel, platform, account_id, campaign_key, ad_group_id, ad_id, day,
    MIN(CASE WHEN $by_campaign THEN campaign_id END) AS campaign_id,
    MAX(CASE WHEN $by_campaign THEN campaign_name END) AS campaign_name,
    CAST(SUM(impressions) AS BIGINT) AS impressions,
    CAST(SUM(clicks) AS BIGINT) AS clicks,
    CAST(SUM(visits) AS BIGINT) AS visits,
    CAST(SUM(video_starts) AS BIGINT) AS video_starts,
    CAST(SUM(completed_views) AS BIGINT) AS completed_views,
    CAST(SUM(engagements) AS BIGINT) AS engagements,
    CAST(SUM(spend_micros) AS BIGINT) AS spend,
    CAST(SUM(cost_micros) AS BIGINT) AS costs,
    SUM(claimed_conversions) AS claimed_conversions,
    MAX(missing) AS missing_rates
FROM labelled
GROUP BY channel, platform, account_id, campaign_key, ad_group_id, ad_id, day
