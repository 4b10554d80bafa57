-- table: spend_lines
-- grain: platform, account_id, campaign_key, date_day
-- reads: ad_spend, campaigns
-- says: a row of spend for every campaign's day, as import and line, to open
SELECT
    ad_spend.platform, ad_spend.account_id, campaigns.campaign_key, ad_spend.date_day,
    MIN(ad_spend.import_id || ':' || CAST(ad_spend.line AS VARCHAR)) AS example_id
FROM ad_spend
INNER JOIN campaigns
    ON ad_spend.platform = campaigns.platform
    AND ad_spend.account_id = campaigns.account_id
    AND (
        ad_spend.campaign_id = campaigns.campaign_id
        OR (ad_spend.campaign_id IS NULL AND ad_spend.campaign_name = campaigns.campaign_name)
    )
WHERE ad_spend.date_day IS NOT NULL
GROUP BY ad_spend.platform, ad_spend.account_id, campaigns.campaign_key, ad_spend.date_day
