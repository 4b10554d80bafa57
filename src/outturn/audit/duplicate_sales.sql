-- table: duplicate_sales
-- grain: source, example_id
-- reads: goal_sales
-- says: the goal's conversions, found where the same number and amount was counted shortly before under another id: one order or payment within three days, or one deal or order as won deal and as purchase within thirty
WITH sold AS (
    SELECT
        outcome_id, kind, date_day, occurred_at, value_micros, system AS source, order_id, payment_id, deal_id,
        sale_gross_micros AS gross_micros, currency
    FROM goal_sales
    WHERE is_sale = 1
), numbers AS (
    SELECT outcome_id, kind, occurred_at, gross_micros, currency, 'order' AS number_of, order_id AS number FROM sold WHERE order_id IS NOT NULL
    UNION ALL
    SELECT outcome_id, kind, occurred_at, gross_micros, currency, 'payment' AS number_of, payment_id AS number FROM sold WHERE payment_id IS NOT NULL
    UNION ALL
    SELECT outcome_id, kind, occurred_at, gross_micros, currency, 'deal' AS number_of, deal_id AS number FROM sold WHERE deal_id IS NOT NULL
), several AS (
    SELECT number_of, number FROM numbers GROUP BY number_of, number HAVING COUNT(*) > 1
), followed AS (
    SELECT
        numbers.*,
        LAG(numbers.kind) OVER same_number AS kind_before,
        outturn_micros(numbers.occurred_at) - outturn_micros(LAG(numbers.occurred_at) OVER same_number) AS after_micros
    FROM numbers
    INNER JOIN several ON numbers.number_of = several.number_of AND numbers.number = several.number
    WHERE numbers.gross_micros > 0
    WINDOW same_number AS (
        PARTITION BY numbers.number_of, numbers.number, numbers.currency, numbers.gross_micros
        ORDER BY numbers.occurred_at, numbers.outcome_id
    )
), again AS (
    SELECT DISTINCT outcome_id
    FROM followed
    -- Instalments of a deal, and renewals, are sales of their own.
    WHERE (kind = kind_before AND after_micros <= 259200000000 AND number_of <> 'deal')
        OR (kind <> kind_before AND (kind = 'won' OR kind_before = 'won') AND after_micros <= 2592000000000)
)
SELECT
    sold.source, sold.date_day AS first_day, sold.date_day AS last_day,
    CASE WHEN again.outcome_id IS NULL THEN 0 ELSE 1 END AS found,
    1 AS seen,
    sold.outcome_id AS example_id,
    'outcome:' || sold.outcome_id AS money_key,
    CASE WHEN sold.value_micros > 0 THEN sold.value_micros END AS micros
FROM sold
LEFT JOIN again ON sold.outcome_id = again.outcome_id
