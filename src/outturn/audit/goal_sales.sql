-- table: goal_sales
-- grain: outcome_id
-- reads: conversions, told_outcomes
-- takes: goal text
-- says: the goal's conversions with what the rows of their outcome tell: numbers, what was charged (of sales alone, and of stages too), whether a tracker told it, whether it is a sale, and whether it names a person, company or click
WITH sold AS (
    SELECT outcome_id, kind, person_id, company_id, date_day, occurred_at, value_micros
    FROM conversions
    WHERE goal = $goal AND counts = 1
), told AS (
    SELECT
        told_outcomes.outcome_id, MIN(told_outcomes.system) AS system, MIN(told_outcomes.order_id) AS order_id,
        MIN(told_outcomes.payment_id) AS payment_id, MIN(told_outcomes.deal_id) AS deal_id,
        MIN(told_outcomes.currency) AS currency, MAX(told_outcomes.gross_micros) AS gross_micros,
        MAX(CASE
            WHEN told_outcomes.kind NOT IN ('lead', 'qualified', 'opportunity', 'lost') THEN told_outcomes.gross_micros
        END) AS sale_gross_micros,
        MAX(CASE WHEN told_outcomes.kind NOT IN ('lead', 'qualified', 'opportunity', 'lost') THEN 1 ELSE 0 END) AS is_sale,
        MAX(CASE WHEN told_outcomes.tracker THEN 1 ELSE 0 END) AS is_tracked,
        MAX(CASE
            WHEN told_outcomes.names_click THEN 1
            WHEN COALESCE(
                told_outcomes.anonymous_key, told_outcomes.user_key, told_outcomes.email_key, told_outcomes.phone_key,
                told_outcomes.crm_key, told_outcomes.company_key
            ) IS NOT NULL THEN 1
            ELSE 0
        END) AS named
    FROM told_outcomes
    INNER JOIN sold ON told_outcomes.outcome_id = sold.outcome_id
    WHERE told_outcomes.kind NOT IN ('refund', 'chargeback')
    GROUP BY told_outcomes.outcome_id
)
SELECT
    sold.outcome_id, sold.kind, sold.person_id, sold.company_id, sold.date_day, sold.occurred_at, sold.value_micros,
    told.system, told.order_id, told.payment_id, told.deal_id, told.currency, told.gross_micros, told.sale_gross_micros,
    told.is_sale, told.is_tracked, told.named
FROM sold
INNER JOIN told ON sold.outcome_id = told.outcome_id
