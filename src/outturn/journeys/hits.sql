-- table: hits
-- grain: event_id
-- reads: event_people, people
-- says: every page and tracked event of a person (no bot's) with what it carried of its arrival; hosts are bare, in small letters
-- The order of click ids is that of CLICK_ID_PRECEDENCE in domain/urls.py; a test holds them equal.
WITH tracked AS (
    SELECT
        people.person_id, people.bucket, event_people.*,
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
        LOWER(SPLIT_PART(SPLIT_PART(SPLIT_PART(SPLIT_PART(url, '//', 2), '/', 1), '?', 1), ':', 1)) AS page_site,
        LOWER(SPLIT_PART(SPLIT_PART(SPLIT_PART(
            CASE WHEN referrer LIKE '%//%' THEN SPLIT_PART(referrer, '//', 2) ELSE referrer END, '/', 1
        ), '?', 1), ':', 1)) AS referrer_site
    FROM event_people
    INNER JOIN people ON event_people.identifier = people.identifier
    WHERE event_people.type IN ('page', 'track') AND NOT COALESCE(event_people.is_bot, FALSE)
)
SELECT
    person_id, bucket, occurred_at, event_id, source, session_id,
    COALESCE(utm_source, '') AS utm_source, COALESCE(utm_medium, '') AS utm_medium,
    COALESCE(utm_campaign, '') AS utm_campaign, COALESCE(utm_id, '') AS utm_id,
    COALESCE(gad_campaignid, '') AS gad_campaignid,
    COALESCE(click_id_kind, '') AS click_id_kind, click_mark, NULLIF(oclid, '') AS oclid,
    CASE WHEN COALESCE(utm_source, utm_medium, utm_campaign, utm_id) IS NOT NULL THEN
        COALESCE(utm_source, '') || '|' || COALESCE(utm_medium, '') || '|' || COALESCE(utm_campaign, '') || '|' || COALESCE(utm_id, '')
    END AS utm_mark,
    type = 'page' OR url IS NOT NULL OR referrer IS NOT NULL AS seen,
    NULLIF(CASE WHEN page_site LIKE 'www.%' THEN SUBSTRING(page_site, 5) ELSE page_site END, '') AS page_host,
    CASE WHEN referrer_site LIKE '%.%' THEN
        CASE WHEN referrer_site LIKE 'www.%' THEN SUBSTRING(referrer_site, 5) ELSE referrer_site END
    END AS referrer_host
FROM tracked
