-- table: consent_gap
-- grain: source, subject
-- reads: consent_places, consent_hits
-- says: hits of each source that states consent, and places of them (hosts, browsers, stretches of days) where far fewer agreed than elsewhere; found are those that did not
SELECT source, subject, first_day, last_day, hits - granted AS found, hits AS seen, example_id
FROM consent_places
UNION ALL
SELECT
    source, '' AS subject, CAST(NULL AS DATE) AS first_day, CAST(NULL AS DATE) AS last_day,
    0 AS found, CAST(SUM(hits) AS BIGINT) AS seen, CAST(NULL AS VARCHAR) AS example_id
FROM consent_hits
GROUP BY source
