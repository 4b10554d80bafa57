-- table: ledger_systems
-- grain: goal, system
-- reads: counted, outcomes
-- takes: zone text
-- says: which systems hold what a goal would count, and between which days; a system that holds refunds alone has no outcomes
WITH refunding AS (
    SELECT system, MAX(CASE WHEN tracker THEN 1 ELSE 0 END) AS tracker
    FROM outcomes
    WHERE kind IN ('refund', 'chargeback') AND status = 'counted'
    GROUP BY system
), holding AS (
    SELECT
        goal, system,
        MAX(CASE WHEN tracker THEN 1 ELSE 0 END) AS tracker,
        COUNT(*) AS outcomes,
        MIN(outturn_day(occurred_at, $zone)) AS first_day,
        MAX(outturn_day(occurred_at, $zone)) AS last_day
    FROM counted
    GROUP BY goal, system
)
SELECT
    holding.goal, COALESCE(holding.system, refunding.system) AS system,
    COALESCE(holding.tracker, refunding.tracker) AS tracker,
    COALESCE(holding.outcomes, 0) AS outcomes,
    CAST(holding.first_day AS VARCHAR) AS first_day, CAST(holding.last_day AS VARCHAR) AS last_day
FROM holding
FULL OUTER JOIN refunding ON holding.system = refunding.system
