-- table: campaign_keys
-- grain: platform, account_id, campaign_id, campaign_name, campaign_type, stated_channel
-- reads: campaign_bearers
-- says: the key of every bearer: its id; a name without an id has the one id that ever bore it, else itself
WITH adopters AS (
    SELECT platform, account_id, campaign_name, MIN(campaign_id) AS campaign_id
    FROM campaign_bearers
    WHERE campaign_id IS NOT NULL AND campaign_name IS NOT NULL
    GROUP BY platform, account_id, campaign_name
    HAVING MIN(campaign_id) = MAX(campaign_id)
)
SELECT
    campaign_bearers.platform, campaign_bearers.account_id, campaign_bearers.campaign_name,
    campaign_bearers.campaign_type, campaign_bearers.stated_channel, campaign_bearers.said, campaign_bearers.last_day,
    COALESCE(campaign_bearers.campaign_id, adopters.campaign_id) AS campaign_id,
    COALESCE(
        campaign_bearers.campaign_id, adopters.campaign_id, 'name:' || campaign_bearers.campaign_name
    ) AS campaign_key
FROM campaign_bearers
LEFT JOIN adopters
    ON campaign_bearers.platform = adopters.platform
    AND campaign_bearers.account_id = adopters.account_id
    AND campaign_bearers.campaign_name = adopters.campaign_name
