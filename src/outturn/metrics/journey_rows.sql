-- table: journey_rows
-- grain: outcome_id, touch_id
-- reads: conversions, touches, company_touches, places
-- takes: goal text, basis text, first_day day, last_day day, lookback_micros count
-- says: the touches inside the lookback before each conversion of some days, of its company or else its person, in the order in which models see them
WITH asked AS (
    SELECT outcome_id, bucket, person_id, company_id, occurred_at, lead_at, opportunity_at
    FROM conversions
    WHERE goal = $goal
        AND CASE WHEN $basis = 'cash_day' THEN cash_day ELSE date_day END >= $first_day
        AND CASE WHEN $basis = 'cash_day' THEN cash_day ELSE date_day END <= $last_day
), seen AS (
    SELECT asked.*, touches.occurred_at AS touch_at, touches.place, touches.touch_id
    FROM asked
    INNER JOIN touches ON asked.bucket = touches.bucket AND asked.person_id = touches.person_id
    WHERE asked.company_id < 0 AND asked.person_id >= 0
    UNION ALL
    SELECT asked.*, company_touches.occurred_at AS touch_at, company_touches.place, company_touches.touch_id
    FROM asked
    INNER JOIN company_touches
        ON asked.bucket = company_touches.bucket AND asked.company_id = company_touches.company_id
    WHERE asked.company_id >= 0
)
SELECT
    seen.outcome_id, outturn_micros(seen.occurred_at) AS converted_at,
    outturn_micros(seen.lead_at) AS lead_at, outturn_micros(seen.opportunity_at) AS opportunity_at,
    outturn_micros(seen.touch_at) AS touched_at, places.channel, places.platform, places.account_id,
    places.campaign_key, places.campaign_name
FROM seen
INNER JOIN places ON seen.place = places.place
WHERE seen.touch_at <= seen.occurred_at
    AND outturn_micros(seen.occurred_at) - outturn_micros(seen.touch_at) < $lookback_micros
ORDER BY seen.outcome_id, seen.touch_at, seen.place, seen.touch_id
