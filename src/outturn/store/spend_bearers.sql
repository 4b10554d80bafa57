-- table: spend_bearers
-- grain: platform, account_id, campaign_name, campaign_id
-- reads: ad_spend_rows, loaded_imports, account_adopters
-- says: which campaign ids ever bore a name in an account's spend
SELECT DISTINCT
    ad_spend_rows.platform,
    CASE
        WHEN ad_spend_rows.account_id = '(unnamed)' THEN COALESCE(account_adopters.account_id, '(unnamed)')
        ELSE ad_spend_rows.account_id
    END AS account_id,
    ad_spend_rows.campaign_name, ad_spend_rows.campaign_id
FROM ad_spend_rows
INNER JOIN loaded_imports ON ad_spend_rows.import_id = loaded_imports.import_id
LEFT JOIN account_adopters ON ad_spend_rows.platform = account_adopters.platform
WHERE ad_spend_rows.campaign_id IS NOT NULL AND ad_spend_rows.campaign_name IS NOT NULL
