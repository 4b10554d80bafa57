-- table: claimable_sales
-- grain: outcome_id, platform
-- reads: conversions, touches, company_touches, places
-- takes: goal text, longest_days count
-- says: the goal's conversions with every platform that had a click or visit before them, how long before the last one was, and what they are worth
WITH sold AS (
    SELECT outcome_id, person_id, company_id, occurred_at, date_day, kept, COALESCE(value_micros, 0) AS value_micros
    FROM conversions
    WHERE goal = $goal AND counts = 1
), met AS (
    SELECT sold.outcome_id, places.platform, outturn_micros(sold.occurred_at) - outturn_micros(touches.occurred_at) AS age_micros
    FROM sold
    INNER JOIN touches ON sold.person_id = touches.person_id AND touches.occurred_at <= sold.occurred_at
    INNER JOIN places ON touches.place = places.place
    WHERE sold.company_id < 0 AND sold.person_id >= 0 AND touches.touch_kind <> 'view' AND places.platform <> ''
    UNION ALL
    SELECT
        sold.outcome_id, places.platform,
        outturn_micros(sold.occurred_at) - outturn_micros(company_touches.occurred_at) AS age_micros
    FROM sold
    INNER JOIN company_touches
        ON sold.company_id = company_touches.company_id AND company_touches.occurred_at <= sold.occurred_at
    INNER JOIN places ON company_touches.place = places.place
    WHERE sold.company_id >= 0 AND places.platform <> ''
), nearest AS (
    SELECT outcome_id, platform, MIN(age_micros) AS age_micros
    FROM met
    WHERE age_micros <= $longest_days * 86400000000
    GROUP BY outcome_id, platform
)
SELECT nearest.outcome_id, nearest.platform, nearest.age_micros, sold.date_day, sold.kept, sold.value_micros
FROM nearest
INNER JOIN sold ON nearest.outcome_id = sold.outcome_id
