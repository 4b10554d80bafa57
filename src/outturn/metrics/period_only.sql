-- table: period_only
-- grain: platform, account_id, period_start, period_end, level, campaign_name, currency
-- reads: ad_spend
-- says: figures of a period without days, which enter no KPI
SELECT
    platform, account_id, period_start, period_end, level,
    COALESCE(campaign_name, campaign_id) AS campaign,
    currency,
    CAST(SUM(impressions) AS BIGINT) AS impressions,
    CAST(SUM(clicks) AS BIGINT) AS clicks,
    CAST(SUM(spend_micros) AS BIGINT) AS spend_micros
FROM ad_spend
WHERE date_day IS NULL
GROUP BY platform, account_id, period_start, period_end, level, COALESCE(campaign_name, campaign_id), currency
ORDER BY platform, account_id, period_start, period_end, level, campaign, currency
