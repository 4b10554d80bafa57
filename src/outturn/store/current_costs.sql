-- table: costs
-- grain: import_id, line
-- reads: costs_rows, loaded_imports
-- says: the latest loaded import's rows for every day, channel, kind and campaign; a cost with an id of its own counts by that
WITH loaded AS (
    SELECT costs_rows.* FROM costs_rows INNER JOIN loaded_imports ON costs_rows.import_id = loaded_imports.import_id
), ranked AS (
    SELECT
        loaded.*,
        MAX(CASE WHEN cost_id IS NULL THEN import_id END)
            OVER (PARTITION BY date_day, channel, kind, campaign_id) AS latest_import_id,
        ROW_NUMBER() OVER (PARTITION BY cost_id ORDER BY import_id DESC, line DESC) AS place
    FROM loaded
)
SELECT * EXCLUDE (latest_import_id, place)
FROM ranked
WHERE CASE WHEN cost_id IS NULL THEN import_id = latest_import_id ELSE place = 1 END
