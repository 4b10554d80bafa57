-- table: nearest_outcomes
-- grain: outcome_id
-- reads: outcomes_rows, loaded_imports
-- takes: outcome_id text
-- says: the outcomes whose ids come nearest to one that nothing bears, those of the same order, deal or payment first
WITH known AS (
    SELECT
        outcomes_rows.outcome_id,
        MIN(CASE
            WHEN outcomes_rows.order_id = $outcome_id OR outcomes_rows.deal_id = $outcome_id
                OR outcomes_rows.payment_id = $outcome_id OR RIGHT(outcomes_rows.outcome_id, LENGTH($outcome_id) + 1) = ':' || $outcome_id THEN 0
            ELSE 1
        END) AS apart,
        MIN(LEVENSHTEIN(outcomes_rows.outcome_id, $outcome_id)) AS changes
    FROM outcomes_rows
    INNER JOIN loaded_imports ON outcomes_rows.import_id = loaded_imports.import_id
    GROUP BY outcomes_rows.outcome_id
)
SELECT outcome_id, apart FROM known ORDER BY apart, changes, outcome_id LIMIT 5
