-- table: claim_rows
-- grain: import_id, line, conversion_action, click_or_view, attribution_window
-- reads: total_claims, campaigns, platform_channels, imports
-- takes: first_day day, last_day day, channel text, platform text, account_id text, campaign text
-- says: the claims that one cell is the sum of; an empty parameter asks for all
WITH files AS (
    SELECT import_id, MIN(file) AS file FROM imports GROUP BY import_id
)
SELECT
    files.file, total_claims.import_id, total_claims.line, total_claims.date_day, total_claims.platform, total_claims.account_id,
    COALESCE(campaigns.channel, platform_channels.channel, '(unassigned)') AS channel, total_claims.campaign_key,
    total_claims.conversion_action, total_claims.click_or_view, total_claims.attribution_window, total_claims.claimed_conversions
FROM total_claims
LEFT JOIN campaigns
    ON total_claims.platform = campaigns.platform
    AND total_claims.account_id = campaigns.account_id
    AND total_claims.campaign_key = campaigns.campaign_key
LEFT JOIN platform_channels ON total_claims.platform = platform_channels.platform
LEFT JOIN files ON total_claims.import_id = files.import_id
WHERE total_claims.date_day >= $first_day AND total_claims.date_day <= $last_day
    AND ($channel = '' OR COALESCE(campaigns.channel, platform_channels.channel, '(unassigned)') = $channel)
    AND ($platform = '' OR total_claims.platform = $platform)
    AND ($account_id = '' OR total_claims.account_id = $account_id)
    AND ($campaign = '' OR total_claims.campaign_key IN ($campaign, 'name:' || $campaign) OR campaigns.campaign_name = $campaign)
ORDER BY total_claims.date_day, total_claims.import_id, total_claims.line
