-- table: deal_moves
-- grain: system, deal_key, stage
-- reads: told_outcomes
-- takes: zone text
-- says: when a deal first entered a stage, as CRMs tell; won and lost stand as stages of those names, whatever they are called
SELECT
    system, COALESCE(deal_id, outcome_id) AS deal_key,
    CASE kind WHEN 'won' THEN '(won)' WHEN 'lost' THEN '(lost)' ELSE TRIM(stage) END AS stage,
    MIN(occurred_at) AS entered_at, outturn_day(MIN(occurred_at), $zone) AS date_day, MIN(outcome_id) AS outcome_id
FROM told_outcomes
WHERE NOT tracker AND status = 'counted' AND kind IN ('opportunity', 'won', 'lost')
    AND (kind <> 'opportunity' OR TRIM(stage) <> '') AND occurred_at IS NOT NULL
GROUP BY
    system, COALESCE(deal_id, outcome_id),
    CASE kind WHEN 'won' THEN '(won)' WHEN 'lost' THEN '(lost)' ELSE TRIM(stage) END
