-- table: outcomes
-- grain: outcome_id, stage
-- reads: outcomes_rows, loaded_imports
-- says: the latest loaded import's word on every outcome
WITH loaded AS (
    SELECT outcomes_rows.* FROM outcomes_rows INNER JOIN loaded_imports ON outcomes_rows.import_id = loaded_imports.import_id
), ranked AS (
    SELECT loaded.*, ROW_NUMBER() OVER (PARTITION BY outcome_id, stage ORDER BY import_id DESC, line DESC) AS place FROM loaded
)
SELECT * EXCLUDE (place) FROM ranked WHERE place = 1
