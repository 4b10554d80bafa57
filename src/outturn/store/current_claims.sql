-- table: claims
-- grain: import_id, line
-- reads: claims_rows, loaded_imports, account_adopters
-- says: per platform, account, day and level the latest loaded import's rows; a partial one replaces only the campaigns that it names
WITH loaded AS (
    SELECT
        claims_rows.* EXCLUDE (account_id),
        CASE
            WHEN claims_rows.account_id = '(unnamed)' THEN COALESCE(account_adopters.account_id, '(unnamed)')
            ELSE claims_rows.account_id
        END AS account_id,
        loaded_imports.partial,
        COALESCE(claims_rows.campaign_id, claims_rows.campaign_name, '') AS campaign
    FROM claims_rows
    INNER JOIN loaded_imports ON claims_rows.import_id = loaded_imports.import_id
    LEFT JOIN account_adopters ON claims_rows.platform = account_adopters.platform
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
