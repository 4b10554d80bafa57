-- table: claim_days
-- grain: one row
-- reads: claim_windows, conversions
-- takes: goal text
-- says: how many of the goal's conversions any claim can be of: those of its days and, unless it is dated by the conversion, those of its window after them
WITH days AS (
    SELECT DISTINCT conversions.date_day
    FROM conversions
    INNER JOIN claim_windows
        ON conversions.date_day >= claim_windows.first_day AND conversions.date_day <= claim_windows.reaches_day
)
SELECT COUNT(*) AS conversions
FROM conversions
INNER JOIN days ON conversions.date_day = days.date_day
WHERE conversions.goal = $goal AND conversions.counts = 1
