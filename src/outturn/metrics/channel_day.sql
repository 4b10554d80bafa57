-- table: channel_day
-- grain: date_day, channel, platform, account_id, campaign_key, ad_group_id, ad_id, level, currency
-- reads: ad_day, campaigns, channel_words, total_claims, costs, fx_rates, places, platform_channels, touches
-- takes: currency text, zone text
-- says: every additive, model-free figure of a day, once for each of the three grains (`level`) that a query may ask for
WITH grains AS (
    SELECT 'campaign' AS level UNION ALL SELECT 'ad_group' AS level UNION ALL SELECT 'ad' AS level
), arrivals AS (
    -- A view is no visit: nobody came.
    SELECT
        outturn_day(occurred_at, $zone) AS date_day,
        place,
        COALESCE(ad_group_id, '(not set)') AS ad_group_id,
        COALESCE(ad_id, '(not set)') AS ad_id,
        COUNT(*) AS visits
    FROM touches
    WHERE touch_kind <> 'view'
    GROUP BY outturn_day(occurred_at, $zone), place, COALESCE(ad_group_id, '(not set)'), COALESCE(ad_id, '(not set)')
), visited AS (
    SELECT
        arrivals.date_day, places.channel, places.platform, places.account_id, places.campaign_key,
        CASE WHEN grains.level = 'campaign' THEN '' ELSE arrivals.ad_group_id END AS ad_group_id,
        CASE WHEN grains.level = 'ad' THEN arrivals.ad_id ELSE '' END AS ad_id,
        grains.level,
        CAST(SUM(arrivals.visits) AS BIGINT) AS visits
    FROM arrivals
    INNER JOIN places ON arrivals.place = places.place
    CROSS JOIN grains
    GROUP BY
        arrivals.date_day, places.channel, places.platform, places.account_id, places.campaign_key,
        CASE WHEN grains.level = 'campaign' THEN '' ELSE arrivals.ad_group_id END,
        CASE WHEN grains.level = 'ad' THEN arrivals.ad_id ELSE '' END,
        grains.level
), unique_ids AS (
    SELECT campaign_id, MIN(platform) AS platform, MIN(account_id) AS account_id, MIN(campaign_key) AS campaign_key
    FROM campaigns
    WHERE campaign_id IS NOT NULL
    GROUP BY campaign_id
    HAVING COUNT(*) = 1
), costed AS (
    SELECT
        costs.date_day, COALESCE(channel_words.channel, costs.channel) AS channel,
        COALESCE(unique_ids.platform, '') AS platform,
        COALESCE(unique_ids.account_id, '') AS account_id,
        COALESCE(unique_ids.campaign_key, costs.campaign_id, '') AS campaign_key,
        costs.currency,
        CAST(SUM(costs.cost_micros) AS BIGINT) AS cost_micros
    FROM costs
    LEFT JOIN unique_ids ON costs.campaign_id = unique_ids.campaign_id
    LEFT JOIN channel_words ON costs.channel = channel_words.word
    GROUP BY
        costs.date_day, COALESCE(channel_words.channel, costs.channel), COALESCE(unique_ids.platform, ''), COALESCE(unique_ids.account_id, ''),
        COALESCE(unique_ids.campaign_key, costs.campaign_id, ''), costs.currency
), claimed AS (
    SELECT
        total_claims.date_day, COALESCE(campaigns.channel, platform_channels.channel, '(unassigned)') AS channel,
        total_claims.platform, total_claims.account_id, total_claims.campaign_key,
        COALESCE(total_claims.currency, '') AS currency,
        SUM(total_claims.claimed_conversions) AS claimed_conversions,
        CAST(SUM(total_claims.claimed_value_micros) AS BIGINT) AS claimed_value_micros
    FROM total_claims
    LEFT JOIN campaigns
        ON total_claims.platform = campaigns.platform
        AND total_claims.account_id = campaigns.account_id
        AND total_claims.campaign_key = campaigns.campaign_key
    LEFT JOIN platform_channels ON total_claims.platform = platform_channels.platform
    GROUP BY
        total_claims.date_day, COALESCE(campaigns.channel, platform_channels.channel, '(unassigned)'),
        total_claims.platform, total_claims.account_id, total_claims.campaign_key, COALESCE(total_claims.currency, '')
), converted_days AS (
    SELECT date_day, currency FROM ad_day WHERE billed_micros IS NOT NULL
    UNION
    SELECT date_day, currency FROM costed
    UNION
    SELECT date_day, currency FROM claimed WHERE claimed_value_micros IS NOT NULL
), asked_rates AS (
    SELECT date_day, currency FROM converted_days WHERE currency <> $currency
    UNION
    SELECT date_day, $currency AS currency FROM converted_days WHERE currency <> $currency
), dated_rates AS (
    SELECT
        asked_rates.date_day, asked_rates.currency, fx_rates.units_per_euro_micros,
        ROW_NUMBER() OVER (
            PARTITION BY asked_rates.date_day, asked_rates.currency
            ORDER BY fx_rates.date_day DESC, fx_rates.import_id DESC, fx_rates.line DESC
        ) AS age
    FROM asked_rates
    INNER JOIN fx_rates
        ON asked_rates.currency = fx_rates.currency
        AND fx_rates.date_day <= asked_rates.date_day
        AND fx_rates.date_day + INTERVAL 7 DAY >= asked_rates.date_day
), units AS (
    SELECT date_day, currency, units_per_euro_micros FROM dated_rates WHERE age = 1 AND currency <> 'EUR'
    UNION ALL
    SELECT date_day, currency, 1000000 AS units_per_euro_micros FROM asked_rates WHERE currency = 'EUR'
), rates AS (
    -- An amount times `ours` over `theirs` is in the workspace's currency.
    SELECT
        billed.date_day, billed.currency,
        ours.units_per_euro_micros AS ours, billed.units_per_euro_micros AS theirs
    FROM units AS billed
    INNER JOIN units AS ours ON billed.date_day = ours.date_day AND ours.currency = $currency
    WHERE billed.currency <> $currency
    UNION ALL
    SELECT date_day, currency, 1 AS ours, 1 AS theirs FROM converted_days WHERE currency = $currency
), running AS (
    SELECT
        ad_day.*,
        CAST(SUM(COALESCE(billed_micros, 0)) OVER (
            PARTITION BY level, platform, account_id, date_day, currency
            ORDER BY campaign_key, channel, ad_group_id, ad_id
            ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
        ) AS BIGINT) AS billed_so_far
    FROM ad_day
), advertised AS (
    -- Converting the running total and taking differences makes every grain add up to the same converted micros.
    SELECT
        running.*,
        CASE WHEN billed_micros IS NOT NULL THEN
            outturn_muldiv(billed_so_far, rates.ours, rates.theirs)
            - outturn_muldiv(billed_so_far - billed_micros, rates.ours, rates.theirs)
        END AS spend_micros,
        billed_micros IS NOT NULL AND rates.ours IS NULL AS missing_rate
    FROM running
    LEFT JOIN rates ON running.date_day = rates.date_day AND running.currency = rates.currency
), everything AS (
    SELECT
        date_day, channel, platform, account_id, campaign_key, ad_group_id, ad_id, level, currency,
        impressions, clicks, CAST(NULL AS BIGINT) AS visits, video_starts, completed_views, engagements,
        billed_micros, spend_micros, missing_rate, CAST(NULL AS BIGINT) AS cost_micros,
        CAST(NULL AS DOUBLE) AS claimed_conversions, CAST(NULL AS BIGINT) AS claimed_value_micros,
        first_zone, last_zone
    FROM advertised
    UNION ALL
    SELECT
        date_day, channel, platform, account_id, campaign_key, ad_group_id, ad_id, level, '' AS currency,
        NULL, NULL, visits, NULL, NULL, NULL,
        NULL, NULL, FALSE AS missing_rate, NULL, NULL, NULL,
        $zone AS first_zone, $zone AS last_zone
    FROM visited
    UNION ALL
    SELECT
        costed.date_day, costed.channel, costed.platform, costed.account_id, costed.campaign_key,
        CASE WHEN grains.level = 'campaign' THEN '' ELSE '(not set)' END AS ad_group_id,
        CASE WHEN grains.level = 'ad' THEN '(not set)' ELSE '' END AS ad_id,
        grains.level, costed.currency,
        NULL, NULL, NULL, NULL, NULL, NULL,
        NULL, NULL, rates.ours IS NULL AS missing_rate, outturn_muldiv(costed.cost_micros, rates.ours, rates.theirs),
        NULL, NULL, NULL, NULL
    FROM costed
    CROSS JOIN grains
    LEFT JOIN rates ON costed.date_day = rates.date_day AND costed.currency = rates.currency
    UNION ALL
    -- A claim is never added to money, so a missing rate leaves its value unknown and stops nobody.
    SELECT
        claimed.date_day, claimed.channel, claimed.platform, claimed.account_id, claimed.campaign_key,
        CASE WHEN grains.level = 'campaign' THEN '' ELSE '(not set)' END AS ad_group_id,
        CASE WHEN grains.level = 'ad' THEN '(not set)' ELSE '' END AS ad_id,
        grains.level, claimed.currency,
        NULL, NULL, NULL, NULL, NULL, NULL,
        NULL, NULL, FALSE AS missing_rate, NULL,
        claimed.claimed_conversions, outturn_muldiv(claimed.claimed_value_micros, rates.ours, rates.theirs), NULL, NULL
    FROM claimed
    CROSS JOIN grains
    LEFT JOIN rates ON claimed.date_day = rates.date_day AND claimed.currency = rates.currency
), summed AS (
    SELECT
        date_day, channel, platform, account_id, campaign_key, ad_group_id, ad_id, level, currency,
        CAST(SUM(impressions) AS BIGINT) AS impressions, CAST(SUM(clicks) AS BIGINT) AS clicks,
        CAST(SUM(visits) AS BIGINT) AS visits, CAST(SUM(video_starts) AS BIGINT) AS video_starts,
        CAST(SUM(completed_views) AS BIGINT) AS completed_views, CAST(SUM(engagements) AS BIGINT) AS engagements,
        CAST(SUM(billed_micros) AS BIGINT) AS billed_micros, CAST(SUM(spend_micros) AS BIGINT) AS spend_micros,
        MAX(CASE WHEN missing_rate THEN 1 ELSE 0 END) = 1 AS missing_rate,
        CAST(SUM(cost_micros) AS BIGINT) AS cost_micros,
        SUM(claimed_conversions) AS claimed_conversions,
        CAST(SUM(claimed_value_micros) AS BIGINT) AS claimed_value_micros,
        MIN(first_zone) AS first_zone, MAX(last_zone) AS last_zone
    FROM everything
    GROUP BY date_day, channel, platform, account_id, campaign_key, ad_group_id, ad_id, level, currency
)
SELECT
    summed.date_day, summed.channel, summed.platform, summed.account_id, summed.campaign_key,
    campaigns.campaign_id, campaigns.campaign_name, summed.ad_group_id, summed.ad_id, summed.level, summed.currency,
    summed.impressions, summed.clicks, summed.visits, summed.video_starts, summed.completed_views, summed.engagements,
    summed.billed_micros, summed.spend_micros, summed.missing_rate, summed.cost_micros,
    summed.claimed_conversions, summed.claimed_value_micros,
    CASE WHEN first_zone = last_zone THEN first_zone ELSE first_zone || ',' || last_zone END AS time_zone
FROM summed
LEFT JOIN campaigns
    ON summed.platform = campaigns.platform
    AND summed.account_id = campaigns.account_id
    AND summed.campaign_key = campaigns.campaign_key
