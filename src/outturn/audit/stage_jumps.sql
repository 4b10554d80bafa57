-- table: stage_jumps
-- grain: source, subject, example_id
-- reads: told_outcomes, deal_moves, stage_order
-- takes: zone text
-- says: deals by what their stage history could have got wrong: stages that at least half of the deals that got further went through, found where one did not; stages entered after those that follow them; closings, found where they lie a day or more before the deal was created
WITH usual AS (
    -- Nine in ten deals, and at least twenty, entered them in this order.
    SELECT * FROM stage_order WHERE in_order >= 20 AND in_order >= 9 * against
), expected AS (
    SELECT DISTINCT deal_moves.system, deal_moves.deal_key, deal_moves.outcome_id, usual.earlier AS stage
    FROM deal_moves
    INNER JOIN usual ON deal_moves.system = usual.system AND deal_moves.stage = usual.later
    -- A deal is lost from any stage: it need not have got far.
    WHERE usual.later <> '(lost)' AND 2 * usual.deals >= usual.deals_of_later
), furthest AS (
    SELECT system, deal_key, MIN(date_day) AS first_day, MAX(date_day) AS last_day FROM deal_moves GROUP BY system, deal_key
), skipped AS (
    SELECT
        expected.system AS source, expected.stage || ': skipped' AS subject, furthest.first_day, furthest.last_day,
        CASE WHEN deal_moves.deal_key IS NULL THEN 1 ELSE 0 END AS found, expected.outcome_id AS example_id
    FROM expected
    INNER JOIN furthest ON expected.system = furthest.system AND expected.deal_key = furthest.deal_key
    LEFT JOIN deal_moves
        ON expected.system = deal_moves.system
        AND expected.deal_key = deal_moves.deal_key
        AND expected.stage = deal_moves.stage
), ordered AS (
    SELECT
        former.system AS source, former.stage || ': after later stages' AS subject,
        MIN(former.date_day) AS first_day, MIN(former.date_day) AS last_day,
        MAX(CASE WHEN former.entered_at > latter.entered_at THEN 1 ELSE 0 END) AS found,
        MIN(former.outcome_id) AS example_id
    FROM deal_moves AS former
    INNER JOIN usual ON former.system = usual.system AND former.stage = usual.earlier
    INNER JOIN deal_moves AS latter
        ON former.system = latter.system
        AND former.deal_key = latter.deal_key
        AND usual.later = latter.stage
    GROUP BY former.system, former.stage, former.deal_key
), openings AS (
    SELECT
        system, COALESCE(deal_id, outcome_id) AS deal_key, MIN(occurred_at) AS opened_at
    FROM told_outcomes
    WHERE NOT tracker AND status = 'counted' AND kind = 'opportunity' AND stage = '' AND occurred_at IS NOT NULL
    GROUP BY system, COALESCE(deal_id, outcome_id)
), closed AS (
    SELECT
        deal_moves.system AS source, 'closed before it was created' AS subject,
        deal_moves.date_day AS first_day,
        COALESCE(outturn_day(openings.opened_at, $zone), deal_moves.date_day) AS last_day,
        -- Of a deal whose creation nobody knows, nothing is told.
        CASE
            WHEN outturn_micros(openings.opened_at) - outturn_micros(deal_moves.entered_at) >= 86400000000 THEN 1 ELSE 0
        END AS found,
        deal_moves.outcome_id AS example_id
    FROM deal_moves
    LEFT JOIN openings ON deal_moves.system = openings.system AND deal_moves.deal_key = openings.deal_key
    WHERE deal_moves.stage IN ('(won)', '(lost)')
)
SELECT source, subject, first_day, last_day, found, 1 AS seen, example_id FROM skipped
UNION ALL
SELECT source, subject, first_day, last_day, found, 1 AS seen, example_id FROM ordered
UNION ALL
SELECT source, subject, first_day, last_day, found, 1 AS seen, example_id FROM closed
