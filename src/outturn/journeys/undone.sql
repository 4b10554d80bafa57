-- table: undone
-- grain: outcome_id, stage
-- reads: outcomes
-- says: entries of deals as won or lost after which the deal was opened again, or closed the other way
-- What an earlier import said of a deal undoes nothing that a later one says. The opening itself may be dated after the
-- closing, where a deal is written down once it is signed.
WITH moves AS (
    SELECT
        outcome_id, stage, kind, occurred_at, import_id,
        COALESCE('deal:' || system || ':' || deal_id, 'outcome:' || outcome_id) AS deal_key
    FROM outcomes
    WHERE kind IN ('opportunity', 'won', 'lost') AND status = 'counted' AND occurred_at IS NOT NULL
), closings AS (
    SELECT * FROM moves WHERE kind <> 'opportunity'
)
SELECT DISTINCT closings.outcome_id, closings.stage
FROM closings
INNER JOIN moves ON closings.deal_key = moves.deal_key AND closings.kind <> moves.kind
WHERE moves.occurred_at > closings.occurred_at AND moves.import_id >= closings.import_id
    AND (moves.kind <> 'opportunity' OR moves.stage <> '')
