-- table: restated_sales
-- grain: system, date_day, currency, import_id
-- reads: outcomes_replaced, told_outcomes, sales_told
-- takes: zone text
-- says: the days of which an import told at least half of the sales again that were known: what was sold before it, by how much it changed sales
--   that count before and after, what it told first, and the day on which the oldest of those that it changed from was told
-- Sales that were paid since, or taken back, change their status or have a refund: neither is a change of an amount.
WITH several AS (
    SELECT DISTINCT outcome_id, stage FROM outcomes_replaced
), sold_again AS (
    -- What was no sale at any time, such as a deal's stage, is most of what imports tell again.
    SELECT outcome_id, stage
    FROM outcomes_replaced
    WHERE kind IN ('purchase', 'won', 'subscription_start', 'renewal', 'expansion')
    UNION
    SELECT told_outcomes.outcome_id, told_outcomes.stage
    FROM told_outcomes
    INNER JOIN several ON told_outcomes.outcome_id = several.outcome_id AND told_outcomes.stage = several.stage
    WHERE told_outcomes.kind IN ('purchase', 'won', 'subscription_start', 'renewal', 'expansion')
), told AS (
    SELECT
        outcomes_replaced.outcome_id, outcomes_replaced.stage, outcomes_replaced.import_id, outcomes_replaced.line,
        0 AS latest, outcomes_replaced.imported_at, outcomes_replaced.system, outcomes_replaced.tracker,
        outcomes_replaced.kind, outcomes_replaced.status, outcomes_replaced.occurred_at, outcomes_replaced.currency,
        outcomes_replaced.gross_micros
    FROM outcomes_replaced
    INNER JOIN sold_again
        ON outcomes_replaced.outcome_id = sold_again.outcome_id AND outcomes_replaced.stage = sold_again.stage
    UNION ALL
    SELECT
        told_outcomes.outcome_id, told_outcomes.stage, told_outcomes.import_id, 0 AS line, 1 AS latest,
        NULL AS imported_at, told_outcomes.system, told_outcomes.tracker, told_outcomes.kind, told_outcomes.status,
        told_outcomes.occurred_at, told_outcomes.currency, told_outcomes.gross_micros
    FROM told_outcomes
    INNER JOIN sold_again ON told_outcomes.outcome_id = sold_again.outcome_id AND told_outcomes.stage = sold_again.stage
), placed AS (
    SELECT
        outcome_id, stage, import_id, system, outturn_day(occurred_at, $zone) AS date_day,
        outturn_day(imported_at, 'UTC') AS told_on, COALESCE(currency, '') AS currency,
        CASE
            WHEN NOT tracker AND status = 'counted' AND occurred_at IS NOT NULL
                AND kind IN ('purchase', 'won', 'subscription_start', 'renewal', 'expansion')
                THEN COALESCE(gross_micros, 0)
        END AS micros,
        ROW_NUMBER() OVER (PARTITION BY outcome_id, stage, import_id ORDER BY latest DESC, line DESC) AS place
    FROM told
), versions AS (
    SELECT
        system, import_id, date_day, told_on, currency, micros,
        LAG(import_id) OVER (PARTITION BY outcome_id, stage ORDER BY import_id) AS follows,
        LEAD(import_id) OVER (PARTITION BY outcome_id, stage ORDER BY import_id) AS followed_by,
        LEAD(currency) OVER (PARTITION BY outcome_id, stage ORDER BY import_id) AS currency_then,
        LEAD(micros) OVER (PARTITION BY outcome_id, stage ORDER BY import_id) AS micros_then
    FROM placed
    WHERE place = 1
), entries AS (
    -- What counts now, and was told by its import first as far as is known yet.
    SELECT
        system, date_day, currency, import_id, sales, sold_micros, sold_micros AS first_micros,
        0 AS again, 0 AS changed_micros, CAST(NULL AS DATE) AS told_on
    FROM sales_told
    UNION ALL
    SELECT system, date_day, currency, import_id, 0, 0, -micros, 0, 0, NULL
    FROM versions
    WHERE micros IS NOT NULL AND followed_by IS NULL AND follows IS NOT NULL
    UNION ALL
    -- What counted then, until the next import that tells it.
    SELECT
        system, date_day, currency, import_id, 1, micros, CASE WHEN follows IS NULL THEN micros ELSE 0 END, 0, 0, NULL
    FROM versions
    WHERE micros IS NOT NULL AND followed_by IS NOT NULL
    UNION ALL
    SELECT
        system, date_day, currency, followed_by, -1, -micros, 0,
        CASE WHEN micros_then IS NULL THEN 0 ELSE 1 END, CASE WHEN micros_then IS NULL THEN 0 ELSE -micros END,
        CASE WHEN micros_then IS NULL THEN NULL ELSE told_on END
    FROM versions
    WHERE micros IS NOT NULL AND followed_by IS NOT NULL
    UNION ALL
    SELECT system, date_day, currency_then, followed_by, 0, 0, 0, 0, micros_then, NULL
    FROM versions
    WHERE micros IS NOT NULL AND micros_then IS NOT NULL
), of_currencies AS (
    SELECT
        system, date_day, currency, import_id, CAST(SUM(sales) AS BIGINT) AS sales,
        CAST(SUM(sold_micros) AS BIGINT) AS sold_micros, CAST(SUM(first_micros) AS BIGINT) AS first_micros,
        CAST(SUM(again) AS BIGINT) AS again, CAST(SUM(changed_micros) AS BIGINT) AS changed_micros,
        MIN(told_on) AS told_on
    FROM entries
    GROUP BY system, date_day, currency, import_id
), of_days AS (
    SELECT
        system, date_day, import_id, CAST(SUM(sales) AS BIGINT) AS sales, CAST(SUM(again) AS BIGINT) AS again,
        MIN(told_on) AS told_on
    FROM of_currencies
    GROUP BY system, date_day, import_id
), known AS (
    SELECT
        of_days.*,
        CAST(SUM(sales) OVER (
            PARTITION BY system, date_day ORDER BY import_id ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
        ) AS BIGINT) - sales AS known_sales
    FROM of_days
), running AS (
    SELECT
        of_currencies.*,
        CAST(SUM(sold_micros) OVER (
            PARTITION BY system, date_day, currency ORDER BY import_id ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
        ) AS BIGINT) - sold_micros AS known_micros
    FROM of_currencies
)
SELECT
    running.system, running.date_day, running.currency, running.import_id, known.told_on,
    running.known_micros, running.changed_micros, running.first_micros
FROM running
INNER JOIN known
    ON running.system = known.system
    AND running.date_day = known.date_day
    AND running.import_id = known.import_id
WHERE known.again > 0 AND known.again * 2 >= known.known_sales
    AND (running.changed_micros <> 0 OR running.first_micros <> 0)
