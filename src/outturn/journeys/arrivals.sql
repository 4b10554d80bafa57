-- table: arrivals
-- grain: touch_id
-- reads: visits, landings
-- says: every arrival that was worked out, not stated
SELECT
    bucket, person_id, occurred_at, touch_id,
    utm_source, utm_medium, utm_campaign, utm_id, gad_campaignid, click_id_kind, referrer_host
FROM visits
UNION ALL
SELECT
    bucket, person_id, occurred_at, touch_id,
    utm_source, utm_medium, utm_campaign, utm_id, gad_campaignid, click_id_kind, referrer_host
FROM landings
