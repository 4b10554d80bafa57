-- table: outcome_changes
-- grain: import_id, restates, system, date_day, currency
-- reads: outcomes_rows, loaded_imports
-- takes: zone text
-- says: the outcomes of which an import changed the amount or whether it counts, by their business day, with what of them counted before and after
WITH loaded AS (
    SELECT
        outcomes_rows.outcome_id, outcomes_rows.stage, outcomes_rows.import_id, outcomes_rows.line, outcomes_rows.system,
        outcomes_rows.occurred_at, outcomes_rows.currency, outcomes_rows.gross_micros, outcomes_rows.kind, outcomes_rows.status
    FROM outcomes_rows
    INNER JOIN loaded_imports ON outcomes_rows.import_id = loaded_imports.import_id
), several AS (
    SELECT outcome_id, stage FROM loaded GROUP BY outcome_id, stage HAVING MIN(import_id) < MAX(import_id)
), told AS (
    SELECT
        loaded.*,
        ROW_NUMBER() OVER (
            PARTITION BY loaded.outcome_id, loaded.stage, loaded.import_id ORDER BY loaded.line DESC
        ) AS place
    FROM loaded
    INNER JOIN several ON loaded.outcome_id = several.outcome_id AND loaded.stage = several.stage
), versions AS (
    SELECT
        outcome_id, stage, import_id, system, occurred_at, currency, kind, status,
        CASE WHEN status = 'counted' THEN gross_micros END AS counted_micros
    FROM told
    WHERE place = 1
), compared AS (
    SELECT
        versions.*,
        LAG(import_id) OVER (PARTITION BY outcome_id, stage ORDER BY import_id) AS restates,
        LAG(occurred_at) OVER (PARTITION BY outcome_id, stage ORDER BY import_id) AS occurred_before,
        LAG(currency) OVER (PARTITION BY outcome_id, stage ORDER BY import_id) AS currency_before,
        LAG(kind) OVER (PARTITION BY outcome_id, stage ORDER BY import_id) AS kind_before,
        LAG(status) OVER (PARTITION BY outcome_id, stage ORDER BY import_id) AS status_before,
        LAG(counted_micros) OVER (PARTITION BY outcome_id, stage ORDER BY import_id) AS counted_before
    FROM versions
), changed AS (
    SELECT compared.*
    FROM compared
    WHERE restates IS NOT NULL
        AND (
            COALESCE(counted_micros, 0) <> COALESCE(counted_before, 0)
            OR COALESCE(currency, '') <> COALESCE(currency_before, '')
            OR status <> status_before
            OR kind <> kind_before
        )
), sides AS (
    SELECT
        import_id, restates, system, outturn_day(COALESCE(occurred_at, occurred_before), $zone) AS date_day,
        COALESCE(currency, '') AS currency, outcome_id, stage, CAST(0 AS BIGINT) AS was, COALESCE(counted_micros, 0) AS now
    FROM changed
    UNION ALL
    SELECT
        import_id, restates, system, outturn_day(COALESCE(occurred_at, occurred_before), $zone) AS date_day,
        COALESCE(currency_before, '') AS currency, outcome_id, stage, COALESCE(counted_before, 0) AS was, CAST(0 AS BIGINT) AS now
    FROM changed
)
SELECT
    import_id, restates, system, date_day, currency,
    COUNT(DISTINCT outcome_id || ' ' || stage) AS outcomes,
    CAST(SUM(was) AS BIGINT) AS was_micros,
    CAST(SUM(now) AS BIGINT) AS now_micros
FROM sides
GROUP BY import_id, restates, system, date_day, currency
