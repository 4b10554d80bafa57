-- table: outcomes_replaced
-- grain: import_id, line, outcome_id, stage
-- reads: outcomes_rows, loaded_imports
-- says: the rows of loaded imports after which another tells the same outcome's same stage, with what they told of sales; found apart, since all of them are compared just once
WITH loaded AS (
    SELECT outcomes_rows.*
    FROM outcomes_rows
    INNER JOIN loaded_imports ON outcomes_rows.import_id = loaded_imports.import_id
), several AS (
    SELECT outcome_id, stage FROM loaded GROUP BY outcome_id, stage HAVING COUNT(*) > 1
), ranked AS (
    SELECT
        loaded.outcome_id, loaded.stage, loaded.import_id, loaded.line, loaded.imported_at, loaded.system, loaded.tracker,
        loaded.kind, loaded.status, loaded.occurred_at, loaded.currency, loaded.gross_micros,
        ROW_NUMBER() OVER (
            PARTITION BY loaded.outcome_id, loaded.stage ORDER BY loaded.import_id DESC, loaded.line DESC
        ) AS place
    FROM loaded
    INNER JOIN several ON loaded.outcome_id = several.outcome_id AND loaded.stage = several.stage
)
SELECT
    outcome_id, stage, import_id, line, imported_at, system, tracker, kind, status, occurred_at, gross_micros, currency
FROM ranked
WHERE place > 1
