-- table: fx_rates
-- grain: date_day, currency
-- reads: fx_rates_rows, loaded_imports
-- says: the latest loaded import's rate of every day and currency
WITH loaded AS (
    SELECT fx_rates_rows.* FROM fx_rates_rows INNER JOIN loaded_imports ON fx_rates_rows.import_id = loaded_imports.import_id
), ranked AS (
    SELECT loaded.*, ROW_NUMBER() OVER (PARTITION BY date_day, currency ORDER BY import_id DESC, line DESC) AS place FROM loaded
)
SELECT * EXCLUDE (place) FROM ranked WHERE place = 1
