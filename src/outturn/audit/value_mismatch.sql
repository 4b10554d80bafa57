-- table: value_mismatch
-- grain: source, subject, example_id
-- reads: tracked_sales, order_numbers, ledger_sales
-- takes: currency text
-- says: every sale of the ledger that a tracker saw, found where it was told another currency, or an amount that is more than a hundredth off both what was charged and what counts
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
    source, 'currency' AS subject, date_day AS first_day, date_day AS last_day,
    other_currency AS found, 1 AS seen, example_id,
    'outcome:' || outcome_id AS money_key, CASE WHEN value_micros > 0 THEN value_micros END AS micros
FROM judged
UNION ALL
SELECT
    source, 'amount' AS subject, date_day AS first_day, date_day AS last_day,
    other_amount AS found, 1 AS seen, example_id,
    'outcome:' || outcome_id AS money_key, CASE WHEN currency = $currency THEN off_gross END AS micros
FROM judged
