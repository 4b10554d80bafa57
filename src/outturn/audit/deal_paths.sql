-- table: deal_paths
-- grain: deal_number
-- reads: deal_moves
-- says: deals by the set of stages that they entered, one bit each in three numbers, of the 180 stages of a CRM that most deals entered; deals of one set are alike in what they skipped
WITH numbered AS (
    SELECT
        system, stage,
        ROW_NUMBER() OVER (PARTITION BY system ORDER BY deals DESC, stage) - 1 AS number
    FROM (SELECT system, stage, COUNT(*) AS deals FROM deal_moves GROUP BY system, stage) AS entered
)
SELECT
    MIN(deal_moves.system) AS system, deal_moves.deal_number,
    CAST(SUM(CASE WHEN number < 60 THEN CAST(ROUND(POWER(2, number)) AS BIGINT) ELSE 0 END) AS BIGINT) AS low_stages,
    CAST(SUM(CASE WHEN number >= 60 AND number < 120 THEN CAST(ROUND(POWER(2, number - 60)) AS BIGINT) ELSE 0 END) AS BIGINT) AS middle_stages,
    CAST(SUM(CASE WHEN number >= 120 THEN CAST(ROUND(POWER(2, number - 120)) AS BIGINT) ELSE 0 END) AS BIGINT) AS high_stages,
    MIN(deal_moves.date_day) AS first_day, MAX(deal_moves.date_day) AS last_day, MIN(deal_moves.outcome_id) AS outcome_id
FROM deal_moves
INNER JOIN numbered ON deal_moves.system = numbered.system AND deal_moves.stage = numbered.stage
WHERE numbered.number < 180
GROUP BY deal_moves.deal_number
