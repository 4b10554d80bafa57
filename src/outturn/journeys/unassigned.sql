-- table: unassigned
-- grain: evidence
-- reads: evidence_places
-- says: evidence that no channel rule names, most touches first
SELECT utm_source, utm_medium, utm_campaign, click_id_kind, referrer_host, CAST(touches AS BIGINT) AS touches
FROM evidence_places
WHERE channel = '(unassigned)'
ORDER BY touches DESC, utm_source, utm_medium, utm_campaign, click_id_kind, referrer_host
LIMIT 1000
