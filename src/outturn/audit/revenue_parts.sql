-- table: revenue_parts
-- grain: part
-- reads: conversions, touched_sales
-- takes: goal text
-- says: the goal's revenue, refunds not deducted, by how far it can be followed back
WITH parted AS (
    SELECT
        CASE
            WHEN touched_sales.outcome_id IS NOT NULL THEN 'traced'
            WHEN conversions.person_id >= 0 OR conversions.company_id >= 0 THEN 'person_without_touch'
            ELSE 'nobody_known'
        END AS part,
        conversions.value_micros
    FROM conversions
    LEFT JOIN touched_sales ON conversions.outcome_id = touched_sales.outcome_id
    WHERE conversions.goal = $goal AND conversions.counts = 1
)
SELECT part, CAST(SUM(value_micros) AS BIGINT) AS micros FROM parted GROUP BY part
