-- table: stage_jumps
-- grain: source, subject, example_id
-- reads: told_outcomes, deal_moves, deal_paths, stage_order
-- takes: zone text
-- says: deals by what their stage history could have got wrong: stages that at least half of the deals that got further went through, found where one did not; stages entered after those that follow them; closings, found where they lie a day or more before the deal was created; deals with nothing wrong stand together
WITH usual AS (
    -- Nine in ten deals, and at least twenty, entered them in this order.
    SELECT * FROM stage_order WHERE in_order >= 20 AND in_order >= 9 * against
), paths AS (
    SELECT system, low_stages, middle_stages, high_stages, MIN(deal_number) AS deal_number, COUNT(*) AS deals
    FROM deal_paths
    GROUP BY system, low_stages, middle_stages, high_stages
), entered AS (
    -- What one deal of a path entered, all of it did.
    SELECT paths.system, paths.deal_number, deal_moves.stage
    FROM paths
    INNER JOIN deal_moves ON paths.deal_number = deal_moves.deal_number
), expected AS (
    SELECT DISTINCT entered.system, entered.deal_number, usual.earlier AS stage
    FROM entered
    INNER JOIN usual ON entered.system = usual.system AND entered.stage = usual.later
    -- A deal is lost from any stage: it need not have got far.
    WHERE usual.later <> '(lost)' AND 2 * usual.deals >= usual.deals_of_later
), skipping AS (
    SELECT
        paths.*, expected.stage, CASE WHEN entered.stage IS NULL THEN 1 ELSE 0 END AS skipped
    FROM expected
    INNER JOIN paths ON expected.deal_number = paths.deal_number
    LEFT JOIN entered ON expected.deal_number = entered.deal_number AND expected.stage = entered.stage
), doubted AS (
    SELECT system, earlier, later FROM usual WHERE against > 0
), behind AS (
    SELECT
        former.system, former.stage, MIN(former.date_day) AS date_day, MIN(former.outcome_id) AS outcome_id
    FROM deal_moves AS former
    INNER JOIN doubted ON former.system = doubted.system AND former.stage = doubted.earlier
    INNER JOIN deal_moves AS latter
        ON former.deal_number = latter.deal_number AND doubted.later = latter.stage
    WHERE former.entered_at > latter.entered_at
    GROUP BY former.system, former.stage, former.deal_number
), ordered AS (
    -- As many as had it and the one of the stages after it that most of them had.
    SELECT system, earlier AS stage, MAX(deals) AS deals FROM usual GROUP BY system, earlier
), openings AS (
    SELECT
        deal_number, MIN(occurred_at) AS opened_at
    FROM told_outcomes
    WHERE NOT tracker AND status = 'counted' AND kind = 'opportunity' AND stage = '' AND occurred_at IS NOT NULL
    GROUP BY deal_number
), closed AS (
    SELECT
        deal_moves.system, deal_moves.date_day, openings.opened_at, deal_moves.outcome_id,
        -- Of a deal whose creation nobody knows, nothing is told.
        CASE
            WHEN outturn_micros(openings.opened_at) - outturn_micros(deal_moves.entered_at) >= 86400000000 THEN 1 ELSE 0
        END AS before
    FROM deal_moves
    LEFT JOIN openings ON deal_moves.deal_number = openings.deal_number
    WHERE deal_moves.stage IN ('(won)', '(lost)')
)
SELECT
    skipping.system AS source, skipping.stage || ': skipped' AS subject, deal_paths.first_day, deal_paths.last_day,
    1 AS found, 1 AS seen, deal_paths.outcome_id AS example_id
FROM skipping
INNER JOIN deal_paths
    ON skipping.system = deal_paths.system
    AND skipping.low_stages = deal_paths.low_stages
    AND skipping.middle_stages = deal_paths.middle_stages
    AND skipping.high_stages = deal_paths.high_stages
WHERE skipping.skipped = 1
UNION ALL
SELECT
    system AS source, stage || ': skipped' AS subject, CAST(NULL AS DATE) AS first_day, CAST(NULL AS DATE) AS last_day,
    0 AS found, CAST(SUM(deals) AS BIGINT) AS seen, CAST(NULL AS VARCHAR) AS example_id
FROM skipping
WHERE skipped = 0
GROUP BY system, stage
UNION ALL
SELECT
    system AS source, stage || ': after later stages' AS subject, date_day AS first_day, date_day AS last_day,
    1 AS found, 1 AS seen, outcome_id AS example_id
FROM behind
UNION ALL
SELECT
    ordered.system AS source, ordered.stage || ': after later stages' AS subject, CAST(NULL AS DATE) AS first_day,
    CAST(NULL AS DATE) AS last_day, 0 AS found,
    GREATEST(ordered.deals - COUNT(behind.outcome_id), 0) AS seen, CAST(NULL AS VARCHAR) AS example_id
FROM ordered
LEFT JOIN behind ON ordered.system = behind.system AND ordered.stage = behind.stage
GROUP BY ordered.system, ordered.stage, ordered.deals
UNION ALL
SELECT
    system AS source, 'closed before it was created' AS subject, date_day AS first_day,
    outturn_day(opened_at, $zone) AS last_day, 1 AS found, 1 AS seen, outcome_id AS example_id
FROM closed
WHERE before = 1
UNION ALL
SELECT
    system AS source, 'closed before it was created' AS subject, CAST(NULL AS DATE) AS first_day,
    CAST(NULL AS DATE) AS last_day, 0 AS found, COUNT(*) AS seen, CAST(NULL AS VARCHAR) AS example_id
FROM closed
WHERE before = 0
GROUP BY system
