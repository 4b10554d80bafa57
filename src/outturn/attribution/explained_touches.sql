-- table: explained_touches
-- grain: touch_id
-- reads: touches, places
-- takes: bucket small, owner_id count
-- says: every touch of one person, in the order in which models see them
SELECT
    outturn_micros(touches.occurred_at) AS touched_at, touches.touch_id, touches.touch_kind, touches.person_id,
    touches.ad_group_id, touches.ad_id, touches.joined_by, touches.place, places.channel, places.platform,
    places.account_id, places.campaign_key, places.campaign_id, places.campaign_name
FROM touches
INNER JOIN places ON touches.place = places.place
WHERE touches.bucket = $bucket AND touches.person_id = $owner_id
ORDER BY touches.occurred_at, touches.place, touches.touch_id
