-- table: dealt
-- grain: deal_key
-- reads: standing
-- takes: zone text, net flag
-- says: every deal whose opening is known, as it stands, in its own currency; what trackers saw counts only where nothing else does
-- A deal stands as it was closed, else as its last stage says, else as its opening does.
WITH entries AS (
    SELECT
        deal_key, system, outcome_id, kind, stage, occurred_at, import_id, currency, probability,
        CASE WHEN tracker THEN 1 ELSE 0 END AS tracked,
        gross_micros - CASE WHEN $net THEN COALESCE(tax_micros, 0) + COALESCE(shipping_micros, 0) ELSE 0 END
            AS own_amount_micros
    FROM standing
    WHERE kind IN ('opportunity', 'won', 'lost') AND status = 'counted' AND occurred_at IS NOT NULL
), opened AS (
    SELECT
        deal_key, MIN(tracked) AS tracked,
        COALESCE(
            MIN(CASE WHEN kind = 'opportunity' AND stage = '' THEN occurred_at END),
            MIN(CASE WHEN kind = 'opportunity' THEN occurred_at END)
        ) AS opened_at
    FROM entries
    GROUP BY deal_key
), booked AS (
    SELECT MIN(tracked) AS tracked FROM opened WHERE opened_at IS NOT NULL
), ranked AS (
    SELECT
        entries.*,
        ROW_NUMBER() OVER (
            PARTITION BY deal_key
            ORDER BY
                CASE WHEN kind <> 'opportunity' THEN 0 WHEN stage <> '' THEN 1 ELSE 2 END,
                CASE WHEN kind <> 'opportunity' THEN import_id ELSE '' END DESC,
                occurred_at DESC, import_id DESC, kind DESC, stage, outcome_id
        ) AS place
    FROM entries
)
SELECT
    ranked.deal_key, ranked.system, ranked.outcome_id, ranked.kind, ranked.stage, ranked.occurred_at AS stage_at,
    opened.opened_at, outturn_day(opened.opened_at, $zone) AS opened_day,
    outturn_day(ranked.occurred_at, $zone) AS value_day, ranked.currency, ranked.own_amount_micros,
    CASE ranked.kind WHEN 'won' THEN 1e0 WHEN 'lost' THEN 0e0 ELSE ranked.probability END AS probability
FROM ranked
INNER JOIN opened ON ranked.deal_key = opened.deal_key
INNER JOIN booked ON opened.tracked = booked.tracked
WHERE ranked.place = 1 AND opened.opened_at IS NOT NULL
