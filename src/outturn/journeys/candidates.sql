-- table: candidates
-- grain: evidence_id, platform, account_id, campaign_key, step
-- reads: classified, campaigns, campaign_names
-- says: the campaigns that an evidence may mean, the surest step first: ids, then names
-- A name is evidence for an ad only where the touch may be an ad's, and only on the platform that it points to, if any.
WITH wanted AS (
    SELECT evidence_id, hint, 1 AS step, 'id' AS joined_by, platform AS only_platform, campaign_id AS id
    FROM classified WHERE campaign_id <> ''
    UNION ALL
    SELECT evidence_id, hint, 2 AS step, 'click_id' AS joined_by, 'google_ads' AS only_platform, gad_campaignid AS id
    FROM classified WHERE gad_campaignid <> ''
    UNION ALL
    SELECT evidence_id, hint, 3 AS step, 'id' AS joined_by, '' AS only_platform, utm_id AS id
    FROM classified WHERE utm_id <> ''
    UNION ALL
    SELECT evidence_id, hint, 4 AS step, 'id' AS joined_by, '' AS only_platform, utm_campaign AS id
    FROM classified WHERE utm_campaign <> ''
), wanted_names AS (
    SELECT evidence_id, hint, LOWER(TRIM(CASE WHEN origin = 1 THEN campaign_name ELSE utm_campaign END)) AS name
    FROM classified
    WHERE channel NOT IN (
        'Email', 'SMS', 'Mobile Push', 'Affiliates', 'Referral', 'Organic Search', 'AI Assistants', 'Influencer', 'Direct'
    )
)
SELECT
    wanted.evidence_id, wanted.step, wanted.joined_by,
    campaigns.platform, campaigns.account_id, campaigns.campaign_key,
    CASE WHEN wanted.hint = campaigns.platform THEN 0 ELSE 1 END AS elsewhere
FROM wanted
INNER JOIN campaigns ON TRIM(wanted.id) = campaigns.campaign_id
WHERE wanted.only_platform = '' OR wanted.only_platform = campaigns.platform
UNION ALL
SELECT
    wanted_names.evidence_id, 5 AS step, 'name' AS joined_by,
    campaign_names.platform, campaign_names.account_id, campaign_names.campaign_key,
    CASE WHEN wanted_names.hint = campaign_names.platform THEN 0 ELSE 1 END AS elsewhere
FROM wanted_names
INNER JOIN campaign_names ON wanted_names.name = campaign_names.name
WHERE wanted_names.name <> '' AND (wanted_names.hint = '' OR wanted_names.hint = campaign_names.platform)
