-- table: coverage
-- grain: what
-- reads: channel_day, conversions
-- takes: goal text, basis text
-- says: first and last day that tracking (visits) and the goal's ledger (sales) say anything about; inside, nothing means 0
SELECT 'visits' AS what, MIN(date_day) AS first_day, MAX(date_day) AS last_day
FROM channel_day
WHERE level = 'campaign' AND visits IS NOT NULL
UNION ALL
SELECT
    'sales' AS what,
    MIN(CASE WHEN $basis = 'cash_day' THEN cash_day ELSE date_day END) AS first_day,
    MAX(CASE WHEN $basis = 'cash_day' THEN cash_day ELSE date_day END) AS last_day
FROM conversions
WHERE goal = $goal
