-- table: cost_rows
-- grain: import_id, line
-- reads: costs, channel_words, campaigns, imports
-- takes: first_day day, last_day day, channel text, platform text, account_id text, campaign text
-- says: the rows of other costs that one cell is the sum of; an empty parameter asks for all
WITH files AS (
    SELECT import_id, MIN(file) AS file FROM imports GROUP BY import_id
), unique_ids AS (
    SELECT
        campaign_id, MIN(platform) AS platform, MIN(account_id) AS account_id, MIN(campaign_key) AS campaign_key,
        MIN(campaign_name) AS campaign_name
    FROM campaigns
    WHERE campaign_id IS NOT NULL
    GROUP BY campaign_id
    HAVING COUNT(*) = 1
)
SELECT
    files.file, costs.import_id, costs.line, costs.date_day, COALESCE(channel_words.channel, costs.channel) AS channel,
    costs.kind, costs.campaign_id, costs.currency, costs.cost_micros, costs.note
FROM costs
LEFT JOIN channel_words ON costs.channel = channel_words.word
LEFT JOIN unique_ids ON costs.campaign_id = unique_ids.campaign_id
LEFT JOIN files ON costs.import_id = files.import_id
WHERE costs.date_day >= $first_day AND costs.date_day <= $last_day
    AND ($channel = '' OR COALESCE(channel_words.channel, costs.channel) = $channel)
    AND ($platform = '' OR COALESCE(unique_ids.platform, '(not set)') = $platform)
    AND ($account_id = '' OR COALESCE(unique_ids.account_id, '(not set)') = $account_id)
    AND (
        $campaign = '' OR unique_ids.campaign_name = $campaign
        OR COALESCE(unique_ids.campaign_key, costs.campaign_id, '(not set)') = $campaign
    )
ORDER BY costs.date_day, costs.import_id, costs.line
