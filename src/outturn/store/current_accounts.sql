-- table: accounts
-- grain: platform, account_id
-- reads: accounts_rows, loaded_imports
-- says: the latest version of every ad account
WITH loaded AS (
    SELECT accounts_rows.* FROM accounts_rows INNER JOIN loaded_imports ON accounts_rows.import_id = loaded_imports.import_id
), ranked AS (
    SELECT loaded.*, ROW_NUMBER() OVER (PARTITION BY platform, account_id ORDER BY updated_at DESC NULLS LAST, import_id DESC, line DESC) AS place FROM loaded
)
SELECT * EXCLUDE (place) FROM ranked WHERE place = 1
