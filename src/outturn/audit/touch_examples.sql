-- table: touch_examples
-- grain: channel, platform, account_id, campaign_key, joined, date_day
-- reads: touches, places
-- takes: zone text
-- says: visits of a place on a day, with the hit that began one of them; a visit noted by an order alone has none
-- Days begin at a quarter of an hour in every zone, so that a day is worked out for each quarter and not for each visit.
WITH seen AS (
    SELECT
        place, CASE WHEN joined_by IS NULL THEN 0 ELSE 1 END AS joined,
        outturn_micros(occurred_at) - outturn_micros(occurred_at) % 900000000 AS quarter_micros,
        COUNT(*) AS visits, MIN(occurred_at) AS first_at, MIN(touch_id) AS example_id
    FROM touches
    WHERE touch_kind <> 'view' AND touch_id NOT LIKE 'outcome:%'
    GROUP BY
        place, CASE WHEN joined_by IS NULL THEN 0 ELSE 1 END,
        outturn_micros(occurred_at) - outturn_micros(occurred_at) % 900000000
)
SELECT
    places.channel, places.platform, places.account_id, places.campaign_key,
    MAX(COALESCE(places.campaign_name, places.campaign_key)) AS campaign,
    seen.joined, outturn_day(seen.first_at, $zone) AS date_day,
    CAST(SUM(seen.visits) AS BIGINT) AS visits,
    MIN(seen.example_id) AS example_id
FROM seen
INNER JOIN places ON seen.place = places.place
GROUP BY
    places.channel, places.platform, places.account_id, places.campaign_key, seen.joined,
    outturn_day(seen.first_at, $zone)
