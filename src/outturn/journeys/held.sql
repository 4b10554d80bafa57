-- table: held
-- grain: system, kind, stage, status
-- reads: outcomes
-- says: what imports hold of outcomes that a goal could count
SELECT system, kind, stage, status, COUNT(*) AS outcomes
FROM outcomes
WHERE kind NOT IN ('refund', 'chargeback')
GROUP BY system, kind, stage, status
ORDER BY system, kind, stage, status
