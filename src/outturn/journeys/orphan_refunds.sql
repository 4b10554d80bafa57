-- table: orphan_refunds
-- grain: goal, outcome_id
-- reads: outcomes, goal_kinds, goal_systems
-- takes: zone text, net flag
-- says: refunds of a system of record whose sale is not in the ledger, for every goal that counts sales; without a date they take their import's
WITH entries AS (
    SELECT
        outcomes.*,
        ROW_NUMBER() OVER (PARTITION BY outcome_id ORDER BY import_id DESC, stage DESC) AS place
    FROM outcomes
    WHERE kind IN ('refund', 'chargeback') AND status = 'counted'
), known AS (
    SELECT DISTINCT outcome_id FROM outcomes
), selling AS (
    SELECT DISTINCT goal FROM goal_kinds
    WHERE kind IN ('purchase', 'won', 'subscription_start', 'renewal', 'expansion')
)
SELECT
    selling.goal, entries.outcome_id, entries.parent_outcome_id, entries.kind,
    COALESCE(entries.occurred_at, entries.imported_at) AS cash_at,
    outturn_day(COALESCE(entries.occurred_at, entries.imported_at), $zone) AS cash_day,
    entries.occurred_at IS NULL AS undated,
    entries.currency,
    COALESCE(
        entries.gross_micros
        - CASE WHEN $net THEN COALESCE(entries.tax_micros, 0) + COALESCE(entries.shipping_micros, 0) ELSE 0 END, 0
    ) AS own_value_micros,
    entries.margin_micros AS own_margin_micros
FROM entries
CROSS JOIN selling
INNER JOIN goal_systems ON selling.goal = goal_systems.goal AND entries.system = goal_systems.system
LEFT JOIN known ON entries.parent_outcome_id = known.outcome_id
WHERE entries.place = 1 AND known.outcome_id IS NULL
