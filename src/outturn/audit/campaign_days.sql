-- table: campaign_days
-- grain: platform, account_id, campaign_key, date_day
-- reads: channel_day, spend_lines
-- says: what a campaign was billed on a day, its clicks, and the visits that joined it; NULL clicks: not told; NULL example_id: no row of spend
WITH summed AS (
    SELECT
        platform, account_id, campaign_key, date_day,
        MIN(channel) AS channel,
        MAX(COALESCE(campaign_name, campaign_key)) AS campaign,
        CAST(SUM(clicks) AS BIGINT) AS clicks,
        CAST(SUM(COALESCE(visits, 0)) AS BIGINT) AS visits,
        CAST(SUM(spend_micros) AS BIGINT) AS spend_micros
    FROM channel_day
    WHERE level = 'campaign' AND platform <> ''
    GROUP BY platform, account_id, campaign_key, date_day
)
SELECT summed.*, spend_lines.example_id
FROM summed
LEFT JOIN spend_lines
    ON summed.platform = spend_lines.platform
    AND summed.account_id = spend_lines.account_id
    AND summed.campaign_key = spend_lines.campaign_key
    AND summed.date_day = spend_lines.date_day
