-- table: recurring_moves
-- grain: outcome_id
-- reads: outcomes
-- takes: zone text
-- says: what a subscription's start, growth, shrinking and end leave of what it brings a month, each with what it brought before
-- Its rate of exchange is that of its first day, so that an end takes back just what a start brought. A trial brings nothing, a
-- renewal nothing more. `unknown` counts amounts that nobody stated, until the subscription ends.
WITH stated AS (
    SELECT
        outcome_id, import_id, line, kind, gross_micros, occurred_at,
        COALESCE('deal:' || system || ':' || deal_id, 'outcome:' || outcome_id) AS subscription,
        CASE WHEN tracker THEN 1 ELSE 0 END AS tracked,
        CASE WHEN kind IN ('contraction', 'churn') THEN -ABS(gross_micros) ELSE gross_micros END AS signed_micros,
        CASE kind WHEN 'subscription_start' THEN 0 WHEN 'churn' THEN 2 ELSE 1 END AS turn,
        currency AS stated_currency
    FROM outcomes
    WHERE kind IN ('subscription_start', 'expansion', 'contraction', 'churn') AND status = 'counted' AND occurred_at IS NOT NULL
), booked AS (
    SELECT MIN(tracked) AS tracked FROM stated
), entries AS (
    SELECT
        stated.*, COALESCE(stated_currency, MAX(stated_currency) OVER (PARTITION BY subscription)) AS currency,
        MIN(occurred_at) OVER (PARTITION BY subscription) AS began_at
    FROM stated
    INNER JOIN booked ON stated.tracked = booked.tracked
), running AS (
    SELECT
        entries.*,
        COALESCE(CAST(SUM(signed_micros) OVER (
            PARTITION BY subscription ORDER BY occurred_at, turn, outcome_id ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
        ) AS BIGINT), 0) AS value_from,
        COALESCE(CAST(SUM(CASE WHEN signed_micros IS NULL AND kind <> 'churn' THEN 1 ELSE 0 END) OVER (
            PARTITION BY subscription ORDER BY occurred_at, turn, outcome_id ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
        ) AS BIGINT), 0) AS unknown_before
    FROM entries
)
SELECT
    outcome_id, import_id, line, kind, subscription, currency, gross_micros, occurred_at,
    outturn_day(occurred_at, $zone) AS date_day, outturn_day(began_at, $zone) AS rate_day,
    value_from,
    CASE
        WHEN kind = 'churn' AND (signed_micros IS NULL OR unknown_before > 0) THEN 0
        ELSE value_from + COALESCE(signed_micros, 0)
    END AS value_to,
    CASE WHEN kind = 'churn' THEN -unknown_before WHEN signed_micros IS NULL THEN 1 ELSE 0 END AS unknown
FROM running
