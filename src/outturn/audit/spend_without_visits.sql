-- table: spend_without_visits
-- grain: platform, account_id, campaign, first_day
-- reads: campaign_days, hit_days
-- says: clicks of every campaign that were billed, found where they did not arrive as visits that join it; money is the spend of days on which fewer than a quarter did
-- Only between the first and the last day of a tracker: without one no click can arrive.
WITH tracked AS (
    SELECT MIN(date_day) AS first_day, MAX(date_day) AS last_day FROM hit_days WHERE type = 'page'
)
SELECT
    campaign_days.platform, campaign_days.account_id, campaign_days.campaign,
    campaign_days.date_day AS first_day, campaign_days.date_day AS last_day,
    CASE WHEN campaign_days.clicks > campaign_days.visits THEN campaign_days.clicks - campaign_days.visits ELSE 0 END AS found,
    CASE WHEN campaign_days.clicks > 0 THEN campaign_days.clicks ELSE 0 END AS seen,
    campaign_days.example_id,
    'spend:' || campaign_days.platform || ':' || campaign_days.account_id || ':' || campaign_days.campaign_key || ':'
        || CAST(campaign_days.date_day AS VARCHAR) AS money_key,
    CASE WHEN campaign_days.visits * 4 < campaign_days.clicks AND campaign_days.spend_micros > 0 THEN campaign_days.spend_micros END
        AS micros
FROM campaign_days
INNER JOIN tracked ON campaign_days.date_day >= tracked.first_day AND campaign_days.date_day <= tracked.last_day
WHERE campaign_days.clicks > 0 AND campaign_days.example_id IS NOT NULL
    AND SUBSTRING(campaign_days.campaign_key, 1, 1) NOT IN ('', '(')
