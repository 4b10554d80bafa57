-- table: account_adopters
-- grain: platform
-- reads: ad_spend_rows, loaded_imports
-- says: the first named account of each platform, which adopts what was spent before accounts were named
WITH named AS (
    SELECT ad_spend_rows.platform, ad_spend_rows.account_id, MIN(ad_spend_rows.import_id) AS import_id
    FROM ad_spend_rows
    INNER JOIN loaded_imports ON ad_spend_rows.import_id = loaded_imports.import_id
    WHERE ad_spend_rows.account_id <> '(unnamed)'
    GROUP BY ad_spend_rows.platform, ad_spend_rows.account_id
), ranked AS (
    SELECT platform, account_id, ROW_NUMBER() OVER (PARTITION BY platform ORDER BY import_id, account_id) AS place
    FROM named
)
SELECT platform, account_id FROM ranked WHERE place = 1
