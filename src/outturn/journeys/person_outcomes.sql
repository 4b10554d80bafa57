-- table: person_outcomes
-- grain: outcome_id, stage
-- reads: outcomes, erasure_keys, erasure_outcomes
-- says: every outcome that bears an identifier of one person or was found to be theirs, and what restates these
WITH own AS (
    SELECT DISTINCT outcome_id
    FROM outcomes
    WHERE user_key IN (SELECT identifier FROM erasure_keys)
        OR anonymous_key IN (SELECT identifier FROM erasure_keys)
        OR email_key IN (SELECT identifier FROM erasure_keys)
        OR phone_key IN (SELECT identifier FROM erasure_keys)
        OR crm_key IN (SELECT identifier FROM erasure_keys)
        OR outcome_id IN (SELECT outcome_id FROM erasure_outcomes)
)
SELECT outcomes.*
FROM outcomes
WHERE outcome_id IN (SELECT outcome_id FROM own) OR parent_outcome_id IN (SELECT outcome_id FROM own)
ORDER BY occurred_at, outcome_id, stage
