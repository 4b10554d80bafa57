-- table: costs
-- grain: import_id, line
-- reads: costs_rows, loaded_imports
-- says: the latest loaded import's rows for every day, channel, kind and campaign
WITH loaded AS (
    SELECT costs_rows.* FROM costs_rows INNER JOIN loaded_imports ON costs_rows.import_id = loaded_imports.import_id
), ranked AS (
    SELECT
        loaded.*,
        MAX(import_id) OVER (PARTITION BY date_day, channel, kind, campaign_id) AS latest_import_id
    FROM loaded
)
SELECT * EXCLUDE (latest_import_id) FROM ranked WHERE import_id = latest_import_id
