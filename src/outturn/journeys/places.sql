-- table: places
-- grain: place
-- reads: evidence_places, campaigns
-- says: every place where something can happen, numbered; 0 is (none), campaigns without a touch are there too
WITH together AS (
    SELECT '(none)' AS channel, '' AS platform, '' AS account_id, '' AS campaign_key, CAST(NULL AS VARCHAR) AS campaign_id,
        CAST(NULL AS VARCHAR) AS campaign_name
    UNION ALL
    SELECT channel, platform, account_id, campaign_key, campaign_id, campaign_name FROM campaigns
    UNION ALL
    SELECT
        channel, platform, account_id, campaign_key,
        CASE WHEN origin = 1 THEN NULLIF(stated_id, '') END AS campaign_id,
        CASE WHEN origin = 1 THEN NULLIF(stated_name, '') WHEN campaign_key <> '' THEN utm_campaign END AS campaign_name
    FROM evidence_places
    WHERE joined_by IS NULL
), merged AS (
    SELECT
        channel, platform, account_id, campaign_key, MIN(campaign_id) AS campaign_id, MIN(campaign_name) AS campaign_name
    FROM together
    GROUP BY channel, platform, account_id, campaign_key
)
SELECT
    CAST(ROW_NUMBER() OVER (
        ORDER BY CASE WHEN channel = '(none)' THEN 0 ELSE 1 END, channel, platform, account_id, campaign_key
    ) - 1 AS INTEGER) AS place,
    channel, platform, account_id, campaign_key, campaign_id, campaign_name
FROM merged
