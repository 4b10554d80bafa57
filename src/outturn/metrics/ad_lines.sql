-- table: ad_lines
-- grain: import_id, line
-- reads: ad_spend, campaigns, channel_words, platform_channels
-- says: every row of spend on a day, with its depth (1 account, 2 campaign, 3 ad group, 4 ad, 5 keyword, 6 search term), the keys of what it
--   is about, and its channel
WITH ad_rows AS (
    SELECT
        ad_spend.*,
        channel_words.channel AS named_channel,
        CASE level
            WHEN 'account' THEN 1 WHEN 'campaign' THEN 2 WHEN 'ad_group' THEN 3
            WHEN 'ad' THEN 4 WHEN 'keyword' THEN 5 ELSE 6
        END AS depth
    FROM ad_spend
    LEFT JOIN channel_words ON ad_spend.stated_channel = channel_words.word
    WHERE date_day IS NOT NULL
), named AS (
    -- A name that only one campaign id ever bore stands for that campaign where the id is missing.
    SELECT platform, account_id, campaign_name, MIN(campaign_id) AS campaign_id
    FROM (
        SELECT platform, account_id, campaign_name, campaign_id FROM ad_rows
        UNION ALL
        SELECT platform, account_id, campaign_name, campaign_id FROM campaigns
    ) AS bearers
    WHERE campaign_id IS NOT NULL AND campaign_name IS NOT NULL
    GROUP BY platform, account_id, campaign_name
    HAVING MIN(campaign_id) = MAX(campaign_id)
), keyed AS (
    SELECT
        ad_rows.import_id, ad_rows.line, ad_rows.date_day, ad_rows.platform, ad_rows.account_id, ad_rows.depth, ad_rows.currency,
        CASE
            WHEN ad_rows.depth = 1 THEN '(not set)'
            WHEN ad_rows.campaign_id IS NOT NULL THEN ad_rows.campaign_id
            WHEN ad_rows.campaign_name IS NULL THEN '(not set)'
            ELSE COALESCE(by_name.campaign_key, named.campaign_id, 'name:' || ad_rows.campaign_name)
        END AS campaign_key,
        COALESCE(ad_rows.ad_group_id, 'name:' || ad_rows.ad_group_name, '(not set)') AS ad_group_id,
        COALESCE(ad_rows.ad_id, 'name:' || ad_rows.ad_name, '(not set)') AS ad_id,
        -- Only an account's own rows differ in channel: a campaign has one.
        CASE WHEN ad_rows.depth = 1 THEN ad_rows.named_channel END AS account_channel,
        ad_rows.named_channel, ad_rows.time_zone,
        ad_rows.impressions, ad_rows.clicks, ad_rows.spend_micros AS billed_micros,
        ad_rows.video_starts, ad_rows.completed_views, ad_rows.engagements
    FROM ad_rows
    LEFT JOIN named
        ON ad_rows.platform = named.platform
        AND ad_rows.account_id = named.account_id
        AND ad_rows.campaign_name = named.campaign_name
    LEFT JOIN campaigns AS by_name
        ON ad_rows.platform = by_name.platform
        AND ad_rows.account_id = by_name.account_id
        AND by_name.campaign_key = 'name:' || ad_rows.campaign_name
), channels AS (
    SELECT
        keyed.platform, keyed.account_id, keyed.campaign_key, keyed.account_channel,
        COALESCE(
            MIN(keyed.account_channel), MIN(campaigns.channel), MIN(keyed.named_channel),
            MIN(platform_channels.channel), '(unassigned)'
        ) AS channel
    FROM keyed
    LEFT JOIN campaigns
        ON keyed.platform = campaigns.platform
        AND keyed.account_id = campaigns.account_id
        AND keyed.campaign_key = campaigns.campaign_key
    LEFT JOIN platform_channels ON keyed.platform = platform_channels.platform
    GROUP BY keyed.platform, keyed.account_id, keyed.campaign_key, keyed.account_channel
)
SELECT
    keyed.import_id, keyed.line, keyed.date_day, keyed.platform, keyed.account_id, keyed.depth, keyed.currency,
    channels.channel, keyed.campaign_key, keyed.ad_group_id, keyed.ad_id, keyed.time_zone,
    keyed.impressions, keyed.clicks, keyed.billed_micros, keyed.video_starts, keyed.completed_views, keyed.engagements
FROM keyed
INNER JOIN channels
    ON keyed.platform = channels.platform
    AND keyed.account_id = channels.account_id
    AND keyed.campaign_key = channels.campaign_key
    AND COALESCE(keyed.account_channel, '') = COALESCE(channels.account_channel, '')
