-- table: deal_moves
-- grain: deal_number, stage
-- reads: told_outcomes
-- says: when a deal first entered a stage, as CRMs tell; won and lost stand as stages of those names, whatever they are called
SELECT
    MIN(system) AS system, deal_number,
    CASE kind WHEN 'won' THEN '(won)' WHEN 'lost' THEN '(lost)' ELSE TRIM(stage) END AS stage,
    MIN(occurred_at) AS entered_at, MIN(date_day) AS date_day, MIN(outcome_id) AS outcome_id
FROM told_outcomes
WHERE NOT tracker AND status = 'counted' AND kind IN ('opportunity', 'won', 'lost')
    AND (kind <> 'opportunity' OR TRIM(stage) <> '') AND occurred_at IS NOT NULL
GROUP BY deal_number, CASE kind WHEN 'won' THEN '(won)' WHEN 'lost' THEN '(lost)' ELSE TRIM(stage) END
