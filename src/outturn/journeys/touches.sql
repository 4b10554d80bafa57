-- table: touches
-- grain: touch_id
-- reads: event_people, people, arrivals, evidence_places, places
-- says: every contact that can earn credit: stated ones as they are, and one for every session
WITH placed AS (
    SELECT
        evidence_places.evidence_id, evidence_places.origin, evidence_places.joined_by, places.place,
        evidence_places.stated_channel, evidence_places.stated_platform, evidence_places.stated_id,
        evidence_places.stated_name, evidence_places.utm_source, evidence_places.utm_medium, evidence_places.utm_campaign,
        evidence_places.utm_id, evidence_places.gad_campaignid, evidence_places.click_id_kind, evidence_places.referrer_host
    FROM evidence_places
    INNER JOIN places
        ON evidence_places.channel = places.channel
        AND evidence_places.platform = places.platform
        AND evidence_places.account_id = places.account_id
        AND evidence_places.campaign_key = places.campaign_key
)
SELECT
    people.bucket, people.person_id, event_people.occurred_at, placed.place, event_people.event_id AS touch_id,
    COALESCE(event_people.touch_kind, 'visit') AS touch_kind, event_people.ad_group_id, event_people.ad_id, placed.joined_by
FROM event_people
INNER JOIN people ON event_people.identifier = people.identifier
INNER JOIN placed
    ON COALESCE(event_people.stated_channel, '') = placed.stated_channel
    AND COALESCE(event_people.platform, '') = placed.stated_platform
    AND COALESCE(event_people.campaign_id, '') = placed.stated_id
    AND COALESCE(event_people.campaign_name, '') = placed.stated_name
    AND placed.origin = 1
WHERE event_people.type = 'touch' AND NOT COALESCE(event_people.is_bot, FALSE)
UNION ALL
SELECT
    arrivals.bucket, arrivals.person_id, arrivals.occurred_at, placed.place, arrivals.touch_id,
    'visit' AS touch_kind, CAST(NULL AS VARCHAR) AS ad_group_id, CAST(NULL AS VARCHAR) AS ad_id, placed.joined_by
FROM arrivals
INNER JOIN placed
    ON arrivals.utm_source = placed.utm_source
    AND arrivals.utm_medium = placed.utm_medium
    AND arrivals.utm_campaign = placed.utm_campaign
    AND arrivals.utm_id = placed.utm_id
    AND arrivals.gad_campaignid = placed.gad_campaignid
    AND arrivals.click_id_kind = placed.click_id_kind
    AND arrivals.referrer_host = placed.referrer_host
    AND placed.origin = 2
