-- table: explained_company_touches
-- grain: touch_id
-- reads: company_touches, touches, places
-- takes: bucket small, owner_id count
-- says: every touch of one company's people, in the order in which models see them
SELECT
    outturn_micros(company_touches.occurred_at) AS touched_at, company_touches.touch_id, touches.touch_kind,
    company_touches.person_id, touches.ad_group_id, touches.ad_id, touches.joined_by, company_touches.place,
    places.channel, places.platform, places.account_id, places.campaign_key, places.campaign_id, places.campaign_name
FROM company_touches
INNER JOIN touches
    ON company_touches.person_id = touches.person_id AND company_touches.touch_id = touches.touch_id
INNER JOIN places ON company_touches.place = places.place
WHERE company_touches.bucket = $bucket AND company_touches.company_id = $owner_id
ORDER BY company_touches.occurred_at, company_touches.place, company_touches.touch_id
