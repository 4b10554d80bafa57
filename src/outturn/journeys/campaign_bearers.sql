-- table: campaign_bearers
-- grain: platform, account_id, campaign_id, campaign_name, campaign_type, stated_channel
-- reads: ad_spend, ad_entities, accounts
-- says: every id and name that spend or an entity table gives a campaign, with when it was said last
-- An entity has the account of its spend, which may be known by another of its identifiers; without any, its own, else
-- its platform's only one.
WITH spent AS (
    SELECT
        platform, account_id, campaign_id, campaign_name, campaign_type, stated_channel,
        MAX(import_id) AS said, MAX(COALESCE(date_day, period_end)) AS last_day
    FROM ad_spend
    WHERE campaign_id IS NOT NULL OR campaign_name IS NOT NULL
    GROUP BY platform, account_id, campaign_id, campaign_name, campaign_type, stated_channel
), of_campaigns AS (
    SELECT platform, campaign_id, MIN(account_id) AS account_id
    FROM spent WHERE campaign_id IS NOT NULL
    GROUP BY platform, campaign_id HAVING MIN(account_id) = MAX(account_id)
), known_accounts AS (
    SELECT platform, account_id FROM ad_spend
    UNION
    SELECT platform, account_id FROM accounts
), only_accounts AS (
    SELECT platform, MIN(account_id) AS account_id FROM known_accounts GROUP BY platform HAVING COUNT(*) = 1
)
SELECT platform, account_id, campaign_id, campaign_name, campaign_type, stated_channel, said, last_day FROM spent
UNION ALL
SELECT
    ad_entities.platform,
    COALESCE(of_campaigns.account_id, ad_entities.account_id, only_accounts.account_id, '(unnamed)') AS account_id,
    ad_entities.id AS campaign_id, ad_entities.name AS campaign_name, ad_entities.type AS campaign_type,
    CAST(NULL AS VARCHAR) AS stated_channel, ad_entities.import_id AS said, CAST(NULL AS DATE) AS last_day
FROM ad_entities
LEFT JOIN of_campaigns ON ad_entities.platform = of_campaigns.platform AND ad_entities.id = of_campaigns.campaign_id
LEFT JOIN only_accounts ON ad_entities.platform = only_accounts.platform
WHERE ad_entities.level = 'campaign'
