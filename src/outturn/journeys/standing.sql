-- table: standing
-- grain: outcome_id, stage
-- reads: outcomes, undone
-- says: the outcomes as they stand, each with its deal: a deal that was opened again is no longer won or lost
SELECT
    outcomes.*,
    COALESCE('deal:' || outcomes.system || ':' || outcomes.deal_id, 'outcome:' || outcomes.outcome_id) AS deal_key
FROM outcomes
LEFT JOIN undone ON outcomes.outcome_id = undone.outcome_id AND outcomes.stage = undone.stage
WHERE undone.outcome_id IS NULL
