-- table: spend_rows
-- grain: import_id, line
-- reads: ad_lines, campaigns, imports
-- takes: grain count, first_day day, last_day day, channel text, platform text, account_id text, campaign text, ad_group text, ad text
-- says: the rows of spend that one cell is the sum of, times `adds`: -1 where the cell is what a whole has beyond its parts; an empty parameter
--   asks for all
WITH days AS (
    SELECT
        date_day, platform, account_id,
        MIN(CASE WHEN depth = 1 THEN 1 END) AS depth_1,
        MIN(CASE WHEN depth >= 2 THEN depth END) AS depth_2,
        MIN(CASE WHEN depth >= 3 THEN depth END) AS depth_3,
        MIN(CASE WHEN depth = 4 THEN 4 END) AS depth_4
    FROM ad_lines
    GROUP BY date_day, platform, account_id
), placed AS (
    SELECT
        ad_lines.*,
        CASE WHEN depth = depth_1 THEN 1 ELSE 0 END AS in_1,
        CASE WHEN depth = depth_2 THEN 1 ELSE 0 END AS in_2,
        CASE WHEN depth = depth_3 THEN 1 ELSE 0 END AS in_3,
        CASE WHEN depth = depth_4 THEN 1 ELSE 0 END AS in_4,
        CASE WHEN depth_1 IS NULL THEN 0 ELSE 1 END AS has_1,
        CASE WHEN depth_2 IS NULL THEN '(not set)' ELSE '(not broken down)' END AS label_2,
        CASE WHEN depth_3 IS NULL THEN '(not set)' ELSE '(not broken down)' END AS label_3,
        CASE WHEN depth_4 IS NULL THEN '(not set)' ELSE '(not broken down)' END AS label_4
    FROM ad_lines
    INNER JOIN days
        ON ad_lines.date_day = days.date_day
        AND ad_lines.platform = days.platform
        AND ad_lines.account_id = days.account_id
    WHERE ad_lines.date_day >= $first_day AND ad_lines.date_day <= $last_day
), pieces AS (
    -- Its own grain's rows, and for every step down to it what the coarser one adds and the finer one takes off.
    SELECT
        import_id, line, 1 AS adds, channel, campaign_key,
        CASE WHEN $grain >= 3 THEN ad_group_id ELSE '' END AS ad_group_id,
        CASE WHEN $grain >= 4 THEN ad_id ELSE '' END AS ad_id
    FROM placed
    WHERE ($grain = 2 AND in_2 = 1) OR ($grain = 3 AND in_3 = 1) OR ($grain = 4 AND in_4 = 1)
    UNION ALL
    SELECT
        import_id, line, in_1 - in_2 * has_1 AS adds,
        CASE WHEN label_2 = '(not set)' THEN channel ELSE label_2 END AS channel, label_2 AS campaign_key,
        CASE WHEN $grain >= 3 THEN label_2 ELSE '' END AS ad_group_id, CASE WHEN $grain >= 4 THEN label_2 ELSE '' END AS ad_id
    FROM placed
    WHERE in_1 <> in_2 * has_1
    UNION ALL
    SELECT
        import_id, line, in_2 - in_3 AS adds, channel, campaign_key, label_3 AS ad_group_id,
        CASE WHEN $grain >= 4 THEN label_3 ELSE '' END AS ad_id
    FROM placed
    WHERE $grain >= 3 AND in_2 <> in_3
    UNION ALL
    SELECT import_id, line, in_3 - in_4 AS adds, channel, campaign_key, ad_group_id, label_4 AS ad_id
    FROM placed
    WHERE $grain >= 4 AND in_3 <> in_4
), asked AS (
    SELECT pieces.import_id, pieces.line, CAST(SUM(pieces.adds) AS BIGINT) AS adds
    FROM pieces
    INNER JOIN ad_lines ON pieces.import_id = ad_lines.import_id AND pieces.line = ad_lines.line
    LEFT JOIN campaigns
        ON ad_lines.platform = campaigns.platform
        AND ad_lines.account_id = campaigns.account_id
        AND pieces.campaign_key = campaigns.campaign_key
    WHERE ($channel = '' OR pieces.channel = $channel)
        AND ($platform = '' OR ad_lines.platform = $platform)
        AND ($account_id = '' OR ad_lines.account_id = $account_id)
        AND ($campaign = '' OR pieces.campaign_key IN ($campaign, 'name:' || $campaign) OR campaigns.campaign_name = $campaign)
        AND ($ad_group = '' OR pieces.ad_group_id IN ($ad_group, 'name:' || $ad_group))
        AND ($ad = '' OR pieces.ad_id IN ($ad, 'name:' || $ad))
    GROUP BY pieces.import_id, pieces.line
    HAVING CAST(SUM(pieces.adds) AS BIGINT) <> 0
), files AS (
    SELECT import_id, MIN(file) AS file FROM imports GROUP BY import_id
)
SELECT
    files.file, ad_lines.import_id, ad_lines.line, asked.adds, ad_lines.date_day,
    ad_lines.platform, ad_lines.account_id, ad_lines.channel, ad_lines.campaign_key, ad_lines.ad_group_id, ad_lines.ad_id,
    ad_lines.time_zone, ad_lines.currency, ad_lines.billed_micros, ad_lines.impressions, ad_lines.clicks,
    ad_lines.video_starts, ad_lines.completed_views, ad_lines.engagements
FROM asked
INNER JOIN ad_lines ON asked.import_id = ad_lines.import_id AND asked.line = ad_lines.line
LEFT JOIN files ON asked.import_id = files.import_id
ORDER BY ad_lines.date_day, ad_lines.import_id, ad_lines.line
