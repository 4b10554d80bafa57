-- table: sale_rows
-- grain: outcome_id
-- reads: conversions, outcomes, imports
-- takes: goal text, basis text, first_day day, last_day day
-- says: the conversions and refunds of some days, with the row of the ledger behind each
WITH files AS (
    SELECT import_id, MIN(file) AS file FROM imports GROUP BY import_id
), booked AS (
    SELECT outcome_id, MAX(import_id) AS import_id, MAX(line) AS line, MAX(currency) AS currency, MAX(gross_micros) AS gross_micros
    FROM outcomes
    GROUP BY outcome_id
)
SELECT
    files.file, booked.import_id, booked.line,
    CASE WHEN $basis = 'cash_day' THEN conversions.cash_day ELSE conversions.date_day END AS date_day,
    conversions.outcome_id, conversions.parent_outcome_id, conversions.kind, conversions.counts, conversions.kept,
    conversions.value_micros, conversions.margin_micros, conversions.new_customer, booked.currency, booked.gross_micros
FROM conversions
LEFT JOIN booked ON conversions.outcome_id = booked.outcome_id
LEFT JOIN files ON booked.import_id = files.import_id
WHERE conversions.goal = $goal
    AND CASE WHEN $basis = 'cash_day' THEN conversions.cash_day ELSE conversions.date_day END >= $first_day
    AND CASE WHEN $basis = 'cash_day' THEN conversions.cash_day ELSE conversions.date_day END <= $last_day
ORDER BY date_day, conversions.outcome_id
