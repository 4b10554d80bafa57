-- table: spend_lives
-- grain: import_id, platform, account_id, first_day, last_day, by_day, level, campaign, currency
-- reads: ad_spend_placed
-- says: of the days (or periods) of which several imports speak, what each says of each campaign, and the import that replaced it;
--   NULL: it is current
WITH placed AS (
    SELECT
        import_id, partial, platform, account_id,
        COALESCE(date_day, period_start) AS first_day, COALESCE(date_day, period_end) AS last_day,
        date_day IS NOT NULL AS by_day, level, campaign, currency, campaign_id, campaign_name, spend_micros, impressions, clicks
    FROM ad_spend_placed
), several AS (
    SELECT platform, account_id, first_day, last_day, by_day, level
    FROM placed
    GROUP BY platform, account_id, first_day, last_day, by_day, level
    HAVING MIN(import_id) < MAX(import_id)
), units AS (
    SELECT
        placed.import_id, placed.partial, placed.platform, placed.account_id, placed.first_day, placed.last_day,
        placed.by_day, placed.level, placed.campaign, placed.currency,
        MAX(campaign_name) AS campaign_name,
        MAX(CASE WHEN campaign_id IS NULL AND campaign_name IS NULL THEN 0 ELSE 1 END) AS named,
        CAST(SUM(spend_micros) AS BIGINT) AS spend_micros,
        CAST(SUM(impressions) AS BIGINT) AS impressions,
        CAST(SUM(clicks) AS BIGINT) AS clicks
    FROM placed
    INNER JOIN several
        ON placed.platform = several.platform
        AND placed.account_id = several.account_id
        AND placed.first_day = several.first_day
        AND placed.last_day = several.last_day
        AND placed.by_day = several.by_day
        AND placed.level = several.level
    GROUP BY
        placed.import_id, placed.partial, placed.platform, placed.account_id, placed.first_day, placed.last_day,
        placed.by_day, placed.level, placed.campaign, placed.currency
), scopes AS (
    SELECT DISTINCT import_id, partial, platform, account_id, first_day, last_day, by_day, level FROM units
), followed AS (
    SELECT
        scopes.*,
        MIN(CASE WHEN partial THEN NULL ELSE import_id END) OVER (
            PARTITION BY platform, account_id, first_day, last_day, by_day, level
            ORDER BY import_id ROWS BETWEEN 1 FOLLOWING AND UNBOUNDED FOLLOWING
        ) AS next_whole
    FROM scopes
), campaigns AS (
    SELECT DISTINCT import_id, platform, account_id, first_day, last_day, by_day, level, campaign FROM units
), named_again AS (
    SELECT
        campaigns.*,
        LEAD(import_id) OVER (
            PARTITION BY platform, account_id, first_day, last_day, by_day, level, campaign ORDER BY import_id
        ) AS next_of_campaign
    FROM campaigns
)
SELECT
    units.import_id, units.platform, units.account_id, units.first_day, units.last_day, units.by_day, units.level,
    units.campaign, units.currency, units.campaign_name, units.named,
    units.spend_micros, units.impressions, units.clicks,
    CASE
        WHEN named_again.next_of_campaign < COALESCE(followed.next_whole, '~') THEN named_again.next_of_campaign
        ELSE followed.next_whole
    END AS replaced_by
FROM units
INNER JOIN followed
    ON units.import_id = followed.import_id
    AND units.platform = followed.platform
    AND units.account_id = followed.account_id
    AND units.first_day = followed.first_day
    AND units.last_day = followed.last_day
    AND units.by_day = followed.by_day
    AND units.level = followed.level
INNER JOIN named_again
    ON units.import_id = named_again.import_id
    AND units.platform = named_again.platform
    AND units.account_id = named_again.account_id
    AND units.first_day = named_again.first_day
    AND units.last_day = named_again.last_day
    AND units.by_day = named_again.by_day
    AND units.level = named_again.level
    AND units.campaign = named_again.campaign
