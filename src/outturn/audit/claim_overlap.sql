-- table: claim_overlap
-- grain: platforms
-- reads: claim_windows, claimable_sales
-- says: how many conversions one, two, three platforms can claim: each had a click or visit inside the widest of its windows; and what they are worth
WITH widest AS (
    SELECT platform, MAX(window_days) AS window_days, MIN(first_day) AS first_day, MAX(last_day) AS last_day
    FROM claim_windows
    GROUP BY platform
), able AS (
    SELECT claimable_sales.outcome_id, COUNT(*) AS platforms, MAX(claimable_sales.value_micros) AS value_micros
    FROM claimable_sales
    INNER JOIN widest
        ON claimable_sales.platform = widest.platform
        AND claimable_sales.date_day >= widest.first_day
        AND claimable_sales.date_day <= widest.last_day
        AND claimable_sales.age_micros <= widest.window_days * 86400000000
    GROUP BY claimable_sales.outcome_id
)
SELECT platforms, COUNT(*) AS conversions, CAST(SUM(value_micros) AS BIGINT) AS value_micros FROM able GROUP BY platforms ORDER BY platforms
