-- table: crm_days
-- grain: system
-- reads: told_outcomes
-- says: the CRMs that hold leads, with the first and last day on which they took one in; generic tables are one where they hold deals beside the leads
SELECT
    system,
    MIN(CASE WHEN kind = 'lead' THEN date_day END) AS first_day,
    MAX(CASE WHEN kind = 'lead' THEN date_day END) AS last_day
FROM told_outcomes
WHERE NOT tracker AND status = 'counted' AND kind IN ('lead', 'opportunity', 'won', 'lost')
GROUP BY system
HAVING MAX(CASE WHEN kind = 'lead' AND occurred_at IS NOT NULL THEN 1 ELSE 0 END) = 1
    AND (system <> 'generic' OR MAX(CASE WHEN kind <> 'lead' THEN 1 ELSE 0 END) = 1)
