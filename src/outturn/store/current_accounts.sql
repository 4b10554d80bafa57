-- table: accounts
-- grain: platform, account_id
-- reads: accounts_rows, loaded_imports
-- says: every ad account, each column as the latest version that states it
WITH loaded AS (
    SELECT accounts_rows.* FROM accounts_rows INNER JOIN loaded_imports ON accounts_rows.import_id = loaded_imports.import_id
), ranked AS (
    SELECT
        loaded.*,
        ROW_NUMBER() OVER (
            PARTITION BY platform, account_id ORDER BY updated_at DESC NULLS LAST, import_id DESC, line DESC
        ) AS place
    FROM loaded
), stated AS (
    SELECT
        ranked.*,
        MIN(CASE WHEN name IS NOT NULL THEN place END) OVER (PARTITION BY platform, account_id) AS name_at,
        MIN(CASE WHEN currency IS NOT NULL THEN place END) OVER (PARTITION BY platform, account_id) AS currency_at,
        MIN(CASE WHEN time_zone IS NOT NULL THEN place END) OVER (PARTITION BY platform, account_id) AS time_zone_at
    FROM ranked
)
SELECT
    MAX(CASE WHEN place = 1 THEN import_id END) AS import_id,
    MAX(CASE WHEN place = 1 THEN line END) AS line,
    platform, account_id,
    MAX(CASE WHEN place = name_at THEN name END) AS name,
    MAX(CASE WHEN place = currency_at THEN currency END) AS currency,
    MAX(CASE WHEN place = time_zone_at THEN time_zone END) AS time_zone,
    MAX(CASE WHEN place = 1 THEN updated_at END) AS updated_at
FROM stated
GROUP BY platform, account_id
