-- table: rated_days
-- grain: date_day, currency
-- reads: sales, refunds, orphan_refunds, dealt
-- says: the days and currencies of everything that is converted
SELECT date_day, currency FROM sales WHERE currency IS NOT NULL
UNION
SELECT sales.date_day, refunds.currency
FROM refunds INNER JOIN sales ON refunds.goal = sales.goal AND refunds.sale_id = sales.outcome_id
WHERE refunds.currency IS NOT NULL
UNION
SELECT cash_day AS date_day, currency FROM orphan_refunds WHERE currency IS NOT NULL
UNION
SELECT value_day AS date_day, currency FROM dealt WHERE currency IS NOT NULL
