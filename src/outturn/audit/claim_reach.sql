-- table: claim_reach
-- grain: number
-- reads: claim_windows, claimable_sales
-- says: for every kind of claim, the conversions of its days with a click or visit of its platform inside its window, how many of these were wholly refunded since, how many lie outside the window alone, and what the first are worth
SELECT
    claim_windows.number,
    CAST(SUM(CASE
        WHEN claimable_sales.age_micros <= claim_windows.window_days * 86400000000 THEN 1 ELSE 0
    END) AS BIGINT) AS reached,
    CAST(SUM(CASE
        WHEN claimable_sales.age_micros <= claim_windows.window_days * 86400000000 AND claimable_sales.kept = 0 THEN 1 ELSE 0
    END) AS BIGINT) AS refunded,
    CAST(SUM(CASE
        WHEN claimable_sales.age_micros > claim_windows.window_days * 86400000000 THEN 1 ELSE 0
    END) AS BIGINT) AS outside_window,
    CAST(SUM(CASE
        WHEN claimable_sales.age_micros <= claim_windows.window_days * 86400000000 THEN claimable_sales.value_micros ELSE 0
    END) AS BIGINT) AS reached_micros
FROM claim_windows
INNER JOIN claimable_sales
    ON claim_windows.platform = claimable_sales.platform
    AND claimable_sales.date_day >= claim_windows.first_day
    AND claimable_sales.date_day <= claim_windows.last_day
GROUP BY claim_windows.number
