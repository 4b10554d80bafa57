-- table: ledger
-- grain: day (where asked for)
-- reads: conversions
-- takes: goal text, basis text, first_day day, last_day day, by_time text
-- says: what the ledger says of a goal, whoever gets the credit; NULL where one of the conversions is not known
WITH dated AS (
    SELECT conversions.*, CASE WHEN $basis = 'cash_day' THEN cash_day ELSE date_day END AS entry_day
    FROM conversions
    WHERE goal = $goal
), labelled AS (
    SELECT
        dated.*,
        CASE $by_time
            WHEN 'date_day' THEN entry_day
            WHEN 'week' THEN CAST(DATE_TRUNC('week', entry_day) AS DATE)
            WHEN 'month' THEN CAST(DATE_TRUNC('month', entry_day) AS DATE)
        END AS day
    FROM dated
    WHERE entry_day >= $first_day AND entry_day <= $last_day
)
SELECT
    day,
    CAST(SUM(counts) AS BIGINT) AS conversions,
    CAST(SUM(kept) AS BIGINT) AS kept_conversions,
    CAST(SUM(value_micros) AS BIGINT) AS revenue,
    CASE WHEN COUNT(margin_micros) = COUNT(*) THEN CAST(SUM(margin_micros) AS BIGINT) END AS margin,
    CAST(SUM(CASE WHEN counts = 0 THEN -value_micros ELSE 0 END) AS BIGINT) AS refunded,
    CASE WHEN COUNT(new_customer) = COUNT(*) THEN CAST(SUM(CASE WHEN new_customer THEN counts ELSE 0 END) AS BIGINT) END
        AS new_customers,
    CASE WHEN COUNT(new_customer) = COUNT(*) THEN CAST(SUM(CASE WHEN new_customer THEN value_micros ELSE 0 END) AS BIGINT) END
        AS new_customer_revenue
FROM labelled
GROUP BY day
