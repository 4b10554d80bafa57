-- table: touch_examples
-- grain: channel, platform, account_id, campaign_key, joined, date_day
-- reads: touches, places
-- takes: zone text
-- says: visits of a place on a day, with the hit that began one of them; a visit noted by an order alone has none
SELECT
    places.channel, places.platform, places.account_id, places.campaign_key,
    MAX(COALESCE(places.campaign_name, places.campaign_key)) AS campaign,
    CASE WHEN touches.joined_by IS NULL THEN 0 ELSE 1 END AS joined,
    outturn_day(touches.occurred_at, $zone) AS date_day,
    COUNT(*) AS visits,
    MIN(touches.touch_id) AS example_id
FROM touches
INNER JOIN places ON touches.place = places.place
WHERE touches.touch_kind <> 'view' AND touches.touch_id NOT LIKE 'outcome:%'
GROUP BY
    places.channel, places.platform, places.account_id, places.campaign_key,
    CASE WHEN touches.joined_by IS NULL THEN 0 ELSE 1 END, outturn_day(touches.occurred_at, $zone)
