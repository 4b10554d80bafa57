-- table: unjoined
-- grain: evidence
-- reads: evidence_places
-- says: evidence of an ad that named no campaign we know, or several, most touches first
SELECT
    channel, platform,
    CASE WHEN origin = 1 THEN COALESCE(NULLIF(stated_id, ''), stated_name) ELSE COALESCE(NULLIF(gad_campaignid, ''), NULLIF(utm_id, ''), utm_campaign) END AS campaign,
    utm_source, utm_medium, click_id_kind, referrer_host, candidates,
    CAST(touches AS BIGINT) AS touches
FROM evidence_places
WHERE joined_by IS NULL
    AND (
        stated_id <> '' OR stated_name <> '' OR gad_campaignid <> ''
        OR (click_id_kind <> '' AND click_id_kind <> 'fbclid')
        OR channel LIKE 'Paid %' OR channel IN ('Display', 'Cross-network')
    )
ORDER BY touches DESC, channel, platform, campaign, utm_source, utm_medium, click_id_kind, referrer_host
LIMIT 1000
