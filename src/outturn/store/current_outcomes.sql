-- table: outcomes
-- grain: outcome_id, stage
-- reads: outcomes_rows, loaded_imports, outcomes_replaced
-- says: the latest loaded import's word on every outcome
WITH loaded AS (
    SELECT outcomes_rows.* FROM outcomes_rows INNER JOIN loaded_imports ON outcomes_rows.import_id = loaded_imports.import_id
)
SELECT loaded.*
FROM loaded
LEFT JOIN outcomes_replaced
    ON loaded.import_id = outcomes_replaced.import_id
    AND loaded.line = outcomes_replaced.line
    AND loaded.outcome_id = outcomes_replaced.outcome_id
    AND loaded.stage = outcomes_replaced.stage
WHERE outcomes_replaced.import_id IS NULL
