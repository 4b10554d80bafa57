-- table: evidence_places
-- grain: evidence_id
-- reads: classified, candidates, campaigns
-- says: where the touches of an evidence belong: in the one campaign that its surest step names, else in what they say of themselves
WITH surest AS (
    SELECT evidence_id, MIN(step * 2 + elsewhere) AS surest FROM candidates GROUP BY evidence_id
), chosen AS (
    SELECT
        candidates.evidence_id, COUNT(*) AS several, MIN(candidates.joined_by) AS joined_by,
        MIN(candidates.platform) AS platform, MIN(candidates.account_id) AS account_id,
        MIN(candidates.campaign_key) AS campaign_key
    FROM candidates
    INNER JOIN surest
        ON candidates.evidence_id = surest.evidence_id AND candidates.step * 2 + candidates.elsewhere = surest.surest
    GROUP BY candidates.evidence_id
), alone AS (
    SELECT
        classified.*,
        CASE
            WHEN origin = 1 THEN platform
            WHEN channel LIKE 'Paid %' OR channel IN ('Display', 'Cross-network', 'CTV', 'Affiliates') THEN hint
            ELSE ''
        END AS own_platform,
        CASE
            WHEN origin = 1 AND campaign_id <> '' THEN campaign_id
            WHEN origin = 1 AND campaign_name <> '' THEN 'name:' || campaign_name
            WHEN origin = 2 AND utm_campaign <> '' AND SUBSTRING(utm_campaign, 1, 1) <> '('
                AND channel NOT IN ('Direct', 'Organic Search') THEN 'name:' || utm_campaign
            ELSE ''
        END AS own_key
    FROM classified
)
SELECT
    alone.evidence_id, alone.origin, alone.stated_channel, alone.platform AS stated_platform, alone.campaign_id AS stated_id,
    alone.campaign_name AS stated_name, alone.utm_source, alone.utm_medium, alone.utm_campaign, alone.utm_id,
    alone.gad_campaignid, alone.click_id_kind, alone.referrer_host, alone.touches, alone.hint,
    COALESCE(campaigns.channel, alone.channel) AS channel,
    COALESCE(campaigns.platform, alone.own_platform) AS platform,
    COALESCE(campaigns.account_id, '') AS account_id,
    COALESCE(campaigns.campaign_key, alone.own_key) AS campaign_key,
    CASE WHEN campaigns.platform IS NOT NULL THEN chosen.joined_by END AS joined_by,
    COALESCE(chosen.several, 0) AS candidates
FROM alone
LEFT JOIN chosen ON alone.evidence_id = chosen.evidence_id
LEFT JOIN campaigns
    ON chosen.several = 1
    AND chosen.platform = campaigns.platform
    AND chosen.account_id = campaigns.account_id
    AND chosen.campaign_key = campaigns.campaign_key
