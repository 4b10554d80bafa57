-- table: ad_levels
-- grain: date_day, platform, account_id, currency, grain, channel, campaign_key, ad_group_id, ad_id
-- reads: ad_spend, campaigns, channel_words, platform_channels
-- says: what each exported level says of each grain (1 account, 2 campaign, 3 ad group, 4 ad) that it is chosen for; below its grain a key is empty
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
        ad_rows.date_day, ad_rows.platform, ad_rows.account_id, ad_rows.depth, ad_rows.currency,
        CASE
            WHEN ad_rows.depth = 1 THEN '(not set)'
            WHEN ad_rows.campaign_id IS NOT NULL THEN ad_rows.campaign_id
            WHEN ad_rows.campaign_name IS NULL THEN '(not set)'
            ELSE COALESCE(named.campaign_id, 'name:' || ad_rows.campaign_name)
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
), chosen AS (
    -- The coarsest exported level that is not coarser than the grain. A keyword names no ad.
    SELECT date_day, platform, account_id, 1 AS grain, MIN(CASE WHEN depth = 1 THEN depth END) AS depth
    FROM keyed GROUP BY date_day, platform, account_id
    UNION ALL
    SELECT date_day, platform, account_id, 2 AS grain, MIN(CASE WHEN depth >= 2 THEN depth END) AS depth
    FROM keyed GROUP BY date_day, platform, account_id
    UNION ALL
    SELECT date_day, platform, account_id, 3 AS grain, MIN(CASE WHEN depth >= 3 THEN depth END) AS depth
    FROM keyed GROUP BY date_day, platform, account_id
    UNION ALL
    SELECT date_day, platform, account_id, 4 AS grain, MIN(CASE WHEN depth = 4 THEN depth END) AS depth
    FROM keyed GROUP BY date_day, platform, account_id
), serving AS (
    SELECT
        keyed.date_day, keyed.platform, keyed.account_id, keyed.currency, chosen.grain, channels.channel,
        CASE WHEN chosen.grain >= 2 THEN keyed.campaign_key ELSE '' END AS campaign_key,
        CASE WHEN chosen.grain >= 3 THEN keyed.ad_group_id ELSE '' END AS ad_group_id,
        CASE WHEN chosen.grain >= 4 THEN keyed.ad_id ELSE '' END AS ad_id,
        keyed.time_zone, keyed.impressions, keyed.clicks, keyed.billed_micros,
        keyed.video_starts, keyed.completed_views, keyed.engagements
    FROM keyed
    INNER JOIN chosen
        ON keyed.date_day = chosen.date_day
        AND keyed.platform = chosen.platform
        AND keyed.account_id = chosen.account_id
        AND keyed.depth = chosen.depth
    INNER JOIN channels
        ON keyed.platform = channels.platform
        AND keyed.account_id = channels.account_id
        AND keyed.campaign_key = channels.campaign_key
        AND COALESCE(keyed.account_channel, '') = COALESCE(channels.account_channel, '')
)
SELECT
    date_day, platform, account_id, currency, grain, channel, campaign_key, ad_group_id, ad_id,
    MIN(time_zone) AS first_zone, MAX(time_zone) AS last_zone,
    CAST(SUM(impressions) AS BIGINT) AS impressions, CAST(SUM(clicks) AS BIGINT) AS clicks,
    CAST(SUM(billed_micros) AS BIGINT) AS billed_micros, CAST(SUM(video_starts) AS BIGINT) AS video_starts,
    CAST(SUM(completed_views) AS BIGINT) AS completed_views, CAST(SUM(engagements) AS BIGINT) AS engagements
FROM serving
GROUP BY date_day, platform, account_id, currency, grain, channel, campaign_key, ad_group_id, ad_id
