-- table: dealt
-- grain: deal_key
-- reads: standing
-- takes: zone text, net flag
-- says: every deal whose opening is known, as it stands, in its own currency; what trackers saw counts only where nothing else does
-- A deal stands as it was closed, else as its stage says, else as its opening does. A stage without a time is the one
-- that a CRM shows now.
WITH entries AS (
    SELECT
        deal_key, system, outcome_id, kind, stage, occurred_at, import_id, currency, probability,
        CASE WHEN tracker THEN 1 ELSE 0 END AS tracked,
        gross_micros - CASE WHEN $net THEN COALESCE(tax_micros, 0) + COALESCE(shipping_micros, 0) ELSE 0 END
            AS own_amount_micros
    FROM standing
    WHERE kind IN ('opportunity', 'won', 'lost') AND status = 'counted'
), openings AS (
    SELECT
        deal_key, tracked, outcome_id, occurred_at AS opened_at,
        ROW_NUMBER() OVER (
            PARTITION BY deal_key ORDER BY CASE WHEN stage = '' THEN 0 ELSE 1 END, occurred_at, outcome_id, stage
        ) AS place
    FROM entries
    WHERE kind = 'opportunity' AND occurred_at IS NOT NULL
), booked AS (
    SELECT MIN(tracked) AS tracked FROM openings
), ranked AS (
    SELECT
        entries.*,
        ROW_NUMBER() OVER (
            PARTITION BY deal_key
            ORDER BY
                CASE WHEN kind <> 'opportunity' THEN 0 WHEN stage <> '' THEN 1 ELSE 2 END,
                CASE WHEN kind <> 'opportunity' THEN import_id ELSE '' END DESC,
                occurred_at DESC NULLS FIRST, import_id DESC, kind DESC, stage, outcome_id
        ) AS place
    FROM entries
)
SELECT
    ranked.deal_key, ranked.system, openings.outcome_id, openings.opened_at,
    outturn_day(openings.opened_at, $zone) AS opened_day,
    ranked.outcome_id AS stands_by, ranked.kind, ranked.stage, ranked.occurred_at AS stage_at,
    outturn_day(COALESCE(ranked.occurred_at, openings.opened_at), $zone) AS value_day, ranked.currency,
    ranked.own_amount_micros,
    CASE ranked.kind WHEN 'won' THEN 1e0 WHEN 'lost' THEN 0e0 ELSE ranked.probability END AS probability
FROM ranked
INNER JOIN openings ON ranked.deal_key = openings.deal_key AND openings.place = 1
INNER JOIN booked ON openings.tracked = booked.tracked
WHERE ranked.place = 1
