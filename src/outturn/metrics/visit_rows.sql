-- table: visit_rows
-- grain: touch_id
-- reads: touches, places, events, imports
-- takes: zone text, first_day day, last_day day, channel text, platform text, account_id text, campaign text, ad_group text, ad text
-- says: the visits that one cell counts, with the row that began each; an empty parameter asks for all
WITH files AS (
    SELECT import_id, MIN(file) AS file FROM imports GROUP BY import_id
)
SELECT
    files.file, events.import_id, events.line, outturn_day(touches.occurred_at, $zone) AS date_day,
    outturn_micros(touches.occurred_at) AS occurred_at_micros, touches.touch_id, touches.touch_kind,
    places.channel, places.platform, places.account_id, places.campaign_key, touches.ad_group_id, touches.ad_id
FROM touches
INNER JOIN places ON touches.place = places.place
LEFT JOIN events ON touches.touch_id = events.event_id
LEFT JOIN files ON events.import_id = files.import_id
WHERE touches.touch_kind <> 'view'
    AND outturn_day(touches.occurred_at, $zone) >= $first_day
    AND outturn_day(touches.occurred_at, $zone) <= $last_day
    AND ($channel = '' OR places.channel = $channel)
    AND ($platform = '' OR CASE WHEN places.platform = '' THEN '(not set)' ELSE places.platform END = $platform)
    AND ($account_id = '' OR CASE WHEN places.account_id = '' THEN '(not set)' ELSE places.account_id END = $account_id)
    AND (
        $campaign = '' OR places.campaign_name = $campaign
        OR CASE WHEN places.campaign_key = '' THEN '(not set)' ELSE places.campaign_key END IN ($campaign, 'name:' || $campaign)
    )
    AND ($ad_group = '' OR COALESCE(touches.ad_group_id, '(not set)') = $ad_group)
    AND ($ad = '' OR COALESCE(touches.ad_id, '(not set)') = $ad)
ORDER BY touches.occurred_at, touches.touch_id
