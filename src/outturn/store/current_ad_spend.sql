-- table: ad_spend
-- grain: import_id, line
-- reads: ad_spend_rows, loaded_imports, account_adopters
-- says: per platform, account, day and level the latest loaded import's rows; a partial one replaces only the campaigns that it names
WITH loaded AS (
    SELECT
        ad_spend_rows.* EXCLUDE (account_id),
        CASE
            WHEN ad_spend_rows.account_id = '(unnamed)' THEN COALESCE(account_adopters.account_id, '(unnamed)')
            ELSE ad_spend_rows.account_id
        END AS account_id,
        loaded_imports.partial,
        COALESCE(ad_spend_rows.campaign_id, ad_spend_rows.campaign_name, '') AS campaign
    FROM ad_spend_rows
    INNER JOIN loaded_imports ON ad_spend_rows.import_id = loaded_imports.import_id
    LEFT JOIN account_adopters ON ad_spend_rows.platform = account_adopters.platform
), ranked AS (
    SELECT
        loaded.*,
        MAX(CASE WHEN partial THEN NULL ELSE import_id END)
            OVER (PARTITION BY platform, account_id, date_day, period_start, period_end, level) AS latest_whole,
        MAX(import_id) OVER (PARTITION BY platform, account_id, date_day, period_start, period_end, level, campaign) AS latest_of_campaign
    FROM loaded
)
SELECT * EXCLUDE (partial, campaign, latest_whole, latest_of_campaign)
FROM ranked
WHERE import_id >= COALESCE(latest_whole, import_id) AND import_id = latest_of_campaign
