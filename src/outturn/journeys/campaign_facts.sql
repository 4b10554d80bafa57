-- table: campaign_facts
-- grain: platform, account_id, campaign_key
-- reads: campaign_keys
-- says: what is known of every campaign: its latest name, type and stated channel
WITH names AS (
    SELECT
        platform, account_id, campaign_key, campaign_name,
        ROW_NUMBER() OVER (
            PARTITION BY platform, account_id, campaign_key ORDER BY said DESC, last_day DESC NULLS LAST, campaign_name
        ) AS place
    FROM campaign_keys WHERE campaign_name IS NOT NULL
), types AS (
    SELECT
        platform, account_id, campaign_key, campaign_type,
        ROW_NUMBER() OVER (
            PARTITION BY platform, account_id, campaign_key ORDER BY said DESC, last_day DESC NULLS LAST, campaign_type
        ) AS place
    FROM campaign_keys WHERE campaign_type IS NOT NULL
), statements AS (
    SELECT
        platform, account_id, campaign_key, stated_channel,
        ROW_NUMBER() OVER (
            PARTITION BY platform, account_id, campaign_key ORDER BY said DESC, last_day DESC NULLS LAST, stated_channel
        ) AS place
    FROM campaign_keys WHERE stated_channel IS NOT NULL
), keys AS (
    SELECT platform, account_id, campaign_key, MIN(campaign_id) AS campaign_id
    FROM campaign_keys
    GROUP BY platform, account_id, campaign_key
)
SELECT
    keys.platform, keys.account_id, keys.campaign_key, keys.campaign_id,
    names.campaign_name, types.campaign_type, statements.stated_channel
FROM keys
LEFT JOIN names
    ON keys.platform = names.platform AND keys.account_id = names.account_id
    AND keys.campaign_key = names.campaign_key AND names.place = 1
LEFT JOIN types
    ON keys.platform = types.platform AND keys.account_id = types.account_id
    AND keys.campaign_key = types.campaign_key AND types.place = 1
LEFT JOIN statements
    ON keys.platform = statements.platform AND keys.account_id = statements.account_id
    AND keys.campaign_key = statements.campaign_key AND statements.place = 1
