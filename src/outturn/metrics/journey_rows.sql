-- table: journey_rows
-- grain: outcome_id, touch_id
-- reads: conversions, touches, places
-- takes: goal text, basis text, first_day day, last_day day, lookback_micros count
-- says: the touches inside the lookback before each conversion of some days, in the order in which models see them
SELECT
    conversions.outcome_id, outturn_micros(conversions.occurred_at) AS converted_at,
    outturn_micros(conversions.lead_at) AS lead_at, outturn_micros(conversions.opportunity_at) AS opportunity_at,
    outturn_micros(touches.occurred_at) AS touched_at, places.channel, places.platform, places.account_id,
    places.campaign_key, places.campaign_name
FROM conversions
INNER JOIN touches ON conversions.bucket = touches.bucket AND conversions.person_id = touches.person_id
INNER JOIN places ON touches.place = places.place
WHERE conversions.goal = $goal
    AND conversions.person_id >= 0
    AND CASE WHEN $basis = 'cash_day' THEN conversions.cash_day ELSE conversions.date_day END >= $first_day
    AND CASE WHEN $basis = 'cash_day' THEN conversions.cash_day ELSE conversions.date_day END <= $last_day
    AND touches.occurred_at <= conversions.occurred_at
    AND outturn_micros(conversions.occurred_at) - outturn_micros(touches.occurred_at) < $lookback_micros
ORDER BY conversions.outcome_id, touches.occurred_at, touches.place, touches.touch_id
