-- table: deals
-- grain: deal_key
-- reads: dealt, sale_rates
-- takes: currency text
-- says: every deal whose opening is known, with what it is expected to bring: its amount if won, nothing if lost, else its amount times the probability of its stage
WITH converted AS (
    SELECT
        dealt.*,
        CASE
            WHEN dealt.currency IS NULL OR dealt.currency = $currency THEN dealt.own_amount_micros
            ELSE outturn_muldiv(dealt.own_amount_micros, sale_rates.ours, sale_rates.theirs)
        END AS amount_micros
    FROM dealt
    LEFT JOIN sale_rates ON dealt.value_day = sale_rates.date_day AND dealt.currency = sale_rates.currency
)
SELECT
    deal_key, system, outcome_id, opened_at, opened_day, stands_by, kind, stage, stage_at, value_day, currency,
    amount_micros, probability,
    CASE
        WHEN kind = 'lost' THEN 0
        ELSE outturn_muldiv(amount_micros, CAST(ROUND(probability * 1000000) AS BIGINT), 1000000)
    END AS expected_micros,
    COALESCE(
        kind <> 'lost' AND own_amount_micros IS NOT NULL AND probability IS NOT NULL AND amount_micros IS NULL, FALSE
    ) AS missing_rate
FROM converted
