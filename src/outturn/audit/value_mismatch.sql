-- table: value_mismatch
-- grain: source, subject, example_id
-- reads: tracked_sales, order_numbers, ledger_sales
-- takes: currency text
-- says: the sales of the ledger that a tracker saw, found where one was told another currency, or an amount that is more than a hundredth off both what was charged and what counts; those with nothing wrong stand together
WITH matched AS (
    SELECT
        tracked_sales.source, tracked_sales.date_day, tracked_sales.outcome_id AS example_id, ledger_sales.outcome_id,
        ledger_sales.value_micros,
        CASE WHEN tracked_sales.currency <> ledger_sales.currency THEN 1 ELSE 0 END AS other_currency,
        ABS(tracked_sales.gross_micros - ledger_sales.gross_micros) AS off_gross,
        ABS(tracked_sales.gross_micros - ledger_sales.value_micros) AS off_value,
        ledger_sales.gross_micros, ledger_sales.currency
    FROM tracked_sales
    INNER JOIN order_numbers ON tracked_sales.order_number = order_numbers.order_number
    INNER JOIN ledger_sales ON order_numbers.outcome_id = ledger_sales.outcome_id
    WHERE tracked_sales.gross_micros IS NOT NULL AND ledger_sales.gross_micros IS NOT NULL
        AND tracked_sales.currency IS NOT NULL AND ledger_sales.currency IS NOT NULL
), judged AS (
    SELECT
        matched.*,
        CASE
            WHEN other_currency = 0 AND off_gross * 100 > gross_micros
                AND (currency <> $currency OR off_value * 100 > value_micros) THEN 1
            ELSE 0
        END AS other_amount
    FROM matched
)
SELECT
    source, 'currency' AS subject, date_day AS first_day, date_day AS last_day, 1 AS found, 1 AS seen, example_id,
    'outcome:' || outcome_id AS money_key, CASE WHEN value_micros > 0 THEN value_micros END AS micros
FROM judged
WHERE other_currency = 1
UNION ALL
SELECT
    source, 'amount' AS subject, date_day AS first_day, date_day AS last_day, 1 AS found, 1 AS seen, example_id,
    'outcome:' || outcome_id AS money_key, CASE WHEN currency = $currency THEN off_gross END AS micros
FROM judged
WHERE other_amount = 1
UNION ALL
SELECT
    judged.source, subjects.subject, CAST(NULL AS DATE) AS first_day, CAST(NULL AS DATE) AS last_day, 0 AS found,
    CAST(SUM(1 - CASE WHEN subjects.subject = 'amount' THEN judged.other_amount ELSE judged.other_currency END) AS BIGINT) AS seen,
    CAST(NULL AS VARCHAR) AS example_id, CAST(NULL AS VARCHAR) AS money_key, CAST(NULL AS BIGINT) AS micros
FROM judged
CROSS JOIN (SELECT 'amount' AS subject UNION ALL SELECT 'currency' AS subject) AS subjects
GROUP BY judged.source, subjects.subject
