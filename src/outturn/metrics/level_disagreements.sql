-- table: level_disagreements
-- grain: date_day, platform, account_id, currency, campaign_key, ad_group_id, finer_grain
-- reads: ad_levels
-- says: where a finer level adds up to something else than the coarser one says (grains: 1 account, 2 campaign, 3 ad group, 4 ad);
--   NULL: that side has no such row
WITH finer_days AS (
    SELECT DISTINCT date_day, platform, account_id, grain FROM ad_levels
), coarser AS (
    SELECT
        ad_levels.date_day, ad_levels.platform, ad_levels.account_id, ad_levels.currency, ad_levels.grain + 1 AS grain,
        ad_levels.campaign_key, ad_levels.ad_group_id,
        CAST(SUM(impressions) AS BIGINT) AS impressions, CAST(SUM(clicks) AS BIGINT) AS clicks,
        CAST(SUM(billed_micros) AS BIGINT) AS billed_micros
    FROM ad_levels
    INNER JOIN finer_days
        ON ad_levels.date_day = finer_days.date_day
        AND ad_levels.platform = finer_days.platform
        AND ad_levels.account_id = finer_days.account_id
        AND ad_levels.grain + 1 = finer_days.grain
    GROUP BY
        ad_levels.date_day, ad_levels.platform, ad_levels.account_id, ad_levels.currency, ad_levels.grain + 1,
        ad_levels.campaign_key, ad_levels.ad_group_id
), finer AS (
    SELECT
        date_day, platform, account_id, currency, grain,
        CASE WHEN grain >= 3 THEN campaign_key ELSE '' END AS campaign_key,
        CASE WHEN grain >= 4 THEN ad_group_id ELSE '' END AS ad_group_id,
        CAST(SUM(impressions) AS BIGINT) AS impressions, CAST(SUM(clicks) AS BIGINT) AS clicks,
        CAST(SUM(billed_micros) AS BIGINT) AS billed_micros
    FROM ad_levels
    GROUP BY
        date_day, platform, account_id, currency, grain,
        CASE WHEN grain >= 3 THEN campaign_key ELSE '' END,
        CASE WHEN grain >= 4 THEN ad_group_id ELSE '' END
), coarser_days AS (
    SELECT DISTINCT date_day, platform, account_id, grain + 1 AS grain FROM ad_levels
), compared AS (
    SELECT
        COALESCE(coarser.date_day, finer.date_day) AS date_day,
        COALESCE(coarser.platform, finer.platform) AS platform,
        COALESCE(coarser.account_id, finer.account_id) AS account_id,
        COALESCE(coarser.currency, finer.currency) AS currency,
        COALESCE(coarser.campaign_key, finer.campaign_key) AS campaign_key,
        COALESCE(coarser.ad_group_id, finer.ad_group_id) AS ad_group_id,
        COALESCE(coarser.grain, finer.grain) AS finer_grain,
        coarser.billed_micros AS coarser_micros, finer.billed_micros AS finer_micros,
        coarser.impressions AS coarser_impressions, finer.impressions AS finer_impressions,
        coarser.clicks AS coarser_clicks, finer.clicks AS finer_clicks
    FROM coarser
    FULL OUTER JOIN finer
        ON coarser.date_day = finer.date_day
        AND coarser.platform = finer.platform
        AND coarser.account_id = finer.account_id
        AND coarser.currency = finer.currency
        AND coarser.grain = finer.grain
        AND coarser.campaign_key = finer.campaign_key
        AND coarser.ad_group_id = finer.ad_group_id
)
SELECT compared.*
FROM compared
INNER JOIN coarser_days
    ON compared.date_day = coarser_days.date_day
    AND compared.platform = coarser_days.platform
    AND compared.account_id = coarser_days.account_id
    AND compared.finer_grain = coarser_days.grain
WHERE COALESCE(coarser_micros, 0) <> COALESCE(finer_micros, 0)
    OR COALESCE(coarser_impressions, 0) <> COALESCE(finer_impressions, 0)
    OR COALESCE(coarser_clicks, 0) <> COALESCE(finer_clicks, 0)
ORDER BY date_day, platform, account_id, finer_grain, campaign_key, ad_group_id, currency
