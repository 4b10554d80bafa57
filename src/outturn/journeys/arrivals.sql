-- table: arrivals
-- grain: touch_id
-- reads: visits, landings, followed
-- says: every arrival that was worked out, not stated
-- The first visit after a click on our own link is that click: it counts once, as what the link states.
WITH came AS (
    SELECT
        bucket, person_id, occurred_at, touch_id,
        utm_source, utm_medium, utm_campaign, utm_id, gad_campaignid, click_id_kind, referrer_host, oclid
    FROM visits
    UNION ALL
    SELECT
        bucket, person_id, occurred_at, touch_id,
        utm_source, utm_medium, utm_campaign, utm_id, gad_campaignid, click_id_kind, referrer_host, oclid
    FROM landings
), linked AS (
    SELECT came.*, ROW_NUMBER() OVER (PARTITION BY person_id, oclid ORDER BY occurred_at, touch_id) AS place
    FROM came
    WHERE oclid IS NOT NULL
)
SELECT
    bucket, person_id, occurred_at, touch_id,
    utm_source, utm_medium, utm_campaign, utm_id, gad_campaignid, click_id_kind, referrer_host
FROM came
WHERE oclid IS NULL
UNION ALL
SELECT
    linked.bucket, linked.person_id, linked.occurred_at, linked.touch_id, linked.utm_source, linked.utm_medium,
    linked.utm_campaign, linked.utm_id, linked.gad_campaignid, linked.click_id_kind, linked.referrer_host
FROM linked
LEFT JOIN followed ON linked.person_id = followed.person_id AND linked.oclid = followed.oclid AND linked.place = 1
WHERE followed.oclid IS NULL
