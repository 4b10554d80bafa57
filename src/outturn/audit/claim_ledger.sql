-- table: claim_ledger
-- grain: number
-- reads: claim_windows, conversions, touched_sales
-- takes: goal text
-- says: for every kind of claim, all conversions of its days, and those of them without a touch of anybody, which a platform may have seen and we have not, and what all are worth
SELECT
    claim_windows.number,
    COUNT(*) AS conversions,
    CAST(SUM(CASE WHEN touched_sales.outcome_id IS NULL THEN 1 ELSE 0 END) AS BIGINT) AS untouched,
    CAST(SUM(CASE
        WHEN conversions.date_day = claim_windows.first_day OR conversions.date_day = claim_windows.last_day THEN 1 ELSE 0
    END) AS BIGINT) AS on_edge_days,
    CAST(SUM(COALESCE(conversions.value_micros, 0)) AS BIGINT) AS value_micros
FROM claim_windows
INNER JOIN conversions
    ON conversions.date_day >= claim_windows.first_day AND conversions.date_day <= claim_windows.last_day
LEFT JOIN touched_sales ON conversions.outcome_id = touched_sales.outcome_id
WHERE conversions.goal = $goal AND conversions.counts = 1
GROUP BY claim_windows.number
