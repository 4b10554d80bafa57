-- table: total_claims
-- grain: import_id, line, conversion_action, click_or_view, attribution_window
-- reads: claims, campaigns
-- says: the claims that make up a platform's own total, at the coarsest level from campaign on; none where it tells actions, clicks and
--   views or windows apart, since those overlap and are never added up
WITH kinds AS (
    SELECT
        platform, account_id, conversion_action, click_or_view, attribution_window, date_basis,
        CASE WHEN conversion_action = 'all' AND click_or_view = 'all' THEN 1 ELSE 0 END AS whole
    FROM claims
    WHERE date_day IS NOT NULL
    GROUP BY platform, account_id, conversion_action, click_or_view, attribution_window, date_basis
), accounts_told AS (
    SELECT platform, account_id, CAST(SUM(whole) AS BIGINT) AS wholes, COUNT(*) AS told
    FROM kinds
    GROUP BY platform, account_id
), totals AS (
    SELECT
        claims.*,
        CASE claims.level
            WHEN 'account' THEN 9 WHEN 'campaign' THEN 2 WHEN 'ad_group' THEN 3
            WHEN 'ad' THEN 4 WHEN 'keyword' THEN 5 ELSE 6
        END AS depth
    FROM claims
    INNER JOIN accounts_told ON claims.platform = accounts_told.platform AND claims.account_id = accounts_told.account_id
    WHERE claims.date_day IS NOT NULL
        AND (
            (accounts_told.wholes = 1 AND claims.conversion_action = 'all' AND claims.click_or_view = 'all')
            OR (accounts_told.wholes = 0 AND accounts_told.told = 1)
        )
), chosen AS (
    SELECT date_day, platform, account_id, MIN(depth) AS depth FROM totals GROUP BY date_day, platform, account_id
), named AS (
    SELECT platform, account_id, campaign_name, MIN(campaign_id) AS campaign_id
    FROM campaigns
    WHERE campaign_id IS NOT NULL AND campaign_name IS NOT NULL
    GROUP BY platform, account_id, campaign_name
    HAVING MIN(campaign_id) = MAX(campaign_id)
)
SELECT
    totals.import_id, totals.line, totals.date_day, totals.platform, totals.account_id, totals.level,
    CASE
        WHEN totals.depth = 9 THEN '(not set)'
        WHEN totals.campaign_id IS NOT NULL THEN totals.campaign_id
        WHEN totals.campaign_name IS NULL THEN '(not set)'
        ELSE COALESCE(by_name.campaign_key, named.campaign_id, 'name:' || totals.campaign_name)
    END AS campaign_key,
    totals.conversion_action, totals.click_or_view, totals.attribution_window, totals.currency,
    totals.claimed_conversions, totals.claimed_value_micros
FROM totals
INNER JOIN chosen
    ON totals.date_day = chosen.date_day
    AND totals.platform = chosen.platform
    AND totals.account_id = chosen.account_id
    AND totals.depth = chosen.depth
LEFT JOIN named
    ON totals.platform = named.platform
    AND totals.account_id = named.account_id
    AND totals.campaign_name = named.campaign_name
LEFT JOIN campaigns AS by_name
    ON totals.platform = by_name.platform
    AND totals.account_id = by_name.account_id
    AND by_name.campaign_key = 'name:' || totals.campaign_name
