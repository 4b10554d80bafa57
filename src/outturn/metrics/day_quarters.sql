-- table: day_quarters
-- grain: quarter_micros
-- reads: events
-- takes: zone text
-- says: the quarters of an hour in which anything happened (their beginnings, in microseconds since 1970 UTC), each with the business's day
-- Days begin at a quarter of an hour in every zone, so that a day is worked out for each quarter and not for each hit.
WITH quarters AS (
    SELECT DISTINCT outturn_micros(occurred_at) - outturn_micros(occurred_at) % 900000000 AS quarter_micros FROM events
)
SELECT quarter_micros, outturn_day(outturn_at(quarter_micros), $zone) AS date_day FROM quarters
