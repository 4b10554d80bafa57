-- table: evidence
-- grain: evidence_id
-- reads: events, arrivals
-- says: the distinct combinations of everything that tells where a touch belongs, with how many touches bear each
WITH stated AS (
    SELECT
        COALESCE(stated_channel, '') AS stated_channel, COALESCE(platform, '') AS platform,
        COALESCE(campaign_id, '') AS campaign_id, COALESCE(campaign_name, '') AS campaign_name,
        COUNT(*) AS touches
    FROM events
    WHERE type = 'touch' AND NOT COALESCE(is_bot, FALSE)
        AND COALESCE(user_key, anonymous_key, email_key, phone_key, crm_key) IS NOT NULL
    GROUP BY
        COALESCE(stated_channel, ''), COALESCE(platform, ''), COALESCE(campaign_id, ''), COALESCE(campaign_name, '')
), together AS (
    SELECT
        1 AS origin, stated_channel, platform, campaign_id, campaign_name,
        '' AS utm_source, '' AS utm_medium, '' AS utm_campaign, '' AS utm_id, '' AS gad_campaignid,
        '' AS click_id_kind, '' AS referrer_host, touches
    FROM stated
    UNION ALL
    SELECT
        2 AS origin, '' AS stated_channel, '' AS platform, '' AS campaign_id, '' AS campaign_name,
        utm_source, utm_medium, utm_campaign, utm_id, gad_campaignid, click_id_kind, referrer_host, COUNT(*) AS touches
    FROM arrivals
    GROUP BY utm_source, utm_medium, utm_campaign, utm_id, gad_campaignid, click_id_kind, referrer_host
)
SELECT
    ROW_NUMBER() OVER (
        ORDER BY
            origin, stated_channel, platform, campaign_id, campaign_name,
            utm_source, utm_medium, utm_campaign, utm_id, gad_campaignid, click_id_kind, referrer_host
    ) AS evidence_id,
    together.*
FROM together
