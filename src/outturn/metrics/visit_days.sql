-- table: visit_days
-- grain: place, joined, date_day
-- reads: touches
-- takes: zone text
-- says: visits and clicks of a place on a day, with a touch that is one of them; a visit that only an order noted is left out, since no hit shows it
-- Days begin at a quarter of an hour in every zone, so that a day is worked out for each quarter and not for each visit.
WITH quarters AS (
    SELECT
        place, CASE WHEN joined_by IS NULL THEN 0 ELSE 1 END AS joined,
        outturn_micros(occurred_at) - outturn_micros(occurred_at) % 900000000 AS quarter_micros,
        COUNT(*) AS visits, MIN(touch_id) AS example_id
    FROM touches
    WHERE touch_kind <> 'view' AND touch_id NOT LIKE 'outcome:%'
    GROUP BY
        place, CASE WHEN joined_by IS NULL THEN 0 ELSE 1 END,
        outturn_micros(occurred_at) - outturn_micros(occurred_at) % 900000000
)
SELECT
    place, joined, outturn_day(outturn_at(quarter_micros), $zone) AS date_day,
    CAST(SUM(visits) AS BIGINT) AS visits, MIN(example_id) AS example_id
FROM quarters
GROUP BY place, joined, outturn_day(outturn_at(quarter_micros), $zone)
