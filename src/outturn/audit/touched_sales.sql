-- table: touched_sales
-- grain: outcome_id
-- reads: conversions, touches, company_touches
-- takes: goal text, lookback_days count
-- says: the goal's conversions with a touch in the lookback before them
WITH sold AS (
    SELECT outcome_id, person_id, company_id, occurred_at
    FROM conversions
    WHERE goal = $goal AND counts = 1
), of_people AS (
    SELECT DISTINCT sold.outcome_id
    FROM sold
    INNER JOIN touches
        ON sold.person_id = touches.person_id
        AND touches.occurred_at <= sold.occurred_at
        AND outturn_micros(touches.occurred_at) > outturn_micros(sold.occurred_at) - $lookback_days * 86400000000
    WHERE sold.company_id < 0 AND sold.person_id >= 0
), of_companies AS (
    SELECT DISTINCT sold.outcome_id
    FROM sold
    INNER JOIN company_touches
        ON sold.company_id = company_touches.company_id
        AND company_touches.occurred_at <= sold.occurred_at
        AND outturn_micros(company_touches.occurred_at) > outturn_micros(sold.occurred_at) - $lookback_days * 86400000000
    WHERE sold.company_id >= 0
)
SELECT outcome_id FROM of_people
UNION ALL
SELECT outcome_id FROM of_companies
