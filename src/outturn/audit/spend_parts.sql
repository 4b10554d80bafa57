-- table: spend_parts
-- grain: platform, account_id, campaign_key
-- reads: campaign_days
-- says: each campaign's spend by how far it can be followed: in proportion to its clicks that arrived as its visits
WITH summed AS (
    SELECT
        platform, account_id, campaign_key,
        CAST(SUM(clicks) AS BIGINT) AS clicks,
        CAST(SUM(visits) AS BIGINT) AS visits,
        CAST(COALESCE(SUM(spend_micros), 0) AS BIGINT) AS spend_micros,
        MAX(CASE WHEN SUBSTRING(campaign_key, 1, 1) IN ('', '(') THEN 1 ELSE 0 END) AS unnamed
    FROM campaign_days
    GROUP BY platform, account_id, campaign_key
), traced AS (
    SELECT
        summed.*,
        CASE
            WHEN unnamed = 1 THEN 0
            WHEN COALESCE(clicks, 0) = 0 THEN CASE WHEN visits > 0 THEN spend_micros ELSE 0 END
            WHEN visits >= clicks THEN spend_micros
            ELSE outturn_muldiv(spend_micros, visits, clicks)
        END AS traced_micros
    FROM summed
    WHERE spend_micros <> 0
)
SELECT
    platform, account_id, campaign_key, traced_micros,
    CASE WHEN unnamed = 1 THEN 0 ELSE spend_micros - traced_micros END AS lost_micros,
    CASE WHEN unnamed = 1 THEN spend_micros ELSE 0 END AS unnamed_micros
FROM traced
