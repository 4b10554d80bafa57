-- table: landings
-- grain: touch_id
-- reads: outcomes, outcome_people, visits, own_hosts
-- says: the visit that a shop noted with its order, where tracking did not see it: no visit of that person carries the same
--  click id, or the same UTM within the day before the order (without either: there was no visit in that day at all)
WITH noted AS (
    SELECT
        outcomes.*, outcome_people.person_id, outcome_people.bucket,
        CASE
            WHEN irclickid <> '' THEN 'irclickid' WHEN awc <> '' THEN 'awc' WHEN cjevent <> '' THEN 'cjevent'
            WHEN gclid <> '' THEN 'gclid' WHEN wbraid <> '' THEN 'wbraid' WHEN gbraid <> '' THEN 'gbraid'
            WHEN msclkid <> '' THEN 'msclkid' WHEN ttclid <> '' THEN 'ttclid' WHEN li_fat_id <> '' THEN 'li_fat_id'
            WHEN twclid <> '' THEN 'twclid' WHEN rdt_cid <> '' THEN 'rdt_cid' WHEN sccid <> '' THEN 'sccid'
            WHEN epik <> '' THEN 'epik' WHEN dclid <> '' THEN 'dclid' WHEN gad_campaignid <> '' THEN 'gad_campaignid'
            WHEN gad_source <> '' THEN 'gad_source' WHEN fbclid <> '' THEN 'fbclid'
        END AS click_id_kind,
        COALESCE(
            NULLIF(irclickid, ''), NULLIF(awc, ''), NULLIF(cjevent, ''), NULLIF(gclid, ''), NULLIF(wbraid, ''),
            NULLIF(gbraid, ''), NULLIF(msclkid, ''), NULLIF(ttclid, ''), NULLIF(li_fat_id, ''), NULLIF(twclid, ''),
            NULLIF(rdt_cid, ''), NULLIF(sccid, ''), NULLIF(epik, ''), NULLIF(dclid, ''), NULLIF(gad_campaignid, ''),
            NULLIF(gad_source, ''), NULLIF(fbclid, ''), NULLIF(oclid, '')
        ) AS click_mark,
        CASE WHEN COALESCE(utm_source, utm_medium, utm_campaign, utm_id) IS NOT NULL THEN
            COALESCE(utm_source, '') || '|' || COALESCE(utm_medium, '') || '|' || COALESCE(utm_campaign, '') || '|' || COALESCE(utm_id, '')
        END AS utm_mark,
        LOWER(SPLIT_PART(SPLIT_PART(SPLIT_PART(
            CASE WHEN referrer LIKE '%//%' THEN SPLIT_PART(referrer, '//', 2) ELSE referrer END, '/', 1
        ), '?', 1), ':', 1)) AS referrer_site,
        ROW_NUMBER() OVER (PARTITION BY outcomes.outcome_id ORDER BY outcomes.occurred_at, outcomes.stage) AS place
    FROM outcomes
    INNER JOIN outcome_people
        ON outcomes.outcome_id = outcome_people.outcome_id AND outcomes.stage = outcome_people.stage
    WHERE NOT outcomes.tracker AND outcomes.kind NOT IN ('refund', 'chargeback') AND outcomes.status <> 'test'
        AND outcome_people.person_id >= 0 AND outcomes.occurred_at IS NOT NULL
), hosted AS (
    SELECT
        noted.*,
        CASE WHEN referrer_site LIKE '%.%' THEN
            CASE WHEN referrer_site LIKE 'www.%' THEN SUBSTRING(referrer_site, 5) ELSE referrer_site END
        END AS referrer_host
    FROM noted
    WHERE place = 1 AND COALESCE(landing_url, referrer, utm_mark, click_mark) IS NOT NULL
), clicked AS (
    SELECT DISTINCT person_id, click_mark FROM visits WHERE click_mark IS NOT NULL
), tracked AS (
    SELECT DISTINCT hosted.outcome_id
    FROM hosted
    INNER JOIN visits
        ON hosted.person_id = visits.person_id
        AND visits.occurred_at <= hosted.occurred_at
        AND visits.occurred_at + INTERVAL 1 DAY >= hosted.occurred_at
    WHERE hosted.utm_mark = visits.utm_mark
        OR (hosted.utm_mark IS NULL AND hosted.click_mark IS NULL)
)
SELECT
    hosted.bucket, hosted.person_id, hosted.occurred_at, 'outcome:' || hosted.outcome_id AS touch_id,
    COALESCE(hosted.utm_source, '') AS utm_source, COALESCE(hosted.utm_medium, '') AS utm_medium,
    COALESCE(hosted.utm_campaign, '') AS utm_campaign, COALESCE(hosted.utm_id, '') AS utm_id,
    COALESCE(hosted.gad_campaignid, '') AS gad_campaignid, COALESCE(hosted.click_id_kind, '') AS click_id_kind,
    CASE WHEN own_hosts.host IS NULL THEN COALESCE(hosted.referrer_host, '') ELSE '' END AS referrer_host,
    NULLIF(hosted.oclid, '') AS oclid
FROM hosted
LEFT JOIN clicked ON hosted.person_id = clicked.person_id AND hosted.click_mark = clicked.click_mark
LEFT JOIN tracked ON hosted.outcome_id = tracked.outcome_id
LEFT JOIN own_hosts ON hosted.referrer_host = own_hosts.host
WHERE clicked.person_id IS NULL AND tracked.outcome_id IS NULL
