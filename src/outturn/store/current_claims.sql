-- table: claims
-- grain: import_id, line
-- reads: claims_placed
-- says: per platform, account, day and level the latest loaded import's rows, a partial one replacing only the campaigns that it names
WITH ranked AS (
    SELECT
        claims_placed.*,
        MAX(CASE WHEN partial THEN NULL ELSE import_id END)
            OVER (PARTITION BY platform, account_id, date_day, period_start, period_end, level) AS latest_whole,
        MAX(import_id) OVER (PARTITION BY platform, account_id, date_day, period_start, period_end, level, campaign) AS latest_of_campaign
    FROM claims_placed
)
SELECT ranked.* EXCLUDE (partial, campaign, latest_whole, latest_of_campaign)
FROM ranked
WHERE import_id >= COALESCE(latest_whole, import_id) AND import_id = latest_of_campaign
